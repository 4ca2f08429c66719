"""An account that was removed from the bot and connected again has another connection; its conversations go on.

Telegram's numbers of messages are the account's, so what stood there stays known; only the keys of the chats change
(telegram_bot.business).
"""

from django.db.models import QuerySet

from telegram_bot.business import business_key
from telegram_bot.incoming import Outcome, parse_update
from telegram_bot.models import BusinessConnection, CallState, Chat, MessageLink, OutgoingCall, TicketChat, Update

_MOVED = (CallState.PENDING, CallState.HOLD, CallState.FAILED)


def find_current(bot_id: int, connection_id: str) -> str:
    """The connection that took this one's place; itself, where none did. What came through it may come late."""
    known = BusinessConnection.objects.filter(bot_id=bot_id)
    former = known.filter(connection_id=connection_id, is_enabled=False).first()
    if former is None:
        return connection_id
    newer = known.filter(owner_id=former.owner_id, is_enabled=True).order_by("-changed_at", "-id").first()
    return newer.connection_id if newer is not None else connection_id


def take_over_chats(connection: BusinessConnection) -> None:
    """The chats of the account's earlier connections are this one's, with all that is known and owed there."""
    earlier = BusinessConnection.objects.filter(bot_id=connection.bot_id, owner_id=connection.owner_id)
    names = list(earlier.exclude(pk=connection.pk).values_list("connection_id", flat=True))
    if not names:
        return
    _move_kept(connection, names)
    chats = Chat.objects.filter(bot_id=connection.bot_id, business_connection__in=names, peer_id__isnull=False)
    keys: dict[int, int] = {}
    for chat in chats.select_for_update(no_key=True).order_by("id"):
        key = keys[chat.telegram_id] = business_key(connection.connection_id, chat.peer_id or 0)
        _move_links(chat, key)
        _move_chat(chat, key, connection)
    owed = OutgoingCall.objects.filter(bot_id=connection.bot_id, queue__in=list(keys), state__in=_MOVED)
    for old in set(owed.values_list("queue", flat=True)):
        owed.filter(queue=old).update(queue=keys[old or 0])


def _move_kept(connection: BusinessConnection, names: list[str]) -> None:
    """What the owner wrote to people of whom the desk knows nothing yet (telegram_bot.handlers.own_words)."""
    for row in Update.objects.filter(bot_id=connection.bot_id, outcome=Outcome.KEPT):
        update = parse_update(row)
        message = update.business_message or update.edited_business_message
        if message is not None and message.business_connection_id in names:
            row.queue = business_key(connection.connection_id, message.chat.id)
            row.save(update_fields=["queue"])


def _move_chat(chat: Chat, key: int, connection: BusinessConnection) -> None:
    """Into what came through the new connection before Telegram told of it, where something did."""
    there = Chat.objects.select_for_update(no_key=True).filter(bot_id=chat.bot_id, telegram_id=key).first()
    if there is None:
        chat.telegram_id, chat.business_connection = key, connection.connection_id
        chat.save(update_fields=["telegram_id", "business_connection"])
        return
    TicketChat.objects.filter(chat=chat).update(chat=there)
    chat.delete()


def _move_links(chat: Chat, key: int) -> None:
    def links(chat_id: int) -> QuerySet[MessageLink]:
        return MessageLink.objects.filter(bot_id=chat.bot_id, chat_id=chat_id)

    known = links(key).values("telegram_message_id")
    links(chat.telegram_id).exclude(telegram_message_id__in=known).update(chat_id=key)
