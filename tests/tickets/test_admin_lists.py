"""The lists of the back office: filters, search, changes of many at once, and no query a row."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoAssertNumQueries

from accounts import clock
from accounts.models import User
from config.periodic_tasks import sync_periodic_tasks
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.models import EventDelivery, Ticket, TicketStatus
from tickets.services.assignment import assign_ticket
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status
from tickets.tasks import sweep_deliveries

pytestmark = pytest.mark.django_db
TICKETS = "/admin/tickets/ticket/"


@pytest.fixture
def milas(mila: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    return client


def shown(client: Client, query: str) -> list[int]:
    response = client.get(f"{TICKETS}?{query}")
    assert response.status_code == 200
    return sorted(ticket.number for ticket in response.context["cl"].result_list)


def test_tickets_are_found_by_number_subject_customer_and_telegram_id(milas: Client, vera: User, gleb: User) -> None:
    first, second = a_ticket_of(vera, "The printer is on fire"), a_ticket_of(gleb, "The scanner too")
    assert shown(milas, f"q=%23{first.number}") == [first.number]
    assert shown(milas, "q=scanner") == [second.number]
    assert shown(milas, "q=vera") == [first.number]
    assert shown(milas, "q=502") == [second.number]
    assert shown(milas, "q=9999999999999999999999") == []


def test_tickets_are_filtered_by_agent_tag_and_door(milas: Client, vera: User, anna: User, mila: User) -> None:
    taken, free, own = a_ticket_of(vera), a_ticket_of(vera), a_ticket_of(vera)
    assign_ticket(actor=acting(anna), ticket=taken.pk, assignee_id=anna.pk)
    assign_ticket(actor=acting(mila), ticket=own.pk, assignee_id=mila.pk)
    update_ticket(actor=acting(anna), ticket=taken.pk, changes=TicketChanges(tags=["vip"]))
    assert shown(milas, "agent=nobody") == [free.number]
    assert shown(milas, "agent=me") == [own.number]
    assert shown(milas, f"agent={anna.pk}") == shown(milas, "tag=vip") == [taken.number]
    assert shown(milas, "agent=nonsense") == shown(milas, "door=telegram") == []


@pytest.mark.parametrize(
    "query",
    ["q=%00", "agent=%00", "tag=%00", "door=%00", "status__exact=%00", "category__id__exact=%00", "o=%00", "p=-9",
     "p=99999999999999999999", "created_at__gte=%00", "nonsense=1", "customer__id__exact=1", "customer__password=x"],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_fault_of_ours(milas: Client, vera: User, query: str) -> None:
    a_ticket_of(vera)
    milas.raise_request_exception = False
    for page in (TICKETS, "/admin/tickets/ticketevent/", "/admin/tickets/eventdelivery/", "/admin/accounts/user/"):
        assert milas.get(f"{page}?{query}", follow=True).status_code in (200, 400), page


def act(client: Client, action: str, *tickets: Ticket) -> str:
    values = {"action": action, "_selected_action": [ticket.pk for ticket in tickets]}
    return " ".join(str(message) for message in client.post(TICKETS, values, follow=True).context["messages"])


def test_many_are_changed_each_by_itself_and_refusals_are_said(milas: Client, vera: User, mila: User) -> None:
    first, second, closed = a_ticket_of(vera), a_ticket_of(vera), a_ticket_of(vera)
    change_status(actor=acting(mila), ticket=closed.pk, status=TicketStatus.CLOSED)
    texts = act(milas, "take", first, second, closed)
    assert "2 tickets were changed." in texts
    assert f"#{closed.number}: This ticket is closed" in texts
    assert set(Ticket.objects.filter(assignee=mila)) == {first, second}
    assert "2 tickets" in act(milas, "resolve", first, second)
    act(milas, "close", first, second)
    assert set(Ticket.objects.values_list("status", flat=True)) == {"closed"}


def test_a_page_of_the_log_costs_the_same_however_long_it_is(
    milas: Client, vera: User, anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = a_ticket_of(vera)
    for _ in range(12):
        a_reply_by(anna, ticket)
        a_note_by(anna, ticket)
    sweep_deliveries()
    for page in ("ticketevent", "eventdelivery", "notification", "ticket"):
        with django_assert_max_num_queries(16):
            assert milas.get(f"/admin/tickets/{page}/").status_code == 200


def test_only_an_administrator_has_given_up_reactions_tried_again(milas: Client, adam: User, vera: User) -> None:
    a_ticket_of(vera)
    EventDelivery.objects.update(state="dead", attempts=9)
    pks = list(EventDelivery.objects.values_list("pk", flat=True))
    values = {"action": "try_again", "_selected_action": pks}
    milas.post("/admin/tickets/eventdelivery/", values)
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {"dead"}
    milas.force_login(adam)
    milas.post("/admin/tickets/eventdelivery/", values)
    assert set(EventDelivery.objects.values_list("state", "attempts")) == {("pending", 0)}


@pytest.mark.parametrize("model", ["ticket", "ticketevent", "eventdelivery", "notification"])
def test_facts_can_be_neither_added_nor_deleted(milas: Client, vera: User, anna: User, model: str) -> None:
    a_ticket_of(vera)
    sweep_deliveries()
    rows = milas.get(f"/admin/tickets/{model}/").context["cl"].result_list
    assert milas.get(f"/admin/tickets/{model}/add/").status_code == 403
    assert milas.get(f"/admin/tickets/{model}/{rows[0].pk}/delete/").status_code == 403
    assert milas.post(f"/admin/tickets/{model}/", {"action": "delete_selected"}).status_code in (302, 200)
    assert milas.get(f"/admin/tickets/{model}/{uuid4()}/change/", follow=True).status_code in (200, 404)


def test_the_first_page_shows_what_waits_and_managers_see_nothing_of_the_bot(
    milas: Client, adam: User, vera: User
) -> None:
    a_ticket_of(vera, "The printer is on fire")
    html = milas.get("/admin/").content.decode()
    assert "Nobody has them" in html
    assert "Ticket opened: The printer is on fire" in html
    assert "/admin/telegram_bot/update/" not in html
    milas.force_login(adam)
    assert "No run_bot works for this bot." in milas.get("/admin/").content.decode()


def test_the_reader_chooses_the_language(milas: Client) -> None:
    assert "People" in milas.get("/admin/").content.decode()
    milas.post("/language/", {"language": "ru", "next": "/admin/"})
    assert "Люди" in milas.get("/admin/").content.decode()


def test_russian_titles_need_no_declension(adam: User) -> None:
    client = Client(headers={"Accept-Language": "ru"})
    client.force_login(adam)
    listed = client.get("/admin/tickets/category/").content.decode()
    assert "<h1>Категории</h1>" in listed
    assert "Добавить: категория" in listed
    assert "Всего: 0" in listed
    assert "Добавить: команда" in client.get("/admin/accounts/team/add/").content.decode()


def test_the_list_says_roughly_when_a_ticket_changed(milas: Client, vera: User) -> None:
    a_ticket_of(vera)
    assert "0\N{NO-BREAK SPACE}minutes ago" in milas.get(TICKETS).content.decode()


def test_a_schedules_page_runs_no_script_that_stands_in_the_page(adam: User) -> None:
    client = Client()
    client.force_login(adam)
    page = client.get("/admin/django_celery_beat/periodictask/add/").content.decode()
    scripts = re.findall(r"<script([^>]*)>", page)
    assert scripts
    assert [attributes for attributes in scripts if "src=" not in attributes and "json" not in attributes] == []


def test_a_fresh_schedule_is_no_alarm_and_an_old_one_that_never_ran_is(adam: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(adam)
    sync_periodic_tasks()
    fresh = client.get("/admin/").content.decode()
    assert "not yet" in fresh
    assert "Is the beat process running?" not in fresh
    PeriodicTask.objects.update(date_changed=clock.now() - timedelta(hours=1))
    assert "Is the beat process running?" in client.get("/admin/").content.decode()
