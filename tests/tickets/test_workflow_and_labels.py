"""Statuses and labels: what may follow what, who may change it, and that a late change is not made blindly."""

from datetime import timedelta

import pytest
import time_machine

from accounts import clock
from accounts.errors import InvalidInput, NotFound, PermissionDenied
from accounts.models import Team, User
from tests.support.desk import a_ticket_of, acting, event_types
from tickets.errors import Stale, TransitionRefused
from tickets.events.replay import find_differences
from tickets.models import Category, Priority, Ticket, TicketStatus
from tickets.permissions import STAFF_TRANSITIONS
from tickets.selectors.inbox import find_ends
from tickets.selectors.tickets import get_ticket_for
from tickets.services.labelling import KEEP, TicketChanges, update_ticket
from tickets.services.messages import UNDO_TIME
from tickets.services.workflow import change_status, close_resolved

pytestmark = pytest.mark.django_db


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(STAFF_TRANSITIONS) == set(TicketStatus)
    assert all(TicketStatus.NEW not in targets for targets in STAFF_TRANSITIONS.values())


def test_a_customer_may_only_resolve_their_ticket(vera: User) -> None:
    ticket = a_ticket_of(vera)
    with pytest.raises(TransitionRefused):
        change_status(actor=acting(vera), ticket=ticket.pk, status=TicketStatus.CLOSED)
    resolved = change_status(actor=acting(vera), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    assert resolved.resolved_at is not None


def test_the_status_it_has_changes_nothing(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    for _ in range(2):
        change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.OPEN)
    assert event_types(ticket).count("ticket_status_changed") == 1


def test_a_status_somebody_changed_meanwhile_is_not_overwritten(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(boris), ticket=ticket.pk, status=TicketStatus.PENDING)
    with pytest.raises(Stale) as caught:
        change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED, expected_sequence=2)
    assert caught.value.data["actor"] == str(boris.pk)


@pytest.mark.parametrize("status", [TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.RESOLVED])
def test_whoever_closed_a_ticket_may_undo_it_at_once_by_what_they_have_seen(
    vera: User, anna: User, boris: User, status: TicketStatus
) -> None:
    ticket = a_ticket_of(vera)
    before = change_status(actor=acting(anna), ticket=ticket.pk, status=status)
    closed = change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    if status != TicketStatus.OPEN:  # where the table leads anyway
        for actor, seen in ((boris, closed.sequence), (anna, None), (anna, closed.sequence - 1), (vera, 99)):
            with pytest.raises((TransitionRefused, Stale)):
                change_status(actor=acting(actor), ticket=ticket.pk, status=status, expected_sequence=seen)
    undone = change_status(actor=acting(anna), ticket=ticket.pk, status=status, expected_sequence=closed.sequence)
    assert (undone.status, undone.resolved_at) == (status, before.resolved_at)
    assert find_differences(undone) == []


def test_a_closing_is_undone_at_once_or_not_at_all(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.PENDING)
    seen = change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED).sequence
    late = clock.now() + UNDO_TIME + timedelta(seconds=1)
    with time_machine.travel(late, tick=False), pytest.raises(TransitionRefused):
        change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.PENDING, expected_sequence=seen)


def test_undoing_makes_no_ticket_new_again_and_leads_only_where_it_came_from(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    seen = change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED).sequence
    for status in (TicketStatus.NEW, TicketStatus.PENDING, TicketStatus.RESOLVED):
        with pytest.raises(TransitionRefused):
            change_status(actor=acting(anna), ticket=ticket.pk, status=status, expected_sequence=seen)


def test_a_closing_that_is_undone_is_not_when_the_ticket_was_done(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(vera), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    [end] = find_ends([ticket]).values()
    seen = change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED).sequence
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED, expected_sequence=seen)
    assert end.by_customer
    assert list(find_ends([ticket]).values()) == [end]


def test_another_fields_change_makes_nothing_stale(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    update_ticket(actor=acting(boris), ticket=ticket.pk, changes=TicketChanges(priority=Priority.HIGH))
    changed = change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.OPEN, expected_sequence=2)
    assert changed.status == TicketStatus.OPEN


def test_resolved_tickets_close_after_their_time_and_not_before(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    assert close_resolved(older_than=timedelta(days=7)) == 0
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert (close_resolved(older_than=timedelta(days=7)), close_resolved(older_than=timedelta(days=7))) == (1, 0)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.CLOSED


def test_each_label_that_really_changes_is_one_event(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    changes = TicketChanges(subject="  Printer  ", priority=Priority.URGENT, tags=["VIP", "vip", "Paris"])
    for _ in range(2):
        update_ticket(actor=acting(anna), ticket=ticket.pk, changes=changes)
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.priority, ticket.tags) == ("Printer", "urgent", ["paris", "vip"])
    assert event_types(ticket)[2:] == [
        "ticket_subject_changed",
        "ticket_priority_changed",
        "ticket_tagged",
        "ticket_tagged",
    ]
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(tags=["vip"]))
    assert event_types(ticket)[-1] == "ticket_untagged"


def test_a_category_brings_its_team_and_a_customer_may_choose_it_while_the_ticket_is_new(
    vera: User, anna: User, billing: Team
) -> None:
    category = Category.objects.create(name_ru="Счета", name_en="Invoices", team=billing)
    ticket = a_ticket_of(vera)
    update_ticket(actor=acting(vera), ticket=ticket.pk, changes=TicketChanges(category_id=category.pk))
    ticket.refresh_from_db()
    assert (ticket.category_id, ticket.team_id) == (category.pk, billing.pk)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.OPEN)
    with pytest.raises(PermissionDenied):
        update_ticket(actor=acting(vera), ticket=ticket.pk, changes=TicketChanges(category_id=None))


@pytest.mark.parametrize("seen", [True, False])
def test_whoever_takes_a_category_back_at_once_brings_the_former_team_back(
    vera: User, adam: User, billing: Team, seen: bool
) -> None:
    ticket = a_ticket_of(vera)
    before = (ticket.category_id, ticket.team_id)
    category = Category.objects.create(name_ru="Счета", name_en="Invoices", team=billing)
    moved = update_ticket(actor=acting(adam), ticket=ticket.pk, changes=TicketChanges(category_id=category.pk))
    sequence = moved.sequence if seen else None
    changes = TicketChanges(category_id=before[0])
    back = update_ticket(actor=acting(adam), ticket=ticket.pk, changes=changes, expected_sequence=sequence)
    assert (back.category_id, back.team_id) == (before if seen else (before[0], billing.pk))
    assert find_differences(back) == []


@pytest.fixture
def shipping() -> Team:
    return Team.objects.create(name="Shipping")


@pytest.fixture
def sent_away(vera: User, anna: User, shipping: Team, billing: Team) -> Ticket:
    """A ticket of Anna's team that she has just given a category of another team: she sees it no more."""
    anna.team = shipping
    anna.save()
    ticket = a_ticket_of(vera)
    Ticket.objects.filter(pk=ticket.pk).update(team=shipping)
    category = Category.objects.create(name_ru="Счета", name_en="Invoices", team=billing)
    return update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(category_id=category.pk))


def test_whoever_sent_a_ticket_out_of_their_own_sight_may_take_it_back(
    anna: User, shipping: Team, sent_away: Ticket
) -> None:
    back = TicketChanges(category_id=None)
    with pytest.raises(NotFound):
        get_ticket_for(acting(anna), sent_away.pk)
    seen = sent_away.sequence
    undone = update_ticket(actor=acting(anna), ticket=sent_away.pk, changes=back, expected_sequence=seen)
    assert (undone.category_id, undone.team_id) == (None, shipping.pk)
    assert get_ticket_for(acting(anna), sent_away.pk) == sent_away


@pytest.mark.parametrize(
    "why",
    ["another person", "unseen", "no longer", "another category", "more than that", "moved on", "of another team"],
)
def test_nobody_else_and_nothing_else_reaches_a_ticket_out_of_sight(
    why: str, anna: User, boris: User, adam: User, shipping: Team, sent_away: Ticket
) -> None:
    boris.team = shipping
    boris.save()
    actor = boris if why == "another person" else anna
    seen = None if why == "unseen" else sent_away.sequence
    wanted = sent_away.category_id if why == "another category" else None
    changes = TicketChanges(category_id=wanted, priority=Priority.HIGH if why == "more than that" else KEEP)
    if why == "moved on":
        other = Category.objects.create(name_ru="Иное", name_en="Other", team=sent_away.team)
        update_ticket(actor=acting(adam), ticket=sent_away.pk, changes=TicketChanges(category_id=other.pk))
    if why == "of another team":
        User.objects.filter(pk=anna.pk).update(team=Team.objects.create(name="Returns"))
    late = UNDO_TIME + timedelta(seconds=1) if why == "no longer" else timedelta()
    with time_machine.travel(clock.now() + late, tick=False), pytest.raises(NotFound):
        update_ticket(actor=acting(actor), ticket=sent_away.pk, changes=changes, expected_sequence=seen)
    sent_away.refresh_from_db()
    assert sent_away.team != shipping


def test_a_customer_sets_no_priority(vera: User) -> None:
    with pytest.raises(PermissionDenied):
        update_ticket(actor=acting(vera), ticket=a_ticket_of(vera).pk, changes=TicketChanges(priority=Priority.URGENT))


def test_an_inactive_category_is_for_staff_only(vera: User, anna: User) -> None:
    category = Category.objects.create(name_ru="Старое", name_en="Old", is_active=False)
    ticket = a_ticket_of(vera)
    changes = TicketChanges(category_id=category.pk)
    with pytest.raises(InvalidInput):
        update_ticket(actor=acting(vera), ticket=ticket.pk, changes=changes)
    assert update_ticket(actor=acting(anna), ticket=ticket.pk, changes=changes).category_id == category.pk
