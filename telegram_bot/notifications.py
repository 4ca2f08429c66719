"""The notification channel `telegram`: staff are told in their own chat with the bot.

Customers are not: their chat mirrors the conversation itself (telegram_bot.subscriber).
"""

from django.utils import translation

from accounts.models import Role
from telegram_bot.identity import current_bot_id
from telegram_bot.keyboards import notification_buttons
from telegram_bot.models import Chat
from telegram_bot.notices import build_notice
from telegram_bot.outbox import enqueue
from tickets.models import Notification, NotificationKind
from tickets.notifications.channels import Channel
from tickets.notifications.composing import compose

_PREVIEW = 300


def owe_notification(notification: Notification) -> None:
    """Owe the message, in the transaction that made the notification."""
    person, ticket = notification.user, notification.ticket
    if person.telegram_id is None or not person.has_role(Role.AGENT) or person.pk == ticket.customer_id:
        return
    Chat.objects.get_or_create(bot_id=current_bot_id(), telegram_id=person.telegram_id, defaults={"person": person})
    with translation.override(person.language):
        notice = build_notice(
            person.telegram_id,
            "notification",
            sentence=compose(notification),
            preview=_preview(notification),
            markup=notification_buttons(ticket),
            ticket=ticket.pk,
        )
    enqueue([notice])


def _preview(notification: Notification) -> str:
    """The beginning of a customer's message, so that an agent may answer by replying; without words, what it is."""
    message = notification.event.message
    if message is None and notification.kind == NotificationKind.TICKET_CREATED:
        message = notification.ticket.messages.order_by("sequence").first()
    if message is None or message.internal or notification.kind == NotificationKind.DELIVERY_FAILED:
        return ""
    if message.deleted_at is not None:
        return ""
    text = message.text or str(message.get_kind_display())
    return text if len(text) <= _PREVIEW else text[:_PREVIEW].rstrip() + "…"


TELEGRAM_CHANNEL = Channel(name="telegram", owe=owe_notification)
