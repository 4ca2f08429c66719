"""Oneself and the people of the desk over REST: who sees what, and what comes of it."""

from typing import Any

import pytest

from accounts.api.serializers import MeOutput, UserOutput
from accounts.models import Role, Team, User
from tests.support.api import Api

pytestmark = pytest.mark.django_db


def names(answer: Any) -> list[str]:
    return [person["name"] for person in answer["results"]]


def everybody(api: Api, **query: Any) -> list[str]:
    """All pages, two people each."""
    found: list[str] = []
    path: str | None = "users/"
    while path:
        status, answer = api.get(path, **({"limit": 2, **query} if path == "users/" else {}))
        assert status == 200
        found += names(answer)
        path = answer["next"].removeprefix("/api/v1/") if answer["next"] else None
    return found


def test_one_sees_oneself(vera: User) -> None:
    status, answer = Api(vera).get("me/")
    assert (status, answer["name"], answer["telegram_id"]) == (200, "Vera", 501)
    assert set(answer) == set(MeOutput().fields)


def test_one_changes_ones_language_and_errors_follow_it(vera: User) -> None:
    api = Api(vera)
    assert api.patch("me/", language="ru")[1]["language"] == "ru"
    assert api.patch("me/", colour="red")[0] == 400
    vera.refresh_from_db()
    assert vera.language == "ru"


def test_customers_have_no_availability_and_agents_do(vera: User, anna: User) -> None:
    status, answer = Api(vera).patch("me/", availability="away")
    assert (status, answer["error"]["code"]) == (403, "permission_denied")
    assert Api(anna).patch("me/", availability="away")[1]["availability"] == "away"


def test_customers_see_nobody_whether_they_exist_or_not(vera: User, anna: User) -> None:
    api = Api(vera)
    assert api.get("users/")[0] == 403
    assert api.get(f"users/{anna.pk}/") == api.get("users/00000000-0000-7000-8000-000000000000/")


def test_agents_see_people_but_not_their_telegram_ids(anna: User, vera: User, adam: User) -> None:
    status, answer = Api(anna).get(f"users/{vera.pk}/")
    assert (status, answer["name"], answer["telegram_id"]) == (200, "Vera", None)
    assert set(answer) == set(UserOutput().fields)
    assert Api(adam).get(f"users/{vera.pk}/")[1]["telegram_id"] == 501


def test_the_pages_hold_everybody_once_in_the_order_of_names(anna: User) -> None:
    for name in ("ёлка", "Елена", "жора", "Ёж", "Ева", "zoë", "Zoe"):
        User.objects.create(first_name=name)
    assert everybody(Api(anna)) == ["Anna", "zoë", "Zoe", "Ева", "Ёж", "Елена", "ёлка", "жора"]


def test_people_are_found_by_role_team_words_and_number(anna: User, boris: User, mila: User, vera: User) -> None:
    team = Team.objects.create(name="Billing")
    User.objects.filter(pk=boris.pk).update(team=team, last_name="Godunov", username="boris_g")
    api = Api(anna)
    assert everybody(api, role="agent") == ["Anna", "Boris Godunov", "Mila"]
    assert everybody(api, team=str(team.pk)) == ["Boris Godunov"]
    assert everybody(api, q="godun BOR") == ["Boris Godunov"]
    assert everybody(api, q="@boris_g") == ["Boris Godunov"]
    assert everybody(api, q="501") == ["Vera"]
    assert everybody(api, q="9" * 90) == []


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"}, {"cursor": "W10"}, {"cursor": "\x00"}, {"limit": "0"}, {"limit": "x"}, {"role": "king"},
        {"team": "x"}, {"q": "\x00"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_used_is_refused(anna: User, query: dict[str, str]) -> None:
    status, answer = Api(anna).get("users/", **query)
    assert (status, answer["error"]["code"]) == (400, "invalid_input")


def test_administrators_give_roles_and_teams(adam: User, anna: User, mila: User, billing: Team) -> None:
    answer = Api(adam).patch(f"users/{anna.pk}/", role="manager", team=str(billing.pk))[1]
    assert (answer["role"], answer["team"]["name"]) == (Role.MANAGER, "Billing")
    assert Api(mila).patch(f"users/{anna.pk}/", role="admin")[0] == 403
    assert Api(adam).patch(f"users/{adam.pk}/", role="agent")[0] == 400
    assert Api(adam).patch("users/00000000-0000-7000-8000-000000000000/", role="agent")[0] == 404


def test_a_new_role_counts_at_once_with_the_old_token(adam: User, anna: User) -> None:
    api = Api(anna)
    assert api.get("users/")[0] == 200
    Api(adam).patch(f"users/{anna.pk}/", role="customer")
    assert api.get("users/")[0] == 403
