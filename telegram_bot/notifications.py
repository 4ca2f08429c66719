"""The notification channel `telegram`: staff are told in their own chat with the bot.

Customers are not: their chat mirrors the conversation itself (telegram_bot.subscriber). What comes in one burst about
one ticket is one notice: while it waits it is replaced, and within a minute after it is edited in place, so that an
agent hears one sound and sees how much there is.
"""

from datetime import datetime, timedelta

from django.utils import translation

from accounts import clock
from accounts.models import Role
from telegram_bot.identity import current_bot_id
from telegram_bot.keyboards import notification_buttons
from telegram_bot.models import CallState, Chat, OutgoingCall
from telegram_bot.notices import build_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.texts import shorten
from tickets.models import Notification, NotificationKind
from tickets.notifications.channels import Channel
from tickets.notifications.composing import compose

BURST = timedelta(minutes=1)
_PREVIEW = 300
_OF_BURSTS = (NotificationKind.TICKET_CREATED, NotificationKind.MESSAGE_RECEIVED)


def owe_notification(notification: Notification) -> None:
    """Owe the message, in the transaction that made the notification."""
    person, ticket = notification.user, notification.ticket
    if person.telegram_id is None or not person.has_role(Role.AGENT) or person.pk == ticket.customer_id:
        return
    Chat.objects.get_or_create(bot_id=current_bot_id(), telegram_id=person.telegram_id, defaults={"person": person})
    with translation.override(person.language):
        if notification.kind in _OF_BURSTS:
            enqueue([_of_a_burst(notification, person.telegram_id)])
        else:
            enqueue([_notice(notification, person.telegram_id, compose(notification))])


def _of_a_burst(notification: Notification, chat_id: int) -> CallDraft:
    """The notice that this burst begins with, or what it reads now."""
    key = f"notice:{chat_id}:{notification.ticket_id}"
    last = _last_of_burst((key, f"{key}:more"))
    if last is None:
        sentence, count, first = compose(notification), 1, None
    else:
        sentence, count = last.params["@sentence"], last.params["@count"] + 1
        first = last.params.get("@notice") or (last.pk if last.state != CallState.PENDING else None)
    draft = _notice(notification, chat_id, sentence, more=count - 1)
    draft.params.update({"@sentence": sentence, "@count": count})
    if first is None:
        return CallDraft(method=draft.method, params=draft.params, queue=chat_id, coalesce_key=key)
    draft.params["@notice"] = first
    return CallDraft(method="editMessageText", params=draft.params, queue=chat_id, coalesce_key=f"{key}:more")


def _last_of_burst(keys: tuple[str, str]) -> OutgoingCall | None:
    """Locked, so that the sender does not take it just now; a burst that began too long ago is over."""
    calls = OutgoingCall.objects.select_for_update(no_key=True).filter(
        bot_id=current_bot_id(), coalesce_key__in=keys, state__in=(CallState.PENDING, CallState.SENDING, CallState.SENT)
    )
    last = calls.order_by("-id").first()
    if last is None:
        return None
    first_id = last.params.get("@notice", last.pk)
    began = last.created_at if first_id == last.pk else _began_at(first_id)
    is_waiting = last.state == CallState.PENDING
    return last if is_waiting or (began is not None and clock.now() - began < BURST) else None


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


TELEGRAM_CHANNEL = Channel(name="telegram", owe=owe_notification)
