"""Who gets a ticket: taking, giving, the team's rule, and two who reach for it at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection

from accounts import clock
from accounts.errors import InvalidInput, NotFound, PermissionDenied
from accounts.models import Availability, Team, User
from tests.support.desk import a_reply_by, a_ticket_of, acting, event_types
from tickets.errors import AlreadyAssigned, NoAgentAvailable, Stale
from tickets.events.replay import find_differences
from tickets.models import Category, Ticket, TicketEvent, TicketStatus
from tickets.selectors.tickets import get_ticket_for
from tickets.services.assignment import assign_by_rule, assign_ticket
from tickets.services.messages import UNDO_TIME

pytestmark = pytest.mark.django_db


def join(user: User, team: Team) -> None:
    user.team = team
    user.save()


def test_taking_a_new_ticket_opens_it(vera: User, anna: User) -> None:
    ticket = assign_ticket(actor=acting(anna), ticket=a_ticket_of(vera).pk, assignee_id=anna.pk)
    assert (ticket.assignee_id, ticket.status) == (anna.pk, TicketStatus.OPEN)
    assert event_types(ticket)[-2:] == ["ticket_assigned", "ticket_status_changed"]


def test_taking_what_one_has_changes_nothing(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    for _ in range(2):
        assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    assert event_types(ticket).count("ticket_assigned") == 1


def test_taking_a_colleagues_ticket_blindly_is_refused_but_knowingly_allowed(
    vera: User, anna: User, boris: User
) -> None:
    ticket = assign_ticket(actor=acting(boris), ticket=a_ticket_of(vera).pk, assignee_id=boris.pk)
    with pytest.raises(AlreadyAssigned):
        assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    with pytest.raises(Stale):
        assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk, expected_sequence=2)
    taken = assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk, expected_sequence=ticket.sequence)
    assert taken.assignee_id == anna.pk


def test_a_ticket_can_be_given_back_to_the_queue(vera: User, anna: User) -> None:
    ticket = assign_ticket(actor=acting(anna), ticket=a_ticket_of(vera).pk, assignee_id=anna.pk)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=None)
    assert event_types(ticket)[-1] == "ticket_unassigned"


def test_customers_neither_assign_nor_are_assigned(vera: User, gleb: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    with pytest.raises(PermissionDenied):
        assign_ticket(actor=acting(vera), ticket=ticket.pk, assignee_id=anna.pk)
    with pytest.raises(InvalidInput):
        assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=gleb.pk)


def test_an_agent_of_another_team_cannot_get_it(vera: User, anna: User, boris: User, billing: Team) -> None:
    join(boris, Team.objects.create(name="Repairs"))
    ticket = a_ticket_of(vera)
    Ticket.objects.filter(pk=ticket.pk).update(team=billing)
    with pytest.raises(InvalidInput):
        assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=boris.pk)


@pytest.fixture
def borrowed(vera: User, anna: User, boris: User, billing: Team) -> Ticket:
    """A ticket of Boris's team that Anna, of another team, sees only because she has it."""
    ticket = assign_ticket(actor=acting(anna), ticket=a_ticket_of(vera).pk, assignee_id=anna.pk)
    Ticket.objects.filter(pk=ticket.pk).update(team=billing)
    join(boris, billing)
    join(anna, Team.objects.create(name="Repairs"))
    return ticket


@pytest.mark.parametrize("to", ["a colleague", "nobody"])
def test_whoever_handed_a_ticket_out_of_their_own_sight_may_take_it_back(
    to: str, anna: User, boris: User, borrowed: Ticket
) -> None:
    receiver = boris.pk if to == "a colleague" else None
    given = assign_ticket(actor=acting(anna), ticket=borrowed.pk, assignee_id=receiver)
    with pytest.raises(NotFound):
        get_ticket_for(acting(anna), borrowed.pk)
    seen = given.sequence
    back = assign_ticket(actor=acting(anna), ticket=borrowed.pk, assignee_id=anna.pk, expected_sequence=seen)
    assert back.assignee_id == anna.pk
    assert get_ticket_for(acting(anna), borrowed.pk) == borrowed
    back.team = None  # it was set past the log
    assert find_differences(back) == []


@pytest.mark.parametrize("why", ["another person", "unseen", "no longer", "for somebody else", "moved on"])
def test_nobody_else_reaches_a_ticket_that_was_handed_over(
    why: str, anna: User, boris: User, adam: User, borrowed: Ticket
) -> None:
    carl = User.objects.create(first_name="Carl", role=anna.role, team=anna.team)
    given = assign_ticket(actor=acting(anna), ticket=borrowed.pk, assignee_id=boris.pk)
    actor = carl if why == "another person" else anna
    wanted = carl if why == "for somebody else" else anna
    if why == "moved on":
        given = assign_ticket(actor=acting(adam), ticket=borrowed.pk, assignee_id=None)
    late = UNDO_TIME + timedelta(seconds=1) if why == "no longer" else timedelta()
    seen = None if why == "unseen" else given.sequence
    with time_machine.travel(clock.now() + late, tick=False), pytest.raises(NotFound):
        assign_ticket(actor=acting(actor), ticket=borrowed.pk, assignee_id=wanted.pk, expected_sequence=seen)
    borrowed.refresh_from_db()
    assert borrowed.assignee_id == (None if why == "moved on" else boris.pk)


def test_a_manager_gives_it_back_to_whoever_had_it(anna: User, boris: User, adam: User, borrowed: Ticket) -> None:
    given = assign_ticket(actor=acting(adam), ticket=borrowed.pk, assignee_id=boris.pk)
    with pytest.raises(InvalidInput):
        assign_ticket(actor=acting(adam), ticket=borrowed.pk, assignee_id=anna.pk)
    seen = given.sequence
    back = assign_ticket(actor=acting(adam), ticket=borrowed.pk, assignee_id=anna.pk, expected_sequence=seen)
    assert back.assignee_id == anna.pk


def test_the_rule_picks_the_available_agent_with_the_fewest_active_tickets(vera: User, anna: User, boris: User) -> None:
    assign_ticket(actor=acting(anna), ticket=a_ticket_of(vera).pk, assignee_id=anna.pk)
    second = assign_by_rule(actor=acting(anna), ticket=a_ticket_of(vera).pk)
    assert second.assignee_id == boris.pk
    User.objects.update(availability=Availability.AWAY)
    with pytest.raises(NoAgentAvailable):
        assign_by_rule(actor=acting(anna), ticket=a_ticket_of(vera).pk)


def test_a_team_that_switched_it_on_gets_new_tickets_assigned(vera: User, anna: User, billing: Team) -> None:
    billing.assigns_automatically = True
    billing.save()
    join(anna, billing)
    category = Category.objects.create(name_ru="Счета", name_en="Invoices", team=billing)
    ticket = a_ticket_of(vera, category_id=category.pk)
    assert (ticket.assignee_id, ticket.team_id, ticket.status) == (anna.pk, billing.pk, TicketStatus.OPEN)
    assigned = TicketEvent.objects.get(ticket=ticket, type="ticket_assigned")
    assert assigned.actor_id is None


def test_a_reply_to_an_unassigned_ticket_assigns_nobody(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    ticket.refresh_from_db()
    assert ticket.assignee_id is None


@pytest.mark.django_db(transaction=True)
def test_two_agents_who_take_one_ticket_at_once_one_gets_it(vera: User, anna: User, boris: User) -> None:
    for _ in range(5):
        ticket = a_ticket_of(vera, "Mine?")
        start, outcomes = Barrier(2), []

        def take(agent: User, ticket: Ticket = ticket, start: Barrier = start, outcomes: list = outcomes) -> None:
            actor = acting(agent)
            start.wait()
            try:
                assign_ticket(actor=actor, ticket=ticket.pk, assignee_id=agent.pk)
                outcomes.append("taken")
            except AlreadyAssigned:
                outcomes.append("refused")
            connection.close()

        threads = [Thread(target=take, args=[agent]) for agent in (anna, boris)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["refused", "taken"]
