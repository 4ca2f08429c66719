"""Messages that wait until their customer says which of several tickets they mean."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import clock
from telegram_bot.customer_chat.choices import choose, forget_comment, want_new
from telegram_bot.models import Chat, Update, UpdateState
from tickets.models import Ticket
from tickets.selectors.inbox import find_done_of_customer, list_active_with_bot

LONGEST_HOLD = timedelta(minutes=10)


def held_in(bot_id: int, queue: int) -> QuerySet[Update]:
    """What waits of this chat."""
    return Update.objects.filter(bot_id=bot_id, queue=queue, state=UpdateState.HELD)


def release_held(bot_id: int, queue: int) -> bool:
    """Handle the chat's held updates now, in the order in which they came; False: there were none."""
    return bool(held_in(bot_id, queue).update(state=UpdateState.RECEIVED, next_attempt_at=None))


def decide_on_ticket(row: Update, chat: Chat, ticket_id: UUID, *, at: datetime) -> bool:
    """The person said then where their words go: what waits goes there first. False: nothing did."""
    forget_comment(chat)
    released = release_held(row.bot_id, row.queue)
    choose(chat, ticket_id, at=at, is_own=True)
    return released


def decide_on_new(row: Update, chat: Chat, category_id: UUID | None = None) -> bool:
    """The same for a ticket that the first of them opens, or what comes next."""
    forget_comment(chat)
    released = release_held(row.bot_id, row.queue)
    want_new(chat, category_id)
    return released


def release_overdue(bot_id: int) -> int:
    """Nobody chose for LONGEST_HOLD since they were asked, however long the message had been waiting to be handled: it
    goes to the customer's newest ticket. Returns how many chats."""
    late = Update.objects.filter(bot_id=bot_id, state=UpdateState.HELD, handled_at__lt=clock.now() - LONGEST_HOLD)
    queues = list(late.order_by().values_list("queue", flat=True).distinct()[:100])
    for queue in queues:
        decide_for(bot_id, queue)
    return len(queues)


@transaction.atomic
def decide_for(bot_id: int, queue: int) -> None:
    """What waits of this chat goes where its newest ticket is, without its customer."""
    list(held_in(bot_id, queue).select_for_update(no_key=True))  # the inbox first: the order of locks
    chat = Chat.objects.filter(bot_id=bot_id, telegram_id=queue).first()
    if chat is not None:
        decide_on_newest(bot_id, chat)
    else:
        release_held(bot_id, queue)


def decide_on_newest(bot_id: int, chat: Chat) -> Ticket | None:
    """What waits goes to the person's newest ticket; None: it opens one, which goes on from what was closed lately."""
    newest, ended = None, None
    if chat.person_id is not None:
        newest = list_active_with_bot(chat.person_id).first()
        ended = find_done_of_customer(chat.person_id, lately=True)
    if (going_on := newest or ended) is not None:
        choose(chat, going_on.pk)
    elif chat.person_id is not None:
        want_new(chat)
    release_held(bot_id, chat.telegram_id)
    return newest
