"""The notification channel `telegram`: staff are told in their own chat with the bot.

Customers are not: their chat mirrors the conversation itself (mirror.subscriber). What comes in one burst about one
ticket is one notice: while it waits it is replaced, and within a minute after it is edited in place, so that an
agent hears one sound and sees how much there is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import translation

from accounts import clock
from accounts.models import Role
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat, OutgoingCall
from telegram_bot.notices import build_notice
from telegram_bot.outbox import CallDraft, enqueue, lock_keys
from telegram_bot.speech.keyboards import notification_buttons
from telegram_bot.speech.texts import shorten
from tickets.models import Notification, NotificationKind
from tickets.notifications.channels import Channel
from tickets.notifications.composing import compose

BURST = timedelta(minutes=1)
_PREVIEW = 300
_OF_BURSTS = (NotificationKind.TICKET_CREATED, NotificationKind.MESSAGE_RECEIVED)
_MORE = ":more"  # behind the key of a burst's first notice: the key of what is edited into it

_LAST_OF_BURSTS = """
SELECT last.* FROM unnest(%(keys)s::text[]) AS burst (key) CROSS JOIN LATERAL (
    SELECT * FROM telegram_bot_outgoingcall AS call
    WHERE call.bot_id = %(bot_id)s AND call.coalesce_key IN (burst.key, burst.key || %(more)s)
      AND call.coalesce_key <> '' AND call.state IN ('pending', 'sending', 'sent')
    ORDER BY call.id DESC LIMIT 1 FOR NO KEY UPDATE) AS last
"""


def owe_notifications(notifications: Sequence[Notification]) -> None:
    """Owe the messages, in the transaction that made the notifications."""
    chats = {chat_id: one for one in notifications if (chat_id := _find_chat_id(one)) is not None}
    if not chats:
        return
    _remember_chats(chats)
    keys = {chat_id: _key(chat_id, one) for chat_id, one in chats.items() if one.kind in _OF_BURSTS}
    bursts = _find_bursts(sorted(keys.values()))  # one order of locks for all
    drafts = []
    for chat_id, notification in chats.items():
        with translation.override(notification.user.language):
            if chat_id in keys:
                drafts.append(_of_a_burst(notification, chat_id, keys[chat_id], bursts.get(keys[chat_id])))
            else:
                drafts.append(_notice(notification, chat_id, compose(notification)))
    enqueue(drafts)


def _find_chat_id(notification: Notification) -> int | None:
    """None: a customer, for whom the chat shows the conversation itself, or nobody whom Telegram knows."""
    person = notification.user
    is_told = person.has_role(Role.AGENT) and person.pk != notification.ticket.customer_id
    return person.telegram_id if is_told else None


def _remember_chats(chats: Mapping[int, Notification]) -> None:
    bot_id = current_bot_id()
    known = set(Chat.objects.filter(bot_id=bot_id, telegram_id__in=list(chats)).values_list("telegram_id", flat=True))
    Chat.objects.bulk_create(
        [
            Chat(bot_id=bot_id, telegram_id=chat_id, person=notification.user)
            for chat_id, notification in chats.items()
            if chat_id not in known
        ],
        ignore_conflicts=True,
    )


def _key(chat_id: int, notification: Notification) -> str:
    return f"notice:{chat_id}:{notification.ticket_id}"


def _of_a_burst(notification: Notification, chat_id: int, key: str, last: OutgoingCall | None) -> CallDraft:
    """The notice that this burst begins with, or what it reads now."""
    if last is None:
        sentence, count, first = compose(notification, alone=True), 1, None
    else:
        sentence, count = last.params["@sentence"], last.params["@count"] + 1
        first = last.params.get("@notice") or (last.pk if last.state != CallState.PENDING else None)
    draft = _notice(notification, chat_id, sentence, more=count - 1)
    draft.params.update({"@sentence": sentence, "@count": count})
    if first is None:
        return CallDraft(method=draft.method, params=draft.params, queue=chat_id, coalesce_key=key)
    draft.params["@notice"] = first
    return CallDraft(method="editMessageText", params=draft.params, queue=chat_id, coalesce_key=key + _MORE)


def _find_bursts(keys: list[str]) -> dict[str, OutgoingCall]:
    """The last call of each burst that lasts, locked, so that the sender does not take it just now."""
    if not keys:
        return {}
    lock_keys(current_bot_id(), [key + more for key in keys for more in ("", _MORE)])
    calls = OutgoingCall.objects.raw(_LAST_OF_BURSTS, {"bot_id": current_bot_id(), "keys": keys, "more": _MORE})
    return {call.coalesce_key.removesuffix(_MORE): call for call in calls if _lasts(call)}


def _lasts(last: OutgoingCall) -> bool:
    """A burst that began too long ago is over; while its notice waits, nobody has heard it yet."""
    if last.state == CallState.PENDING:
        return True
    first_id = last.params.get("@notice", last.pk)
    began = last.created_at if first_id == last.pk else _began_at(first_id)
    return began is not None and clock.now() - began < BURST


def _began_at(call_id: int) -> datetime | None:
    return OutgoingCall.objects.filter(pk=call_id).values_list("created_at", flat=True).first()


def _notice(notification: Notification, chat_id: int, sentence: str, *, more: int = 0) -> CallDraft:
    return build_notice(
        chat_id,
        "notification",
        sentence=sentence,
        more=more,
        preview=_preview(notification),
        markup=notification_buttons(notification.ticket),
        ticket=notification.ticket_id,
    )


def _preview(notification: Notification) -> str:
    """The beginning of a customer's message, so that an agent may answer by replying; without words, what it is."""
    message = notification.event.message
    if message is None and notification.kind == NotificationKind.TICKET_CREATED:
        message = notification.ticket.messages.order_by("sequence").first()
    if message is None or message.internal or notification.kind == NotificationKind.DELIVERY_FAILED:
        return ""
    if message.deleted_at is not None:
        return ""
    return shorten(message.text or str(message.get_kind_display()), _PREVIEW)


TELEGRAM_CHANNEL = Channel(name="telegram", owe=owe_notifications)
