"""Who is told what, in which language, once, and how they mark it as read."""

from collections.abc import Sequence
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import announcements
from accounts.models import Availability, Language, Role, Team, User
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.events.delivery import run_due_deliveries
from tickets.models import EventDelivery, MessageDeliveryState, Notification, Ticket, TicketEvent, TicketStatus
from tickets.notifications import channels
from tickets.notifications.channels import Channel, register_channel
from tickets.notifications.composing import compose
from tickets.notifications.inbox import count_unread, mark_notifications_read, page_of_notifications
from tickets.notifications.recipients import _Answering, _those_who_answer
from tickets.notifications.subscriber import notify
from tickets.services.assignment import assign_ticket
from tickets.services.delivery import Outcome, record_outcome
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status
from tickets.tasks import sweep_deliveries

pytestmark = pytest.mark.django_db


def told() -> set[tuple[str, str]]:
    """Who is told what by what has happened since the last call."""
    sweep_deliveries()
    rows = set(Notification.objects.values_list("user__first_name", "kind"))
    Notification.objects.all().delete()
    return rows


def test_a_new_ticket_is_told_to_the_available_agents_only(vera: User, anna: User, boris: User, mila: User) -> None:
    User.objects.filter(pk=boris.pk).update(availability=Availability.AWAY)
    a_ticket_of(vera)
    assert told() == {("Anna", "ticket_created")}


def test_a_teams_ticket_is_told_to_that_team(vera: User, anna: User, boris: User, billing: Team) -> None:
    User.objects.filter(pk=boris.pk).update(team=billing)
    ticket = a_ticket_of(vera)
    assert told() == {("Anna", "ticket_created"), ("Boris", "ticket_created")}
    Ticket.objects.filter(pk=ticket.pk).update(team=billing)
    a_reply_by(vera, ticket)
    assert told() == {("Boris", "message_received")}


def test_nobody_is_told_what_they_did_themselves(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    told()
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    assert told() == set()
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=boris.pk)
    assert told() == {("Boris", "ticket_assigned")}


def test_a_customers_message_is_told_to_the_ticket_s_agent(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    assign_ticket(actor=acting(boris), ticket=ticket.pk, assignee_id=boris.pk)
    told()
    a_reply_by(vera, ticket)
    assert told() == {("Boris", "message_received")}


def test_the_customer_is_told_of_answers_and_of_the_end_but_of_no_note_or_label(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    told()
    a_note_by(anna, ticket)
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(tags=["vip"]))
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.PENDING)
    assert told() == set()
    a_reply_by(anna, ticket)
    assert told() == {("Vera", "message_received")}
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    assert told() == {("Vera", "ticket_status_changed")}


def test_a_message_that_did_not_arrive_is_told_to_its_author_and_the_agent(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    assign_ticket(actor=acting(boris), ticket=ticket.pk, assignee_id=boris.pk)
    message = a_reply_by(anna, ticket)
    told()
    record_outcome(message_id=message.pk, outcome=Outcome(state=MessageDeliveryState.SENT))
    assert not EventDelivery.objects.filter(subscriber="notifications", state="pending").exists()
    assert told() == set()
    record_outcome(message_id=message.pk, outcome=Outcome(state=MessageDeliveryState.BLOCKED, reason="blocked"))
    assert told() == {("Anna", "delivery_failed"), ("Boris", "delivery_failed")}


def test_a_banned_agent_is_told_nothing(vera: User, anna: User, boris: User) -> None:
    User.objects.filter(pk=boris.pk).update(is_active=False)
    a_ticket_of(vera)
    assert told() == {("Anna", "ticket_created")}


def test_each_reads_in_their_own_language(vera: User, anna: User, boris: User) -> None:
    User.objects.filter(pk=boris.pk).update(language=Language.RUSSIAN)
    ticket = a_ticket_of(vera, "The printer is on fire")
    sweep_deliveries()
    texts = {found.user.first_name: compose(found) for found in Notification.objects.select_related("user", "ticket")}
    assert texts["Anna"] == f"New ticket #{ticket.number}: The printer is on fire"
    assert "The printer is on fire" in texts["Boris"]


def _note_owed(owed: list[tuple[str, str]], name: str, notifications: Sequence[Notification]) -> None:
    owed.extend((name, notification.user.first_name) for notification in notifications)


def test_channels_get_one_row_each_where_the_person_wants_them(
    vera: User, anna: User, boris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "_channels", {})
    owed: list[tuple[str, str]] = []
    for name, by_default in (("pigeon", True), ("fax", False)):
        owe = partial(_note_owed, owed, name)
        register_channel(Channel(name, owe, by_default=by_default))
    User.objects.filter(pk=anna.pk).update(preferences={"pigeon": False, "fax": True})
    a_ticket_of(vera)
    for _ in range(2):
        sweep_deliveries()
    assert sorted(owed) == [("fax", "Anna"), ("pigeon", "Boris")]


def test_a_channel_that_fails_leaves_nothing_half_done(vera: User, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_notifications: Sequence[Notification]) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(channels, "_channels", {"fax": Channel("fax", fail)})
    a_ticket_of(vera)
    sweep_deliveries()
    assert not Notification.objects.exists()


def test_the_inbox_shows_ones_own_newest_first_and_counts_the_unread(vera: User, anna: User, boris: User) -> None:
    tickets = [a_ticket_of(vera, f"ticket {number}") for number in range(3)]
    sweep_deliveries()
    actor = acting(anna)
    page = page_of_notifications(actor, after=None, limit=2)
    assert [row["ticket"]["subject"] for row in page] == ["ticket 2", "ticket 1"]
    assert set(page[0]) == {"id", "kind", "ticket", "text", "count", "read_at", "created_at"}
    rest = page_of_notifications(actor, after=(page[-1]["created_at"], page[-1]["id"]), limit=2)
    assert [row["ticket"]["id"] for row in rest] == [tickets[0].pk]
    foreign = Notification.objects.filter(user=boris).values_list("pk", flat=True)
    assert mark_notifications_read(actor=actor, ids=[page[0]["id"], *foreign]) == 1
    assert (count_unread(actor), count_unread(acting(boris))) == (2, 3)
    assert (mark_notifications_read(actor=actor), mark_notifications_read(actor=actor)) == (2, 0)


def test_unread_messages_of_one_ticket_are_told_by_one(vera: User, anna: User, boris: User) -> None:
    ticket, other = a_ticket_of(vera), a_ticket_of(vera, "Another matter")
    sweep_deliveries()
    mark_notifications_read(actor=acting(anna))
    for words in ("Hello", "Are you there", "?"):
        a_reply_by(vera, ticket, words)
    a_reply_by(vera, other)
    sweep_deliveries()
    page = page_of_notifications(acting(anna), after=None, limit=10)
    assert [(row["text"], row["count"]) for row in page if row["read_at"] is None] == [
        (f"New message in ticket #{other.number}: Another matter", 1),
        (f"3 new messages in ticket #{ticket.number}: {ticket.subject}", 3),
    ]
    assert (count_unread(acting(anna)), count_unread(acting(boris))) == (2, 4)
    for event in TicketEvent.objects.filter(ticket=ticket):  # once more: nothing is told twice
        notify(event)
    assert page_of_notifications(acting(anna), after=None, limit=10) == page
    received = Notification.objects.filter(user=anna, ticket=ticket, kind="message_received")
    received.update(count=1, is_superseded=False, read_at=None)
    a_reply_by(vera, ticket, "Of an older release are several")
    sweep_deliveries()
    page = page_of_notifications(acting(anna), after=None, limit=10)
    assert page[0]["count"] == 4
    mark_notifications_read(actor=acting(anna), ids=[page[0]["id"]])
    a_reply_by(vera, ticket, "Thank you")
    sweep_deliveries()
    after = page_of_notifications(acting(anna), after=None, limit=10)
    assert (after[0]["count"], count_unread(acting(anna))) == (1, 2)


def test_a_ticket_that_one_may_no_longer_see_is_not_in_the_inbox(vera: User, anna: User, billing: Team) -> None:
    other = Team.objects.create(name="Shipping")
    ticket = a_ticket_of(vera)
    sweep_deliveries()
    User.objects.filter(pk=anna.pk).update(team=billing)
    Ticket.objects.filter(pk=ticket.pk).update(team=other)
    assert page_of_notifications(acting(anna), after=None, limit=5) == []
    assert count_unread(acting(anna)) == 0


@pytest.mark.django_db(transaction=True)
def test_who_listens_hears_of_each_notification_after_the_commit(
    vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, object]] = []
    monkeypatch.setitem(announcements._listeners, "notification_created", [lambda **ids: heard.append(ids)])
    a_ticket_of(vera)
    sweep_deliveries()
    found = Notification.objects.get(user=anna)
    assert heard == [{"notification": found.pk, "user": anna.pk}]


def test_news_of_many_tickets_cost_as_many_statements_as_of_one(vera: User, anna: User, boris: User) -> None:
    tickets = [a_ticket_of(vera, f"ticket {number}") for number in range(9)]
    assign_ticket(actor=acting(boris), ticket=tickets[0].pk, assignee_id=boris.pk)
    sweep_deliveries()

    def count_statements(*written_in: Ticket) -> int:
        for ticket in written_in:
            a_reply_by(vera, ticket)
        with CaptureQueriesContext(connection) as captured:
            assert run_due_deliveries("notifications") == len(written_in)
        return len(captured)

    count_statements(*tickets)  # from here on there is one of each that waits to be read
    assert count_statements(*tickets[1:]) == count_statements(tickets[1]) <= 20
    assert (
        Notification.objects.get(user=anna, ticket=tickets[1], is_superseded=False, kind="message_received").count == 3
    )


@pytest.mark.django_db(transaction=True)
def test_of_messages_that_come_together_the_last_is_announced(
    vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket_of(vera)
    sweep_deliveries()
    heard: list[object] = []
    monkeypatch.setitem(
        announcements._listeners, "notification_created", [lambda **ids: heard.append(ids["notification"])]
    )
    for words in ("Hello", "Are you there", "?"):
        a_reply_by(vera, ticket, words)
    sweep_deliveries()
    last = Notification.objects.get(user=anna, kind="message_received", is_superseded=False)
    assert (heard, last.count) == ([last.pk], 3)
    assert not Notification.objects.filter(is_superseded=True, read_at=None).exists()


def test_who_answers_is_looked_up_as_the_rule_says(
    vera: User, anna: User, boris: User, mila: User, billing: Team
) -> None:
    shipping = Team.objects.create(name="Shipping")
    User.objects.filter(pk=boris.pk).update(team=billing)
    User.objects.create(first_name="Away", role=Role.AGENT, team=billing, availability=Availability.AWAY)
    User.objects.create(first_name="Banned", role=Role.AGENT, is_active=False)
    shipper = User.objects.create(first_name="Shipper", role=Role.AGENT, team=shipping)
    ticket, seen = a_ticket_of(vera), set()
    answering = _Answering()
    for customer in (vera, anna):
        for team in (None, billing, shipping):
            for assignee in (None, anna, boris, mila, shipper, vera):
                ticket.customer, ticket.team, ticket.assignee = customer, team, assignee
                for _again in range(2):
                    found = answering(ticket)
                    assert found == list(_those_who_answer(ticket))
                seen.add(tuple(person.first_name for person in found))
    assert len(seen) > 6
