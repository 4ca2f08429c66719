"""The back office: who gets in, that every page shows in both languages, that changes go through services."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Team, User
from accounts.services.one_time_links import create_admin_entry
from config.demo.loading import load_demo
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tickets.models import Category, Message, Ticket, TicketEvent
from tickets.services.attachments import store_upload
from tickets.services.conversation import post_reply
from tickets.services.drafts import MessageDraft

pytestmark = pytest.mark.django_db


def as_(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize(("who", "status"), [("vera", 302), ("anna", 302), ("mila", 200), ("adam", 200)])
def test_managers_and_administrators_get_in(who: str, status: int, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(who)
    assert as_(user).get("/admin/").status_code == status


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_shows_in_both_languages(adam: User, language: str) -> None:
    load_demo()
    client = as_(adam)
    for model, model_admin in admin.site._registry.items():
        names = (model._meta.app_label, model._meta.model_name)
        listed = client.get(reverse("admin:{}_{}_changelist".format(*names)), headers={"Accept-Language": language})
        assert listed.status_code == 200, names
        assert client.get(reverse("admin:{}_{}_changelist".format(*names)) + "?q=%D1%84").status_code == 200, names
        row = model._default_manager.first()
        if row is not None:
            page = reverse("admin:{}_{}_change".format(*names), args=[row.pk])
            assert client.get(page, headers={"Accept-Language": language}).status_code == 200, names
        if model_admin.has_add_permission(listed.wsgi_request):
            assert client.get(reverse("admin:{}_{}_add".format(*names))).status_code == 200, names


def test_the_ticket_page_shows_notes_answers_and_what_happened(vera: User, anna: User, mila: User) -> None:
    ticket = a_ticket_of(vera, "<b>fire</b>")
    a_note_by(anna, ticket, "psst")
    a_reply_by(anna, ticket, "On it")
    html = (
        as_(mila).get(f"/admin/tickets/ticket/{ticket.pk}/change/", headers={"Accept-Language": "en"}).content.decode()
    )
    assert "&lt;b&gt;fire&lt;/b&gt;" in html
    assert "<b>fire</b>" not in html
    for text in ("psst", "On it", "internal note", "Ticket opened", "Queued"):
        assert text in html


def do(client: Client, ticket: Ticket, form: str, **values: object) -> str:
    """Send one form of the ticket's page; what the page says then."""
    data = {"form": form, "expected_sequence": ticket.sequence, **values}
    url = f"/admin/tickets/ticket/{ticket.pk}/change/"
    response = client.post(url, data, follow=True, headers={"Accept-Language": "en"})
    assert response.status_code == 200
    refused = [text for texts in response.context["forms"][form].errors.values() for text in texts]
    return " ".join([*map(str, response.context["messages"]), *refused])


def test_a_manager_answers_notes_assigns_and_labels_through_services(vera: User, anna: User, mila: User) -> None:
    ticket, client, key = a_ticket_of(vera), as_(mila), uuid4()
    category = Category.objects.create(name_ru="Счета", name_en="Invoices")
    for _ in range(2):  # a form sent twice is one answer
        do(client, ticket, "message", key=key, text="Hello", send="reply")
    do(client, ticket, "message", key=uuid4(), text="psst", send="note")
    do(client, ticket, "assign", assignee=anna.pk, expected_sequence=99)
    do(client, ticket, "status", status="resolved", expected_sequence=99)
    labels = {"subject": "Fire", "category": category.pk, "priority": "high", "tags": "vip, fire"}
    do(client, ticket, "labels", **labels, expected_sequence=99)
    ticket.refresh_from_db()
    assert (ticket.assignee_id, ticket.status, ticket.tags) == (anna.pk, "resolved", ["fire", "vip"])
    assert Message.objects.filter(ticket=ticket, author=mila).count() == 2
    assert "note_added" in event_types(ticket)
    assert set(TicketEvent.objects.filter(actor=mila).values_list("source", flat=True)) == {"admin"}


def test_a_change_over_somebody_elses_is_refused_in_words(vera: User, anna: User, mila: User) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    assert "faster" in do(as_(mila), ticket, "status", status="resolved", expected_sequence=2)


@pytest.mark.parametrize("text", ["", "a\x00b", "x" * 40_000, "x" * 1_000_000])
def test_bad_input_is_told_in_words_and_stores_nothing(vera: User, mila: User, text: str) -> None:
    ticket = a_ticket_of(vera)
    assert do(as_(mila), ticket, "message", key=uuid4(), text=text, send="reply")
    assert not Message.objects.filter(ticket=ticket, author=mila).exists()
    for path in ("tickets/ticket/nonsense/change/", f"tickets/ticket/{uuid4()}/change/", "tickets/ticket/?q=%00"):
        assert as_(mila).get(f"/admin/{path}", follow=True).status_code in (200, 400, 404)


def test_files_are_shown_by_the_session(vera: User, mila: User, anna: User) -> None:
    content = BytesIO()
    Image.new("RGB", (4, 4)).save(content, "PNG")
    upload = store_upload(actor=acting(vera), file=content, name="cat.png")
    ticket = a_ticket_of(vera)
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), attachments=[upload.pk]))
    url = f"/admin/tickets/ticket/files/{upload.pk}/"
    assert as_(mila).get(url)["Content-Type"] == "image/png"
    assert as_(anna).get(url).status_code == 302


def test_only_administrators_change_people_and_nobody_their_own_role(mila: User, adam: User, anna: User) -> None:
    values = {"role": "manager", "team": "", "is_active": "on"}
    assert as_(mila).post(f"/admin/accounts/user/{anna.pk}/change/", values).status_code == 403
    assert as_(adam).post(f"/admin/accounts/user/{anna.pk}/change/", values).status_code == 302
    as_(adam).post(f"/admin/accounts/user/{adam.pk}/change/", {**values, "role": "customer"})
    anna.refresh_from_db()
    adam.refresh_from_db()
    assert (anna.role, adam.role) == ("manager", "admin")


def test_teams_and_categories_are_kept_in_the_admin(adam: User, mila: User) -> None:
    assert as_(adam).post("/admin/accounts/team/add/", {"name": "Billing"}).status_code == 302
    names = {"name_ru": "Счета", "name_en": "Invoices", "position": 1, "is_active": "on"}
    assert as_(mila).post("/admin/tickets/category/add/", names).status_code == 302
    category = Category.objects.get()
    as_(mila).post(f"/admin/tickets/category/{category.pk}/change/", {**names, "name_en": "Bills"})
    category.refresh_from_db()
    assert (Team.objects.get().name, category.name_en) == ("Billing", "Bills")


def test_a_link_from_telegram_lets_a_manager_in_once(mila: User, anna: User) -> None:
    path = create_admin_entry(actor=acting(mila)).partition("/admin/")[2]
    client = Client()
    assert client.get(f"/admin/{path}").status_code == 200
    assert client.post(f"/admin/{path}").headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert Client().post(f"/admin/{path}").status_code == 404
    path = create_admin_entry(actor=acting(mila)).partition("/admin/")[2]
    User.objects.filter(pk=mila.pk).update(role="agent")
    assert Client().post(f"/admin/{path}").status_code == 404


def test_guessing_passwords_is_slow(adam: User) -> None:
    client, name = Client(), f"guess{uuid4().hex[:8]}"
    texts = [
        client.post(
            "/admin/login/", {"username": name, "password": "x"}, headers={"Accept-Language": "en"}
        ).content.decode()
        for _ in range(7)
    ]
    assert "Too many tries" not in texts[0]
    assert "Too many tries" in texts[-1]
