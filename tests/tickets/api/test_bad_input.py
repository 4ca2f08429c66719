"""Nonsense at every door of the API: a clear 4xx in the one form with a stable code, never a 500, nothing stored."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model

from accounts.models import User
from tests.support.api import Api
from tests.support.api_world import A_CLIENT_ERROR, PNG, World, a_stored_file, a_world
from tests.support.desk import a_ticket_of
from tickets.models import Attachment, Category, Message, PersonNote, SavedReply, Ticket, TicketEvent

pytestmark = pytest.mark.django_db

STORED: tuple[type[Model], ...] = (Ticket, Message, TicketEvent, Attachment, Category, PersonNote, User)


@pytest.fixture
def world(vera: User, gleb: User, anna: User, boris: User, mila: User, adam: User) -> World:
    return a_world({"vera": vera, "gleb": gleb, "anna": anna, "boris": boris, "mila": mila, "adam": adam})


def picture_of_the_rows() -> list[list[dict[str, Any]]]:
    """Every row of the desk: nothing of it may change."""
    return [list(model._default_manager.order_by("pk").values()) for model in STORED]


@dataclass(frozen=True)
class Door:
    """A way in for a JSON body. `good`: a body that would be taken; `texts`: its fields that people write."""

    method: str
    path: Callable[[World], str]
    good: Callable[[World], dict[str, Any]]
    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def a_saved_reply(world: World) -> SavedReply:
    """One of the administrator's own."""
    owner = world.people["adam"]
    return SavedReply.objects.get_or_create(owner=owner, defaults={"title": "Hi", "text": "Hello"})[0]


DOORS: dict[str, Door] = {
    "sign in": Door("POST", lambda w: "auth/telegram/", lambda w: {"init_data": "x"}, texts=("init_data",)),
    "refresh": Door("POST", lambda w: "auth/refresh/", lambda w: {"refresh": "x"}, texts=("refresh",)),
    "enter by a link": Door("POST", lambda w: "auth/browser/", lambda w: {"token": "x"}, texts=("token",)),
    "change oneself": Door("PATCH", lambda w: "me/", lambda w: {"language": "en"}, others=("language", "preferences")),
    "change a person": Door(
        "PATCH", lambda w: f"users/{w.newcomer.pk}/", lambda w: {"role": "agent"}, ids=("team",), others=("role",)
    ),
    "open a ticket": Door(
        "POST",
        lambda w: "tickets/",
        lambda w: {"id": str(uuid4()), "text": "Help", "subject": "Help"},
        texts=("text", "subject"),
        ids=("id", "category", "customer"),
        others=("attachments",),
    ),
    "change a ticket": Door(
        "PATCH",
        lambda w: f"tickets/{w.ticket.pk}/",
        lambda w: {"subject": "Better"},
        texts=("subject",),
        ids=("category",),
        others=("priority", "tags", "expected_sequence"),
    ),
    "assign": Door(
        "POST",
        lambda w: f"tickets/{w.ticket.pk}/assign/",
        lambda w: {"assignee": None},
        texts=("assignee",),
        ids=("assignee",),
        others=("expected_sequence",),
    ),
    "change the status": Door(
        "POST",
        lambda w: f"tickets/{w.ticket.pk}/status/",
        lambda w: {"status": "resolved"},
        others=("status", "expected_sequence"),
    ),
    "put aside": Door(
        "POST",
        lambda w: f"tickets/{w.ticket.pk}/snooze/",
        lambda w: {"until": "2126-01-01T00:00:00Z"},
        texts=("until",),
        others=("until", "expected_sequence"),
    ),
    "merge": Door(
        "POST",
        lambda w: f"tickets/{w.ticket.pk}/merge/",
        lambda w: {"into": w.ticket.number},
        texts=("into",),
        ids=("into",),
        others=("into", "expected_sequence"),
    ),
    "mark as read": Door(
        "POST", lambda w: f"tickets/{w.ticket.pk}/read/", lambda w: {"sequence": 1}, others=("sequence",)
    ),
    "post a message": Door(
        "POST",
        lambda w: f"tickets/{w.ticket.pk}/messages/",
        lambda w: {"id": str(uuid4()), "text": "Hello"},
        texts=("text",),
        ids=("id", "reply_to"),
        others=("attachments", "kind", "internal", "expected_sequence", "then"),
    ),
    "edit a message": Door(
        "PATCH", lambda w: f"messages/{w.answer.pk}/", lambda w: {"text": "Better"}, texts=("text",)
    ),
    "create a category": Door(
        "POST",
        lambda w: "categories/",
        lambda w: {"name_ru": "Заказы", "name_en": "Orders"},
        texts=("name_ru", "name_en"),
        ids=("team",),
        others=("position", "is_active"),
    ),
    "change a category": Door(
        "PATCH",
        lambda w: f"categories/{w.category.pk}/",
        lambda w: {"name_ru": "Заказы"},
        texts=("name_ru", "name_en"),
        ids=("team",),
        others=("position", "is_active"),
    ),
    "note about a person": Door(
        "POST",
        lambda w: f"users/{w.newcomer.pk}/notes/",
        lambda w: {"id": str(uuid4()), "text": "Calls in the morning"},
        texts=("text",),
        ids=("id",),
    ),
    "save a reply": Door(
        "POST",
        lambda w: "saved-replies/",
        lambda w: {"title": "Hi", "text": "Hello", "shared": True},
        texts=("title", "shortcut", "text"),
        ids=("team",),
        others=("shared",),
    ),
    "change a saved reply": Door(
        "PATCH",
        lambda w: f"saved-replies/{a_saved_reply(w).pk}/",
        lambda w: {"title": "Hi"},
        texts=("title", "shortcut", "text"),
        ids=("team",),
    ),
    "tell of an error": Door(
        "POST",
        lambda w: "client-errors/",
        lambda w: dict(A_CLIENT_ERROR),
        texts=("name", "detail", "page", "version"),
        others=("kind", "stack", "page"),
    ),
    "read notifications": Door("POST", lambda w: "notifications/read/", lambda w: {}, others=("ids",)),
}
BAD_TEXTS = ("a\x00b", "x" * 1_000_000, 5, True, ["x"], {"x": 1}, 1e400)
BAD_IDS = ("", "no-id", 5, True, 2**200, str(uuid4()) + "0", ["x"], {}, "\x00" * 36, "１" * 32)
BAD_OTHERS = ("\x00", "lost", -1, 2**70, 1.5, [[]], [None], {"\x00": True}, ["\x00"], [{}], [1], "x" * 100_000)


def send(api: Api, door: Door, world: World, body: Any) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()  # orjson would not write such things
    return api.send(door.method, door.path(world), raw)


def check_refused(answer: tuple[int, Any], what: object) -> None:
    status, body = answer
    assert 400 <= status < 500, (status, body, what)
    error = body["error"]
    assert set(error) == {"code", "message", "fields", "data"}, what
    assert error["code"].replace("_", "").isalpha(), what
    assert error["message"], what


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_field_of_nonsense_is_refused_and_nothing_is_stored(name: str, world: World) -> None:
    door, api, before = DOORS[name], Api(world.people["adam"]), picture_of_the_rows()
    wrong = [(field, bad) for field in door.texts for bad in BAD_TEXTS]
    wrong += [(field, bad) for field in door.ids for bad in BAD_IDS]
    wrong += [(field, bad) for field in door.others for bad in BAD_OTHERS]
    for field, bad in wrong:
        check_refused(send(api, door, world, door.good(world) | {field: bad}), (field, str(bad)[:40]))
    check_refused(send(api, door, world, door.good(world) | {"colour": "red"}), "an unknown field")
    assert picture_of_the_rows() == before


RAW_BODIES = {
    "no JSON": b"<xml/>",
    "cut off": b'{"text": "He',
    "a lone surrogate": b'{"id": "018f0000-0000-7000-8000-000000000000", "text": "\\ud800"}',
    "a lone surrogate in a name": b'{"\\udfff": 1}',
    "bad UTF-8": b'{"text": "\xff\xfe"}',
    "a key twice": b'{"text": "a", "text": "b"}',
    "NaN": b'{"text": NaN}',
    "nested deep": b'{"text": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a list": b"[]",
    "a list of bodies": b'[{"text": "a"}]',
    "null": b"null",
    "a number": b"17",
    "a text": b'"text"',
    "1 MB of fields": b"{" + b",".join(b'"f%d": 1' % n for n in range(90_000)) + b"}",
    "more than is read": b'{"text": "' + b"x" * 1_100_000 + b'"}',
    "a name with NUL": b'{"\\u0000": 1}',
}


@pytest.mark.parametrize("what", sorted(RAW_BODIES))
def test_a_body_that_is_no_object_is_refused_at_every_door(what: str, world: World) -> None:
    api, before = Api(world.people["adam"]), picture_of_the_rows()
    for name, door in DOORS.items():
        check_refused(send(api, door, world, RAW_BODIES[what]), name)
    assert picture_of_the_rows() == before


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(content_type: str, world: World) -> None:
    api = Api(world.people["adam"])
    for name, door in DOORS.items():
        response: Any = api.client.generic(
            door.method, f"/api/v1/{door.path(world)}", b'{"text": "x"}', content_type=content_type, headers=api.headers
        )
        check_refused((response.status_code, response.json()), name)


PATHS = (
    "tickets/{}/",
    "tickets/{}/messages/",
    "tickets/{}/events/?after=0",
    "tickets/{}/changes/",
    "messages/{}/history/",
    "files/{}/",
    "files/{}/thumbnail/",
    "users/{}/",
    "users/{}/card/",
    "users/{}/notes/",
)
BAD_REFERENCES = ("0", "-1", "9" * 18, "9" * 40, "%00", "x", "%ED%A0%80", "１２", "1e3", str(uuid4()), "..", "a" * 3000)


@pytest.mark.parametrize("path", PATHS)
def test_a_reference_that_names_nothing_is_404(path: str, world: World) -> None:
    api = Api(world.people["adam"])
    for reference in BAD_REFERENCES:
        status, answer = api.get(path.format(reference))
        assert (status, answer["error"]["code"]) == (404, "not_found"), reference


QUERIES = {
    "tickets/": (
        *("status=lost", "status=%00", "assignee=you", "assignee=%00", "category=1", "priority=none", "tag=%00"),
        *(
            "customer=x",
            "order=size",
            "limit=0",
            "limit=101",
            "limit=x",
            f"limit={'9' * 400}",
            "colour=red",
            "snoozed=maybe",
        ),
        *("order=--created", "order=rank", "waiting=1", "waiting=%00"),
        *("tag=" + ",".join(f"t{n}" for n in range(50)), "tag=" + "x" * 100_000),
    ),
    "tickets/{}/messages/": (
        *("before=x", "before=-1", f"after={2**70}", "around=%00", "before=1&after=2", "limit=0", "q=1"),
        f"around={'9' * 2000}",
    ),
    "tickets/{}/changes/": ("before=x", "before=-1", f"after={2**70}", "before=1&after=2", "around=1", "limit=0"),
    "tickets/{}/events/": ("", "after=x", "after=-1", f"after={2**70}", "after=", "before=1"),
    "notifications/": ("limit=0", "cursor=x", "colour=red"),
    "users/": ("role=king", "q=%00", "limit=0", f"q={'x' * 500}", "colour=red"),
    "categories/": (),
    "saved-replies/": ("q=%00", f"q={'x' * 500}", "colour=red", f"ticket={'9' * 40}", "shared=true"),
}
# "x", an empty list, wrong kinds, out of range, NUL, a naive time
CURSORS = ("x", "%00", "W10", "e30", "W1sidCIsIjEiXV0", "W1siaSIsIjk5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXSxbInUiLCIxIl1d")


@pytest.mark.parametrize("path", sorted(QUERIES))
def test_a_query_that_makes_no_sense_is_400_and_names_the_parameter(path: str, world: World) -> None:
    api = Api(world.people["adam"])
    queries = [
        *QUERIES[path],
        *(f"cursor={cursor}" for cursor in CURSORS if path not in ("categories/", "saved-replies/")),
    ]
    for query in queries:
        status, answer = api.get(f"{path.format(world.ticket.pk)}?{query}")
        assert (status, answer["error"]["code"]) == (400, "invalid_input"), (query[:40], answer)
        assert answer["error"]["fields"], query[:40]


def test_cursors_of_another_list_are_400_or_lead_nowhere_wrong(world: World) -> None:
    api = Api(world.people["adam"])
    for _ in range(3):
        a_ticket_of(world.people["vera"])
    cursor = api.get("tickets/?limit=1")[1]["next"].partition("cursor=")[2].partition("&")[0]
    assert api.get(f"tickets/?order=priority&cursor={cursor}")[0] == 400
    assert api.get(f"users/?cursor={cursor}")[0] == 400
    assert api.get(f"notifications/?cursor={cursor}")[0] == 200  # the same kind of position: created_at, id


def test_what_belongs_to_others_cannot_be_named(world: World) -> None:
    """Foreign files, messages, categories and people are the same as none."""
    vera, before = Api(world.people["vera"]), picture_of_the_rows()
    foreign = str(a_stored_file(world.people["gleb"]).pk)
    path, before = f"tickets/{world.ticket.pk}/messages/", picture_of_the_rows()
    for wrong in (
        {"attachments": [foreign]},
        {"attachments": [str(uuid4())]},
        {"attachments": [str(world.attachment.pk)]},
        {"attachments": [foreign] * 2},
        {"attachments": [foreign] * 11},
        {"reply_to": str(uuid4())},
        {"reply_to": str(world.note.pk)},
        {"id": str(world.answer.pk)},
        {"id": str(world.note.pk)},
        {"text": ""},
        {"text": " \n"},
        {"internal": True, "then": "pending"},
        {"kind": "voice"},
        {"kind": "photo"},
    ):
        check_refused(vera.send("POST", path, {"id": str(uuid4()), "text": "x"} | wrong), wrong)
    check_refused(vera.post("tickets/", id=str(uuid4()), text="x", category=str(uuid4())), "category")
    check_refused(vera.post("tickets/", id=str(world.ticket.pk), text="x"), "another's key")
    anna = Api(world.people["anna"])
    check_refused(anna.post("tickets/", id=str(uuid4()), text="x", customer=str(uuid4())), "customer")
    check_refused(anna.post(f"tickets/{world.ticket.pk}/assign/", assignee=str(world.people["gleb"].pk)), "customer")
    assert picture_of_the_rows() == before


UPLOADS: dict[str, tuple[bytes, str]] = {
    "no multipart": (b"PNG", "image/png"),
    "no boundary": (b"x", "multipart/form-data"),
    "cut off": (b"--b\r\nContent-Disposition: form-data; name=file; filename=a", "multipart/form-data; boundary=b"),
    "a field for a file": (
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
    ),
    "an odd boundary": (b"x", "multipart/form-data; boundary=" + "b" * 300),
    "another name": (
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
    ),
    "nothing": (b"", "multipart/form-data; boundary=b"),
}


@pytest.mark.parametrize("what", sorted(UPLOADS))
def test_an_upload_that_is_none_is_refused(what: str, world: World) -> None:
    api, (body, content_type) = Api(world.people["vera"]), UPLOADS[what]
    response: Any = api.client.generic("POST", "/api/v1/files/", body, content_type=content_type, headers=api.headers)
    check_refused((response.status_code, response.json()), what)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    "duration", ["-1", "1.5", "", "x", "1e3", "43201", "9" * 3000, "\x00", SimpleUploadedFile("duration", b"3")]
)
def test_a_length_that_is_none_is_refused(duration: Any, world: World) -> None:
    status, answer = Api(world.people["vera"]).upload(SimpleUploadedFile("a.txt", b"hello"), duration=duration)
    check_refused((status, answer), repr(duration)[:40])
    assert list(answer["error"]["fields"]) == ["duration"]
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", "file_refused"),
        ("bomb.png", PNG[:24].replace(b"\x00\x00\x00\x01", b"\x7f\xff\xff\xff") + PNG[24:], "file_refused"),
        ("broken.png", PNG[:12], "file_refused"),
        ("virus.exe", b"MZ" + b"\x00" * 100, "file_refused"),
    ],
)
def test_a_file_that_the_desk_does_not_take(name: str, content: bytes, code: str, world: World) -> None:
    status, answer = Api(world.people["vera"]).upload(SimpleUploadedFile(name, content))
    assert (status, answer["error"]["code"]) == (400, code)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\u202egnp.exe", "x" * 300 + ".txt", "NUL", "a\r\nb", '"'])
def test_any_file_name_is_made_harmless(name: str, world: World) -> None:
    api = Api(world.people["vera"])
    status, answer = api.upload(SimpleUploadedFile(name, b"hello"))
    assert status == 201
    assert not set('/\\\r\n"\u202e') & set(answer["name"])
    assert len(answer["name"]) <= 120
    response: Any = api.client.get(answer["url"], headers=api.headers)
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_an_upload_over_the_limit_is_refused_before_it_is_read(world: World) -> None:
    api = Api(world.people["vera"])
    response: Any = api.client.generic(
        "POST",
        "/api/v1/files/",
        b"x",
        content_type="multipart/form-data; boundary=b",
        headers=api.headers,
        CONTENT_LENGTH=str(10**10),
    )
    assert (response.status_code, response.json()["error"]["code"]) == (413, "file_too_large")


def test_headers_of_nonsense_are_401_and_no_more(world: World) -> None:
    for value in ("Bearer", "Bearer ", "Basic eDp5", "Bearer \x00", "Bearer a.b.c", "Bearer " + "x" * 20_000, "\xff"):
        response: Any = Api().client.get("/api/v1/me/", headers={"Authorization": value})
        assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthenticated"), value[:20]
