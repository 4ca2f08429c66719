"""Which of their tickets a customer has chosen to write in; a column of the chat, so that it outlives the process."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import clock
from telegram_bot.customer_chat.cards import draft_change
from telegram_bot.models import Chat, Update, UpdateState
from telegram_bot.outbox import enqueue
from tickets.models import Ticket
from tickets.selectors.tickets import find_ticket

CHOICE_LASTS = timedelta(hours=12)
NEW_LASTS = timedelta(minutes=30)
BEGINNING_LASTS = timedelta(minutes=10)  # since its last word


def find_chosen(chat: Chat, at: datetime) -> Ticket | None:
    """The ticket that the customer had chosen for words that were written then, while the choice was fresh; what was
    closed meanwhile goes on in another."""
    if chat.chosen_ticket is None or chat.chosen_at is None or at - chat.chosen_at > CHOICE_LASTS:
        return None
    return find_ticket(chat.chosen_ticket)


def wants_new(chat: Chat, at: datetime) -> bool:
    """Whether words that were written then open a ticket: that was asked for a short while before."""
    return chat.new_wanted_at is not None and at - chat.new_wanted_at <= NEW_LASTS


def find_begun_in(chat: Chat, thread_id: int, at: datetime) -> UUID | None:
    """The ticket that the customer had just begun then in the topic of another: what follows there is of it too."""
    if chat.new_from_topic != thread_id or chat.chosen_at is None:
        return None
    return chat.chosen_ticket if at - chat.chosen_at <= BEGINNING_LASTS else None


def choose(
    chat: Chat,
    ticket_id: UUID | None,
    *,
    at: datetime | None = None,
    is_own: bool = False,
    from_topic: int | None = None,
) -> None:
    """Messages without another hint go there from now on; None: forget the choice. The cards show it.

    at: when the person wrote what says so, now where nothing does; words that waited make no choice older than it is.
    is_own: the person chose it just now, so they need not be told where their words go. from_topic: it was begun there,
    though the topic is another ticket's.
    """
    if chat.chosen_ticket != ticket_id:
        cards = [one for one in (chat.chosen_ticket, ticket_id) if one is not None]
        enqueue([draft_change(one, chat.telegram_id) for one in cards])
    moments = [at or clock.now(), *([chat.chosen_at] if chat.chosen_at and chat.chosen_ticket == ticket_id else [])]
    chat.chosen_ticket = ticket_id
    chat.chosen_at = max(moments) if ticket_id is not None else None
    chat.new_wanted_at = chat.new_category = None
    chat.new_from_topic = from_topic
    if is_own:
        chat.landed_in = ticket_id
    chat.save(
        update_fields=["chosen_ticket", "chosen_at", "new_wanted_at", "new_category", "new_from_topic", "landed_in"]
    )


def unchoose(chat: Chat) -> None:
    """Ends a choice by somebody else's doing; what the person asked for by /new stays."""
    if chat.chosen_ticket is not None:
        enqueue([draft_change(chat.chosen_ticket, chat.telegram_id)])
    chat.chosen_ticket = chat.chosen_at = chat.new_from_topic = None
    chat.save(update_fields=["chosen_ticket", "chosen_at", "new_from_topic"])


def want_new(chat: Chat, category_id: UUID | None = None) -> None:
    """The next message opens a ticket, of this category where one is given."""
    chat.new_wanted_at, chat.new_category = clock.now(), category_id
    chat.save(update_fields=["new_wanted_at", "new_category"])


def forget_comment(chat: Chat) -> None:
    """The next text is no comment on a rating any more."""
    if chat.comment_on is not None:
        chat.comment_on = chat.comment_asked_at = None
        chat.save(update_fields=["comment_on", "comment_asked_at"])


def await_no_phone(chat: Chat) -> None:
    """What comes next answers no question for the phone any more."""
    if chat.waits_for_phone:
        chat.waits_for_phone = False
        chat.save(update_fields=["waits_for_phone"])


@transaction.atomic
def forget_old_choices(bot_id: int, *, limit: int = 100) -> int:
    """No card may say that it is written to when that is over. Returns how many choices ended.

    Not where something waits to be handled, for it may have been written while the choice was fresh.
    """
    waiting = Update.objects.filter(bot_id=bot_id, queue=OuterRef("telegram_id"), state=UpdateState.RECEIVED)
    over = Chat.objects.filter(bot_id=bot_id, chosen_at__lt=clock.now() - CHOICE_LASTS)
    old = over.exclude(Exists(waiting)).order_by("chosen_at")
    chats = list(old.select_for_update(no_key=True, skip_locked=True)[:limit])
    for chat in chats:
        unchoose(chat)
    return len(chats)
