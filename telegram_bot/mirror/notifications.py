"""The notification channel `telegram`: staff are told in their own chat with the bot.

Customers are not: their chat mirrors the conversation itself (mirror.subscriber). What comes in one burst about one
ticket is one notice: while it waits it is replaced, and within a minute after it is edited in place, so that an
agent hears one sound and sees how much there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import translation

from accounts import clock
from accounts.compiled_queries import CompiledQuery, Given, IsAmong
from accounts.models import Role, User
from telegram_bot.coalescing import lock_keys
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat, OutgoingCall
from telegram_bot.notices import build_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.keyboards import notification_buttons
from telegram_bot.speech.texts import shorten
from tickets.models import Message, Notification, NotificationKind
from tickets.notifications.channels import Channel
from tickets.notifications.composing import compose
from tickets.selectors.conversation import find_first_messages

BURST = timedelta(minutes=1)
_PREVIEW = 300
_OF_BURSTS = (NotificationKind.TICKET_CREATED, NotificationKind.MESSAGE_RECEIVED)
_MORE = ":more"  # behind the key of a burst's first notice: the key of what is edited into it

_CHATS = CompiledQuery(
    lambda: Chat.objects.filter(IsAmong("telegram_id", "bigint", Given("chats")), bot_id=Given("bot_id"))
)
_LAST_OF_BURSTS = """
SELECT last.*, began.created_at AS began_at FROM unnest(%(keys)s::text[]) AS burst (key) CROSS JOIN LATERAL (
    SELECT * FROM telegram_bot_outgoingcall AS call
    WHERE call.bot_id = %(bot_id)s AND call.coalesce_key IN (burst.key, burst.key || %(more)s)
      AND call.coalesce_key <> '' AND call.state IN ('pending', 'sending', 'sent')
    ORDER BY call.id DESC LIMIT 1 FOR NO KEY UPDATE) AS last
LEFT JOIN telegram_bot_outgoingcall AS began ON began.id = coalesce((last.params ->> '@notice')::bigint, last.id)
"""


@dataclass(frozen=True)
class _Burst:
    """What a notice says of a burst: of its first event this sentence, of `count` that it has. first: the call that
    brought the notice, where it is no longer waiting."""

    sentence: str
    count: int = 1
    first: int | None = None


def owe_notifications(notifications: Sequence[Notification]) -> None:
    """Owe the messages, in the transaction that made the notifications."""
    told = [(chat_id, one) for one in notifications if (chat_id := _find_chat_id(one)) is not None]
    if not told:
        return
    _remember_chats({chat_id: one.user for chat_id, one in told})
    bursts = _find_bursts(sorted({_key(*pair) for pair in told if pair[1].kind in _OF_BURSTS}))
    last: dict[Any, tuple[int, Notification]] = {}  # in the order in which each burst and each other notice begins
    for chat_id, one in told:
        if one.kind not in _OF_BURSTS:
            last[one.pk] = chat_id, one
            continue
        key = _key(chat_id, one)
        burst = bursts.get(key)
        bursts[key] = replace(burst, count=burst.count + 1) if burst else _Burst(compose(one, alone=True))
        last[key] = chat_id, one
    previews = _find_previews([one for _chat_id, one in last.values()])
    enqueue([_draft(one, chat_id, bursts.get(key), previews.get(one.event_id)) for key, (chat_id, one) in last.items()])


def _find_chat_id(notification: Notification) -> int | None:
    """None: a customer, for whom the chat shows the conversation itself, or nobody whom Telegram knows."""
    person = notification.user
    is_told = person.has_role(Role.AGENT) and person.pk != notification.ticket.customer_id
    return person.telegram_id if is_told else None


def _remember_chats(people: Mapping[int, User]) -> None:
    bot_id = current_bot_id()
    known = {chat.telegram_id for chat in _CHATS.fetch(bot_id=bot_id, chats=list(people))}
    Chat.objects.bulk_create(
        [
            Chat(bot_id=bot_id, telegram_id=chat_id, person=person)
            for chat_id, person in people.items()
            if chat_id not in known
        ],
        ignore_conflicts=True,
    )


def _key(chat_id: int, notification: Notification) -> str:
    return f"notice:{chat_id}:{notification.ticket_id}"


def _find_bursts(keys: list[str]) -> dict[str, _Burst]:
    """Each burst that lasts, its last call locked, so that the sender does not take it just now."""
    if not keys:
        return {}
    lock_keys(current_bot_id(), [key + more for key in keys for more in ("", _MORE)])
    calls = OutgoingCall.objects.raw(_LAST_OF_BURSTS, {"bot_id": current_bot_id(), "keys": keys, "more": _MORE})
    return {call.coalesce_key.removesuffix(_MORE): _burst_of(call) for call in calls if _lasts(call)}


def _lasts(last: Any) -> bool:
    """A burst that began too long ago is over; while its notice waits, nobody has heard it yet."""
    if last.state == CallState.PENDING:
        return True
    return last.began_at is not None and clock.now() - last.began_at < BURST


def _burst_of(last: OutgoingCall) -> _Burst:
    first = last.params.get("@notice") or (last.pk if last.state != CallState.PENDING else None)
    return _Burst(last.params["@sentence"], last.params["@count"], first)


def _find_previews(notifications: Sequence[Notification]) -> dict[int, Message]:
    """By the event: the customer's message that it tells of, of a new ticket the first one."""
    created = {one.ticket_id for one in notifications if one.kind == NotificationKind.TICKET_CREATED}
    firsts = find_first_messages(created) if created else {}
    found = {}
    for one in notifications:
        message = one.event.message
        if message is None and one.kind == NotificationKind.TICKET_CREATED:
            message = firsts.get(one.ticket_id)
        if message is not None and one.kind != NotificationKind.DELIVERY_FAILED:
            found[one.event_id] = message
    return found


def _draft(notification: Notification, chat_id: int, burst: _Burst | None, message: Message | None) -> CallDraft:
    """The notice; of a burst the one that it begins with, or what that reads now."""
    with translation.override(notification.user.language):
        draft = build_notice(
            chat_id,
            "notification",
            sentence=compose(notification) if burst is None else burst.sentence,
            more=burst.count - 1 if burst is not None else 0,
            preview=_preview(message),
            markup=notification_buttons(notification.ticket),
            ticket=notification.ticket_id,
        )
    if burst is None:
        return draft
    key = _key(chat_id, notification)
    draft.params.update({"@sentence": burst.sentence, "@count": burst.count})
    if burst.first is None:
        return replace(draft, coalesce_key=key)
    draft.params["@notice"] = burst.first
    return replace(draft, method="editMessageText", coalesce_key=key + _MORE)


def _preview(message: Message | None) -> str:
    """The beginning of a customer's message, so that an agent may answer by replying; without words, what it is."""
    if message is None or message.internal or message.deleted_at is not None:
        return ""
    return shorten(message.text or str(message.get_kind_display()), _PREVIEW)


TELEGRAM_CHANNEL = Channel(name="telegram", owe=owe_notifications)
