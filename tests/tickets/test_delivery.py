"""The delivery of a message: what became of it, and having it sent again."""

from datetime import timedelta

import pytest

from accounts import clock
from accounts.errors import PermissionDenied
from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_reply_by, a_ticket_of, acting, event_types
from tickets.errors import NotEditable
from tickets.events.replay import find_differences
from tickets.models import EventDelivery, Message, MessageDeliveryState, TicketStatus
from tickets.services.conversation import delete_message
from tickets.services.delivery import Outcome, record_outcome, record_reachability, retry_delivery
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(vera: User, anna: User) -> Message:
    message = a_reply_by(anna, a_ticket_of(vera))
    return record_outcome(
        message_id=message.pk, outcome=Outcome(state=MessageDeliveryState.BLOCKED, reason="blocked", ambiguous=True)
    )


def test_a_lost_message_is_queued_again_and_its_doubt_stays(lost: Message, anna: User) -> None:
    status, answer = Api(anna).post(f"messages/{lost.pk}/retry/")
    assert status == 200
    assert answer["delivery"] == {"state": "queued", "reason": "", "ambiguous": True, "seen_at": None}
    owed = EventDelivery.objects.filter(event__type="message_retried").values_list("subscriber", flat=True)
    assert list(owed) == ["telegram"]


def test_a_ticket_whose_customer_cannot_be_reached_says_so_to_staff_until_something_arrives(
    lost: Message, vera: User, anna: User
) -> None:
    path = f"tickets/{lost.ticket_id}/"
    assert Api(anna).get(path)[1]["unreachable"] == "blocked"
    assert "unreachable" not in Api(vera).get(path)[1]
    record_outcome(message_id=lost.pk, outcome=Outcome(state=MessageDeliveryState.SENT, ambiguous=True))
    assert Api(anna).get(path)[1]["unreachable"] == ""
    assert event_types(lost.ticket).count("ticket_reachability_changed") == 2
    lost.ticket.refresh_from_db()
    assert find_differences(lost.ticket) == []


def test_a_block_marks_all_that_is_not_closed_and_only_once(lost: Message, vera: User, anna: User) -> None:
    open_one, closed = a_ticket_of(vera), a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=closed.pk, status=TicketStatus.CLOSED)
    for _time in range(2):
        record_reachability(customer_id=vera.pk, reason="blocked")
    assert [event_types(ticket).count("ticket_reachability_changed") for ticket in (open_one, closed)] == [1, 0]
    closed.refresh_from_db()
    assert closed.unreachable == ""


def test_asking_twice_is_asking_once(lost: Message, anna: User) -> None:
    for _time in range(2):
        assert Api(anna).post(f"messages/{lost.pk}/retry/")[0] == 200
    assert event_types(lost.ticket).count("message_retried") == 1


def test_what_arrived_is_not_sent_again(lost: Message, anna: User) -> None:
    record_outcome(message_id=lost.pk, outcome=Outcome(state=MessageDeliveryState.SENT))
    assert retry_delivery(actor=acting(anna), message_id=lost.pk).delivery_state == MessageDeliveryState.SENT
    assert "message_retried" not in event_types(lost.ticket)


def test_a_removed_message_stays_removed(lost: Message, anna: User) -> None:
    delete_message(actor=acting(anna), message_id=lost.pk)
    with pytest.raises(NotEditable):
        retry_delivery(actor=acting(anna), message_id=lost.pk)


def test_a_customer_has_nothing_sent_again(lost: Message, vera: User) -> None:
    with pytest.raises(PermissionDenied):
        retry_delivery(actor=acting(vera), message_id=lost.pk)


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_an_answer_of_two_days_ago_is_changed_only_where_it_never_arrived(
    lost: Message, anna: User, state: str
) -> None:
    written = clock.now() - timedelta(hours=48, minutes=1)
    Message.objects.filter(pk=lost.pk).update(delivery_state=state, created_at=written)
    api, path = Api(anna), f"messages/{lost.pk}/"
    for status, answer in (api.patch(path, text="Hm"), api.delete(path)):
        if state == "sent":
            assert (status, answer["error"]["code"]) == (409, "too_late_in_telegram")
        else:
            assert status in (200, 204)


def test_an_answer_of_yesterday_is_changed(lost: Message, anna: User) -> None:
    written = clock.now() - timedelta(hours=47)
    Message.objects.filter(pk=lost.pk).update(delivery_state="sent", created_at=written)
    assert Api(anna).patch(f"messages/{lost.pk}/", text="Hm")[0] == 200


def test_a_retry_comes_live_as_the_delivery_that_it_changed(lost: Message, anna: User) -> None:
    api = Api(anna)
    before = api.get(f"tickets/{lost.ticket_id}/")[1]["sequence"]
    api.post(f"messages/{lost.pk}/retry/")
    (frame,) = api.get(f"tickets/{lost.ticket_id}/events/?after={before}")[1]["events"]
    assert (frame["type"], frame["data"]["message"]) == ("message_delivery", str(lost.pk))
    assert frame["data"]["delivery"]["state"] == "queued"
