"""The desk that browser tests talk to (tests/browser/fake_desk.py) says what the real one says, in both roles."""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from tests.browser.fake_answers import ANNA, BORIS, CATEGORIES, VERA, told_of_change
from tests.browser.fake_desk import FakeDesk
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.shapes import Side, answer_faults, faults_of, frame_faults
from tickets.errors import Stale
from tickets.models import Priority
from tickets.services.conversation import post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.labelling import TicketChanges, update_ticket

Call = tuple[str, str, Any]
PEOPLE: dict[Side, dict[str, Any]] = {"staff": ANNA, "customer": VERA}
EACH_SIDE = pytest.mark.parametrize("side", list(PEOPLE))


class Socket:
    """What the fake desk needs of a page's socket; `frames` holds all that it was told."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.say: Callable[[str], None] = lambda _text: None

    def on_message(self, handle: Callable[[str], None]) -> None:
        self.say = handle

    def on_close(self, _handle: Callable[..., None]) -> None:
        pass

    def send(self, text: str) -> None:
        self.frames.append(json.loads(text))


class Story:
    """A desk in which each kind of thing is there once, and one person at it."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.desk = FakeDesk(PEOPLE[side])
        self.socket = Socket()
        self.desk._on_socket(self.socket)  # type: ignore[arg-type]
        self.ticket = self.desk.open_ticket("No parcel", VERA, assignee=ANNA, unreachable="blocked", tags=["vip"])
        self.socket.say(json.dumps({"type": "subscribe", "ticket": self.ticket["id"]}))
        self.file = self.desk.file("box.png", "image/png")
        self.question = self.desk.write(self.ticket, VERA, "Where is it?", attachments=[self.file])
        delivery = {"state": "sent", "reason": "", "ambiguous": False, "seen_at": None}
        self.answer = self.desk.write(self.ticket, ANNA, "It comes today", delivery=delivery)
        self.desk.say_change(self.ticket, ANNA, "Anna took it")
        self.desk.saved_replies = [{"id": str(uuid4()), "title": "Thanks", "shortcut": "ty", "text": "Thank you"}]
        version = {"text": "Where?", "entities": [], "attachments": []}
        when = {"written_at": self.question["created_at"], "replaced_at": self.question["created_at"]}
        self.desk.versions[self.question["id"]] = [version | when]
        self.note = self.desk.note_person(BORIS, "Likes tea")
        self.desk.notify(self.ticket, "Vera wrote")

    def calls(self) -> list[Call]:
        """One at least for each kind of answer, of which the last ones close and merge the ticket."""
        other = self.desk.open_ticket("Refund", VERA)
        own = self.question if self.side == "customer" else self.answer
        message = {"id": str(uuid4()), "text": "One more", "internal": False, "attachments": []}
        about = {"subject": "Box", "category": CATEGORIES[0]["id"]}
        new = {"id": str(uuid4()), **about, "text": "It is", "attachments": []}
        ticket, person, sequence = f"tickets/{self.ticket['id']}", f"users/{VERA['id']}", self.ticket["sequence"]
        of_customer = [("POST", f"{ticket}/rate/", {"score": 5, "comment": "Fine"})]
        of_staff = [
            ("POST", f"{ticket}/assign/", {"assignee": BORIS["id"]}),
            ("POST", f"{ticket}/snooze/", {"until": "2026-12-24T09:00:00Z"}),
            ("PATCH", f"{ticket}/", {"priority": "high", "tags": ["vip", "new"], "expected_sequence": sequence}),
            ("POST", f"messages/{self.answer['id']}/retry/", {}),
            ("GET", "users/", None),
            ("GET", f"{person}/card/", None),
            ("POST", f"{person}/notes/", {"id": str(uuid4()), "text": "Moved"}),
            ("DELETE", f"{person}/notes/{self.note['id']}/", None),
            ("GET", "saved-replies/", None),
            ("GET", "tickets/counts/", None),
            ("POST", "auth/browser-link/", {}),
            ("POST", "auth/browser/", {"token": "once1"}),
            ("POST", "auth/admin-link/", {}),
            ("POST", f"{ticket}/merge/", {"into": other["id"], "expected_sequence": None}),
        ]
        return [
            ("POST", "auth/telegram/", {"init_data": "signed"}),
            ("POST", "auth/refresh/", {"refresh": "refresh1"}),
            ("POST", "auth/socket-ticket/", {}),
            ("POST", "client-errors/", {}),
            ("GET", "me/", None),
            ("PATCH", "me/", {"language": "ru"}),
            ("GET", "categories/", None),
            ("GET", "notifications/", None),
            ("POST", "notifications/read/", {"ids": None}),
            ("GET", "tickets/", None),
            ("GET", "tickets/?q=parcel", None),
            ("GET", "tickets/?q=where", None),
            ("POST", "tickets/", new),
            ("GET", f"{ticket}/", None),
            ("GET", "tickets/999/", None),
            ("GET", f"{ticket}/messages/", None),
            ("POST", f"{ticket}/messages/", message),
            ("POST", f"{ticket}/messages/", message),
            ("GET", f"{ticket}/events/?after=0", None),
            ("GET", f"{ticket}/changes/", None),
            ("POST", f"{ticket}/read/", {"sequence": 2}),
            ("POST", f"files/{self.file['id']}/copy/", {}),
            ("GET", f"messages/{self.question['id']}/", None),
            ("GET", f"messages/{self.question['id']}/history/", None),
            ("POST", f"messages/{self.question['id']}/react/", {"emoji": "👍"}),
            ("PATCH", f"messages/{own['id']}/", {"text": "It comes tomorrow"}),
            ("DELETE", f"messages/{own['id']}/", None),
            ("POST", f"{ticket}/status/", {"status": "resolved"}),
            *(of_staff if self.side == "staff" else of_customer),
        ]

    def ask(self, method: str, address: str, body: Any) -> tuple[int, Any]:
        path, _mark, rest = address.partition("?")
        query = dict(part.split("=") for part in rest.split("&") if part)
        status, answer = self.desk.answer(method, path, {name: [value] for name, value in query.items()}, body)
        return status, json.loads(json.dumps(answer))


@EACH_SIDE
def test_every_answer_is_what_the_document_says(side: Side) -> None:
    story = Story(side)
    faults = {}
    for method, address, body in story.calls():
        status, answer = story.ask(method, address, body)
        assert status < 300 or "999" in address, (method, address, answer)
        path = address.partition("?")[0]
        if found := answer_faults(method, f"/api/v1/{path}", status, answer, side):
            faults[f"{method} {address}"] = found
    assert faults == {}
    status, answer = story.desk.store_file(b'filename="a.png"\r\nContent-Type: image/png\r\n')
    assert answer_faults("POST", "/api/v1/files/", status, answer, side) == []


def test_each_kind_of_answer_is_asked_for() -> None:
    asked = [(method, address.partition("?")[0]) for side in PEOPLE for method, address, _body in Story(side).calls()]
    for verb, route, _run in FakeDesk(ANNA).routes({}, None):
        assert any(method == verb and re.fullmatch(route, path) for method, path in asked), (verb, route)


@EACH_SIDE
def test_every_frame_is_what_its_shape_says(side: Side) -> None:
    story = Story(side)
    for method, address, body in story.calls():
        story.ask(method, address, body)
    for frame in (
        {"type": "subscribe", "ticket": story.ticket["id"], "after": 0},
        {"type": "catch_up", "since": story.question["created_at"]},
        {"type": "ping"},
    ):
        story.socket.say(json.dumps(frame))
    faults = {frame["type"]: found for frame in story.socket.frames if (found := frame_faults(frame, side))}
    assert faults == {}
    told = {frame["type"] for frame in story.socket.frames}
    assert {"message_new", "message_edited", "message_deleted", "ticket_status_changed", "inbox_updated"} <= told
    assert {"message_read", "notification", "resumed", "heartbeat", "caught_up"} <= told


def test_a_match_says_where_the_words_stand() -> None:
    story = Story("staff")
    _status, answer = story.ask("GET", "tickets/?q=where", None)
    match = answer["results"][0]["match"]
    assert faults_of(match, "MatchOutput", "staff") == []
    begin, end = match["ranges"][0]
    assert match["text"][begin:end] == "Where"


@pytest.mark.django_db
def test_a_refusal_tells_who_was_faster_as_the_real_one_does(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    update_ticket(actor=acting(boris), ticket=ticket.pk, changes=TicketChanges(priority=Priority.HIGH))
    a_reply_by(boris, ticket)
    changes, draft = TicketChanges(priority=Priority.LOW), MessageDraft(id=uuid4(), text="Me too", expected_sequence=1)
    with pytest.raises(Stale) as changed:
        update_ticket(actor=acting(anna), ticket=ticket.pk, changes=changes, expected_sequence=1)
    with pytest.raises(Stale) as answered:
        post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft)

    story = Story("staff")
    told = told_of_change(story.ticket, "ticket_priority_changed", "priority", "high", BORIS)
    assert told.keys() == changed.value.data.keys()
    story.desk.write(story.ticket, BORIS, "I was faster")
    late = {"id": str(uuid4()), "text": "Late", "internal": False, "attachments": [], "expected_sequence": 1}
    status, refused = story.ask("POST", f"tickets/{story.ticket['id']}/messages/", late)
    assert answer_faults("POST", "/api/v1/tickets/1/messages/", status, refused, "staff") == []
    assert refused["error"]["data"].keys() == answered.value.data.keys()
    assert faults_of(refused["error"]["data"]["reply"], "MessageOutput", "staff") == []
