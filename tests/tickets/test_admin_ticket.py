"""A ticket's page: what one typed is kept, only what one changed is changed, nobody is overwritten unseen."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.models import User
from tests.support.desk import a_reply_by, a_ticket_of, acting, event_types
from tickets.models import Message, MessageDeliveryState, Ticket, TicketStatus
from tickets.services.conversation import post_reply
from tickets.services.delivery import Outcome, record_outcome
from tickets.services.drafts import MessageDraft
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def milas(mila: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    return client


def page_of(ticket: Ticket) -> str:
    return f"/admin/tickets/ticket/{ticket.pk}/change/"


def fields_of(client: Client, ticket: Ticket, form: str) -> dict[str, object]:
    """What a browser would send if the person changed nothing."""
    shown = client.get(page_of(ticket)).context["forms"][form]
    values: dict[str, object] = {"form": form}
    for field in shown:
        values[field.html_name] = field.value() or ""
        if field.field.show_hidden_initial:
            values[field.html_initial_name] = field.value() or ""
    return values


def test_an_answer_over_a_colleagues_is_kept_and_goes_out_at_the_second_try(
    milas: Client, vera: User, anna: User
) -> None:
    ticket = a_ticket_of(vera)
    values = {**fields_of(milas, ticket, "message"), "text": "I will <b>call</b> you", "send": "reply"}
    a_reply_by(anna, ticket)
    page = milas.post(page_of(ticket), values)
    assert "Somebody else was faster" in page.content.decode()
    assert "I will &lt;b&gt;call&lt;/b&gt; you" in page.content.decode()
    assert not Message.objects.filter(text__startswith="I will").exists()
    again = {**values, "expected_sequence": page.context["forms"]["message"]["expected_sequence"].value()}
    assert milas.post(page_of(ticket), again).status_code == 302
    assert Message.objects.get(text__startswith="I will").pk == UUID(str(values["key"]))


def test_a_note_is_internal_and_an_answer_can_resolve(milas: Client, vera: User) -> None:
    ticket = a_ticket_of(vera)
    milas.post(page_of(ticket), {**fields_of(milas, ticket, "message"), "text": "He calls often", "send": "note"})
    milas.post(page_of(ticket), {**fields_of(milas, ticket, "message"), "text": "Done", "send": "resolved"})
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert list(Message.objects.order_by("sequence").values_list("internal", flat=True)) == [False, True, False]


def test_a_text_of_many_lines_may_be_as_long_as_telegram_allows(milas: Client, vera: User) -> None:
    ticket = a_ticket_of(vera)
    text = "\r\n".join(["x" * 40] * 99)  # as browsers send it: 4 156 characters, 4 058 when stored
    milas.post(page_of(ticket), {**fields_of(milas, ticket, "message"), "text": text, "send": "reply"})
    assert Message.objects.filter(text=text.replace("\r\n", "\n")).exists()


def test_only_what_the_person_changed_is_changed(milas: Client, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    values = fields_of(milas, ticket, "labels")
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(tags=["vip"], subject="Fire"))
    before = event_types(ticket)
    milas.post(page_of(ticket), {**values, "priority": "urgent"})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.tags, ticket.subject) == ("urgent", ["vip"], "Fire")
    assert event_types(ticket) == [*before, "ticket_priority_changed"]


def test_a_label_that_somebody_else_changed_meanwhile_is_not_overwritten_unseen(
    milas: Client, vera: User, anna: User
) -> None:
    ticket = a_ticket_of(vera)
    values = fields_of(milas, ticket, "labels")
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject="Fire"))
    page = milas.post(page_of(ticket), {**values, "subject": "Smoke"})
    assert "Somebody else was faster" in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.subject == "Fire"


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("assign", {"assignee": "nonsense"}),
        ("assign", {"assignee": str(uuid4())}),
        ("status", {"status": "burning"}),
        ("labels", {"priority": "extreme", "subject": "x"}),
        ("labels", {"priority": "high", "subject": "x" * 1000}),
        ("labels", {"priority": "high", "subject": "x", "tags": "a\x00b"}),
        ("labels", {"priority": "high", "subject": "\u202e"}),
        ("labels", {"priority": "high", "subject": "x", "tags": ",".join(f"t{n}" for n in range(30))}),
        ("message", {"key": "nonsense", "text": "x", "send": "reply"}),
        ("message", {"key": str(uuid4()), "text": "x", "send": "shout"}),
        ("message", {"key": str(uuid4()), "text": "x", "send": "reply", "expected_sequence": "1\x00"}),
        ("message", {"key": str(uuid4()), "text": "x", "send": "reply", "expected_sequence": "9" * 5000}),
        ("nonsense", {}),
    ],
)
def test_what_no_browser_would_send_changes_nothing_and_is_no_fault(
    milas: Client, vera: User, form: str, values: dict[str, str]
) -> None:
    ticket = a_ticket_of(vera)
    page = milas.post(page_of(ticket), {"form": form, "expected_sequence": ticket.sequence, **values})
    assert page.status_code == 200
    if form != "nonsense":
        assert page.context["forms"][form].errors
    assert event_types(ticket) == ["ticket_created", "message_sent"]


def test_a_closed_ticket_takes_notes_only(milas: Client, vera: User, mila: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(mila), ticket=ticket.pk, status=TicketStatus.CLOSED)
    values = fields_of(milas, ticket, "message")
    assert (
        "This ticket is closed"
        in milas.post(page_of(ticket), {**values, "text": "x", "send": "reply"}).content.decode()
    )
    assert milas.post(page_of(ticket), {**values, "text": "x", "send": "note"}).status_code == 302


def test_long_conversations_come_in_pages(milas: Client, vera: User) -> None:
    ticket = a_ticket_of(vera)
    for number in range(70):
        a_reply_by(vera, ticket, f"message {number}.")
    last = milas.get(page_of(ticket))
    assert "message 69." in last.content.decode()
    assert "message 5." not in last.content.decode()
    earlier = milas.get(f"{page_of(ticket)}?before={last.context['earlier']}").content.decode()
    assert "message 5." in earlier
    assert "message 69." not in earlier
    for nonsense in ("-1", "x", "9" * 40):
        assert milas.get(f"{page_of(ticket)}?before={nonsense}").status_code == 200


def test_a_customer_and_an_agent_find_no_page(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    for person in (vera, anna):
        client = Client()
        client.force_login(person)
        assert client.get(page_of(ticket)).status_code == 302
        values = {"form": "status", "status": "closed", "expected_sequence": ticket.sequence}
        assert client.post(page_of(ticket), values).status_code == 302
    assert event_types(ticket) == ["ticket_created", "message_sent"]


def test_an_answer_that_did_not_arrive_says_why_and_is_sent_again(milas: Client, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    message = a_reply_by(anna, ticket)
    record_outcome(message_id=message.pk, outcome=Outcome(state=MessageDeliveryState.BLOCKED, reason="blocked"))
    page = milas.get(page_of(ticket)).content.decode()
    assert "The customer has blocked the bot." in page
    assert "Try again" in page
    values = {"form": "retry", "expected_sequence": "1", "message": str(message.pk)}
    assert milas.post(page_of(ticket), values).status_code == 302
    message.refresh_from_db()
    assert message.delivery_state == MessageDeliveryState.QUEUED
    assert "Try again" not in milas.get(page_of(ticket)).content.decode()


def test_a_reply_to_another_chat_says_whose_words_it_answers(milas: Client, vera: User) -> None:
    ticket = a_ticket_of(vera)
    elsewhere = {"type": "channel", "name": "Shop <b>", "date": "2026-11-20T00:00:00+00:00", "kind": "dice"}
    content = {"quote": "half <i>price</i>", "external_reply": elsewhere}
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), text="Is it so?", content=content))
    page = milas.get(page_of(ticket)).content.decode()
    assert "In reply to Shop &lt;b&gt; in another chat" in page
    assert '<span class="badge">Dice</span>' in page
    assert "half &lt;i&gt;price&lt;/i&gt;" in page
    here = MessageDraft(id=uuid4(), text="And?", content={"external_reply": {**elsewhere, "type": "same_chat"}})
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=here)
    page = " ".join(milas.get(page_of(ticket)).content.decode().split())
    assert 'In reply to Shop &lt;b&gt; <span class="badge">' in page
