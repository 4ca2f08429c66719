"""Blocking and unblocking the bot: Telegram's `my_chat_member`, and any sign of life."""

from telegram.constants import ChatMemberStatus

from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import Unreachable
from tickets.services.delivery import record_reachability


def record_membership(incoming: Incoming) -> Outcome:
    """In a private chat, `kicked` means that the person blocked the bot and `member` that they let it in again."""
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
