"""The durable subscriber `telegram`: what happens to a ticket, said in its customer's chat.

Each reaction only owes calls (telegram_bot.outbox), in the transaction that marks the event's delivery done. It
mirrors conversations; telling staff is the notifications' task.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import translation

from accounts.actors import Source
from accounts.models import User
from accounts.selectors.people import find_person
from telegram_bot import keyboards
from telegram_bot.answers import calls_of, draft_answer, draft_edit, draft_reaction, draft_removal
from telegram_bot.business import find_chat_of_ticket
from telegram_bot.choices import choose
from telegram_bot.expectations import say_expectation
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat
from telegram_bot.notices import build_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.reporting import report_message
from telegram_bot.retrying import make_again
from tickets.events.subscribers import Subscriber
from tickets.models import AuthorRole, EventType, Ticket, TicketEvent, TicketStatus
from tickets.selectors.categories import list_categories
from tickets.selectors.inbox import list_active_of_customer
from tickets.selectors.rating import is_rating_wanted


@dataclass(frozen=True)
class Scene:
    """An event with the chat that it is told in."""

    event: TicketEvent
    ticket: Ticket
    customer: User
    chat: Chat

    @property
    def chat_id(self) -> int:
        return self.chat.telegram_id

    def notice(self, name: str, *, markup: keyboards.Markup | None = None, **context: object) -> CallDraft:
        return build_notice(
            self.chat_id, name, markup=markup, ticket=self.ticket.pk, number=self.ticket.number, **context
        )


def mirror_event(event: TicketEvent) -> None:
    """Owe what this event means for the customer's chat."""
    ticket = event.ticket
    customer = ticket.customer
    if customer.telegram_id is None:
        return
    chat = _find_chat(ticket, customer, customer.telegram_id)
    if chat is None or (chat.is_business and event.type not in _IN_BUSINESS_CHATS):
        return
    with translation.override(customer.language):
        enqueue(_REACTIONS[EventType(event.type)](Scene(event, ticket, customer, chat)))


def _find_chat(ticket: Ticket, customer: User, telegram_id: int) -> Chat | None:
    if ticket.source == Source.BUSINESS:
        return find_chat_of_ticket(ticket.pk)
    chat, _created = Chat.objects.get_or_create(
        bot_id=current_bot_id(), telegram_id=telegram_id, defaults={"person": customer}
    )
    return chat


def _ticket_created(scene: Scene) -> list[CallDraft]:
    ticket = scene.ticket
    categories = list_categories() if ticket.category_id is None else []
    return [
        scene.notice(
            "ticket_opened",
            markup=keyboards.ticket_buttons(ticket, categories),
            category=ticket.category.name if ticket.category else "",
            is_continued=ticket.continues_id is not None,
            asks_category=bool(categories),
            expectation=say_expectation(),
        )
    ]


def _ticket_assigned(scene: Scene) -> list[CallDraft]:
    """The first agent is introduced; that the ticket wanders among agents is not the customer's concern."""
    agent = find_person(UUID(scene.event.payload["new"]))
    if scene.event.payload["old"] is not None or agent is None or agent.pk == scene.customer.pk:
        return []
    return [scene.notice("ticket_assigned", agent=agent.name)]


def _status_changed(scene: Scene) -> list[CallDraft]:
    old, new = scene.event.payload["old"], scene.event.payload["new"]
    by_customer = scene.event.actor_id == scene.customer.pk
    if new == TicketStatus.RESOLVED:
        asks = is_rating_wanted(scene.ticket, resolved_by=scene.event)
        markup = keyboards.rating_buttons(scene.ticket) if asks else None
        return [scene.notice("ticket_resolved", by_customer=by_customer, asks_rating=asks, markup=markup)]
    if new == TicketStatus.CLOSED and scene.event.actor_id is not None:
        return [scene.notice("ticket_closed")]
    if new == TicketStatus.OPEN and old in (TicketStatus.CLOSED, TicketStatus.RESOLVED) and not by_customer:
        return [scene.notice("ticket_reopened")]
    return []


def _message_sent(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.author_role == AuthorRole.CUSTOMER or message.deleted_at is not None:
        return []
    if scene.chat.chosen_ticket not in (None, scene.ticket.pk):
        choose(scene.chat, None)  # an answer to another ticket may just be what the customer writes about next
    return draft_answer(message, chat_id=scene.chat_id, header=_header(scene))


def _message_retried(scene: Scene) -> list[CallDraft]:
    """Only what failed is made again; where nothing was ever owed, all of it."""
    message = scene.event.message
    if message is None or message.deleted_at is not None:
        return []
    calls = calls_of(message)
    if not calls:
        return _message_sent(scene)
    for call in calls:
        if call.state == CallState.FAILED:
            make_again(call)
    # the log said "queued"; where nothing had failed, what is true is told again
    transaction.on_commit(partial(report_message, message.pk), robust=True)
    return []


def _message_edited(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.author_role == AuthorRole.CUSTOMER:
        return []
    return draft_edit(message, chat_id=scene.chat_id)


def _message_deleted(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.author_role == AuthorRole.CUSTOMER:
        return []
    return draft_removal(message, chat_id=scene.chat_id)


def _message_reacted(scene: Scene) -> list[CallDraft]:
    """What the desk's side shows now; only the last of several changes counts."""
    message = scene.event.message
    if message is None or message.deleted_at is not None or scene.event.actor_id == scene.customer.pk:
        return []
    return [draft_reaction(message, chat_id=scene.chat_id)]


def _header(scene: Scene) -> str:
    """A customer with several tickets must see which one is answered."""
    if scene.chat.is_business:  # one ticket at a time
        return ""
    others = list_active_of_customer(scene.customer.pk).exclude(status=TicketStatus.RESOLVED)
    return scene.ticket.mark if others.exclude(pk=scene.ticket.pk).exists() else ""


_REACTIONS: dict[EventType, Callable[[Scene], list[CallDraft]]] = {
    EventType.TICKET_CREATED: _ticket_created,
    EventType.TICKET_ASSIGNED: _ticket_assigned,
    EventType.TICKET_STATUS_CHANGED: _status_changed,
    EventType.MESSAGE_SENT: _message_sent,
    EventType.MESSAGE_EDITED: _message_edited,
    EventType.MESSAGE_DELETED: _message_deleted,
    EventType.MESSAGE_RETRIED: _message_retried,
    EventType.MESSAGE_REACTED: _message_reacted,
}

# There the company itself speaks, so the bot says nothing of its own.
_IN_BUSINESS_CHATS = frozenset(
    {EventType.MESSAGE_SENT, EventType.MESSAGE_EDITED, EventType.MESSAGE_DELETED, EventType.MESSAGE_RETRIED}
)

TELEGRAM = Subscriber(name="telegram", wants=frozenset(_REACTIONS), handle=mirror_event, ordered=True, runs_in="bot")
