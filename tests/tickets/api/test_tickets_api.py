"""The ticket's life over REST: statuses, keys, conflicts, pages, and the shape of every answer."""

import hashlib
import hmac
import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import clock
from accounts.actors import Actor
from accounts.api.serializers import MeOutput
from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.api import outputs
from tickets.models import Category, Message, Ticket, TicketStatus
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(40)


def init_data(telegram_id: int = 501, **more: str) -> str:
    user = json.dumps({"id": telegram_id, "first_name": "Vera", "language_code": "en"})
    pairs = {"auth_date": str(int(clock.now().timestamp())), "user": user, **more}
    text = "\n".join(f"{name}={value}" for name, value in sorted(pairs.items()))
    secret = hmac.digest(b"WebAppData", settings.TELEGRAM_BOT_TOKEN.encode(), "sha256")
    return urlencode({**pairs, "hash": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()})


def test_signing_in_brings_everything_that_the_first_screen_needs(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    Category.objects.create(name_ru="Счета", name_en="Invoices")
    status, answer = Api().post("auth/telegram/", init_data=init_data(start_param=f"ticket_{ticket.number}"))
    assert status == 200
    assert set(answer) == set(outputs.SignInOutput().fields)
    assert set(answer["user"]) == set(MeOutput().fields)
    assert (answer["ticket"]["id"], answer["tickets"]["results"][0]["id"]) == (str(ticket.pk), str(ticket.pk))
    assert answer["config"]["categories"][0]["name"] == "Invoices"
    foreign = Api().post("auth/telegram/", init_data=init_data(502, start_param=f"ticket_{ticket.number}"))
    assert foreign[1]["ticket"] is None


def test_a_changed_launch_signs_nobody_in(vera: User) -> None:
    status, answer = Api().post("auth/telegram/", init_data=init_data().replace("501", "801"))
    assert (status, answer["error"]["code"]) == (401, "init_data_invalid")


def test_opening_answers_201_and_then_200_with_the_same_ticket(vera: User) -> None:
    api, body = Api(vera), {"id": str(uuid4()), "text": "Help", "subject": "Printer"}
    first, again = api.send("POST", "tickets/", body), api.send("POST", "tickets/", body)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert api.send("POST", "tickets/", body | {"text": "Other"})[0] == 409
    assert Ticket.objects.count() == 1


def test_answers_have_exactly_the_documented_keys(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    staff_only = {"priority", "tags", "team", "sla", "unreachable", "snoozed_until", "waiting_since"}
    for who, keys in (
        (anna, set(outputs.TicketOutput().fields) - {"match"}),
        (vera, set(outputs.TicketOutput().fields) - {"match"} - staff_only),
    ):
        picture = Api(who).get(f"tickets/{ticket.number}/")[1]
        assert set(picture) == keys
        assert set(picture["last_message"]) == set(outputs.LastMessageOutput().fields)
        page = Api(who).get(f"tickets/{ticket.pk}/messages/")[1]
        assert set(page) == set(outputs.MessagePage().fields)
        assert set(page["results"][0]) == set(outputs.MessageOutput().fields)
    assert page["results"][1]["delivery"] is None
    assert Api(anna).get(f"tickets/{ticket.pk}/messages/")[1]["results"][1]["delivery"]["state"] == "queued"


def test_filters_choose_and_pages_lead_on(vera: User, gleb: User, anna: User) -> None:
    tickets = [a_ticket_of(vera, f"n{n}") for n in range(5)]
    change_status(actor=acting(anna), ticket=tickets[0].pk, status=TicketStatus.RESOLVED)
    api = Api(anna)
    assert len(api.get("tickets/", status="resolved")[1]["results"]) == 1
    assert len(api.get("tickets/", status="new,resolved", assignee="none")[1]["results"]) == 5
    assert api.get("tickets/", assignee="me")[1]["results"] == []
    seen: list[str] = []
    path: str | None = "tickets/?limit=2&order=oldest"
    while path:
        page = api.get(path)[1]
        seen += [ticket["subject"] for ticket in page["results"]]
        path = page["next"] and page["next"].removeprefix("/api/v1/")
    assert seen == ["n1", "n2", "n3", "n4", "n0"]
    assert Api(gleb).get("tickets/")[1]["results"] == []


@pytest.mark.parametrize(
    "query",
    ["status=lost", "cursor=abc", "cursor=W10", "limit=0", "assignee=you", "colour=red", "category=1", "tag=%00"],
)
def test_a_query_that_makes_no_sense_is_400(anna: User, query: str) -> None:
    status, answer = Api(anna).get(f"tickets/?{query}")
    assert (status, answer["error"]["code"]) == (400, "invalid_input")
    assert answer["error"]["fields"]


def test_messages_page_both_ways_and_tell_the_tickets_sequence(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "0")
    for number in range(1, 6):
        a_reply_by(vera, ticket, str(number))
    api = Api(anna)
    last = api.get(f"tickets/{ticket.pk}/messages/", limit=2)[1]
    assert ([m["text"] for m in last["results"]], last["next"], last["sequence"]) == (["4", "5"], None, 7)
    older = api.get(last["previous"].removeprefix("/api/v1/"))[1]
    assert [m["text"] for m in older["results"]] == ["2", "3"]
    assert [m["text"] for m in api.get(older["next"].removeprefix("/api/v1/"))[1]["results"]] == ["4", "5"]


@pytest.mark.parametrize("side", ["staff", "customer"])
def test_the_page_around_a_message_leads_to_both_ends(vera: User, anna: User, side: str) -> None:
    """As a page finds it: by the message's sequence in the reader's own numbering."""
    ticket = a_ticket_of(vera, "0")
    for number in range(1, 12):
        a_note_by(anna, ticket, "psst")
        a_reply_by(vera, ticket, str(number))
    api = Api(anna if side == "staff" else vera)
    wanted = Message.objects.get(text="4")
    sequence = api.get(f"messages/{wanted.pk}/")[1]["sequence"]
    page = api.get(f"tickets/{ticket.pk}/messages/", around=sequence, limit=4)[1]
    assert "4" in [message["text"] for message in page["results"]]
    texts = [message["text"] for message in page["results"]]
    newer, older = page["next"], page["previous"]
    while newer:
        more = api.get(newer.removeprefix("/api/v1/"))[1]
        texts, newer = [*texts, *(message["text"] for message in more["results"])], more["next"]
    while older:
        more = api.get(older.removeprefix("/api/v1/"))[1]
        texts, older = [*(message["text"] for message in more["results"]), *texts], more["previous"]
    public = [str(number) for number in range(12)]
    assert [text for text in texts if text != "psst"] == public
    assert texts.count("psst") == (11 if side == "staff" else 0)


def test_a_note_is_answered_to_staff_and_hidden_from_the_customer(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    status, note = Api(anna).post(f"tickets/{ticket.pk}/messages/", id=str(uuid4()), text="psst", internal=True)
    assert (status, note["internal"]) == (201, True)
    customer = Api(vera)
    assert "psst" not in str(customer.get(f"tickets/{ticket.pk}/messages/"))
    assert "psst" not in str(customer.get(f"tickets/{ticket.pk}/events/", after=0))
    assert customer.get(f"messages/{note['id']}/history/")[0] == 404


def test_a_stale_reply_is_409_with_what_came_and_can_be_sent_anyway(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    answer = a_reply_by(boris, ticket)
    body = {"id": str(uuid4()), "text": "Hello", "expected_sequence": 2}
    status, refused = Api(anna).send("POST", f"tickets/{ticket.pk}/messages/", body)
    assert (status, refused["error"]["code"], refused["error"]["data"]["message"]) == (409, "stale", str(answer.pk))
    assert refused["error"]["data"]["reply"] == Api(anna).get(f"tickets/{ticket.pk}/messages/")[1]["results"][-1]
    note = body | {"id": str(uuid4()), "internal": True}
    for status in (201, 200):  # "turn into a note": the same text, and what another has answered does not matter
        answered, written = Api(anna).send("POST", f"tickets/{ticket.pk}/messages/", note)
        assert (answered, written["text"], written["internal"]) == (status, "Hello", True)
    del body["expected_sequence"]
    assert Api(anna).send("POST", f"tickets/{ticket.pk}/messages/", body)[0] == 201


CHANGES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {  # method, path, Boris's change, Anna's
    "assignee": ("POST", "assign/", {"assignee": "boris"}, {"assignee": "anna"}),
    "status": ("POST", "status/", {"status": "pending"}, {"status": "resolved"}),
    "snoozed_until": ("POST", "snooze/", {"until": "2100"}, {"until": "2101"}),
    "subject": ("PATCH", "", {"subject": "Fire"}, {"subject": "Smoke"}),
    "priority": ("PATCH", "", {"priority": "urgent"}, {"priority": "low"}),
    "category": ("PATCH", "", {"category": "invoices"}, {"category": None}),
    "tags": ("PATCH", "", {"tags": ["vip"]}, {"tags": []}),
}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_a_stale_change_is_409_and_says_who_changed_what(field: str, vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    method, path, others, own = CHANGES[field]
    day = clock.now().replace(microsecond=0)
    known = {
        "boris": str(boris.pk),
        "anna": str(anna.pk),
        "invoices": str(Category.objects.create(name_ru="Счета", name_en="Invoices").pk),
        "2100": (day + timedelta(days=1)).isoformat(),
        "2101": (day + timedelta(days=2)).isoformat(),
    }

    def change(who: User, body: dict[str, Any], **more: Any) -> tuple[int, Any]:
        body = {name: known.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
        return Api(who).send(method, f"tickets/{ticket.pk}/{path}", body | more)

    changed = change(boris, others)[1]
    status, refused = change(anna, own, expected_sequence=2)
    data = refused["error"]["data"]
    assert (status, refused["error"]["code"]) == (409, "stale")
    assert (data["field"], data["value"], data["person"]["name"]) == (field, changed[field], "Boris")
    assert ticket.created_at.isoformat() < data["changed_at"] <= changed["updated_at"]
    assert Api(anna).get(f"tickets/{ticket.pk}/")[1][field] == changed[field]
    assert change(anna, own, expected_sequence=changed["sequence"])[0] == 200


def test_what_one_changed_oneself_is_never_stale(vera: User, anna: User) -> None:
    ticket, api = a_ticket_of(vera), Api(anna)
    for status in ("pending", "open", "resolved"):
        assert api.post(f"tickets/{ticket.pk}/status/", status=status, expected_sequence=2)[0] == 200


def test_what_the_desk_changed_itself_names_nobody(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=Actor.system(), ticket=ticket.pk, status=TicketStatus.PENDING)
    data = Api(anna).post(f"tickets/{ticket.pk}/status/", status="resolved", expected_sequence=2)[1]["error"]["data"]
    assert (data["person"], data["value"]) == (None, "pending")


def test_events_after_a_sequence_or_reset(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_note_by(anna, ticket)
    a_reply_by(anna, ticket)
    events = Api(vera).get(f"tickets/{ticket.pk}/events/", after=1)[1]
    assert [frame["type"] for frame in events["events"]] == ["message_new", "message_new", "ticket_status_changed"]
    assert Api(vera).get(f"tickets/{ticket.pk}/events/", after=99)[1] == {"reset": True, "sequence": 4}


def test_the_work_of_an_agent(vera: User, anna: User, boris: User) -> None:
    api, ticket = Api(anna), a_ticket_of(vera)
    base = f"tickets/{ticket.number}"
    assert api.post(f"{base}/assign/", assignee=str(anna.pk))[1]["assignee"]["name"] == "Anna"
    assert api.post(f"{base}/assign/", assignee="auto")[1]["assignee"]["name"] == "Boris"
    assert api.post(f"{base}/assign/", assignee=None)[1]["assignee"] is None
    changed = api.patch(f"{base}/", priority="urgent", tags=["VIP"], subject="Fire")[1]
    assert (changed["priority"], changed["tags"], changed["subject"]) == ("urgent", ["vip"], "Fire")
    assert api.post(f"{base}/status/", status="closed")[1]["status"] == "closed"
    assert api.post(f"{base}/status/", status="pending")[1]["error"]["code"] == "transition_refused"
    assert Api(vera).post(f"{base}/messages/", id=str(uuid4()), text="?")[1]["error"]["code"] == "ticket_closed"


def test_reading_is_in_the_readers_numbering(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_note_by(anna, ticket)
    a_reply_by(anna, ticket)
    api = Api(vera)
    assert api.get(f"tickets/{ticket.pk}/")[1]["unread"] == 1
    assert api.post(f"tickets/{ticket.pk}/read/", sequence=3)[1] == {"sequence": 3}
    assert api.get(f"tickets/{ticket.pk}/")[1]["unread"] == 0


def test_editing_keeps_history_and_removing_leaves_a_tombstone(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "hlep")
    api, first = Api(vera), Message.objects.get(ticket=ticket)
    assert api.patch(f"messages/{first.pk}/", text="help")[1]["text"] == "help"
    assert [v["text"] for v in api.get(f"messages/{first.pk}/history/")[1]["results"]] == ["hlep"]
    assert api.delete(f"messages/{first.pk}/")[0] == 204
    gone = api.get(f"tickets/{ticket.pk}/messages/")[1]["results"][0]
    assert (gone["text"], gone["deleted_at"] is not None) == ("", True)


def test_the_words_of_a_removed_message_stand_in_nobodys_list(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    answer = a_reply_by(anna, ticket, "Your password is hunter2")
    assert Api(vera).get("tickets/")[1]["results"][0]["last_message"]["text"] == "Your password is hunter2"
    assert Api(anna).delete(f"messages/{answer.pk}/")[0] == 204
    for who in (vera, anna):
        last = Api(who).get("tickets/")[1]["results"][0]["last_message"]
        assert (last["id"], last["text"], last["deleted_at"] is not None) == (str(answer.pk), "", True)


def a_png() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (4, 3)).save(content, "PNG")
    return SimpleUploadedFile("cat.html", content.getvalue(), "text/html")


def test_a_recording_says_how_long_it_is(vera: User) -> None:
    api, ticket = Api(vera), a_ticket_of(vera)
    status, uploaded = api.upload(SimpleUploadedFile("voice.ogg", OGG), duration="65")
    assert (status, uploaded["content_type"], uploaded["duration"]) == (201, "audio/ogg", 65)
    attachments = [uploaded["id"]]
    posted = api.post(f"tickets/{ticket.pk}/messages/", id=str(uuid4()), kind="voice", attachments=attachments)
    assert (posted[0], posted[1]["attachments"][0]["duration"]) == (201, 65)
    assert api.upload(SimpleUploadedFile("voice.ogg", OGG))[1]["duration"] is None
    assert api.upload(a_png(), duration="65")[1]["duration"] is None


def test_a_file_goes_in_and_comes_out_harmless(vera: User, gleb: User) -> None:
    api, ticket = Api(vera), a_ticket_of(vera)
    status, uploaded = api.upload(a_png())
    assert (status, uploaded["content_type"], set(uploaded)) == (
        201,
        "image/png",
        set(outputs.AttachmentOutput().fields),
    )
    posted = api.post(f"tickets/{ticket.pk}/messages/", id=str(uuid4()), attachments=[uploaded["id"]])
    assert posted[1]["attachments"][0]["id"] == uploaded["id"]
    response: Any = api.client.get(uploaded["url"], headers=api.headers)
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(response.streaming_content)[:4] == b"\x89PNG"
    part: Any = api.client.get(uploaded["url"], headers=api.headers | {"Range": "bytes=1-3"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"PNG")
    assert api.client.get(uploaded["url"], headers=api.headers | {"Range": "bytes=999-"}).status_code == 416
    assert Api(gleb).get(f"files/{uploaded['id']}/")[0] == 404
    assert Api().get(f"files/{uploaded['id']}/")[0] == 401


def test_a_files_token_opens_files_and_nothing_else(vera: User) -> None:
    session = Api().post("auth/telegram/", init_data=init_data())[1]
    _status, uploaded = Api(vera).upload(a_png())
    anonymous = Api()
    assert anonymous.client.get(f"{uploaded['url']}?token={session['files_token']}").status_code == 200
    assert anonymous.client.get(f"{uploaded['url']}?token={session['access']}").status_code == 401
    assert anonymous.client.get(f"/api/v1/me/?token={session['files_token']}").status_code == 401


def test_categories_are_made_changed_and_retired_by_managers(vera: User, mila: User) -> None:
    api = Api(mila)
    status, made = api.post("categories/", name_ru="Счета", name_en="Invoices")
    assert (status, made["names"]) == (201, {"ru": "Счета", "en": "Invoices"})
    assert api.patch(f"categories/{made['id']}/", position=3)[1]["position"] == 3
    a_ticket_of(vera, category_id=made["id"])
    assert api.delete(f"categories/{made['id']}/")[0] == 204
    assert Api(vera).get("categories/")[1]["results"] == []
    assert api.get("categories/")[1]["results"][0]["is_active"] is False
