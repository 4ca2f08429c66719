"""Opening, replying, noting, editing: what is stored, what is recorded, and that a key is used once."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from accounts.errors import InvalidInput, KeyReused, NotFound, PermissionDenied
from accounts.models import User
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tickets.errors import NotEditable, Stale, TicketClosed
from tickets.events.replay import find_differences
from tickets.models import Message, MessageDeliveryState, MessageRevision, Ticket, TicketEvent, TicketStatus
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_messages
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import add_note, delete_message, edit_message, post_reply
from tickets.services.drafts import MessageDraft, TicketDraft
from tickets.services.opening import continue_ticket, open_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def test_opening_a_ticket_writes_the_ticket_its_first_message_and_both_events(vera: User) -> None:
    ticket = a_ticket_of(vera, "My invoice is wrong\nIt says 100")
    assert (ticket.subject, ticket.status, ticket.number > 0) == ("My invoice is wrong", "new", True)
    assert event_types(ticket) == ["ticket_created", "message_sent"]
    assert Message.objects.get(ticket=ticket).text == "My invoice is wrong\nIt says 100"


def test_the_same_ticket_twice_is_one_ticket(vera: User) -> None:
    draft = TicketDraft(id=uuid4(), text="Help")
    first, second = (open_ticket(actor=acting(vera), draft=draft) for _ in range(2))
    assert (first.created, second.created, first.ticket.pk == second.ticket.pk) == (True, False, True)
    assert Message.objects.count() == 1


def test_a_ticket_key_with_another_body_or_of_another_person_is_refused(vera: User, gleb: User) -> None:
    key = uuid4()
    open_ticket(actor=acting(vera), draft=TicketDraft(id=key, text="Help"))
    for who, text in ((vera, "Help!"), (gleb, "Help")):
        with pytest.raises(KeyReused):
            open_ticket(actor=acting(who), draft=TicketDraft(id=key, text=text))


def test_an_agents_reply_opens_a_new_ticket_and_waits_for_telegram(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    message = a_reply_by(anna, ticket)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN
    assert message.delivery_state == MessageDeliveryState.QUEUED
    assert event_types(ticket) == ["ticket_created", "message_sent", "message_sent", "ticket_status_changed"]


def test_send_and_wait_sets_pending_and_the_customers_answer_reopens(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    draft = MessageDraft(id=uuid4(), text="Which model?", then=TicketStatus.PENDING)
    post_reply(actor=acting(anna), ticket=ticket.number, draft=draft)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.PENDING
    a_reply_by(vera, ticket, "The red one")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_a_repeated_reply_is_stored_once_even_after_the_ticket_was_closed(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    draft = MessageDraft(id=uuid4(), text="Done", expected_sequence=2)
    first = post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    again = post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft)
    assert (again.message.pk, again.created) == (first.message.pk, False)


@pytest.mark.parametrize("change", ["text", "author", "ticket"])
def test_a_used_key_with_anything_else_is_refused_without_data(
    vera: User, anna: User, boris: User, change: str
) -> None:
    ticket, other = a_ticket_of(vera), a_ticket_of(vera)
    key = a_reply_by(anna, ticket, "Done").pk
    author = boris if change == "author" else anna
    target = other if change == "ticket" else ticket
    with pytest.raises(KeyReused) as caught:
        a_reply_by(author, target, "Done." if change == "text" else "Done", key=key)
    assert caught.value.data == {}


def test_a_closed_ticket_takes_no_messages_but_notes_and_goes_on_in_a_new_one(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    with pytest.raises(TicketClosed):
        a_reply_by(vera, ticket)
    a_note_by(anna, ticket)
    draft = TicketDraft(id=uuid4(), text="It broke again")
    successor = continue_ticket(actor=acting(vera), closed=ticket.pk, draft=draft).ticket
    assert (successor.continues_id, successor.status) == (ticket.pk, TicketStatus.NEW)


def test_notes_count_only_in_the_staffs_numbering(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    note = a_note_by(anna, ticket)
    ticket.refresh_from_db()
    assert (ticket.sequence, ticket.public_sequence) == (3, 2)
    assert (note.sequence, note.public_sequence) == (3, None)
    assert ticket.last_message_id == note.pk
    assert ticket.last_public_message_id != note.pk


def test_a_customer_may_not_note_and_a_stranger_sees_nothing(vera: User, gleb: User) -> None:
    ticket = a_ticket_of(vera)
    draft = MessageDraft(id=uuid4(), text="psst")
    with pytest.raises(PermissionDenied):
        add_note(actor=acting(vera), ticket=ticket.pk, draft=draft)
    with pytest.raises(NotFound):
        post_reply(actor=acting(gleb), ticket=ticket.pk, draft=draft)


def test_a_reply_over_a_colleagues_answer_is_stale_unless_sent_anyway(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    answer = a_reply_by(boris, ticket)
    draft = MessageDraft(id=uuid4(), text="Hello", expected_sequence=2)
    with pytest.raises(Stale) as caught:
        post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft)
    assert caught.value.data["message"] == str(answer.pk)
    anyway = MessageDraft(id=draft.id, text="Hello")
    assert post_reply(actor=acting(anna), ticket=ticket.pk, draft=anyway).created


def test_a_customers_own_messages_and_notes_make_nothing_stale(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(vera, ticket, "Anybody?")
    a_note_by(boris, ticket)
    draft = MessageDraft(id=uuid4(), text="Hello", expected_sequence=2)
    assert post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft).created


def test_an_edit_keeps_the_former_text_and_the_same_text_changes_nothing(vera: User) -> None:
    ticket = a_ticket_of(vera, "I need hlep")
    message = Message.objects.get(ticket=ticket)
    for _ in range(2):
        edit_message(actor=acting(vera), message_id=message.pk, text="I need help")
    assert MessageRevision.objects.get(message=message).text == "I need hlep"
    assert event_types(ticket)[-1:] == ["message_edited"]
    assert TicketEvent.objects.filter(ticket=ticket).count() == 3


def test_an_edit_after_the_answer_is_told_to_staff_alone(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "I need hlep")
    edit_message(actor=acting(vera), message_id=Message.objects.get().pk, text="I need help")
    a_note_by(anna, ticket)
    second = a_reply_by(vera, ticket, "Anybody?")
    edit_message(actor=acting(vera), message_id=second.pk, text="Anybody there?")  # only a note in between
    answer = a_reply_by(anna, ticket)
    a_reply_by(anna, ticket)
    edit_message(actor=acting(anna), message_id=answer.pk, text="We look into it")

    def marked(audience: Audience) -> list[str]:
        pictures = represent_messages(Message.objects.filter(ticket=ticket).order_by("sequence"), audience)
        return [picture["text"] for picture in pictures if picture["edited_after_answer"]]

    assert marked(Audience.STAFF) == []
    edit_message(actor=acting(vera), message_id=second.pk, text="Never mind")
    assert (marked(Audience.STAFF), marked(Audience.CUSTOMER)) == (["Never mind"], [])


def test_one_edits_and_removes_only_ones_own_messages(vera: User, anna: User, mila: User) -> None:
    ticket = a_ticket_of(vera)
    answer = a_reply_by(anna, ticket)
    with pytest.raises(PermissionDenied):
        edit_message(actor=acting(mila), message_id=answer.pk, text="No")
    with pytest.raises(PermissionDenied):
        delete_message(actor=acting(vera), message_id=answer.pk)
    delete_message(actor=acting(mila), message_id=answer.pk)
    with pytest.raises(NotEditable):
        edit_message(actor=acting(anna), message_id=answer.pk, text="Back")


def test_a_public_answer_cannot_point_at_a_note(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    note = a_note_by(anna, ticket)
    with pytest.raises(InvalidInput):
        post_reply(actor=acting(anna), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), text="See", reply_to=note.pk))


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "\ud800", "x" * 32_769, "😀" * 16_385])
def test_texts_that_cannot_be_stored_or_sent_are_refused(vera: User, text: str) -> None:
    with pytest.raises(InvalidInput):
        a_ticket_of(vera, text)
    assert not Ticket.objects.exists()


def test_the_row_is_the_fold_of_the_log(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=boris.pk)
    a_reply_by(boris, ticket)
    a_note_by(anna, ticket)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    ticket.refresh_from_db()
    assert find_differences(ticket) == []
    Ticket.objects.filter(pk=ticket.pk).update(status=TicketStatus.NEW)
    ticket.refresh_from_db()
    assert find_differences(ticket) == ["status: the row says 'new', the log says 'resolved'"]


@pytest.mark.django_db(transaction=True)
def test_ten_equal_requests_at_once_store_one_message(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    draft = MessageDraft(id=uuid4(), text="Once")
    actor, start, results = acting(anna), Barrier(10), []

    def post() -> None:
        start.wait()
        results.append(post_reply(actor=actor, ticket=ticket.pk, draft=draft).created)
        connection.close()

    threads = [Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 9 + [True]
    assert Message.objects.filter(ticket=ticket, author=anna).count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_equal_openings_at_once_open_one_ticket(vera: User) -> None:
    draft, actor, start, results = TicketDraft(id=uuid4(), text="Once"), acting(vera), Barrier(10), []

    def open_it() -> None:
        start.wait()
        results.append(open_ticket(actor=actor, draft=draft).created)
        connection.close()

    threads = [Thread(target=open_it) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 9 + [True]
    assert event_types(Ticket.objects.get()) == ["ticket_created", "message_sent"]
