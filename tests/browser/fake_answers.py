"""What a fake desk knows and answers. tests/architecture/test_fake_desk.py holds its shapes equal to the API's."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tickets.permissions import CUSTOMER_TRANSITIONS, STAFF_TRANSITIONS

Answer = tuple[int, Any]
PAGE_SIZE = 40
VIEWERS_OWN = {"unread", "read_sequence"}
TURNS = ("opens_at", "closes_at", "reopens_at")  # of the desk, in their order
STAFF_ONLY = {"priority", "tags", "team", "sla", "unreachable", "snoozed_until", "waiting_since"}  # of a ticket


def person(name: str, role: str) -> dict[str, Any]:
    return {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), "name": name, "role": role}


VERA = person("Vera Ivanova", "customer")
GLEB = person("Gleb Sorokin", "customer")
ANNA = person("Anna Petrova", "agent")
BORIS = person("Boris Lvov", "agent")
PRIORITIES = ["urgent", "high", "normal", "low"]
PEOPLE = [VERA, GLEB, ANNA, BORIS]
CATEGORIES = [
    {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, en)), "names": {"en": en, "ru": ru}}
    for en, ru in (("Delivery", "Доставка"), ("Payment", "Оплата"), ("Something else", "Другое"))
]


def as_person(one: dict[str, Any]) -> dict[str, Any]:
    """How one looks to others."""
    return {name: one[name] for name in ("id", "name", "role")}


def link_of(ticket: dict[str, Any]) -> dict[str, Any]:
    return {"id": ticket["id"], "number": ticket["number"]}


def now(minutes_ago: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes_ago)).isoformat().replace("+00:00", "Z")


def refusal(code: str, message: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fields": {}, "data": {}}}


def told_of_change(
    ticket: dict[str, Any], kind: str, field: str, value: Any, who: dict[str, Any] | None
) -> dict[str, Any]:
    """What a refusal tells of somebody who was faster with a ticket, this moment."""
    about = {"event": kind, "sequence": ticket["sequence"] + 1, "field": field, "value": value, "changed_at": now()}
    return {**about, "actor": who and who["id"], "person": who and as_person(who)}


class FakeAnswers:
    """Tickets, their messages and their log, as one person sees them."""

    def __init__(self, me: dict[str, Any] | None, language: str) -> None:
        self.me, self.language = me or VERA, language
        self.tickets: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.log: dict[str, list[dict[str, Any]]] = {}
        self.changes: dict[str, list[dict[str, Any]]] = {}  # what stands between the messages
        self.files: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, list[dict[str, Any]]] = {}  # what a message was before its edits, by its id
        self.contents: dict[str, tuple[str, bytes]] = {}  # type and bytes of files that are no picture
        self.limits = {"text": 4096, "subject": 200, "files_per_message": 10, "file_size": 20_000_000}
        self.expected_answer: dict[str, Any] = {**dict.fromkeys(TURNS), "open": True, "within": None}
        self.page_of_tickets = 100
        self.page_of_changes = 100
        self.saved_replies: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []
        self.page_of_notifications = 30
        self.banned: set[str] = set()  # by their ids
        self.person_notes: list[dict[str, Any]] = []
        self.ratings: dict[str, Any] = {"count": 0, "average": None}
        self.of_others: set[str] = set()  # categories of teams whose tickets this person does not see
        self._sent_away: dict[str, tuple[dict[str, Any], str]] = {}  # tickets out of sight, and their former category
        self._moved: dict[str, tuple[str, str]] = {}  # by this person last: from which status to which, by ticket
        self.links: list[str] = []  # one-time links into a browser
        self._made_links = 0
        self.signed_in = True
        self.refuses = ""  # the code with which every sign-in is refused for good
        self.version = "0.1.0"
        self._told: list[tuple[str, dict[str, str]]] = []  # when lists were whole, and what the tickets were then
        self._token = 0

    def send(self, frame: dict[str, Any]) -> None:
        raise NotImplementedError

    def tell(self, event: dict[str, Any]) -> None:
        """Sends an event of a ticket to whoever follows it."""
        raise NotImplementedError

    def note_told(self) -> str:
        """From now on lists are whole. Returns this moment."""
        self._told.append((now(), {ticket: json.dumps(picture) for ticket, picture in self.tickets.items()}))
        return self._told[-1][0]

    def missed_since(self, moment: str) -> list[dict[str, Any]]:
        """The frames that make lists whole again which were so at that moment."""
        told = next((pictures for at, pictures in reversed(self._told) if at <= moment), {})
        changed = [ticket for ticket in self.tickets.values() if told.get(ticket["id"]) != json.dumps(ticket)]
        gone = [ticket for ticket in told if ticket not in self.tickets]
        return [
            *(
                {"type": "inbox_updated", "ticket": one["id"], "sequence": one["sequence"], "data": one}
                for one in changed
            ),
            *({"type": "inbox_removed", "ticket": ticket} for ticket in gone),
        ]

    # --- what happens on the desk ---

    def open_ticket(self, subject: str, customer: dict[str, Any] = VERA, **more: Any) -> dict[str, Any]:
        ticket = {
            "id": str(uuid.uuid4()),
            "number": 101 + len(self.tickets),
            "subject": subject,
            "status": "new",
            "priority": "normal",
            "tags": [],
            "waiting_since": None,
            "snoozed_until": None,
            "category": CATEGORIES[0],
            "team": None,
            "customer": as_person(customer),
            "assignee": None,
            "source": "telegram",
            "unreachable": "",
            "merged_into": None,
            "merged_from": [],
            "sequence": 0,
            "last_message": None,
            "sla": None,
            "rating": None,
            "unread": 0,
            "read_sequence": 0,
            "created_at": now(),
            "updated_at": now(),
            **more,
        }
        self.tickets[ticket["id"]] = ticket
        self.messages[ticket["id"]], self.log[ticket["id"]], self.changes[ticket["id"]] = [], [], []
        return ticket

    def write(
        self,
        ticket: dict[str, Any],
        author: dict[str, Any],
        text: str,
        *,
        silent: bool = False,
        minutes_ago: float = 0,
        **more: Any,
    ) -> dict[str, Any]:
        """Somebody's message; `silent` keeps the frame back as if it had been lost."""
        created = now(minutes_ago)
        message = {
            "id": str(uuid.uuid4()),
            "ticket": ticket["id"],
            "author": as_person(author),
            "kind": "text",
            "text": text,
            "entities": [],
            "content": {},
            "internal": False,
            "attachments": [],
            "reply_to": None,
            "forwarded_from": None,
            "sequence": ticket["sequence"] + 1,
            "source": "telegram",
            "delivery": None,
            "reactions": [],
            "edited_at": None,
            "edited_after_answer": False,
            "deleted_at": None,
            "created_at": created,
            **more,
        }
        self.messages[ticket["id"]].append(message)
        ticket["last_message"] = {
            key: message[key] for key in ("id", "author", "kind", "text", "internal", "created_at", "deleted_at")
        }
        if author["id"] != self.me["id"]:
            ticket["unread"] += 1
        self.happen("message_new", ticket, message, silent=silent, at=created)
        return message

    def change(self, ticket: dict[str, Any], kind: str = "ticket_updated", **fields: Any) -> None:
        ticket.update(fields)
        self.happen(kind, ticket)

    def say_change(
        self,
        ticket: dict[str, Any],
        actor: dict[str, Any] | None,
        text: str,
        *,
        until: str | None = None,
        **fields: Any,
    ) -> None:
        """A change that stands between the messages."""
        about = {"sequence": ticket["sequence"] + 1, "type": "ticket_status_changed", "created_at": now()}
        self.changes[ticket["id"]].append({**about, "actor": actor, "text": text, "until": until})
        self.change(ticket, "ticket_status_changed", **fields)

    def happen(
        self,
        kind: str,
        ticket: dict[str, Any],
        data: Any = None,
        *,
        silent: bool = False,
        at: str | None = None,
    ) -> dict[str, Any]:
        """Records an event and sends its frames, unless `silent`."""
        ticket["sequence"] += 1
        ticket["updated_at"] = at or now()
        bare = {key: value for key, value in ticket.items() if key not in VIEWERS_OWN}
        about = {"ticket": ticket["id"], "sequence": ticket["sequence"]}
        frame = {"type": kind, **about, "data": data or bare}
        self.log[ticket["id"]].append(frame)
        if not silent:
            self.tell(frame)
            self.send({"type": "inbox_updated", **about, "data": bare})
        return frame

    def seen(self, value: Any) -> Any:
        """What an answer or a frame holds of it for this person: customers get nothing that is for staff alone."""
        if self.me["role"] != "customer":
            return value
        if isinstance(value, list):
            return [self.seen(one) for one in value]
        if not isinstance(value, dict):
            return value
        hidden = STAFF_ONLY if {"subject", "customer"} <= set(value) else set()
        held = {name: self.seen(one) for name, one in value.items() if name not in hidden}
        for name, nothing in (("delivery", None), ("edited_after_answer", False)):
            if "reactions" in held:
                held[name] = nothing
        return held

    def file(self, name: str, content_type: str, size: int = 1_200_000, **more: Any) -> dict[str, Any]:
        """A file of the desk, as messages hold it; its bytes are a picture unless `contents` has others."""
        key = str(uuid.uuid4())
        image = content_type.startswith("image/")
        self.files[key] = {
            "id": key,
            "name": name,
            "content_type": content_type,
            "size": size,
            "width": 320 if image else None,
            "height": 240 if image else None,
            "duration": None,
            "state": "ready",
            "reason": "",
            "url": f"/api/v1/files/{key}/",
            "thumbnail_url": f"/api/v1/files/{key}/thumbnail/" if image else None,
            **more,
        }
        return self.files[key]

    def store_file(self, body: bytes) -> Answer:
        """An upload's answer, from the multipart body."""
        name = re.search(rb'filename="([^"]*)"', body)
        kind = re.search(rb"Content-Type: ([\w/.+-]+)", body)
        content_type = kind[1].decode() if kind else "application/octet-stream"
        said = re.search(rb'name="duration"\r\n\r\n(\d+)\r\n', body)
        more = {"duration": int(said[1])} if said else {}
        return 201, self.file(name[1].decode() if name else "file", content_type, len(body), **more)

    def _copy_file(self, key: str) -> Answer:
        file = self.files.get(key)
        if not file:
            return 404, refusal("not_found")
        return 201, self.file(file["name"], file["content_type"], file["size"])

    # --- the answers ---

    def routes(self, query: dict[str, list[str]], body: Any) -> list[tuple[str, str, Callable[..., Answer]]]:
        """Method and path of whatever is answered, and what answers it."""
        return [
            ("POST", r"auth/telegram/", self._sign_in),
            ("POST", r"auth/refresh/", self._refresh),
            ("POST", r"auth/socket-ticket/", lambda: (200, {"ticket": "again"})),
            ("POST", r"auth/browser-link/", self._make_link),
            ("POST", r"auth/admin-link/", lambda: (200, {"url": "https://desk.example/admin/enter/once/"})),
            ("POST", r"auth/browser/", lambda: self._sign_in_by_link(body)),
            ("POST", r"client-errors/", lambda: (204, None)),
            ("GET", r"me/", lambda: (200, self._me())),
            ("PATCH", r"me/", lambda: self._change_me(body)),
            ("GET", r"users/", self._list_staff),
            ("GET", r"users/([\w-]+)/card/", self._get_card),
            ("POST", r"users/([\w-]+)/notes/", lambda _key: self._add_person_note(body)),
            ("DELETE", r"users/([\w-]+)/notes/([\w-]+)/", self._remove_person_note),
            ("GET", r"notifications/", lambda: self._get_notifications(query)),
            ("POST", r"notifications/read/", lambda: self._read_notifications(body)),
            ("GET", r"saved-replies/", self._list_saved_replies),
            ("POST", r"files/([\w-]+)/copy/", self._copy_file),
            ("GET", r"categories/", self._list_categories),
            ("GET", r"tickets/", lambda: (200, self._page_of_tickets(query))),
            ("POST", r"tickets/", lambda: self._post_ticket(body)),
            ("GET", r"tickets/counts/", lambda: (200, self._counts())),
            ("GET", r"tickets/([\w-]+)/", self._get_ticket),
            ("PATCH", r"tickets/([\w-]+)/", lambda key: self._change_ticket(key, body)),
            ("GET", r"tickets/([\w-]+)/messages/", lambda key: self._get_messages(key, query)),
            ("POST", r"tickets/([\w-]+)/messages/", lambda key: self._post_message(key, body)),
            ("GET", r"tickets/([\w-]+)/events/", lambda key: self._get_events(key, query)),
            ("GET", r"tickets/([\w-]+)/changes/", lambda key: self._get_changes(key, query)),
            ("POST", r"tickets/([\w-]+)/read/", lambda key: self._read(key, body)),
            ("POST", r"tickets/([\w-]+)/assign/", lambda key: self._assign(key, body)),
            ("POST", r"tickets/([\w-]+)/status/", lambda key: self._set_status(key, body)),
            ("POST", r"tickets/([\w-]+)/snooze/", lambda key: self._snooze(key, body)),
            ("POST", r"tickets/([\w-]+)/merge/", lambda key: self._merge(key, body)),
            ("POST", r"tickets/([\w-]+)/rate/", lambda key: self._rate(key, body)),
            ("POST", r"messages/([\w-]+)/retry/", self._retry),
            ("POST", r"messages/([\w-]+)/react/", lambda key: self._react(key, body)),
            ("GET", r"messages/([\w-]+)/", self._get_message),
            ("PATCH", r"messages/([\w-]+)/", lambda key: self._edit(key, body)),
            ("GET", r"messages/([\w-]+)/history/", lambda key: (200, {"results": self.versions.get(key, [])})),
            ("DELETE", r"messages/([\w-]+)/", self._remove),
        ]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        if any(not self._is_sequence((body or {}).get(name)) for name in ("expected_sequence", "sequence")):
            return 400, refusal("invalid_input", "Some of what you sent cannot be used.")
        named = re.match(r"tickets/([\w-]+)/", path)
        if named and named[1] in self._sent_away and named[1] not in self.tickets and method != "PATCH":
            return 404, refusal("not_found")
        for verb, pattern, run in self.routes(query, body):
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                status, answer = run(*match.groups())
                return status, self.seen(answer)
        return 404, refusal("not_found")

    @staticmethod
    def _is_sequence(value: Any) -> bool:
        """As the API's SequenceField takes it (tickets/api/inputs.py)."""
        return value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53)

    def _me(self) -> dict[str, Any]:
        own: dict[str, Any] = {"availability": "available", "team": None, "telegram_id": 501, "preferences": {}}
        return {**own, **self.me, "language": self.language}

    def _change_me(self, body: dict[str, Any]) -> Answer:
        self.language = body.get("language", self.language)
        self.me = {**self.me, **{name: value for name, value in body.items() if name != "language"}}
        return 200, self._me()

    def _make_link(self) -> Answer:
        self._made_links += 1
        self.links = [f"once{self._made_links}"]  # the ones before are useless from now on
        return 200, {"url": f"https://desk.example/app/#enter={self.links[0]}"}

    def _sign_in_by_link(self, body: dict[str, Any]) -> Answer:
        if body["token"] not in self.links:
            return 404, refusal("link_used")
        self.links.remove(body["token"])
        return self._sign_in()

    def _tokens(self) -> dict[str, str]:
        self._token += 1
        return {name: f"{name}{self._token}" for name in ("access", "refresh", "files_token")}

    def _sign_in(self) -> Answer:
        if self.refuses:
            return self._refuse_sign_in()
        if not self.signed_in:
            return 401, refusal("init_data_expired")
        return 200, {
            **self._tokens(),
            "user": self._me(),
            "socket_ticket": "first",
            "server_time": self.note_told(),
            "config": {
                "version": self.version,
                "bot_username": "desk_bot",
                "categories": self._categories(),
                "limits": self.limits,
                "expected_answer": self.expected_answer,
            },
            "tickets": self._page_of_tickets({} if self.me["role"] == "customer" else {"status": ["new,open,pending"]}),
            "ticket": None,
        }

    def _categories(self) -> list[dict[str, Any]]:
        """As lists offer them; only staff see where their tickets go."""
        more: dict[str, Any] = {"is_active": True, **({} if self.me["role"] == "customer" else {"team": None})}
        return [
            {**one, "name": one["names"][self.language], "position": position, **more}
            for position, one in enumerate(CATEGORIES)
        ]

    def _list_categories(self) -> Answer:
        return 200, {"results": self._categories(), "next": None, "previous": None}

    def _list_saved_replies(self) -> Answer:
        more: dict[str, Any] = {"shared": True, "team": None, "filled": None, "files": [], "updated_at": now()}
        return 200, {"results": [more | one for one in self.saved_replies], "next": None, "previous": None}

    def _refuse_sign_in(self) -> Answer:
        return 403 if self.refuses == "account_disabled" else 401, refusal(self.refuses)

    def _refresh(self) -> Answer:
        if self.refuses:
            return self._refuse_sign_in()
        return (200, self._tokens()) if self.signed_in else (401, refusal("session_ended"))

    def _page_of_tickets(self, query: dict[str, list[str]]) -> dict[str, Any]:
        found = [ticket for ticket in self.tickets.values() if self._is_wanted(ticket, query)]
        found.sort(key=lambda ticket: ticket["updated_at"], reverse=True)
        if query.get("order") == ["priority"]:
            found.sort(key=lambda ticket: PRIORITIES.index(ticket["priority"]))
        if query.get("order") == ["waiting"]:
            found = sorted((one for one in found if one["waiting_since"]), key=lambda one: one["waiting_since"])
        words = query.get("q", [""])[0]
        if words:
            matches = ((ticket, self._match(ticket, words)) for ticket in found)
            found = [{**ticket, "match": match} for ticket, match in matches if match or self._names(ticket, words)]
        begin = int(query.get("cursor", ["0"])[0])
        end = begin + self.page_of_tickets
        filters = "".join(f"&{name}={values[0]}" for name, values in query.items() if name != "cursor")
        following = f"/api/v1/tickets/?cursor={end}{filters}" if end < len(found) else None
        return {"results": found[begin:end], "next": following, "previous": None}

    def _is_wanted(self, ticket: dict[str, Any], query: dict[str, list[str]]) -> bool:
        asked = {name: ",".join(values).split(",") for name, values in query.items()}
        has = {
            "assignee": {"none" if ticket["assignee"] is None else ticket["assignee"]["id"]},
            "status": {ticket["status"]},
            "priority": {ticket["priority"]},
            "waiting": {"true"} if ticket["waiting_since"] else set(),
            "snoozed": {"true" if ticket["snoozed_until"] else "false"},
            "customer": {ticket["customer"]["id"]},
            "category": {(ticket["category"] or {}).get("id")},
            "tag": set(ticket["tags"]),
        }
        if asked.get("assignee") == ["me"]:
            asked["assignee"] = [self.me["id"]]
        return all(name not in asked or values & set(asked[name]) for name, values in has.items())

    def _counts(self) -> dict[str, Any]:
        tabs: dict[str, dict[str, list[str]]] = {
            "mine": {"assignee": ["me"], "status": ["new,open,pending"], "snoozed": ["false"]},
            "unassigned": {"assignee": ["none"], "status": ["new,open"], "snoozed": ["false"]},
            "waiting": {"waiting": ["true"], "snoozed": ["false"]},
            "snoozed": {"snoozed": ["true"]},
            "all": {"status": ["new,open,pending"]},
        }
        held = {
            name: [ticket for ticket in self.tickets.values() if self._is_wanted(ticket, query)]
            for name, query in tabs.items()
        }
        return {
            name: {"count": len(tickets), "unread": sum(bool(ticket["unread"]) for ticket in tickets)}
            for name, tickets in held.items()
        }

    def _names(self, ticket: dict[str, Any], words: str) -> bool:
        """Whether subject, customer or number hold what is searched for."""
        held = f"{ticket['subject']} {ticket['customer']['name']} #{ticket['number']}".lower()
        return all(word in held for word in words.lower().split())

    def _match(self, ticket: dict[str, Any], words: str) -> dict[str, Any] | None:
        """Where the words stand in the newest message that has them."""
        for message in reversed(self.messages[ticket["id"]]):
            at = message["text"].lower().find(words.lower())
            if at >= 0:
                ranges = [[at, at + len(words)]]
                return {
                    "message": message["id"],
                    "sequence": message["sequence"],
                    "text": message["text"],
                    "ranges": ranges,
                }
        return None

    def _list_staff(self) -> Answer:
        staff = [self._user(one, availability="away", language="en") for one in PEOPLE if one["role"] == "agent"]
        return 200, {"results": staff, "next": None, "previous": None}

    def _user(self, one: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A person to staff."""
        own = {"availability": "available", "language": "ru", "team": None, "username": "", "phone": ""}
        stored = {"telegram_id": None, "is_active": one["id"] not in self.banned, "created_at": now(1440)}
        return {**as_person(one), **own, **stored, **more}

    def _get_card(self, key: str) -> Answer:
        found = next(one for one in PEOPLE if one["id"] == key)
        tickets = [ticket for ticket in self.tickets.values() if ticket["customer"]["id"] == key]
        active = sum(ticket["status"] in ("new", "open", "pending") for ticket in tickets)
        return 200, {
            "person": self._user(found, username="vera", phone="+79001234567"),
            "unreachable": tickets[-1]["unreachable"] if tickets else "",
            "reachable": not any(ticket["unreachable"] for ticket in tickets),
            "counts": {"total": len(tickets), "active": active},
            "ratings": self.ratings,
            "tickets": tickets[::-1][:20],
            "notes": self.person_notes,
        }

    def _add_person_note(self, body: dict[str, Any]) -> Answer:
        return 201, self.note_person(self.me, body["text"], id=body["id"])

    def note_person(self, author: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
        """What one of the staff writes down about Vera; the same key once."""
        note = {"id": str(uuid.uuid4()), "author": as_person(author), "text": text, "created_at": now(), **more}
        self.person_notes = [note, *(one for one in self.person_notes if one["id"] != note["id"])]
        return note

    def _remove_person_note(self, _key: str, note: str) -> Answer:
        self.person_notes = [one for one in self.person_notes if one["id"] != note]
        return 204, None

    def notify(self, ticket: dict[str, Any], text: str, *, minutes_ago: float = 0, **more: Any) -> dict[str, Any]:
        """Something that this person should know; the socket tells of it."""
        about = {name: ticket[name] for name in ("id", "number", "subject")}
        own = {"id": str(uuid.uuid4()), "kind": "message_received", "read_at": None, "created_at": now(minutes_ago)}
        new = {**own, "ticket": about, "text": text, "count": 1, **more}
        if new["kind"] == "message_received" and new["read_at"] is None:  # it stands for those before it
            same = ("kind", "ticket", "read_at")
            former = [one for one in self.notifications if all(one[name] == new[name] for name in same)]
            new["count"] += sum(one["count"] for one in former)
            self.notifications = [one for one in self.notifications if one not in former]
        self.notifications.insert(0, new)
        self.send({"type": "notification", "data": self.notifications[0], "unread": self._unread()})
        return self.notifications[0]

    def _unread(self) -> int:
        return sum(one["read_at"] is None for one in self.notifications)

    def _get_notifications(self, query: dict[str, list[str]]) -> Answer:
        begin = int(query.get("cursor", ["0"])[0])
        end = begin + self.page_of_notifications
        more = f"/api/v1/notifications/?cursor={end}" if end < len(self.notifications) else None
        page = self.notifications[begin:end]
        return 200, {"results": page, "next": more, "previous": None, "unread": self._unread()}

    def _read_notifications(self, body: dict[str, Any]) -> Answer:
        for one in self.notifications:
            if body["ids"] is None or one["id"] in body["ids"]:
                one["read_at"] = now()
        return 200, {"unread": self._unread()}

    def _get_ticket(self, key: str) -> Answer:
        by_number = (ticket for ticket in self.tickets.values() if str(ticket["number"]) == key)
        ticket = self.tickets.get(key) or next(by_number, None)
        return (200, ticket) if ticket else (404, refusal("not_found"))

    def _get_messages(self, key: str, query: dict[str, list[str]]) -> Answer:
        stored = self.messages[key]
        number = {name: int(values[0]) for name, values in query.items()}
        limit = number.get("limit", PAGE_SIZE)

        def place(sequence: int) -> int:
            return sum(message["sequence"] <= sequence for message in stored)

        if "around" in number:
            begin, end = place(number["around"]) - limit // 2 - 1, place(number["around"]) + limit // 2
        elif "after" in number:
            begin, end = place(number["after"]), place(number["after"]) + limit
        else:
            end = place(number["before"] - 1) if "before" in number else len(stored)
            begin = end - limit
        page = stored[max(0, begin) : end]
        address = f"/api/v1/tickets/{key}/messages/?limit={limit}"
        older = f"{address}&before={page[0]['sequence']}" if begin > 0 else None
        newer = f"{address}&after={page[-1]['sequence']}" if end < len(stored) else None
        return 200, {"results": page, "next": newer, "previous": older, "sequence": self.tickets[key]["sequence"]}

    def _get_message(self, key: str) -> Answer:
        found = (message for messages in self.messages.values() for message in messages if message["id"] == key)
        message = next(found, None)
        return (200, message) if message else (404, refusal("not_found"))

    def _get_events(self, key: str, query: dict[str, list[str]]) -> Answer:
        if key not in self.tickets:
            return 404, refusal("not_found")
        events = [event for event in self.log[key] if event["sequence"] > int(query["after"][0])]
        return 200, {"events": events, "sequence": len(self.log[key])}

    def _get_changes(self, key: str, query: dict[str, list[str]]) -> Answer:
        after, before = int(query.get("after", ["0"])[0]), int(query.get("before", ["1000000000"])[0])
        found = [one for one in self.changes[key] if after < one["sequence"] < before]
        page = found if after else found[-self.page_of_changes :]
        more = f"/api/v1/tickets/{key}/changes/?before={page[0]['sequence']}" if len(found) > len(page) else None
        return 200, {"results": page, "next": None, "previous": more, "sequence": self.tickets[key]["sequence"]}

    def _post_message(self, key: str, body: dict[str, Any]) -> Answer:
        for stored in self.messages[key]:
            if stored["id"] == body["id"]:
                return 200, stored
        if merged := self.tickets[key]["merged_into"]:
            data = {"ticket": merged["id"], "number": merged["number"]}
            return 409, {"error": {**refusal("ticket_merged")["error"], "data": data}}
        goes_out = self.me["role"] != "customer" and not body["internal"]
        faster = self._faster_answer(key, body.get("expected_sequence"))
        if goes_out and faster:
            data = {"message": faster["id"], "sequence": faster["sequence"], "reply": faster}
            return 409, {"error": {**refusal("stale")["error"], "data": data}}
        delivery = {"state": "sent", "reason": "", "ambiguous": False, "seen_at": None}
        message = self.write(
            self.tickets[key],
            self.me,
            body["text"],
            id=body["id"],
            internal=body["internal"],
            attachments=[self.files[file] for file in body["attachments"]],
            reply_to=body.get("reply_to"),
            kind=body.get("kind", "text"),
            delivery=delivery if goes_out else None,
        )
        return 201, message

    def _faster_answer(self, key: str, expected: int | None) -> dict[str, Any] | None:
        """The last public answer of a colleague after what the author had seen."""
        answers = [
            message
            for message in self.messages[key]
            if message["author"]["role"] != "customer" and message["author"]["id"] != self.me["id"]
            if not message["internal"] and expected is not None and message["sequence"] > expected
        ]
        return answers[-1] if answers else None

    def _post_ticket(self, body: dict[str, Any]) -> Answer:
        if body["id"] in self.tickets:
            return 200, self.tickets[body["id"]]
        category = next((found for found in CATEGORIES if found["id"] == body["category"]), None)
        ticket = self.open_ticket(body["subject"], self.me, id=body["id"], category=category)
        self.happen("ticket_created", ticket)
        self.write(ticket, self.me, body["text"], attachments=[self.files[file] for file in body["attachments"]])
        return 201, ticket

    def _read(self, key: str, body: dict[str, Any]) -> Answer:
        ticket = self.tickets[key]
        ticket["read_sequence"] = max(ticket["read_sequence"], body["sequence"])
        ticket["unread"] = sum(
            message["sequence"] > ticket["read_sequence"] and message["author"]["id"] != self.me["id"]
            for message in self.messages[key]
        )
        read = {"user": as_person(self.me), "sequence": ticket["read_sequence"], "unread": ticket["unread"]}
        self.send({"type": "message_read", "ticket": key, "data": read})
        return 200, {"sequence": ticket["read_sequence"]}

    def _assign(self, key: str, body: dict[str, Any]) -> Answer:
        assignee = next((one for one in PEOPLE if one["id"] == body["assignee"]), None)
        self.change(self.tickets[key], "ticket_assigned", assignee=assignee, status="open")
        return 200, self.tickets[key]

    def _snooze(self, key: str, body: dict[str, Any]) -> Answer:
        self.change(self.tickets[key], snoozed_until=body["until"])
        return 200, self.tickets[key]

    def _merge(self, key: str, body: dict[str, Any]) -> Answer:
        self.merge(self.tickets[key], self.tickets[body["into"]])
        return 200, self.tickets[key]

    def merge(self, ticket: dict[str, Any], into: dict[str, Any], *, silent: bool = False) -> None:
        """`silent`: the page does not hear of it yet."""
        ticket.update(status="closed", merged_into=link_of(into))
        into["merged_from"] = [*into["merged_from"], link_of(ticket)]
        for one in (ticket, into):
            self.happen("ticket_updated", one, silent=silent)

    def _change_ticket(self, key: str, body: dict[str, Any]) -> Answer:
        if key not in self.tickets:
            ticket, former = self._sent_away.get(key, ({}, ""))
            if body.get("category") != former or (body["expected_sequence"] or 0) < ticket["sequence"]:
                return 404, refusal("not_found")
            self.tickets[key] = ticket
        former = (self.tickets[key]["category"] or {}).get("id")
        fields = {name: body[name] for name in ("priority", "tags") if name in body}
        if "category" in body:
            fields["category"] = next((one for one in CATEGORIES if one["id"] == body["category"]), None)
        ticket = self.tickets[key]
        self.change(ticket, **fields)
        if body.get("category") in self.of_others:
            self._sent_away[key] = self.tickets.pop(key), former
            self.send({"type": "inbox_removed", "ticket": key})
        return 200, ticket

    def _rate(self, key: str, body: dict[str, Any]) -> Answer:
        comment = (self.tickets[key]["rating"] or {}).get("comment", "")
        rating = {"comment": comment, **body, "rated_at": now(), "changeable_until": now(-1440)}
        self.change(self.tickets[key], rating=rating)
        return 200, self.tickets[key]

    def message(self, key: str) -> dict[str, Any]:
        return next(one for messages in self.messages.values() for one in messages if one["id"] == key)

    def _react(self, key: str, body: dict[str, Any]) -> Answer:
        return 200, self.react(self.message(key), self.me, body["emoji"])

    def react(self, message: dict[str, Any], who: dict[str, Any], emoji: str | None) -> dict[str, Any]:
        others = [one for one in message["reactions"] if one["person"] != who["id"]]
        side = "customer" if who["role"] == "customer" else "staff"
        message["reactions"] = [*others, *([{"emoji": emoji, "person": who["id"], "side": side}] if emoji else [])]
        self.happen("message_edited", self.tickets[message["ticket"]], message)
        return message

    def _edit(self, key: str, body: dict[str, Any]) -> Answer:
        message = self.message(key)
        message.update(text=body["text"], edited_at=now())
        self.happen("message_edited", self.tickets[message["ticket"]], message)
        return 200, message

    def _remove(self, key: str) -> Answer:
        message = self.message(key)
        removed: dict[str, Any] = {"text": "", "deleted_at": now()}
        message.update(removed)
        ticket = self.tickets[message["ticket"]]
        if ticket["last_message"]["id"] == key:
            ticket["last_message"] = {**ticket["last_message"], **removed}
        self.happen("message_deleted", ticket, {"id": key})
        return 204, None

    def _retry(self, key: str) -> Answer:
        message = self.message(key)
        self.deliver(message, "queued")
        return 200, message

    def deliver(self, message: dict[str, Any], state: str, reason: str = "", **more: Any) -> None:
        """What became of a message at Telegram."""
        message["delivery"] = {"state": state, "reason": reason, "ambiguous": False, "seen_at": None, **more}
        data = {"message": message["id"], "delivery": message["delivery"]}
        self.happen("message_delivery", self.tickets[message["ticket"]], data)

    def _set_status(self, key: str, body: dict[str, Any]) -> Answer:
        """By the desk's own table; back where it came from goes whoever moved it last."""
        ticket, status = self.tickets[key], body["status"]
        before = ticket["status"]
        if status == before:
            return 200, ticket
        table = CUSTOMER_TRANSITIONS if self.me["role"] == "customer" else STAFF_TRANSITIONS
        undoes = self._moved.get(key) == (status, before) and status != "new" and "expected_sequence" in body
        if status not in table.get(before, ()) and not undoes:
            return 409, refusal("transition_refused", "A ticket does not go from this status to that one.")
        self._moved[key] = (before, status)
        self.change(ticket, "ticket_status_changed", status=status)
        return 200, ticket
