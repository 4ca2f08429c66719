"""Who gets which answer at which address. A new endpoint without a row fails.

The columns: nobody; Vera, whose ticket it is; Gleb, another customer; Anna, its agent; Boris, an agent of another team;
Mila, a manager; Adam, an administrator. What one may not see does not exist: 404, never 403.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from tests.support.api import Api
from tests.support.api_world import A_CLIENT_ERROR, PNG, World, a_world
from tests.support.desk import a_ticket_of, acting
from tests.support.routes import list_endpoints
from tickets.services.person_notes import add_person_note
from tickets.services.reply_files import add_reply_file
from tickets.services.saved_replies import SavedReplyValues, create_saved_reply

pytestmark = pytest.mark.django_db

WHO = ("nobody", "vera", "gleb", "anna", "boris", "mila", "adam")
Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """The statuses in the order of WHO; `ids`: other parameters than those of `World.ids`."""

    statuses: str
    body: Body | None = None
    ids: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    query: str = ""


def a_message(world: World) -> dict[str, Any]:
    return {"id": str(uuid4()), "text": "Hello"}


def another_of_veras(world: World) -> dict[str, Any]:
    return {"into": a_ticket_of(world.people["vera"]).number}


def a_shared_reply(world: World) -> dict[str, Any]:
    values = SavedReplyValues(title="Hi", text="Hello!")
    return {"reply_id": create_saved_reply(actor=Actor.system(), values=values, shared=True).pk}


def a_file_of_a_reply(world: World) -> dict[str, Any]:
    reply_id, manager = a_shared_reply(world)["reply_id"], acting(world.people["mila"])
    return {"attachment_id": add_reply_file(actor=manager, reply_id=reply_id, file=BytesIO(PNG), name="terms.png").pk}


def a_reply_of_annas(world: World) -> dict[str, Any]:
    values = SavedReplyValues(title="Hi", text="Hello!")
    return {"reply_id": create_saved_reply(actor=acting(world.people["anna"]), values=values, shared=False).pk}


def a_note_of_annas(world: World) -> dict[str, Any]:
    actor, key = acting(world.people["anna"]), uuid4()
    add_person_note(actor=actor, person_id=world.newcomer.pk, note_id=key, text="Calls in the morning")
    return {"note_id": key}


EVERYBODY = "401 200 200 200 200 200 200"
ITS_PEOPLE = "401 200 404 200 404 200 200"
ITS_STAFF = "401 403 404 200 404 200 200"
MANAGERS = "401 403 403 403 403 200 200"
IN_PUBLIC = "200 200 200 200 200 200 200"

TABLE: dict[str, Row] = {
    "POST auth/telegram/": Row("401 401 401 401 401 401 401", lambda w: {"init_data": "user=%7B%7D"}),
    "POST auth/refresh/": Row("401 401 401 401 401 401 401", lambda w: {"refresh": "none"}),
    "POST auth/logout/": Row("401 204 204 204 204 204 204"),
    "POST auth/logout-everywhere/": Row("401 204 204 204 204 204 204"),
    "POST auth/socket-ticket/": Row(EVERYBODY),
    "POST auth/admin-link/": Row(MANAGERS),
    "POST auth/browser-link/": Row("401 403 403 200 200 200 200"),
    "POST auth/browser/": Row("404 404 404 404 404 404 404", lambda w: {"token": "none"}),
    "GET me/": Row(EVERYBODY),
    "PATCH me/": Row(EVERYBODY, lambda w: {"language": "en"}),
    "GET users/": Row("401 403 403 200 200 200 200"),
    "GET users/<uuid:user_id>/": Row("401 403 403 200 200 200 200"),
    "PATCH users/<uuid:user_id>/": Row("401 403 403 403 403 403 200", lambda w: {"role": "agent"}),
    "GET users/<uuid:user_id>/card/": Row("401 403 403 200 200 200 200"),
    "GET users/<uuid:user_id>/notes/": Row("401 403 403 200 200 200 200"),
    "POST users/<uuid:user_id>/notes/": Row("401 403 403 201 201 201 201", a_message),
    "DELETE users/<uuid:user_id>/notes/<uuid:note_id>/": Row("401 403 403 204 403 204 204", ids=a_note_of_annas),
    "GET categories/": Row(EVERYBODY),
    "POST categories/": Row("401 403 403 403 403 201 201", lambda w: {"name_ru": "Заказы", "name_en": "Orders"}),
    "PATCH categories/<uuid:category_id>/": Row(MANAGERS, lambda w: {"position": 1}),
    "DELETE categories/<uuid:category_id>/": Row("401 403 403 403 403 204 204"),
    "GET tickets/": Row(EVERYBODY),
    "POST tickets/": Row("401 201 201 201 201 201 201", a_message),
    "GET tickets/counts/": Row(EVERYBODY),
    "GET tickets/<str:reference>/": Row(ITS_PEOPLE),
    "PATCH tickets/<str:reference>/": Row(ITS_STAFF, lambda w: {"priority": "high"}),
    "POST tickets/<str:reference>/assign/": Row(ITS_STAFF, lambda w: {"assignee": None}),
    "POST tickets/<str:reference>/status/": Row(ITS_PEOPLE, lambda w: {"status": "resolved"}),
    "POST tickets/<str:reference>/snooze/": Row(ITS_STAFF, lambda w: {"until": None}),
    "POST tickets/<str:reference>/merge/": Row("401 403 404 200 404 200 200", another_of_veras),
    "POST tickets/<str:reference>/rate/": Row("401 409 404 403 404 403 403", lambda w: {"score": 5}),
    "POST tickets/<str:reference>/read/": Row(ITS_PEOPLE, lambda w: {"sequence": 1}),
    "GET tickets/<str:reference>/messages/": Row(ITS_PEOPLE),
    "POST tickets/<str:reference>/messages/": Row("401 201 404 201 404 201 201", a_message),
    "GET tickets/<str:reference>/events/": Row(ITS_PEOPLE, query="?after=0"),
    "GET tickets/<str:reference>/changes/": Row(ITS_PEOPLE),
    "GET messages/<uuid:message_id>/": Row(ITS_PEOPLE),
    "PATCH messages/<uuid:message_id>/": Row("401 403 404 200 404 403 403", lambda w: {"text": "Hm"}),
    "DELETE messages/<uuid:message_id>/": Row("401 403 404 204 404 204 204"),
    "POST messages/<uuid:message_id>/retry/": Row(ITS_STAFF),
    "POST messages/<uuid:message_id>/react/": Row(ITS_PEOPLE, lambda w: {"emoji": "👍"}),
    "GET messages/<uuid:message_id>/history/": Row(ITS_STAFF),
    "POST files/": Row("401 201 201 201 201 201 201"),
    "GET files/<uuid:attachment_id>/": Row(ITS_PEOPLE),
    "GET files/<uuid:attachment_id>/thumbnail/": Row(ITS_PEOPLE),
    "POST files/<uuid:attachment_id>/copy/": Row("401 404 404 201 201 201 201", ids=a_file_of_a_reply),
    "GET notifications/": Row(EVERYBODY),
    "GET saved-replies/": Row("401 403 403 200 200 200 200"),
    "POST saved-replies/": Row("401 403 403 201 201 201 201", lambda w: {"title": "Hi", "text": "Hello!"}),
    "PATCH saved-replies/<uuid:reply_id>/": Row(MANAGERS, lambda w: {"title": "Hey"}, ids=a_shared_reply),
    "DELETE saved-replies/<uuid:reply_id>/": Row("401 403 403 403 403 204 204", ids=a_shared_reply),
    "POST notifications/read/": Row(EVERYBODY, lambda w: {}),
    "POST client-errors/": Row("204 204 204 204 204 204 204", lambda w: dict(A_CLIENT_ERROR)),
    "GET schema/": Row(IN_PUBLIC),
    "GET docs/": Row(IN_PUBLIC),
}
# The same addresses with what only staff may see or do.
MORE: dict[str, tuple[str, Row]] = {
    "a note is written by staff": (
        "POST tickets/<str:reference>/messages/",
        Row("401 403 404 201 404 201 201", lambda w: a_message(w) | {"internal": True}),
    ),
    "a note is read by staff": (
        "GET messages/<uuid:message_id>/",
        Row("401 404 404 200 404 200 200", ids=lambda w: {"message_id": w.note.pk}),
    ),
    "a note's history is for staff": (
        "GET messages/<uuid:message_id>/history/",
        Row("401 404 404 200 404 200 200", ids=lambda w: {"message_id": w.note.pk}),
    ),
    "a customer sees what they wrote before": (
        "GET messages/<uuid:message_id>/history/",
        Row(ITS_PEOPLE, ids=lambda w: {"message_id": w.question.pk}),
    ),
    "a note is not there for its customer to change": (
        "PATCH messages/<uuid:message_id>/",
        Row("401 404 404 200 404 403 403", lambda w: {"text": "Hm"}, ids=lambda w: {"message_id": w.note.pk}),
    ),
    "nobody but the customer removes what the customer wrote": (
        "DELETE messages/<uuid:message_id>/",
        Row("401 204 404 403 404 403 403", ids=lambda w: {"message_id": w.question.pk}),
    ),
    "what an agent saved is only theirs": (
        "PATCH saved-replies/<uuid:reply_id>/",
        Row("401 403 403 200 404 404 404", lambda w: {"text": "Hey"}, ids=a_reply_of_annas),
    ),
    "managers share": (
        "POST saved-replies/",
        Row("401 403 403 403 403 201 201", lambda w: {"title": "Hi", "text": "Hello!", "shared": True}),
    ),
    "a saved reply is not filled for a ticket that one may not see": (
        "GET saved-replies/",
        Row("401 403 403 404 404 404 404", query="?ticket=0"),
    ),
    "tags are for staff": ("PATCH tickets/<str:reference>/", Row(ITS_STAFF, lambda w: {"tags": ["vip"]})),
    "staff open a ticket for a customer": (
        "POST tickets/",
        Row("401 201 403 201 201 201 201", lambda w: a_message(w) | {"customer": str(w.people["vera"].pk)}),
    ),
    "a list cannot be sorted by what a customer may not see": (
        "GET tickets/",
        Row("401 403 403 200 200 200 200", query="?order=priority"),
    ),
    "what is put aside is no concern of a customer": (
        "GET tickets/",
        Row("401 403 403 200 200 200 200", query="?snoozed=false"),
    ),
    "a list cannot be chosen by who waits": (
        "GET tickets/",
        Row("401 403 403 200 200 200 200", query="?waiting=true"),
    ),
    "a list cannot be searched by tags that a customer may not see": (
        "GET tickets/",
        Row("401 403 403 200 200 200 200", query="?tag=vip"),
    ),
}


@pytest.fixture
def world(vera: User, gleb: User, anna: User, boris: User, mila: User, adam: User) -> World:
    return a_world({"vera": vera, "gleb": gleb, "anna": anna, "boris": boris, "mila": mila, "adam": adam})


def test_the_table_has_a_row_for_every_endpoint_and_no_other() -> None:
    assert sorted(TABLE) == list_endpoints()


@pytest.mark.parametrize("endpoint", sorted(TABLE))
def test_everybody_gets_the_answer_of_the_table(endpoint: str, world: World) -> None:
    check(endpoint, TABLE[endpoint], world)


@pytest.mark.parametrize("case", sorted(MORE))
def test_within_an_endpoint(case: str, world: World) -> None:
    check(*MORE[case], world)


def check(endpoint: str, row: Row, world: World) -> None:
    method, route = endpoint.split(" ")
    path = route
    for name, value in (world.ids | row.ids(world)).items():
        for kind in ("uuid", "str"):
            path = path.replace(f"<{kind}:{name}>", str(value))
    answers = {}
    for who in WHO:
        with transaction.atomic():
            answers[who] = ask(method, path + row.query, world, world.people.get(who), row.body)
            transaction.set_rollback(True)
    assert answers == dict(zip(WHO, map(int, row.statuses.split()), strict=True))


def ask(method: str, path: str, world: World, who: User | None, body: Body | None) -> int:
    api = Api(who)
    if path == "files/":
        return api.upload(SimpleUploadedFile("cat.png", PNG))[0]
    status, answer = api.send(method, path, body(world) if body else None)
    if status >= 400:
        assert set(answer["error"]) == {"code", "message", "fields", "data"}
    return status


def test_a_denied_ticket_and_an_unknown_one_answer_the_same(world: World) -> None:
    stranger = Api(world.people["gleb"])
    for path in ("tickets/{}/", "tickets/{}/messages/", "tickets/{}/events/?after=0"):
        denied, unknown = stranger.get(path.format(world.ticket.pk)), stranger.get(path.format(uuid4()))
        assert denied == unknown
        assert denied[0] == 404
