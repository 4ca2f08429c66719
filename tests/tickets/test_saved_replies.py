"""Saved replies: whose they are, how they are found, and how they read for a ticket."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Team, User
from tests.support.api import Api
from tests.support.desk import a_ticket_of, acting
from tickets.models import SavedReply
from tickets.representations.saved_replies import VARIABLES, fill
from tickets.services import saved_replies
from tickets.services.saved_replies import SavedReplyValues, create_saved_reply

pytestmark = pytest.mark.django_db


def save(user: User, title: str, text: str = "Hello!", *, shared: bool = False, **more: Any) -> SavedReply:
    values = SavedReplyValues(title=title, text=text, **more)
    return create_saved_reply(actor=acting(user), values=values, shared=shared)


def titles(user: User, **query: str) -> list[str]:
    status, answer = Api(user).get("saved-replies/", **query)
    assert status == 200
    return [reply["title"] for reply in answer["results"]]


def test_agents_see_their_own_and_what_is_shared_with_them(anna: User, boris: User, mila: User, billing: Team) -> None:
    anna.team = billing
    anna.save()
    save(anna, "Anna's own")
    save(mila, "Mila's own")
    save(mila, "For all", shared=True)
    save(mila, "For Billing", shared=True, team_id=billing.pk)
    assert titles(anna) == ["Anna's own", "For all", "For Billing"]
    assert titles(boris) == ["For all"]
    assert titles(mila) == ["For all", "For Billing", "Mila's own"]


def test_they_are_found_by_words_of_title_shortcut_and_text(anna: User) -> None:
    save(anna, "Refund", "The money is on its way", shortcut="money")
    save(anna, "Возврат", "Деньги вернутся за три дня")
    assert titles(anna, q="money") == titles(anna, q="REF way") == ["Refund"]
    assert titles(anna, q="деньги дня") == ["Возврат"]
    assert titles(anna, q="money дня") == titles(anna, q="%") == []


def test_a_reply_is_filled_for_a_ticket(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "Hi", subject="The {agent_name} printer")
    save(anna, "All", "Dear {customer_name}, about {subject} (#{ticket_number}): {agent_name}. {Customer_name} {} {x")
    for reference in (str(ticket.pk), str(ticket.number)):
        filled = Api(anna).get("saved-replies/", ticket=reference)[1]["results"][0]["filled"]
        assert filled["text"] == (
            f"Dear Vera, about The {{agent_name}} printer (#{ticket.number}): Anna. {{Customer_name}} {{}} {{x"
        )
        assert filled["unresolved"] == ["Customer_name"]
    assert Api(anna).get("saved-replies/")[1]["results"][0]["filled"] is None


def test_what_nothing_is_known_of_stands_and_is_named_once() -> None:
    known = dict.fromkeys(VARIABLES, "x") | {"customer_name": ""}
    filled = fill("{customer_name}, {customer_name} {order} {subject}", known)
    assert filled == {"text": "{customer_name}, {customer_name} {order} x", "unresolved": ["customer_name", "order"]}


def test_a_reply_is_changed_field_by_field_and_removed(anna: User) -> None:
    api = Api(anna)
    status, made = api.post("saved-replies/", title=" Hi  there ", text="Hello", shortcut="hi")
    assert (status, made["title"], made["shared"]) == (201, "Hi there", False)
    changed = api.patch(f"saved-replies/{made['id']}/", text="Good day")[1]
    assert (changed["title"], changed["text"], changed["shortcut"]) == ("Hi there", "Good day", "hi")
    assert api.patch(f"saved-replies/{made['id']}/", title=" ")[0] == 400
    assert api.delete(f"saved-replies/{made['id']}/")[0] == 204
    assert api.delete(f"saved-replies/{made['id']}/")[0] == 404


def test_ones_own_has_no_team_and_a_shared_one_may_lose_its_team(anna: User, mila: User, billing: Team) -> None:
    assert Api(anna).post("saved-replies/", title="Hi", text="Hello", team=str(billing.pk))[0] == 400
    shared = save(mila, "Hi", shared=True, team_id=billing.pk)
    changed = Api(mila).patch(f"saved-replies/{shared.pk}/", team=None)[1]
    assert (changed["team"], changed["text"]) == (None, "Hello!")


def test_there_is_an_end_to_them(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_replies, "MOST", 2)
    answers = [Api(anna).post("saved-replies/", title="Hi", text="Hello")[0] for _ in range(3)]
    assert answers == [201, 201, 400]


def test_managers_share_in_the_admin_and_see_nobodys_own(mila: User, anna: User, billing: Team) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    save(anna, "Anna's own")
    page = "/admin/tickets/savedreply/"
    values = {"title": "Hi", "shortcut": "hi", "text": "Hello", "team": str(billing.pk)}
    assert client.post(f"{page}add/", values).status_code == 302
    shared = SavedReply.objects.get(owner=None)
    assert (shared.title, shared.team) == ("Hi", billing)
    client.post(f"{page}{shared.pk}/change/", values | {"text": "Good day", "team": ""})
    shared.refresh_from_db()
    assert (shared.text, shared.team) == ("Good day", None)
    refused = client.post(f"{page}add/", values | {"text": " \u200b "})
    assert "Write something." in refused.content.decode()
    assert "own" not in client.get(page).content.decode().partition('id="result_list"')[2]
    client.post(f"{page}{shared.pk}/delete/", {"post": "yes"})
    assert SavedReply.objects.get().owner == anna
