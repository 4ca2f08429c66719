"""Who is here: blocking and unblocking the bot (Telegram's `my_chat_member`), any sign of life, and bans."""

from django.utils.translation import gettext as _
from telegram.constants import ChatMemberStatus

from accounts import clock
from telegram_bot.customer_chat.cards import draft_missed_changes
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import Chat, Unreachable
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.outbox import enqueue
from tickets.services.delivery import record_reachability


def record_membership(incoming: Incoming) -> Outcome:
    """In a private chat, `kicked` means that the person blocked the bot and `member` that they let it in again: then
    the cards show what happened meanwhile."""
    change = incoming.update.my_chat_member
    if change is None:
        return Outcome.IGNORED
    blocked = change.new_chat_member.status == ChatMemberStatus.BANNED
    _set_unreachable(incoming, Unreachable.BLOCKED.value if blocked else "")
    return Outcome.MEMBERSHIP


def mark_reachable(incoming: Incoming) -> None:
    """Whoever writes can be written to."""
    _set_unreachable(incoming, "")


def _set_unreachable(incoming: Incoming, reason: str) -> None:
    if incoming.chat.unreachable != reason:
        incoming.chat.unreachable = reason
        incoming.chat.save(update_fields=["unreachable"])
        if incoming.chat.person_id is not None:
            record_reachability(customer_id=incoming.chat.person_id, reason=reason)
        if not reason:
            enqueue(draft_missed_changes(incoming.chat))


def turn_away(incoming: Incoming) -> Outcome:
    """A banned person is told so once, by a message or at each button; what they write stays in the inbox only."""
    query = incoming.update.callback_query
    text = _("You can no longer write to this desk.")
    if query is not None:
        answer_button(query.id, text, alert=True)
    elif incoming.chat.ban_told_at is None and incoming.update.message is not None:
        incoming.chat.ban_told_at = clock.now()
        incoming.chat.save(update_fields=["ban_told_at"])
        send_notice(incoming.chat_id, "refused", error=text)
    return Outcome.BANNED


def forget_turning_away(chat: Chat) -> None:
    """Let in again; another ban would be told anew."""
    if chat.ban_told_at is not None:
        chat.ban_told_at = None
        chat.save(update_fields=["ban_told_at"])
