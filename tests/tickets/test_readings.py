"""The statement of `list_readings`, written by hand, says what the plain query says."""

from typing import Any
from uuid import UUID

import pytest
from django.db.models import Aggregate, Count, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor, Source
from accounts.models import Role, User
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.models import Message, Participant, Ticket, TicketEvent
from tickets.selectors.reading import Reading, list_readings
from tickets.services.conversation import delete_message
from tickets.services.reading import mark_read

pytestmark = pytest.mark.django_db


def plain_readings(actor: Actor, tickets: list[UUID]) -> dict[UUID, Reading]:
    participants = Participant.objects.filter(ticket=OuterRef("pk"), user=actor.user_id)
    messages = Message.objects.filter(ticket=OuterRef("pk"), sequence__gt=OuterRef("read"), deleted_at=None)
    messages = messages.exclude(author=actor.user_id)
    events = TicketEvent.objects.filter(ticket=OuterRef("pk"), sequence__lte=OuterRef("read"))
    if not actor.is_staff:
        messages = messages.filter(internal=False)
    number = "sequence" if actor.is_staff else "public_sequence"
    rows = (
        Ticket.objects.filter(pk__in=tickets)
        .annotate(read=Coalesce(Subquery(participants.values("read_sequence")[:1]), 0))
        .annotate(unread=scalar(messages, Count("pk")), position=scalar(events, Max(number)))
        .values_list("pk", "unread", "position")
    )
    return {pk: Reading(unread or 0, position or 0) for pk, unread, position in rows}


def scalar(rows: QuerySet[Any], value: Aggregate) -> Subquery:
    return Subquery(rows.order_by().annotate(_one=Value(1)).values("_one").annotate(value=value).values("value"))


def test_the_statement_equals_the_plain_query_for_everybody() -> None:
    vera, anna, boris = (
        User.objects.create(first_name=name, role=role)
        for name, role in (("Vera", Role.CUSTOMER), ("Anna", Role.AGENT), ("Boris", Role.AGENT))
    )
    read, unread, untouched = (a_ticket_of(vera, name) for name in ("read", "unread", "untouched"))
    for ticket in (read, unread):
        for number in range(3):
            a_reply_by(anna, ticket, f"Answer {number}")
            a_note_by(boris, ticket, f"Note {number}")
            a_reply_by(vera, ticket, f"Question {number}")
    delete_message(actor=acting(anna), message_id=a_reply_by(anna, unread, "A slip").pk)
    mark_read(actor=acting(anna), ticket=read.pk, sequence=6)
    mark_read(actor=acting(vera), ticket=read.pk, sequence=4)
    wanted = [read.pk, unread.pk, untouched.pk]
    seen = []
    for actor in (acting(vera), acting(anna), acting(boris), Actor.system(Source.SYSTEM)):
        found = list_readings(actor, wanted)
        assert found == plain_readings(actor, wanted)
        seen.append(found)
    assert len({found[read.pk].unread for found in seen}) > 2  # the cast does tell the cases apart
    assert list_readings(acting(anna), []) == {}
