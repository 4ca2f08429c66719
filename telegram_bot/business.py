"""Chats of a company's own Telegram account that the bot is connected to (Bot API, BusinessConnection).

Such a chat has the number of its customer, as their chat with the bot has, but messages of its own. So the desk knows
it by a key of its own, made of connection and number, wherever other chats have their number: in the queues of inbox
and outbox, in the links of messages, as `Chat.telegram_id`.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

from accounts import clock
from telegram_bot.models import Approval, BusinessConnection, Chat, TicketChat, Unreachable
from telegram_bot.verdicts import Failed

# Telegram's own numbers have 52 bits at most (Bot API, Chat.id), so that no key is one of them.
_MARK = 1 << 62

REPLY_WINDOW = timedelta(hours=24)  # after the customer's last message (Bot API, BusinessBotRights.can_reply)


def business_key(connection_id: str, chat_id: int) -> int:
    """63 bits; the same for the same chat of the same connection, for ever."""
    digest = hashlib.sha256(f"{connection_id}:{chat_id}".encode("utf-8", "surrogatepass")).digest()
    return _MARK | int.from_bytes(digest[:8], "big") >> 2


def is_business_key(queue: int | None) -> bool:
    return queue is not None and queue >= _MARK


def find_chat_of_ticket(ticket_id: UUID) -> Chat | None:
    """The chat of a company's account in which the ticket's conversation is."""
    row = TicketChat.objects.select_related("chat").filter(ticket=ticket_id).first()
    return row.chat if row is not None else None


def tickets_of(chats: list[Chat]) -> list[UUID]:
    return list(TicketChat.objects.filter(chat__in=chats).values_list("ticket", flat=True))


def find_obstacle(chat: Chat) -> Failed | None:
    """Why nothing can be written into this chat of a company's account now."""
    connection = BusinessConnection.objects.filter(bot_id=chat.bot_id, connection_id=chat.business_connection).first()
    if connection is not None and not (connection.is_enabled and connection.approval == Approval.APPROVED):
        return Failed(code="unreachable", unreachable=Unreachable.DISCONNECTED)
    if connection is not None and not connection.can_reply:
        return Failed(code="reply_not_allowed")
    if chat.last_incoming_at is None or clock.now() - chat.last_incoming_at > REPLY_WINDOW:
        return Failed(code="reply_window_over")
    return None
