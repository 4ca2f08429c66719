"""Makes the demo's script true, through the same services as real people."""

from datetime import timedelta
from uuid import UUID, uuid5

from django.db import transaction

from accounts import clock
from accounts.actors import Actor, Source
from accounts.models import Availability, User
from config.demo.script import CATEGORIES, PEOPLE, SAVED_REPLIES, SHARER, STORIES, Step, Story
from tickets.models import (
    Category,
    DeliveryState,
    EventDelivery,
    Message,
    MessageDeliveryState,
    Priority,
    SavedReply,
    Ticket,
    TicketStatus,
)
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import add_note, post_reply
from tickets.services.drafts import MessageDraft, TicketDraft
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.opening import open_ticket
from tickets.services.rating import rate_ticket
from tickets.services.reading import mark_read
from tickets.services.saved_replies import SavedReplyValues, create_saved_reply
from tickets.services.workflow import change_status

DEMO = UUID("5d1f7c3e-0d4a-5a52-9f53-2f6f2d656d6f")
LOGIN = PASSWORD = "demo"  # noqa: S105 - a trial machine's; refused where DEBUG is off


@transaction.atomic
def load_demo() -> int:
    """Make what is missing of the demo; returns how many tickets are new.

    Nobody is told: what the stories owe is marked done in the same transaction, so no Telegram hears of them.
    """
    people = {telegram_id: _person(*row) for row in PEOPLE for telegram_id in row[:1]}
    categories = {key: _category(place, key, *names) for place, (key, *names) in enumerate(CATEGORIES)}
    for shortcut, title, text in SAVED_REPLIES:
        _saved_reply(people[SHARER], SavedReplyValues(shortcut=shortcut, title=title, text=text))
    new = [
        _tell(number, story, people, categories)
        for number, story in enumerate(STORIES)
        if not Ticket.objects.filter(pk=_key("ticket", number)).exists()
    ]
    owed = EventDelivery.objects.filter(ticket__in=new)
    owed.update(state=DeliveryState.DONE, done_at=clock.now())
    Message.objects.filter(ticket__in=new, delivery_state=MessageDeliveryState.QUEUED).update(
        delivery_state=MessageDeliveryState.SENT
    )
    return len(new)


def _key(*parts: object) -> UUID:
    return uuid5(DEMO, " ".join(map(str, parts)))


def _person(telegram_id: int, first: str, last: str, username: str, language: str, role: str) -> User:
    user, _created = User.objects.get_or_create(
        telegram_id=telegram_id,
        defaults={
            "first_name": first,
            "last_name": last,
            "username": username,
            "language": language,
            "role": role,
            "availability": Availability.AVAILABLE,
        },
    )
    if role == "admin" and not User.objects.filter(login=LOGIN).exists():
        user.login = LOGIN
        user.set_password(PASSWORD)
        user.save(update_fields=["login", "password", "updated_at"])
    return user


def _category(position: int, key: str, name_ru: str, name_en: str) -> Category:
    values = {"name_ru": name_ru, "name_en": name_en, "position": position}
    return Category.objects.get_or_create(pk=_key("category", key), defaults=values)[0]


def _saved_reply(sharer: User, values: SavedReplyValues) -> None:
    if not SavedReply.objects.filter(owner=None, title=values.title).exists():
        create_saved_reply(actor=_actor(sharer), values=values, shared=True)


def _tell(number: int, story: Story, people: dict[int, User], categories: dict[str, Category]) -> Ticket:
    """One ticket, lived through at the story's own time."""
    opened_at = clock.now() - timedelta(hours=story.hours_ago)
    with clock.standing_at(opened_at):
        draft = TicketDraft(id=_key("ticket", number), text=story.text, category_id=categories[story.category].pk)
        ticket = open_ticket(actor=_actor(people[story.customer]), draft=draft).ticket
    for place, step in enumerate(story.steps):
        with clock.standing_at(opened_at + timedelta(minutes=step.minutes)):
            _do(ticket, step, people[step.who], _key("message", number, place))
    ticket.refresh_from_db()
    if ticket.status != TicketStatus.NEW:
        mark_read(actor=_actor(people[story.customer]), ticket=ticket.pk, sequence=ticket.public_sequence)
    return ticket


def _actor(person: User) -> Actor:
    return Actor.of(person, Source.TELEGRAM if person.role == "customer" else Source.MINI_APP)


def _do(ticket: Ticket, step: Step, person: User, key: UUID) -> None:
    actor = _actor(person)
    match step.does:
        case "say":
            post_reply(actor=actor, ticket=ticket.pk, draft=MessageDraft(id=key, text=step.text))
        case "note":
            add_note(actor=actor, ticket=ticket.pk, draft=MessageDraft(id=key, text=step.text))
        case "take":
            assign_ticket(actor=actor, ticket=ticket.pk, assignee_id=person.pk)
        case "priority":
            changes = TicketChanges(priority=Priority(step.text))
            update_ticket(actor=actor, ticket=ticket.pk, changes=changes)
        case "tag":
            update_ticket(actor=actor, ticket=ticket.pk, changes=TicketChanges(tags=[step.text]))
        case "rate":
            rate_ticket(actor=actor, ticket=ticket.pk, score=int(step.text))
        case status:
            change_status(actor=actor, ticket=ticket.pk, status=TicketStatus(status))
