"""All that a person may see of their own at this desk, as one archive."""

import json
from collections.abc import Iterable
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.storage import default_storage

from accounts.actors import Actor
from accounts.errors import NotFound
from accounts.models import User
from accounts.selectors.bans import list_bans
from accounts.selectors.people import get_person
from tickets.models import Attachment, AttachmentState, Message, MessageRevision, Ticket
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_messages, represent_versions
from tickets.representations.tickets import represent_tickets

LARGEST = 45 * 2**20  # bytes of files in one archive; Telegram takes 50 MB


def write_own_data(*, actor: Actor, into: IO[bytes], limit: int = LARGEST) -> None:
    """Write a zip: `person.json`, `requests.json` and the files. It holds what the person sees as a customer: no notes,
    nothing that was removed. Files beyond `limit` bytes in all are named, and not in it. Raises NotFound.
    """
    if actor.user_id is None:
        raise NotFound
    person = get_person(actor.user_id)
    tickets = represent_tickets(Ticket.objects.filter(customer=person).order_by("number"), Audience.CUSTOMER)
    room = limit
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        for ticket in tickets:
            del ticket["last_message"]
            messages = Message.objects.filter(ticket=ticket["id"], public_sequence__isnull=False)
            ticket["messages"] = represent_messages(messages.order_by("public_sequence"), Audience.CUSTOMER)
            _add_earlier_versions(person, ticket["messages"])
            versions = [one for message in ticket["messages"] for one in (message, *message.get("earlier", []))]
            files = [file for version in versions for file in version["attachments"]]
            room -= _add_files(archive, ticket["number"], files, room)
        archive.writestr("person.json", _as_json(_describe(person)))
        archive.writestr("requests.json", _as_json(tickets))


def _describe(person: User) -> dict[str, Any]:
    names = (
        "id", "telegram_id", "first_name", "last_name", "username", "phone", "language", "preferences", "created_at",
        "last_seen_at",
    )  # fmt: skip
    bans = list(list_bans(person.pk).values("began_at", "ended_at"))  # the reason is a note of the staff's
    return {**{name: getattr(person, name) for name in names}, "bans": bans}


def _add_earlier_versions(person: User, messages: Iterable[dict[str, Any]]) -> None:
    """Of what the person wrote and has not removed."""
    own: dict[UUID, dict[str, Any]] = {
        message["id"]: message
        for message in messages
        if message["author"] and message["author"]["id"] == person.pk and message["deleted_at"] is None
    }
    former = MessageRevision.objects.filter(message__in=list(own)).order_by("replaced_at", "id")
    for message_id, versions in represent_versions(former).items():
        names = ("text", "written_at", "attachments")
        own[message_id]["earlier"] = [{name: version[name] for name in names} for version in versions]


def _add_files(archive: ZipFile, number: int, files: list[dict[str, Any]], room: int) -> int:
    """Put in what fits; each file's `included` says where in the archive it is. The bytes that were taken."""
    stored = Attachment.objects.filter(pk__in=[file["id"] for file in files], state=AttachmentState.READY)
    keys = dict(stored.values_list("pk", "storage_key"))
    taken = 0
    for place, file in enumerate(files, start=1):
        del file["url"], file["thumbnail_url"]
        file["included"] = None
        key = keys.get(file["id"])
        if not key or taken + file["size"] > room or not default_storage.exists(key):
            continue
        file["included"] = f"files/{number}/{place}-{file['name']}"
        with default_storage.open(key) as content:
            archive.writestr(file["included"], content.read())
        taken += file["size"]
    return taken


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_as_text)


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
