"""Each type of event is decided on everywhere: payload, sentence, frame, replay, and the client's own handling."""

import json
import re
from uuid import UUID

import pytest
from django.utils import translation

from tests.architecture.sources import PROJECT
from tickets.events import catalogue, descriptions, replay
from tickets.events.catalogue import CATALOGUE, Fact, payload_fields, read_fact
from tickets.models import EventType, TicketEvent
from tickets.representations import frames

ONE = UUID("00000000-0000-7000-8000-000000000001")
SAMPLES: dict[EventType, Fact] = {
    fact.type: fact
    for fact in (
        catalogue.TicketCreated(subject="Fire", customer=ONE, priority="normal", category=None, team=ONE),
        catalogue.TicketAssigned(old=None, new=ONE),
        catalogue.TicketUnassigned(old=ONE),
        catalogue.TicketStatusChanged(old="new", new="open"),
        catalogue.TicketPriorityChanged(old="normal", new="high"),
        catalogue.TicketCategoryChanged(old=None, new=ONE, old_team=None, new_team=ONE),
        catalogue.TicketTagged(tag="vip"),
        catalogue.TicketUntagged(tag="vip"),
        catalogue.TicketSubjectChanged(old="Fire", new="Smoke"),
        catalogue.TicketRated(old=None, new=5),
        catalogue.TicketReachabilityChanged(old="", new="blocked"),
        catalogue.TicketSnoozed(old=None, new="2026-12-01T09:00:00+00:00"),
        catalogue.TicketMerged(other=ONE, number=12, direction="into"),
        catalogue.MessageSent(message=ONE, author_role="customer"),
        catalogue.MessageEdited(message=ONE),
        catalogue.MessageDeleted(message=ONE),
        catalogue.MessageReacted(message=ONE, old=None, new="👍"),
        catalogue.NoteAdded(message=ONE),
        catalogue.AttachmentAdded(message=ONE, attachment=ONE),
        catalogue.AttachmentStored(message=ONE, attachment=ONE, state="ready"),
        catalogue.MessageDeliveryChanged(message=ONE, old="queued", new="failed", reason="blocked", ambiguous=True),
        catalogue.MessageRetried(message=ONE, old="failed", reason="gave_up"),
        catalogue.PersonalDataErased(),
    )
}
# Of these the client needs no more than the ticket as it is now
PLAINLY_UPDATED = {
    EventType.TICKET_PRIORITY_CHANGED,
    EventType.TICKET_CATEGORY_CHANGED,
    EventType.TICKET_TAGGED,
    EventType.TICKET_UNTAGGED,
    EventType.TICKET_SUBJECT_CHANGED,
    EventType.TICKET_RATED,
    EventType.TICKET_REACHABILITY_CHANGED,
    EventType.TICKET_SNOOZED,
    EventType.TICKET_MERGED,
    EventType.PERSONAL_DATA_ERASED,
}
STAFF_ONLY = {
    EventType.TICKET_PRIORITY_CHANGED,
    EventType.TICKET_TAGGED,
    EventType.TICKET_UNTAGGED,
    EventType.TICKET_REACHABILITY_CHANGED,
    EventType.TICKET_SNOOZED,
    EventType.NOTE_ADDED,
    EventType.MESSAGE_DELIVERY_CHANGED,
    EventType.MESSAGE_RETRIED,
}
EVERY_TYPE = pytest.mark.parametrize("kind", list(EventType))


@EVERY_TYPE
def test_it_has_a_payload_that_comes_back_as_it_was_stored(kind: EventType) -> None:
    fact = SAMPLES[kind]
    stored = json.loads(json.dumps(fact.payload()))
    assert set(stored) == payload_fields(kind)
    assert read_fact(kind, stored).payload() == stored
    with pytest.raises(TypeError):
        read_fact(kind, {**stored, "undeclared": 1})


@EVERY_TYPE
def test_it_holds_no_text_of_a_message(kind: EventType) -> None:
    assert not {"text", "entities", "content", "name"} & payload_fields(kind)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
@EVERY_TYPE
def test_it_has_a_sentence(kind: EventType, language: str) -> None:
    event = TicketEvent(type=kind, payload=SAMPLES[kind].payload())
    with translation.override(language):
        sentence = descriptions.describe_events([event])[0][1]
    assert sentence
    assert "%(" not in sentence


def test_who_sees_it_is_a_property_of_the_type() -> None:
    assert {kind for kind, fact in CATALOGUE.items() if not fact.public} == STAFF_ONLY


def test_each_has_one_frame() -> None:
    named = [frames._MESSAGE_FRAMES.keys(), frames._TICKET_FRAMES.keys(), PLAINLY_UPDATED]
    assert sorted(kind for kinds in named for kind in kinds) == sorted(EventType)


def test_facts_about_messages_and_only_they_are_framed_as_messages() -> None:
    about_messages = {kind for kind, fact in CATALOGUE.items() if issubclass(fact, catalogue.MessageFact)}
    assert frames._MESSAGE_FRAMES.keys() == about_messages


def test_each_is_folded_or_is_about_a_message() -> None:
    """What an event changes of the ticket's row, replay changes too; messages are rows of their own."""
    for kind, fact in CATALOGUE.items():
        assert (fact in replay._APPLY) != issubclass(fact, catalogue.MessageFact), kind


def test_the_fold_knows_every_column_that_events_decide() -> None:
    created = SAMPLES[EventType.TICKET_CREATED]
    event = TicketEvent(sequence=1, public_sequence=1, type=created.type, payload=created.payload())
    assert set(replay.fold_events([event]).values) == set(replay.REPLAYED)


def test_the_client_handles_every_frame() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "static/miniapp").rglob("*.js"))
    names = {*frames._MESSAGE_FRAMES.values(), *frames._TICKET_FRAMES.values(), "ticket_updated"}
    unhandled = {name for name in names if not re.search(rf"\b{name}\b", scripts)}
    ticket_frames_by_prefix = re.search(r"startsWith\(\"ticket_", scripts)
    assert {name for name in unhandled if not (name.startswith("ticket_") and ticket_frames_by_prefix)} == set()


def test_a_sample_exists_for_each() -> None:
    assert set(SAMPLES) == set(EventType) == set(CATALOGUE)
