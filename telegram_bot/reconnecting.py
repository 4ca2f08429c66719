"""An account that was removed from the bot and connected again has another connection; its conversations go on.

Telegram's numbers of messages are the account's, so what stood there stays known; only the keys of the chats change
(telegram_bot.business). An account is therefore locked, before any row of it: shared by whoever takes in what happened
in its chats, else by one alone. Rows are not enough, since a chat that is just being made is none yet that others see.
"""

from uuid import UUID

from django.db import connection as database
from django.db.models import QuerySet

from accounts.errors import Unavailable
from telegram_bot.business import business_key, find_chat_of_ticket, is_business_key
from telegram_bot.incoming import Outcome, parse_update
from telegram_bot.models import BusinessConnection, CallState, Chat, MessageLink, OutgoingCall, TicketChat, Update

_ACCOUNTS = 0x6261  # the room of advisory locks that accounts are in
_SHARED = "SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))"
_ALONE = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
_MOVED = (CallState.PENDING, CallState.SENDING, CallState.HOLD, CallState.FAILED)


def hold_account(bot_id: int, connection_id: str) -> None:
    """Until the end of the transaction its chats stay where they are: who connects it anew waits, and finds in them all
    that was taken in. Raises Unavailable where it became known at that moment whose account it is."""
    named = BusinessConnection.objects.filter(bot_id=bot_id, connection_id=connection_id)
    owner_id = _owner_of(named)
    _lock(_SHARED, _name(owner_id, connection_id))
    if _owner_of(named) != owner_id:
        raise Unavailable


def lock_account(owner_id: int, connection_id: str) -> None:
    """Until the end of the transaction nobody else handles what concerns it.

    owner_id: 0 while nobody knows whose it is. Who tells of that locks it by both names, the connection's first.
    """
    _lock(_ALONE, _name(owner_id, connection_id))


def _owner_of(named: QuerySet[BusinessConnection]) -> int:
    return named.values_list("owner_id", flat=True).first() or 0


def _name(owner_id: int, connection_id: str) -> str:
    return str(owner_id or connection_id)


def _lock(statement: str, name: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(statement, [_ACCOUNTS, name])


def find_current(bot_id: int, connection_id: str) -> str:
    """The connection that took this one's place; itself, where none did. What came through it may come late."""
    known = BusinessConnection.objects.filter(bot_id=bot_id)
    former = known.filter(connection_id=connection_id, is_enabled=False).first()
    if former is None:
        return connection_id
    newer = known.filter(owner_id=former.owner_id, is_enabled=True).order_by("-changed_at", "-id").first()
    return newer.connection_id if newer is not None else connection_id


def find_queue(call: OutgoingCall) -> int | None:
    """Where a call goes by now: since it was claimed, or read the chat that it is owed to, the account may have got
    another connection.
    """
    if not is_business_key(call.queue):
        return call.queue
    queue = OutgoingCall.objects.filter(pk=call.pk).values_list("queue", flat=True).first()
    if queue is None or queue != call.queue or Chat.objects.filter(bot_id=call.bot_id, telegram_id=queue).exists():
        return queue
    chat = find_chat_of_ticket(UUID(call.params["@ticket"])) if "@ticket" in call.params else None
    return chat.telegram_id if chat is not None else queue


def take_over_chats(connection: BusinessConnection) -> None:
    """The chats of the account's earlier connections are this one's, with all that is known and owed there; none are
    known of an account of which Telegram has not told yet whose it is."""
    if not connection.owner_id:
        return
    earlier = BusinessConnection.objects.filter(bot_id=connection.bot_id, owner_id=connection.owner_id)
    names = list(earlier.exclude(pk=connection.pk).values_list("connection_id", flat=True))
    if not names:
        return
    _move_kept(connection, names)
    chats = Chat.objects.filter(bot_id=connection.bot_id, business_connection__in=names, peer_id__isnull=False)
    _lock_owed(connection.bot_id, list(chats.values_list("telegram_id", flat=True)))
    keys: dict[int, int] = {}
    for chat in chats.select_for_update(no_key=True).order_by("id"):
        key = keys[chat.telegram_id] = business_key(connection.connection_id, chat.peer_id or 0)
        _move_links(chat, key)
        _move_chat(chat, key, connection)
    owed = _owed(connection.bot_id, list(keys))
    for old in set(owed.values_list("queue", flat=True)):
        owed.filter(queue=old).update(queue=keys[old or 0])


def _owed(bot_id: int, queues: list[int]) -> QuerySet[OutgoingCall]:
    """Also what is being sent at this moment: what follows waits for it in the new queue, and it ends there."""
    return OutgoingCall.objects.filter(bot_id=bot_id, queue__in=queues, state__in=_MOVED)


def _lock_owed(bot_id: int, queues: list[int]) -> None:
    """Before the chats, as whoever records the end of a call; then what it links is there, or linked anew."""
    list(_owed(bot_id, queues).order_by("id").select_for_update(no_key=True).values_list("pk"))


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
