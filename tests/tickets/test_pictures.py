"""What a viewer sees: staff and customer, list and conversation, resumed frames."""

from itertools import pairwise

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.errors import NotFound
from accounts.models import Team, User
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.models import EventType, Message, Priority, Ticket
from tickets.permissions import people_who_can_see, visible_to
from tickets.representations.audiences import Audience
from tickets.representations.frames import frames_after
from tickets.representations.messages import represent_window
from tickets.representations.tickets import represent_ticket, represent_tickets_for
from tickets.selectors.conversation import Window
from tickets.selectors.inbox import InboxQuery, page_of_tickets, position_columns
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import delete_message, edit_message
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.reading import mark_read

pytestmark = pytest.mark.django_db


def test_a_customers_ticket_has_no_staff_keys_and_counts_public_events_only(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_note_by(anna, ticket, "secret")
    staff, customer = represent_ticket(ticket.pk, Audience.STAFF), represent_ticket(ticket.pk, Audience.CUSTOMER)
    assert set(staff) - set(customer) == {
        "priority",
        "tags",
        "team",
        "sla",
        "unreachable",
        "snoozed_until",
        "waiting_since",
    }
    assert (staff["sequence"], customer["sequence"]) == (3, 2)
    assert (staff["last_message"]["text"], customer["last_message"]["text"]) == ("secret", "The printer is on fire")
    assert staff["updated_at"] > customer["updated_at"]


def test_a_ticket_shows_no_words_of_a_last_message_that_is_deleted(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    for write, words in ((a_reply_by, "secret"), (a_note_by, "more secret")):
        message = write(anna, ticket, words)
        assert represent_ticket(ticket.pk, Audience.STAFF)["last_message"]["text"] == words
        delete_message(actor=acting(anna), message_id=message.pk)
        for audience in Audience:
            assert "secret" not in str(represent_ticket(ticket.pk, audience))
    assert represent_ticket(ticket.pk, Audience.STAFF)["last_message"]["deleted_at"] is not None


def test_a_note_does_not_move_a_ticket_in_its_customers_list(vera: User, anna: User) -> None:
    older, newer = a_ticket_of(vera), a_ticket_of(vera)
    a_note_by(anna, older)
    assert list(page_of_tickets(acting(vera), InboxQuery())) == [newer, older]
    assert list(page_of_tickets(acting(anna), InboxQuery())) == [older, newer]


def test_frames_have_no_holes_in_either_numbering_and_hide_every_staff_fact(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    note = a_note_by(anna, ticket, "secret")
    answer = a_reply_by(anna, ticket)
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(tags=["vip"]))
    edit_message(actor=acting(anna), message_id=note.pk, text="more secret")
    edit_message(actor=acting(anna), message_id=answer.pk, text="We are really on it")
    delete_message(actor=acting(anna), message_id=note.pk)
    for audience in Audience:
        catchup = frames_after(ticket.pk, audience, 0)
        sequences = [0, *(frame["sequence"] for frame in catchup.frames)]
        assert all(after == before + 1 for before, after in pairwise(sequences))
        assert catchup.sequence == sequences[-1]
        assert ("secret" in str(catchup.frames)) is False or audience is Audience.STAFF
    customer = frames_after(ticket.pk, Audience.CUSTOMER, 0).frames
    assert [frame["type"] for frame in customer] == [
        "ticket_created",
        "message_new",
        "message_new",
        "ticket_status_changed",
        "message_edited",
    ]
    assert "vip" not in str(customer)
    assert str(note.pk) not in str(customer)


def test_a_position_beyond_the_log_or_too_far_behind_means_start_again(vera: User) -> None:
    ticket = a_ticket_of(vera)
    assert frames_after(ticket.pk, Audience.STAFF, 99).reset
    assert frames_after(ticket.pk, Audience.STAFF, 0, limit=1).reset
    nothing_new = frames_after(ticket.pk, Audience.STAFF, 2)
    assert (nothing_new.frames, nothing_new.reset, nothing_new.sequence) == ([], False, 2)


def test_every_event_type_yields_a_frame(vera: User, anna: User) -> None:
    from tickets.representations import frames

    assert {*frames._MESSAGE_FRAMES, *frames._TICKET_FRAMES} <= set(EventType)


def test_a_deleted_message_is_a_tombstone(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    answer = a_reply_by(anna, ticket, "wrong window")
    delete_message(actor=acting(anna), message_id=answer.pk)
    pictures, _sequence = represent_window(acting(vera), Ticket.objects.get(), Window())
    assert (pictures[-1]["id"], pictures[-1]["text"]) == (answer.pk, "")
    assert pictures[-1]["deleted_at"] is not None


def test_windows_of_a_conversation_are_chronological_and_exclusive(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "0")
    for number in range(1, 10):
        a_reply_by(vera, ticket, str(number))
    ticket.refresh_from_db()

    def texts(**window: int) -> str:
        return "".join(m["text"] for m in represent_window(acting(anna), ticket, Window(**window))[0])

    first = Message.objects.get(ticket=ticket, text="0").sequence
    assert texts() == "0123456789"
    assert texts(limit=3) == "789"
    assert texts(before=first + 5, limit=3) == "234"
    assert texts(after=first + 5, limit=3) == "678"
    assert texts(around=first + 5, limit=4) == "34567"


def test_the_list_costs_the_same_few_queries_however_long_it_is(
    vera: User, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        a_reply_by(anna, a_ticket_of(vera))
    actor = acting(anna)
    with django_assert_num_queries(2):
        pictures = represent_tickets_for(actor, page_of_tickets(actor, InboxQuery()))
    assert len(pictures) == 12


@pytest.mark.parametrize("order", ["newest", "oldest", "priority"])
def test_keyset_pages_together_are_the_whole_list(vera: User, anna: User, order: str) -> None:
    tickets = [a_ticket_of(vera, f"Ticket {n}") for n in range(7)]
    update_ticket(actor=acting(anna), ticket=tickets[2].pk, changes=TicketChanges(priority=Priority.URGENT))
    query = InboxQuery(order=order)
    everything = [t.pk for t in page_of_tickets(acting(anna), query, limit=100)]
    paged, after = [], None
    while page := list(page_of_tickets(acting(anna), query, after=after, limit=3)):
        paged += [t.pk for t in page]
        after = tuple(getattr(page[-1], column) for column in position_columns(acting(anna), query))
    assert paged == everything
    assert len(set(paged)) == 7
    assert order != "priority" or paged[0] == tickets[2].pk


def test_unread_counts_what_others_wrote_after_the_read_position(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_note_by(anna, ticket)
    a_reply_by(anna, ticket)
    a_reply_by(anna, ticket)

    def unread(user: User) -> tuple[int, int]:
        picture = represent_tickets_for(acting(user), Ticket.objects.all())[0]
        return picture["unread"], picture["read_sequence"]

    assert unread(vera) == (2, 2)
    mark_read(actor=acting(vera), ticket=ticket.pk, sequence=3)
    assert unread(vera) == (1, 3)
    mark_read(actor=acting(vera), ticket=ticket.pk, sequence=1)
    assert unread(vera) == (1, 3)
    assert unread(anna)[0] == 0


def test_reading_in_the_mini_app_marks_answers_as_seen(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    seen, unseen = a_reply_by(anna, ticket, "one"), a_reply_by(anna, ticket, "two")
    mark_read(actor=acting(vera), ticket=ticket.pk, sequence=seen.public_sequence or 0)
    seen.refresh_from_db()
    unseen.refresh_from_db()
    assert (seen.seen_at is not None, unseen.seen_at) == (True, None)


def test_an_agent_of_a_team_sees_its_queue_the_common_one_and_their_own(
    vera: User, anna: User, boris: User, mila: User, billing: Team
) -> None:
    anna.team, boris.team = billing, Team.objects.create(name="Repairs")
    anna.save()
    boris.save()
    common, invoices = a_ticket_of(vera), a_ticket_of(vera)
    Ticket.objects.filter(pk=invoices.pk).update(team=billing)
    assert set(visible_to(acting(anna))) == {common, invoices}
    assert set(visible_to(acting(boris))) == {common}
    assert set(visible_to(acting(mila))) == {common, invoices}
    for ticket in Ticket.objects.all():
        who = set(people_who_can_see(ticket))
        assert who == {u for u in User.objects.all() if visible_to(acting(u)).filter(pk=ticket.pk).exists()}
    assign_ticket(actor=acting(mila), ticket=common.pk, assignee_id=boris.pk)
    assert boris in people_who_can_see(Ticket.objects.get(pk=common.pk))


def test_a_ticket_that_goes_away_while_its_log_is_read_is_not_there(
    vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket_of(vera)
    monkeypatch.setattr("tickets.representations.tickets.Ticket.objects", Ticket.objects.none())
    with pytest.raises(NotFound):
        frames_after(ticket.pk, Audience.STAFF, 0)
