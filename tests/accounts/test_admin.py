"""People and teams in the back office."""

import re

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.models import Role, Team, User
from accounts.selectors.bans import list_bans
from accounts.services.people import set_active
from accounts.services.sessions import is_session_alive, start_session
from tests.support.desk import a_ticket_of
from tickets.services.erasure import erase_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def adams(adam: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(adam)
    return client


@pytest.fixture
def milas(mila: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    return client


def choose(client: Client, page: str, action: str, *rows: object) -> str:
    """What the page says after the action."""
    values = {"action": action, "_selected_action": [str(row) for row in rows]}
    return client.post(f"/admin/accounts/{page}/", values, follow=True).content.decode()


def test_an_administrator_invites_a_manager_by_a_link_shown_once(adams: Client, vera: User) -> None:
    pavel = User.objects.create(first_name="Pavel", role=Role.MANAGER)
    said = choose(adams, "user", "invite", pavel.pk, vera.pk)
    link = re.search(r"http\S+/admin/invitation/\?token=[\w-]+", said)
    assert link
    assert b"Pavel" in Client().get(link[0]).content
    assert "Only managers and administrators" in said
    assert link[0] not in adams.get("/admin/accounts/user/").content.decode()


def test_an_administrator_signs_people_out(adams: Client, vera: User, gleb: User) -> None:
    ended, kept = start_session(vera).family, start_session(gleb).family
    choose(adams, "user", "sign_out", vera.pk)
    assert (is_session_alive(ended), is_session_alive(kept)) == (False, True)
    choose(adams, "refreshsession", "end", kept)
    assert not is_session_alive(kept)


def test_a_manager_looks_at_people_and_changes_nobody(milas: Client, vera: User, adam: User) -> None:
    family = start_session(adam).family
    assert milas.get(f"/admin/accounts/user/{vera.pk}/change/").status_code == 200
    assert milas.post(f"/admin/accounts/user/{vera.pk}/change/", {"role": "admin"}).status_code == 403
    choose(milas, "user", "sign_out", adam.pk)
    choose(milas, "refreshsession", "end", family)
    assert is_session_alive(family)


def test_a_ban_in_the_admin_ends_the_sign_ins(adams: Client, vera: User) -> None:
    family = start_session(vera).family
    adams.post(f"/admin/accounts/user/{vera.pk}/change/", {"role": "customer", "team": "", "ban_reason": "Insults"})
    vera.refresh_from_db()
    assert vera.ban_reason == "Insults"
    assert (vera.is_active, is_session_alive(family)) == (False, False)


def test_bans_are_kept_with_who_when_and_why(adams: Client, vera: User, gleb: User) -> None:
    page = f"/admin/accounts/user/{vera.pk}/change/"
    kept = {"role": "customer", "team": ""}
    with time_machine.travel("2026-11-20 12:00", tick=False) as moment:
        for reason in ("Insults <b>", "Insults, again", ""):
            adams.post(page, {**kept, "ban_reason": reason})
            moment.shift(86_400)
            adams.post(page, {**kept, "is_active": "on", "ban_reason": reason})
        adams.post(page, {**kept, "ban_reason": "Spam"})
        moment.shift(86_400)
        adams.post(page, {**kept, "ban_reason": "Much spam"})
        vera.refresh_from_db()
    found = [(ban.reason, ban.began_at.day, ban.ended_at and ban.ended_at.day) for ban in list_bans(vera.pk)]
    assert found == [("Much spam", 23, None), ("", 22, 23), ("Insults, again", 21, 22), ("Insults <b>", 20, 21)]
    assert (vera.ban_reason, vera.banned_at and vera.banned_at.day) == ("Much spam", 23), "corrected, not begun anew"
    shown = adams.get(page).content.decode()
    assert shown.count('<span class="quiet">Adam') == 7
    assert "Insults &lt;b&gt;" in shown
    assert "not yet" in shown
    set_active(actor=Actor.system(), user_id=gleb.pk, is_active=True)
    assert not list_bans(gleb.pk).exists(), "who was never banned has no history"
    erase_customer(actor=Actor.system(), user_id=vera.pk)
    assert not list_bans(vera.pk).exists()


def test_why_somebody_was_let_in_again_stands_in_the_history(adams: Client, vera: User) -> None:
    page = f"/admin/accounts/user/{vera.pk}/change/"
    kept = {"role": "customer", "team": ""}
    for reason in ("She is <b>sorry</b>", "Insults"):
        adams.post(page, {**kept, "ban_reason": "Insults"})
        adams.post(page, {**kept, "is_active": "on", "ban_reason": reason})
    assert [(ban.reason, ban.end_reason) for ban in list_bans(vera.pk)] == [
        ("Insults", ""),  # what still stood there of the ban
        ("Insults", "She is <b>sorry</b>"),
    ]
    vera.refresh_from_db()
    assert (vera.is_active, vera.ban_reason) == (True, "")
    assert "She is &lt;b&gt;sorry&lt;/b&gt;" in adams.get(page).content.decode()


def test_two_teams_cannot_look_the_same(adams: Client) -> None:
    adams.post("/admin/accounts/team/add/", {"name": "Billing"})
    for name in ("Billing", "  Bill\u200eing ", "\u202e", ""):
        assert adams.post("/admin/accounts/team/add/", {"name": name}).status_code == 200  # the form again
    assert Team.objects.count() == 1


def test_an_administrator_erases_a_customer_after_seeing_what_goes(
    adams: Client, milas: Client, vera: User, anna: User
) -> None:
    ticket = a_ticket_of(vera, "It burns")
    choose(milas, "user", "erase", vera.pk)
    asked = choose(adams, "user", "erase", vera.pk, anna.pk)
    assert "Vera: tickets 1, messages 1, files 0" in asked
    assert "Anna: This person works at the desk" in asked
    ticket.refresh_from_db()
    assert ticket.subject == "It burns", "nothing has happened yet"
    values = {"action": "erase", "_selected_action": [str(vera.pk)], "confirmed": "1"}
    said = adams.post("/admin/accounts/user/", values, follow=True).content.decode()
    assert "The personal data of Vera is erased." in said
    ticket.refresh_from_db()
    assert ticket.subject == "—"
