"""Short ways to make what a test is about. They go through the services, as the edges do."""

from uuid import UUID, uuid4

from accounts.actors import Actor, Source
from accounts.models import User
from tickets.models import Message, Ticket, TicketEvent
from tickets.services.conversation import add_note, post_reply
from tickets.services.drafts import MessageDraft, TicketDraft
from tickets.services.opening import open_ticket


def acting(user: User, source: Source = Source.API) -> Actor:
    """The actor that an edge would make of this person now."""
    return Actor.of(User.objects.get(pk=user.pk), source)


def a_ticket_of(customer: User, text: str = "The printer is on fire", **more: object) -> Ticket:
    draft = TicketDraft(id=uuid4(), text=text, **more)  # type: ignore[arg-type]
    return open_ticket(actor=acting(customer), draft=draft).ticket


def a_ticket_opened_for(customer: User, agent: User, text: str = "We have found a fault") -> Ticket:
    return a_ticket_of(agent, text, customer_id=customer.pk)


def a_reply_by(user: User, ticket: Ticket, text: str = "We are on it", *, key: UUID | None = None) -> Message:
    draft = MessageDraft(id=key or uuid4(), text=text)
    return post_reply(actor=acting(user), ticket=ticket.pk, draft=draft).message


def a_note_by(user: User, ticket: Ticket, text: str = "He calls every week") -> Message:
    return add_note(actor=acting(user), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), text=text)).message


def event_types(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("sequence").values_list("type", flat=True))
