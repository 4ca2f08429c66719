"""What the API and the socket say, as a strict check of single values: the OpenAPI document, and the frames beside it.

Stricter than the document itself: nothing that it does not name may be there, and what is "staff only" must be there
for staff and may not be there for customers.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

Side = Literal["staff", "customer"]
Schema = dict[str, Any]
_REFERENCE = "#/components/schemas/"
_NOT_FOR = {"staff": "customers only", "customer": "staff only"}
_OF_ONE_READER = ("unread", "read_sequence", "match")  # of a ticket, not in what several see
_formats = FormatChecker(["uuid"])


@_formats.checks("date-time", raises=ValueError)
def _is_a_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def document() -> Schema:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call,no-any-return]


def faults_of(value: Any, name: str, side: Side) -> list[str]:
    """Where a JSON value is not what the document's schema of this name says."""
    return _faults(_validator(_REFERENCE + name, side), value)


def answer_faults(method: str, path: str, status: int, body: Any, side: Side) -> list[str]:
    """Where an answer is not one that the document knows of this address (without its query)."""
    template = next((known for known in sorted(document()["paths"], key=_is_open) if _fits(known, path)), "")
    answers = document()["paths"].get(template, {}).get(method.lower(), {}).get("responses", {})
    if str(status) not in answers:
        return [f"no such answer: {method} {path} {status}"]
    content = answers[str(status)].get("content", {}).get("application/json")
    if content is None:
        return [] if body is None else ["it has no body"]
    return _faults(_validator(content["schema"]["$ref"], side), body) + _faults_of_frames(body, side)


def frame_faults(frame: Mapping[str, Any], side: Side) -> list[str]:
    """Of a frame of the socket."""
    if frame.get("type") not in _FRAMES:
        return [f"no such frame: {frame.get('type')}"]
    return _faults(_validator(frame["type"], side), frame) + _faults_of_frames(frame.get("data"), side)


def _faults_of_frames(data: Any, side: Side) -> list[str]:
    """Of what a client catches up with."""
    events = data.get("events", ()) if isinstance(data, dict) else ()
    return [f"{event.get('type')}: {fault}" for event in events for fault in frame_faults(event, side)]


def _is_open(template: str) -> bool:
    return template.endswith("}/")


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def _faults(validator: Draft202012Validator, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@cache
def _validator(name: str, side: Side) -> Draft202012Validator:
    """name: of a frame, or a reference."""
    shape = {"$ref": name} if name.startswith(_REFERENCE) else _FRAMES[name]
    return Draft202012Validator({**shape, "components": {"schemas": _components(side)}}, format_checker=_formats)


@cache
def _components(side: Side) -> Schema:
    found: Schema = {name: _strict(shape, side) for name, shape in document()["components"]["schemas"].items()}
    ticket = found["TicketOutput"]
    for name, names in (("TicketInFrames", set(_OF_ONE_READER)), ("TicketInLists", set())):
        kept = {field: shape for field, shape in ticket["properties"].items() if field not in names}
        required = [field for field in ticket["required"] if field not in _OF_ONE_READER]
        found[name] = {**ticket, "properties": kept, "required": required}
    return found


def _strict(shape: Schema, side: Side) -> Schema:
    """As JSON Schema has it: `nullable` is a choice, and objects hold nothing besides."""
    strict = {name: value for name, value in shape.items() if name not in ("nullable", "description")}
    for name in ("allOf", "oneOf", "anyOf"):
        if name in strict:
            strict[name] = [_strict(one, side) for one in strict[name]]
    if isinstance(strict.get("items"), dict):
        strict["items"] = _strict(strict["items"], side)
    if "properties" in strict:
        strict |= _strict_fields(strict, side)
    return {"anyOf": [strict, {"type": "null"}]} if shape.get("nullable") else strict


def _strict_fields(shape: Schema, side: Side) -> Schema:
    required = set(shape.get("required", ()))
    fields = {}
    for name, field in shape["properties"].items():
        about = field.get("description", "")
        if about.startswith(_NOT_FOR[side]):
            continue
        if about.startswith(tuple(_NOT_FOR.values())):
            required.add(name)
        fields[name] = _strict(field, side)
    return {"properties": fields, "required": sorted(required & set(fields)), "additionalProperties": False}


def _named(name: str) -> Schema:
    return {"$ref": _REFERENCE + name}


def _fields(optional: tuple[str, ...] = (), **fields: Schema) -> Schema:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


_TEXT, _NUMBER, _FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
_ID, _MOMENT = {**_TEXT, "format": "uuid"}, {**_TEXT, "format": "date-time"}


def _or_null(shape: Schema) -> Schema:
    return {"anyOf": [shape, {"type": "null"}]}


def _event(data: Schema) -> Schema:
    return _fields(type=_TEXT, ticket=_ID, sequence=_NUMBER, data=data)


_OF_TICKETS = ("ticket_created", "ticket_status_changed", "ticket_assigned", "ticket_updated")
_FRAMES: dict[str, Schema] = {
    **{name: _event(_named("TicketInFrames")) for name in _OF_TICKETS},
    "message_new": _event(_named("MessageOutput")),
    "message_edited": _event(_named("MessageOutput")),
    "message_deleted": _event(_fields(id=_ID)),
    "message_delivery": _event(_fields(message=_ID, delivery=_or_null(_named("DeliveryOutput")))),
    "resumed": _event(_fields(events={"type": "array"})),
    "reset": _fields(type=_TEXT, ticket=_ID, sequence=_NUMBER),
    "inbox_updated": _event(_named("TicketInLists")),
    "inbox_removed": _fields(type=_TEXT, ticket=_ID),
    "message_read": _fields(
        type=_TEXT,
        ticket=_ID,
        data=_fields(("unread",), user=_named("PersonOutput"), sequence=_NUMBER, unread=_NUMBER),
    ),
    "message_typing": _fields(type=_TEXT, ticket=_ID, data=_fields(user=_named("PersonOutput"), internal=_FLAG)),
    "user_viewing": _fields(type=_TEXT, ticket=_ID, data=_fields(user=_named("PersonOutput"), state=_TEXT)),
    **{
        name: _fields(type=_TEXT, data=_fields(user=_named("PersonOutput"))) for name in ("user_online", "user_offline")
    },
    "person_changed": _fields(type=_TEXT, data=_fields(person=_ID)),
    "notification": _fields(type=_TEXT, data=_named("NotificationOutput"), unread=_NUMBER),
    "heartbeat": _fields(
        type=_TEXT,
        data=_fields(server_time=_MOMENT, tickets={"type": "object", "additionalProperties": _NUMBER}, version=_TEXT),
    ),
    "caught_up": _fields(type=_TEXT, data=_fields(server_time=_MOMENT, is_whole=_FLAG, role=_TEXT, team=_or_null(_ID))),
    "error": _fields(("ticket",), type=_TEXT, ticket=_ID, code=_TEXT, message=_TEXT),
}
