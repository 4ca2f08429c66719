"""Folding a ticket's events gives its row. `manage.py replay_tickets` holds the two against each other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.erasure import ERASED
from tickets.events import catalogue
from tickets.events.catalogue import Fact, read_fact, read_id
from tickets.models import Ticket, TicketEvent, TicketStatus

# What the log decides; all else of a ticket is derived or technical.
REPLAYED = (
    "subject", "status", "priority", "category_id", "tags", "assignee_id", "team_id", "customer_id", "unreachable",
    "rating_score", "snoozed_until", "merged_into_id",
)  # fmt: skip


@dataclass
class Fold:
    """A ticket's state as its log tells it."""

    sequence: int = 0
    public_sequence: int = 0
    values: dict[str, Any] = field(default_factory=dict)


def fold_events(events: Iterable[TicketEvent]) -> Fold:
    """Pure. Raises ValueError where the sequences have a hole."""
    fold = Fold()
    for event in events:
        if event.sequence != fold.sequence + 1:
            raise ValueError(f"event {event.sequence} follows event {fold.sequence}")
        fold.sequence = event.sequence
        if event.public_sequence is not None:
            if event.public_sequence != fold.public_sequence + 1:
                raise ValueError(f"public event {event.public_sequence} follows {fold.public_sequence}")
            fold.public_sequence = event.public_sequence
        fact = read_fact(event.type, event.payload)
        apply = _APPLY.get(type(fact))
        if apply is not None:
            apply(fold.values, fact)
    return fold


def find_differences(ticket: Ticket) -> list[str]:
    """What differs between a ticket's row and its log, a line each; empty where they agree."""
    try:
        fold = fold_events(TicketEvent.objects.filter(ticket=ticket).order_by("sequence"))
    except (ValueError, TypeError) as error:
        return [f"log: {error}"]
    expected = fold.values | {"sequence": fold.sequence, "public_sequence": fold.public_sequence}
    return [
        f"{name}: the row says {getattr(ticket, name)!r}, the log says {expected.get(name)!r}"
        for name in (*REPLAYED, "sequence", "public_sequence")
        if getattr(ticket, name) != expected.get(name)
    ]


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value is not None else None


def _created(values: dict[str, Any], fact: Any) -> None:
    values.update(
        subject=fact.subject,
        status=TicketStatus.NEW.value,
        priority=fact.priority,
        category_id=read_id(fact.category),
        tags=[],
        assignee_id=None,
        team_id=read_id(fact.team),
        customer_id=read_id(fact.customer),
        unreachable="",
        rating_score=None,
        snoozed_until=None,
        merged_into_id=None,
    )


def _category(values: dict[str, Any], fact: Any) -> None:
    values.update(category_id=read_id(fact.new), team_id=read_id(fact.new_team))


def _merged(values: dict[str, Any], fact: Any) -> None:
    if fact.direction == "into":
        values.update(merged_into_id=read_id(fact.other))


def _set(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Callable[[dict[str, Any], Any], None]:
    return lambda values, fact: values.update({name: convert(fact.new)})


_APPLY: dict[type[Fact], Callable[[dict[str, Any], Any], None]] = {
    catalogue.TicketCreated: _created,
    catalogue.TicketAssigned: _set("assignee_id", read_id),
    catalogue.TicketUnassigned: lambda values, fact: values.update(assignee_id=None),
    catalogue.TicketStatusChanged: _set("status"),
    catalogue.TicketPriorityChanged: _set("priority"),
    catalogue.TicketCategoryChanged: _category,
    catalogue.TicketTagged: lambda values, fact: values.update(tags=sorted({*values["tags"], fact.tag})),
    catalogue.TicketUntagged: lambda values, fact: values.update(tags=[t for t in values["tags"] if t != fact.tag]),
    catalogue.TicketSubjectChanged: _set("subject"),
    catalogue.TicketRated: _set("rating_score"),
    catalogue.TicketReachabilityChanged: _set("unreachable"),
    catalogue.TicketSnoozed: _set("snoozed_until", _moment),
    catalogue.TicketMerged: _merged,
    catalogue.PersonalDataErased: lambda values, fact: values.update(subject=ERASED),
}


def check_tickets(numbers: Sequence[int] = ()) -> Iterator[tuple[Ticket, list[str]]]:
    """Every ticket (or those with these numbers) with its differences, each pair read in one snapshot."""
    tickets = Ticket.objects.filter(number__in=numbers) if numbers else Ticket.objects.all()
    for pk in tickets.order_by("number").values_list("pk", flat=True).iterator(chunk_size=1000):
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update(no_key=True).get(pk=pk)
            yield ticket, find_differences(ticket)
