"""Tokens over REST: refreshing, signing out, socket tickets, and the limits."""

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from accounts import rate_limits
from accounts.models import User
from accounts.services.people import set_active
from accounts.services.sessions import redeem_socket_ticket, start_session
from tests.support.api import Api
from tests.support.desk import acting

pytestmark = pytest.mark.django_db


def test_refreshing_twice_gives_the_same_token_and_a_stolen_one_ends_it(vera: User) -> None:
    api, first = Api(), start_session(vera).refresh
    second = api.post("auth/refresh/", refresh=first)[1]
    assert set(second) == {"access", "refresh", "files_token"}
    assert api.post("auth/refresh/", refresh=first)[1]["refresh"] == second["refresh"]
    third = api.post("auth/refresh/", refresh=second["refresh"])[1]
    for token in (first, third["refresh"]):
        status, answer = api.post("auth/refresh/", refresh=token)
        assert (status, answer["error"]["code"]) == (401, "session_ended")


@pytest.mark.parametrize("body", [{}, {"refresh": 5}, {"refresh": "x" * 300}, {"refresh": "x", "more": 1}, [], "x"])
def test_nonsense_is_a_400(body: object) -> None:
    assert Api().send("POST", "auth/refresh/", body)[0] == 400


def test_signing_out_ends_this_sign_in_and_everywhere_ends_all(vera: User) -> None:
    one, two, three = Api(vera), Api(vera), Api(vera)
    assert one.post("auth/logout/")[0] == 204
    assert (one.get("me/")[0], two.get("me/")[0]) == (401, 200)
    assert two.post("auth/logout-everywhere/")[0] == 204
    assert (two.get("me/")[0], three.get("me/")[0]) == (401, 401)


def test_a_socket_ticket_is_for_its_person(vera: User) -> None:
    ticket = Api(vera).post("auth/socket-ticket/")[1]["ticket"]
    assert redeem_socket_ticket(ticket)[0] == vera
    assert Api().post("auth/socket-ticket/")[0] == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic dmVyYTp4", "x", "Bearer é"])
def test_a_header_that_proves_nothing_is_a_401(header: str) -> None:
    response = Client().get("/api/v1/me/", headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_ban_ends_every_sign_in_at_once(vera: User, adam: User) -> None:
    api, refresh = Api(vera), start_session(vera).refresh
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False)
    assert (api.get("me/")[0], Api().post("auth/refresh/", refresh=refresh)[0]) == (401, 403)
    set_active(actor=acting(adam), user_id=vera.pk, is_active=True)
    assert api.get("me/")[0] == 401


def test_too_many_requests_are_told_when_to_come_again(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    few = rate_limits.Limit(name="few", burst=2, per_second=0.1)
    monkeypatch.setattr(rate_limits, "API_PERSON", few)
    api = Api(vera)
    assert [api.get("me/")[0] for _ in range(3)] == [200, 200, 429]
    response = api.client.get("/api/v1/me/", headers=api.headers)
    assert response.json()["error"]["code"] == "rate_limited"
    assert 1 <= int(response.headers["Retry-After"]) <= 10


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (DataError, 400)])
def test_what_the_database_says_is_never_a_500(
    vera: User, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    def fail(_user_id: object) -> None:
        raise error("the server closed the connection; password=secret")

    api = Api(vera)
    monkeypatch.setattr("accounts.api.people.get_person", fail)
    response = api.client.get("/api/v1/me/", headers=api.headers)
    assert response.status_code == status
    assert b"secret" not in response.content
    assert ("Retry-After" in response.headers) == (status == 503)


def test_signing_in_costs_one_query_a_request(vera: User, django_assert_num_queries: object) -> None:
    api = Api(vera)
    with django_assert_num_queries(2):  # type: ignore[operator] # who asks, and the answer
        api.get("me/")


def test_the_mini_app_gives_a_manager_a_way_into_the_admin(mila: User) -> None:
    browser = Client()
    assert browser.post(Api(mila).post("auth/admin-link/")[1]["url"]).headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200
