"""Two tickets of one customer become one: the other is closed for good and leads there."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tickets.events.replay import find_differences
from tickets.models import Message, Notification, Ticket, TicketStatus
from tickets.representations.audiences import Audience
from tickets.representations.frames import frames_after
from tickets.selectors.rating import is_rating_wanted
from tickets.services.assignment import assign_ticket
from tickets.services.merging import merge_ticket
from tickets.services.workflow import change_status
from tickets.tasks import sweep_deliveries

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(vera: User) -> tuple[Ticket, Ticket]:
    return a_ticket_of(vera), a_ticket_of(vera)


def merge(anna: User, source: Ticket, target: Ticket) -> None:
    merge_ticket(actor=acting(anna), ticket=source.pk, into=target.pk)
    for ticket in (source, target):
        ticket.refresh_from_db()
        assert find_differences(ticket) == []


def link(ticket: Ticket) -> dict[str, Any]:
    return {"id": str(ticket.pk), "number": ticket.number}


def test_each_leads_to_the_other_and_messages_stay_where_they_are(
    pair: tuple[Ticket, Ticket], vera: User, anna: User
) -> None:
    source, target = pair
    seen, messages = source.public_sequence, list(Message.objects.order_by("pk").values())
    status, answer = Api(anna).post(f"tickets/{source.number}/merge/", into=target.number)
    assert (status, answer["status"], answer["merged_into"]) == (200, "closed", link(target))
    for who in (vera, anna):
        assert Api(who).get(f"tickets/{source.pk}/")[1]["merged_into"] == link(target)
        other = Api(who).get(f"tickets/{target.pk}/")[1]
        assert (other["merged_into"], other["merged_from"]) == (None, [link(source)])
        assert len(Api(who).get(f"tickets/{source.pk}/messages/")[1]["results"]) == 1
    assert list(Message.objects.order_by("pk").values()) == messages
    assert event_types(source)[-2:] == ["ticket_status_changed", "ticket_merged"]
    assert event_types(target)[-1] == "ticket_merged"
    names = [frame["type"] for frame in frames_after(source.pk, Audience.CUSTOMER, seen).frames]
    assert names == ["ticket_status_changed", "ticket_updated"]
    assert Api(anna).post(f"tickets/{source.pk}/merge/", into=str(target.pk))[0] == 200, "the same again"
    assert event_types(target).count("ticket_merged") == 1
    for ticket in pair:
        ticket.refresh_from_db()
        assert find_differences(ticket) == []
    sweep_deliveries()
    assert not Notification.objects.filter(user=vera).exists(), "for its customer nothing has ended"


def test_a_merged_ticket_takes_nothing_more_and_names_the_last_of_a_chain(
    pair: tuple[Ticket, Ticket], vera: User, anna: User
) -> None:
    source, target = pair
    last = a_ticket_of(vera)
    merge(anna, source, target)
    merge(anna, target, last)
    message = {"id": str(uuid4()), "text": "And then?"}
    refused = [
        Api(vera).send("POST", f"tickets/{source.pk}/messages/", message),
        Api(anna).send("POST", f"tickets/{source.pk}/messages/", message),
        Api(anna).send("POST", f"tickets/{source.pk}/messages/", message | {"internal": True}),
        Api(anna).post(f"tickets/{source.pk}/status/", status="open"),
        Api(anna).post(f"tickets/{source.pk}/assign/", assignee=str(anna.pk)),
        Api(anna).post(f"tickets/{source.pk}/snooze/", until="2027-01-01T00:00:00Z"),
        Api(anna).post(f"tickets/{source.pk}/merge/", into=last.number),
        Api(anna).post(f"tickets/{last.pk}/merge/", into=source.number),
        Api(vera).post(f"tickets/{source.pk}/rate/", score=5),
    ]
    told = [
        (status, answer["error"]["code"], answer["error"]["data"]["ticket"], answer["error"]["data"]["number"])
        for status, answer in refused
    ]
    assert told == [(409, "ticket_merged", str(last.pk), last.number)] * len(refused)


def test_what_cannot_be_merged(pair: tuple[Ticket, Ticket], gleb: User, anna: User) -> None:
    source, target = pair
    others = a_ticket_of(gleb)

    def into(reference: int | str) -> dict[str, Any]:
        error: dict[str, Any] = Api(anna).post(f"tickets/{source.pk}/merge/", into=reference)[1]["error"]
        return error

    assert into(others.number)["code"] == "other_customer"
    assert [list(into(reference)["fields"]) for reference in (source.number, 999_999, "x")] == [["into"]] * 3
    change_status(actor=acting(anna), ticket=target.pk, status=TicketStatus.CLOSED)
    assert into(target.number)["code"] == "ticket_closed"
    source.refresh_from_db()
    assert (source.status, source.merged_into_id) == ("new", None)


def test_a_colleagues_change_is_not_merged_away_unseen(pair: tuple[Ticket, Ticket], anna: User, boris: User) -> None:
    source, target = pair
    change_status(actor=acting(boris), ticket=source.pk, status=TicketStatus.PENDING)
    body = {"into": target.number, "expected_sequence": source.sequence}
    status, refused = Api(anna).send("POST", f"tickets/{source.pk}/merge/", body)
    assert (status, refused["error"]["code"], refused["error"]["data"]["field"]) == (409, "stale", "status")


def test_who_was_faster_is_named(pair: tuple[Ticket, Ticket], vera: User, anna: User, boris: User) -> None:
    source, target = pair

    def refusal(into: Ticket) -> tuple[str, str, str, Any]:
        error = Api(anna).post(f"tickets/{source.pk}/merge/", into=into.number)[1]["error"]
        data = error["data"]
        assert data["changed_at"]
        return error["code"], data["person"]["name"], data["field"], data["value"]

    change_status(actor=acting(boris), ticket=target.pk, status=TicketStatus.CLOSED)
    assert refusal(target) == ("ticket_closed", boris.name, "status", "closed")
    last = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=target.pk, status=TicketStatus.OPEN)
    merge(boris, target, last)
    assert refusal(target) == ("ticket_merged", boris.name, "merged_into", link(last))
    merge(boris, source, last)
    other = a_ticket_of(vera)
    assert refusal(other) == ("ticket_merged", boris.name, "merged_into", link(last))


def test_its_agent_is_told_that_another_came_to_theirs(
    pair: tuple[Ticket, Ticket], anna: User, boris: User, mila: User
) -> None:
    source, target = pair
    assign_ticket(actor=acting(mila), ticket=source.pk, assignee_id=boris.pk)
    assign_ticket(actor=acting(mila), ticket=target.pk, assignee_id=anna.pk)
    merge(mila, source, target)
    last = a_ticket_of(source.customer)
    assign_ticket(actor=acting(mila), ticket=last.pk, assignee_id=mila.pk)
    merge(mila, target, last)  # one's own doing is no news
    sweep_deliveries()
    (told,) = Notification.objects.filter(kind="ticket_merged")
    assert (told.user, told.ticket) == (anna, target)
    (shown,) = [one for one in Api(anna).get("notifications/")[1]["results"] if one["kind"] == "ticket_merged"]
    assert shown["text"] == f"Ticket #{source.number} was merged into yours, #{target.number}: {target.subject}"


def test_an_answer_may_quote_what_was_written_before_the_merge(
    pair: tuple[Ticket, Ticket], vera: User, anna: User, gleb: User
) -> None:
    source, target = pair
    answer, note, foreign = a_reply_by(anna, source), a_note_by(anna, source), a_reply_by(anna, a_ticket_of(gleb))
    path = f"tickets/{target.pk}/messages/"
    body = {"text": "And then?", "reply_to": str(answer.pk)}
    assert Api(vera).send("POST", path, body | {"id": str(uuid4())})[0] == 400, "another conversation still"
    merge(anna, source, target)
    status, written = Api(vera).send("POST", path, body | {"id": str(uuid4())})
    assert (status, written["reply_to"]) == (201, str(answer.pk))
    assert Api(vera).get(f"messages/{answer.pk}/")[1]["text"] == "We are on it"
    for other in (note, foreign):
        refused = Api(vera).send("POST", path, body | {"id": str(uuid4()), "reply_to": str(other.pk)})
        assert (refused[0], list(refused[1]["error"]["fields"])) == (400, ["reply_to"])


@pytest.mark.parametrize("answered", [False, True])
def test_who_waited_in_the_one_waits_in_the_other(pair: tuple[Ticket, Ticket], anna: User, *, answered: bool) -> None:
    source, target = pair
    change_status(actor=acting(anna), ticket=target.pk, status=TicketStatus.RESOLVED)
    if answered:
        a_reply_by(anna, source)
    merge(anna, source, target)
    assert target.status == ("resolved" if answered else "open")


def test_no_rating_is_asked_for_what_was_merged(pair: tuple[Ticket, Ticket], anna: User) -> None:
    source, target = pair
    a_reply_by(anna, source)
    change_status(actor=acting(anna), ticket=source.pk, status=TicketStatus.RESOLVED)
    source.refresh_from_db()
    assert is_rating_wanted(source)
    merge(anna, source, target)
    assert not is_rating_wanted(source)


def test_in_the_admin(pair: tuple[Ticket, Ticket], mila: User, gleb: User) -> None:
    source, target = pair
    others = a_ticket_of(gleb)
    client, page = Client(headers={"Accept-Language": "en"}), "/admin/tickets/ticket/{}/change/"
    client.force_login(mila)
    offered = client.get(page.format(source.pk)).context["forms"]["merge"].fields["into"].choices
    assert [value for value, _label in offered] == [str(target.pk)]
    body = {"form": "merge", "expected_sequence": source.sequence}
    assert client.post(page.format(source.pk), {**body, "into": str(others.pk)}).status_code == 200
    assert client.post(page.format(source.pk), {**body, "into": str(target.pk)}).status_code == 302
    for here, there in ((source, target), (target, source)):
        assert page.format(there.pk) in client.get(page.format(here.pk)).content.decode()
    shown = client.get(page.format(source.pk)).content.decode()
    assert f"The conversation goes on in #{target.number}" in shown
    assert 'name="send"' not in shown
    written = {"form": "message", "expected_sequence": 99, "key": str(uuid4()), "text": "Too late", "send": "note"}
    refused = client.post(page.format(source.pk), written).content.decode()
    assert "Too late" in refused
    assert f"was merged into #{target.number}" in refused
