"""The OpenAPI schema says what the API does: valid, without warnings, and equal to what the pictures hold."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.representations import represent_user
from chat.protocol import encode
from tests.support.api_world import World, a_world
from tests.support.desk import acting
from tests.support.shapes import Side, document, faults_of, frame_faults
from tickets.models import Notification, NotificationKind, TicketEvent
from tickets.notifications.inbox import page_of_notifications
from tickets.representations.audiences import Audience
from tickets.representations.categories import represent_category
from tickets.representations.frames import frames_after
from tickets.representations.messages import represent_attachment, represent_message
from tickets.representations.tickets import represent_ticket_for

pytestmark = pytest.mark.django_db

SIDES: dict[Audience, Side] = {Audience.STAFF: "staff", Audience.CUSTOMER: "customer"}
OF_BOTH = ("TicketOutput", "MessageOutput", "CategoryOutput")  # of staff, then of customers


@pytest.fixture
def world(vera: User, gleb: User, anna: User, boris: User, mila: User, adam: User) -> World:
    return a_world({"vera": vera, "gleb": gleb, "anna": anna, "boris": boris, "mila": mila, "adam": adam})


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return document()


def test_the_schema_is_valid_and_has_no_warnings(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_every_operation_documents_its_errors_in_the_one_form(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        if path.endswith(("schema/", "docs/")):
            continue
        for method, operation in operations.items():
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert {"400", "406", "429", "503"} <= set(errors), (method, path)
            assert "401" in errors, (method, path)
            for status, answer in errors.items():
                if status != "416":  # has no body
                    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorOutput")


def test_pictures_are_what_the_schema_says(world: World) -> None:
    staff, customer = acting(world.people["anna"]), acting(world.people["vera"])
    event = TicketEvent.objects.filter(ticket=world.ticket).first()
    Notification.objects.create(
        user=world.people["anna"], event=event, ticket=world.ticket, kind=NotificationKind.TICKET_ASSIGNED
    )
    pictures = {
        "TicketOutput": [represent_ticket_for(actor, world.ticket.pk) for actor in (staff, customer)],
        "MessageOutput": [represent_message(world.answer.pk, audience) for audience in SIDES],
        "AttachmentOutput": [represent_attachment(world.attachment.pk)],
        "CategoryOutput": [represent_category(world.category, audience) for audience in SIDES],
        "UserOutput": [represent_user(world.people["anna"], reader=staff)],
        "NotificationOutput": page_of_notifications(staff, after=None, limit=1),
        "FrameOutput": frames_after(world.ticket.pk, Audience.STAFF, 0).frames,
    }
    for name, built in pictures.items():
        assert built
        for number, picture in enumerate(built):
            side: Side = "customer" if name in OF_BOTH and number == 1 else "staff"
            assert faults_of(json.loads(orjson.dumps(picture)), name, side) == [], (name, side)


def test_frames_are_what_their_shapes_say(world: World) -> None:
    for audience, side in SIDES.items():
        frames = frames_after(world.ticket.pk, audience, 0).frames
        assert len(frames) > 5
        for frame in frames:
            assert frame_faults(json.loads(encode(frame)), side) == [], (frame["type"], side)
