"""Reactions that are owed: handled once, in order where it matters, retried, given up in sight."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from tests.support.desk import a_reply_by, a_ticket_of
from tickets.events import subscribers
from tickets.events.delivery import MAXIMUM_ATTEMPTS, retry_delivery, run_due_deliveries
from tickets.events.subscribers import PermanentFailure, Subscriber, subscribe
from tickets.models import EventDelivery, EventType, TicketEvent

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
    subscribe(Subscriber(name="test", wants=frozenset({EventType.MESSAGE_SENT}), handle=recorder, ordered=True))
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
