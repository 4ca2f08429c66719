"""Reactions that are owed: handled once, in order where it matters, retried, given up in sight."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tickets.events import subscribers
from tickets.events.catalogue import MessageSent
from tickets.events.delivery import MAXIMUM_ATTEMPTS, retry_delivery, run_due_deliveries
from tickets.events.recording import _APPEND, record_event
from tickets.events.subscribers import PermanentFailure, Subscriber, names_that_want, subscribe
from tickets.models import EventDelivery, EventType, Ticket, TicketEvent

pytestmark = pytest.mark.django_db


class Recorder:
    """A subscriber that remembers what it handled, and fails as told."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.failure: Exception | None = None

    def __call__(self, event: TicketEvent) -> None:
        if self.failure is not None:
            raise self.failure
        self.handled.append(event.sequence)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder, before = Recorder(), dict(subscribers._subscribers)
    subscribe(Subscriber(name="test", wants=frozenset({EventType.MESSAGE_SENT}), handle=recorder))
    yield recorder
    subscribers._subscribers.clear()
    subscribers._subscribers.update(before)


def test_a_wanted_event_is_handled_once(vera: User, anna: User, recorder: Recorder) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    assert run_due_deliveries("test") == 2
    assert run_due_deliveries("test") == 0
    assert recorder.handled == [2, 3]


def test_a_failure_backs_off_and_holds_the_later_events_of_its_ticket_only(
    vera: User, anna: User, recorder: Recorder
) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    recorder.failure = RuntimeError("down")
    run_due_deliveries("test")
    recorder.failure = None
    other = a_ticket_of(vera)
    run_due_deliveries("test")
    assert recorder.handled == [2]
    assert EventDelivery.objects.filter(ticket=other, subscriber="test").get().state == "done"
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        run_due_deliveries("test")
    assert recorder.handled == [2, 2, 3]


@pytest.mark.parametrize(("error", "tries"), [(RuntimeError("down"), MAXIMUM_ATTEMPTS), (PermanentFailure("no"), 1)])
def test_it_is_given_up_in_sight_and_can_be_asked_for_again(
    vera: User, recorder: Recorder, error: Exception, tries: int
) -> None:
    a_ticket_of(vera)
    recorder.failure = error
    moment = clock.now()
    for _ in range(MAXIMUM_ATTEMPTS + 2):
        moment += timedelta(hours=1)
        with time_machine.travel(moment, tick=False):
            run_due_deliveries("test")
    delivery = EventDelivery.objects.get(subscriber="test")
    assert (delivery.state, delivery.attempts) == ("dead", tries)
    assert str(error) in delivery.last_error
    recorder.failure = None
    assert retry_delivery(actor=Actor.system(), delivery_id=delivery.pk)
    run_due_deliveries("test")
    assert recorder.handled == [2]


def test_deliveries_of_an_unknown_subscriber_wait(vera: User, recorder: Recorder) -> None:
    a_ticket_of(vera)
    del subscribers._subscribers["test"]
    assert run_due_deliveries("test") == 0
    assert EventDelivery.objects.get(subscriber="test").state == "pending"


def test_the_log_cannot_be_changed(vera: User) -> None:
    a_ticket_of(vera)
    event = TicketEvent.objects.first()
    assert event is not None
    for change in (event.save, event.delete, TicketEvent.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        TicketEvent.objects.update(type="ticket_assigned")


def test_one_that_fails_takes_none_of_its_batch_with_it(vera: User, gleb: User, recorder: Recorder) -> None:
    """Those of other tickets are done in the same transaction; what the failed one had written is not."""
    first, second = a_ticket_of(vera), a_ticket_of(gleb)

    def fail_for_the_first(event: TicketEvent) -> None:
        event.ticket.customer.preferences = {"written": True}
        event.ticket.customer.save(update_fields=["preferences"])
        if event.ticket_id == first.pk:
            raise RuntimeError("down")

    wanted = frozenset({EventType.MESSAGE_SENT})
    subscribe(Subscriber(name="test", wants=wanted, handle=fail_for_the_first))
    assert run_due_deliveries("test") == 2
    states = dict(EventDelivery.objects.filter(subscriber="test").values_list("ticket", "state"))
    assert states == {first.pk: "pending", second.pk: "done"}
    vera.refresh_from_db()
    gleb.refresh_from_db()
    assert (vera.preferences, gleb.preferences) == ({}, {"written": True})


def test_a_long_conversation_is_handled_in_its_order_beside_others(
    vera: User, gleb: User, anna: User, recorder: Recorder
) -> None:
    ticket, other = a_ticket_of(vera), a_ticket_of(gleb)
    for number in range(25):
        a_reply_by(anna, ticket, f"{number}")
    a_reply_by(anna, other)
    assert run_due_deliveries("test") == 28
    assert not EventDelivery.objects.filter(subscriber="test", state="pending").exists()
    assert [sequence for sequence in recorder.handled if sequence > 4] == sorted(set(recorder.handled) - {2, 3, 4})


def test_one_that_waits_holds_up_the_later_ones_behind_a_revived_one(
    vera: User, anna: User, recorder: Recorder
) -> None:
    ticket = a_ticket_of(vera)
    for number in range(2):
        a_reply_by(anna, ticket, f"{number}")
    second = EventDelivery.objects.filter(subscriber="test").order_by("pk")[1]
    later = clock.now() + timedelta(minutes=1)
    EventDelivery.objects.filter(pk=second.pk).update(next_attempt_at=later)
    assert run_due_deliveries("test") == 1
    assert recorder.handled == [2]
    with time_machine.travel(later, tick=False):
        run_due_deliveries("test")
    assert recorder.handled == sorted(recorder.handled)
    assert not EventDelivery.objects.filter(subscriber="test", state="pending").exists()


def test_what_does_not_concern_a_subscriber_is_not_owed_to_it(vera: User, anna: User, recorder: Recorder) -> None:
    subscribe(
        Subscriber(
            name="test",
            wants=frozenset({EventType.MESSAGE_SENT}),
            handle=recorder,
            concerns=lambda event: event.payload["author_role"] == "agent",
        )
    )
    a_reply_by(anna, a_ticket_of(vera))
    assert EventDelivery.objects.filter(subscriber="test").count() == 1
    run_due_deliveries("test")
    assert recorder.handled == [3]


def test_to_find_that_nothing_is_due_costs_one_statement(
    vera: User, recorder: Recorder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """It is the commonest answer: the bot asks after each chat that it has worked off."""
    a_ticket_of(vera)
    run_due_deliveries("test")
    with django_assert_num_queries(1 + 2):  # and two for the transaction
        assert run_due_deliveries("test") == 0


class Together(Recorder):
    """One that takes several events at once, all or none."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[list[int]] = []

    def take(self, events: Sequence[TicketEvent]) -> None:
        self.taken.append([event.sequence for event in events])
        for event in events:
            event.ticket.customer.preferences = {"times": event.ticket.customer.preferences.get("times", 0) + 1}
            event.ticket.customer.save(update_fields=["preferences"])
            self(event)


def test_who_takes_several_at_once_gets_them_in_their_order(
    vera: User, gleb: User, anna: User, recorder: Recorder
) -> None:
    together = Together()
    subscribe(
        Subscriber(name="test", wants=frozenset({EventType.MESSAGE_SENT}), handle=together, handle_all=together.take)
    )
    first, second = a_ticket_of(vera), a_ticket_of(gleb)
    a_reply_by(anna, first)
    a_reply_by(anna, second)
    assert run_due_deliveries("test") == 4
    assert together.taken == [[2, 2, 3, 3]]
    assert not EventDelivery.objects.filter(subscriber="test", state="pending").exists()


@pytest.mark.parametrize("how", ["refuses", "takes too long"])
def test_where_one_of_several_fails_each_is_tried_by_itself(
    how: str, vera: User, gleb: User, anna: User, recorder: Recorder
) -> None:
    """Of the common try nothing stays, and only the one at fault, and what is behind it, waits."""
    first, second = a_ticket_of(vera), a_ticket_of(gleb)
    a_reply_by(anna, first)
    a_reply_by(anna, second)
    together, alone = Together(), list[int]()

    def fail_for_the_first(event: TicketEvent) -> None:
        if event.ticket_id == first.pk:
            raise RuntimeError("down")
        alone.append(event.sequence)

    def take_and_fail(events: Sequence[TicketEvent]) -> None:
        together.take(events)
        if how == "takes too long":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 10")
                cursor.execute("SELECT pg_sleep(5)")
        raise RuntimeError("down")

    wanted = frozenset({EventType.MESSAGE_SENT})
    subscribe(Subscriber(name="test", wants=wanted, handle=fail_for_the_first, handle_all=take_and_fail))
    assert run_due_deliveries("test") == 3
    assert (len(together.taken), alone) == (1, [2, 3])
    gleb.refresh_from_db()
    assert gleb.preferences == {}
    waiting = EventDelivery.objects.filter(subscriber="test", state="pending").order_by("pk")
    assert [(one.ticket_id, one.attempts) for one in waiting] == [(first.pk, 1), (first.pk, 0)]


def test_the_log_and_what_is_owed_are_written_by_one_statement_that_names_every_column(
    vera: User, recorder: Recorder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = Ticket.objects.get(pk=a_ticket_of(vera).pk)
    actor, fact = acting(vera), MessageSent(message=ticket.messages.get().pk, author_role="customer")
    with django_assert_num_queries(1 + 1):  # the ticket's row, and this
        event = record_event(ticket, actor, fact)
    written = TicketEvent.objects.get(ticket=ticket, sequence=ticket.sequence)
    columns = [field.attname for field in TicketEvent._meta.concrete_fields]
    assert {name: getattr(event, name) for name in columns} == {name: getattr(written, name) for name in columns}
    owed = EventDelivery.objects.filter(event=event).order_by("pk")
    assert [one.subscriber for one in owed] == names_that_want(event)
    assert {(one.ticket_id, one.state, one.attempts, one.last_error, one.done_at) for one in owed} == {
        (ticket.pk, "pending", 0, "", None)
    }
    assert {one.next_attempt_at for one in owed} == {one.created_at for one in owed} == {event.created_at}
    for model in (TicketEvent, EventDelivery):
        named = {str(field.column) for field in model._meta.concrete_fields} - {"id", "done_at"}
        assert [name for name in named if name not in _APPEND] == []
    with pytest.raises(TypeError):
        event.save()
