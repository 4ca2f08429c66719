"""Links into the admin: for one person, once, for a short time."""

from datetime import timedelta
from threading import Barrier, Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client

from accounts import clock
from accounts.actors import Actor, Source
from accounts.errors import InvalidInput, PermissionDenied
from accounts.models import OneTimeLink, Role, User
from accounts.services.one_time_links import (
    LinkUsed,
    create_admin_entry,
    create_browser_entry,
    invite,
    redeem_admin_entry,
)
from accounts.services.people import set_active, set_role
from tests.support.api import Api
from tickets.api.outputs import SignInOutput

pytestmark = pytest.mark.django_db


def actor(user: User) -> Actor:
    return Actor.of(user, Source.TELEGRAM)


def token_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def who_is_in(client: Client) -> str | None:
    page = client.get("/admin/")
    return page.context["user"].login if page.status_code == 200 else None


def test_the_button_lets_a_manager_in_and_looking_does_not(client: Client, mila: User) -> None:
    url = create_admin_entry(actor=actor(mila))
    for _ in range(2):  # a preview of the link, then the person
        assert b"Mila" in client.get(url).content
    assert who_is_in(client) is None
    assert client.post(url).headers["Location"] == "/admin/"
    assert who_is_in(client) == "mila"


def test_a_link_works_once_and_for_five_minutes(client: Client, mila: User) -> None:
    url = create_admin_entry(actor=actor(mila))
    client.post(url)
    assert Client().post(url).status_code == 404
    late = create_admin_entry(actor=actor(mila))
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        assert Client().get(late).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_pressed_by_five_at_once_it_lets_one_in(mila: User) -> None:
    secret, start, outcomes = token_of(create_admin_entry(actor=actor(mila))), Barrier(5), []

    def press() -> None:
        start.wait()
        try:
            outcomes.append(redeem_admin_entry(secret=secret))
        except LinkUsed:
            outcomes.append(None)
        connection.close()

    threads = [Thread(target=press) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, outcomes)) == [False] * 4 + [True]


def test_a_new_link_makes_the_earlier_one_useless(mila: User) -> None:
    first = token_of(create_admin_entry(actor=actor(mila)))
    create_admin_entry(actor=actor(mila))
    with pytest.raises(LinkUsed):
        redeem_admin_entry(secret=first)


@pytest.mark.parametrize("token", ["", "x", "\x00", "a" * 5000, "%ud800"])
def test_nonsense_is_refused_in_words(client: Client, token: str, db: None) -> None:
    refusal = 400 if "\x00" in token else 404  # an address that holds a NUL goes no further than the door
    for page in ("enter", "invitation"):
        assert client.get(f"/admin/{page}/", {"token": token}).status_code == refusal
        assert client.post(f"/admin/{page}/?{urlencode({'token': token})}").status_code == refusal


def test_agents_and_customers_get_no_link(anna: User, vera: User) -> None:
    for person in (anna, vera):
        with pytest.raises(PermissionDenied):
            create_admin_entry(actor=actor(person))


def test_a_link_dies_with_the_role_and_with_the_ban(mila: User, adam: User) -> None:
    demoted = token_of(create_admin_entry(actor=actor(mila)))
    set_role(actor=actor(adam), user_id=mila.pk, role=Role.AGENT)
    with pytest.raises(LinkUsed):
        redeem_admin_entry(secret=demoted)
    set_role(actor=actor(adam), user_id=mila.pk, role=Role.MANAGER)
    set_active(actor=actor(adam), user_id=mila.pk, is_active=False)
    assert not OneTimeLink.objects.exists()


def test_an_invited_manager_chooses_a_password_and_is_in(client: Client, adam: User) -> None:
    pavel = User.objects.create(first_name="Pavel", role=Role.MANAGER)
    url = invite(actor=actor(adam), user_id=pavel.pk)
    answer = {"login": "pavel", "password": "long enough 42", "again": "long enough 42"}
    assert b"Pavel" in client.get(url).content
    for wrong in ({"again": "other"}, {"password": "123", "again": "123"}, {"login": "adam"}, {"login": "a b"}):
        assert client.post(url, answer | wrong).status_code == 400
    assert client.post(url, answer).status_code == 302
    assert who_is_in(client) == "pavel"
    assert authenticate(username="pavel", password="long enough 42") == pavel
    assert client.post(url, answer).status_code == 404


def test_only_administrators_invite_and_only_those_who_may_enter(adam: User, mila: User, anna: User) -> None:
    with pytest.raises(PermissionDenied):
        invite(actor=actor(mila), user_id=mila.pk)
    with pytest.raises(InvalidInput):
        invite(actor=actor(adam), user_id=anna.pk)


def test_signing_out_everywhere_ends_the_admin_too(client: Client, mila: User) -> None:
    from accounts.services.signing_out import sign_out_everywhere

    client.post(create_admin_entry(actor=actor(mila)))
    assert who_is_in(client) == "mila"
    sign_out_everywhere(user_id=mila.pk)
    assert who_is_in(client) is None


def test_the_form_needs_a_csrf_token(mila: User) -> None:
    url = create_admin_entry(actor=actor(mila))
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403


def test_somebody_who_tries_many_links_must_wait(client: Client, db: None) -> None:
    statuses = [client.get("/admin/enter/", {"token": str(number)}).status_code for number in range(22)]
    assert (statuses[0], statuses[-1]) == (404, 429)


def test_an_agent_goes_on_in_a_browser_by_a_link_that_is_good_once(vera: User, anna: User) -> None:
    assert Api(vera).post("auth/browser-link/")[0] == 403
    url = Api(anna).post("auth/browser-link/")[1]["url"]
    page, _mark, secret = url.partition("#enter=")
    assert Client().get(page.removeprefix(settings.PUBLIC_URL)).status_code == 200  # a preview has no fragment
    status, entered = Api().post("auth/browser/", token=secret)
    assert (status, set(entered), entered["user"]["name"]) == (200, set(SignInOutput().fields), "Anna")
    headers = {"Authorization": f"Bearer {entered['access']}"}
    assert Client().get("/api/v1/me/", headers=headers).json()["id"] == str(anna.pk)
    assert Api().post("auth/refresh/", refresh=entered["refresh"])[0] == 200
    status, refused = Api().post("auth/browser/", token=secret)
    assert (status, refused["error"]["code"]) == (404, "link_used")


def test_a_link_into_the_desk_is_short_lived_and_replaced_by_the_next(anna: User) -> None:
    first, second = (create_browser_entry(actor=actor(anna)).partition("#enter=")[2] for _ in range(2))
    assert Api().post("auth/browser/", token=first)[0] == 404
    with time_machine.travel(clock.now() + timedelta(minutes=2, seconds=1), tick=False):
        assert Api().post("auth/browser/", token=second)[0] == 404


def test_a_link_of_one_kind_opens_nothing_else(mila: User) -> None:
    admin, desk = create_admin_entry(actor=actor(mila)), create_browser_entry(actor=actor(mila))
    assert Api().post("auth/browser/", token=token_of(admin))[0] == 404
    secret = desk.partition("#enter=")[2]
    assert Client().post(f"/admin/enter/?token={secret}").status_code == 404
    assert Api().post("auth/browser/", token=secret)[0] == 200


def test_who_is_an_agent_no_longer_or_banned_does_not_come_in(anna: User, boris: User, adam: User) -> None:
    former, banned = (create_browser_entry(actor=actor(user)).partition("#enter=")[2] for user in (anna, boris))
    set_role(actor=actor(adam), user_id=anna.pk, role=Role.CUSTOMER)
    set_active(actor=actor(adam), user_id=boris.pk, is_active=False)
    assert [Api().post("auth/browser/", token=secret)[0] for secret in (former, banned)] == [404, 404]
