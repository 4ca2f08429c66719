"""A desk that exists only in the test: it answers the page's requests and talks on its socket.

It can do what a real desk hardly does on demand: answer 500, lose answers, drop, double and reorder frames. The two-way
story runs against the real one (tests/scenarios); what the API and the socket say is docs/api.md.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

from tests.browser.fake_answers import FakeAnswers, now, refusal
from tests.support.browser import PIXEL


@dataclass
class Fault:
    """What happens to the next `times` requests that match: a status, or the answer is lost after the work is done."""

    method: str
    path: str
    status: int = 0
    lost: bool = False
    times: int = 1
    body: dict[str, Any] = field(default_factory=dict)


class FakeDesk(FakeAnswers):
    """One person's view of a desk. `requests` holds every call as (method, path, body)."""

    def __init__(self, me: dict[str, Any] | None = None, language: str = "en") -> None:
        super().__init__(me, language)
        self.requests: list[tuple[str, str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.sockets: list[WebSocketRoute] = []
        self.muted: list[WebSocketRoute] = []
        self.followed: dict[WebSocketRoute, set[str]] = {}  # the tickets that each socket follows
        self.takes_sockets = True  # else each ends at once
        self.resumes = True  # whether `subscribe` is answered
        self.is_whole = True  # whether `catch_up` is answered with all that was missed
        self.faults: list[Fault] = []
        self.refused_tokens: set[str] = set()

    def fail(self, method: str, path: str, status: int = 0, *, times: int = 1, lost: bool = False, **body: Any) -> None:
        """Status 0: the request does not arrive. `lost`: it does, but its answer never comes back."""
        self.faults.append(Fault(method, path, status, lost, times, body))

    def send(self, frame: dict[str, Any]) -> None:
        for socket in self.sockets:
            self._push(socket, frame)

    def _push(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        socket.send(json.dumps(self.seen(frame)))

    def tell(self, event: dict[str, Any]) -> None:
        for socket in self.sockets:
            if event["ticket"] in self.followed[socket]:
                self._push(socket, event)

    def mute_sockets(self) -> None:
        """Their way is dead, and nobody says so: they neither end nor answer."""
        self.muted += self.sockets
        self.sockets = []

    def drop_sockets(self) -> None:
        for socket in self.sockets:
            socket.close(code=1012)
        self.sockets = []

    def calls(self, method: str, path: str) -> list[Any]:
        """The bodies of all requests to a path (a regular expression)."""
        return [body for verb, where, body in self.requests if verb == method and re.fullmatch(path, where)]

    def serve(self, context: BrowserContext | Page) -> None:
        context.route(re.compile(r"/api/v1/"), self._on_request)
        context.route_web_socket(re.compile(r"/ws/"), self._on_socket)

    def _on_socket(self, socket: WebSocketRoute) -> None:
        if not self.takes_sockets:
            socket.close(code=1012)
            return
        self.sockets.append(socket)
        self.followed[socket] = set()
        socket.on_message(lambda text: self._on_frame(socket, json.loads(text)))
        socket.on_close(lambda _code, _reason: self.sockets.remove(socket) if socket in self.sockets else None)

    def _on_frame(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if socket in self.muted:
            return
        self.frames.append(frame)
        if frame["type"] == "unsubscribe":
            self.followed[socket].discard(frame["ticket"])
        elif frame["type"] == "subscribe":
            self.followed[socket].add(frame["ticket"])
            if not self.resumes:
                return
            log, after = self.log[frame["ticket"]], frame.get("after")
            events = [event for event in log if after is not None and event["sequence"] > after]
            answer = {"type": "resumed", "ticket": frame["ticket"], "sequence": len(log), "data": {"events": events}}
            self._push(socket, answer)
        elif frame["type"] == "catch_up":
            self._catch_up(socket, frame.get("since"))
        elif frame["type"] == "ping":
            data = {"server_time": now(), "tickets": {}, "version": self.version}
            self._push(socket, {"type": "heartbeat", "data": data})

    def _catch_up(self, socket: WebSocketRoute, since: str | None) -> None:
        """What has changed since the sign-in, or since this was asked last, then how the person stands."""
        missed = self.missed_since(since) if self.is_whole and since else None
        team = (self.me.get("team") or {}).get("id")
        data = {"server_time": self.note_told(), "role": self.me["role"], "team": team}
        end = {"type": "caught_up", "data": {**data, "is_whole": missed is not None}}
        for frame in [*(missed or ()), end]:
            self._push(socket, frame)

    def _on_request(self, route: Route) -> None:
        request = route.request
        url = urlsplit(request.url)
        path, query = url.path.removeprefix("/api/v1/"), parse_qs(url.query)
        kind = request.headers.get("content-type", "")
        body = request.post_data_json if kind == "application/json" and request.post_data else None
        self.requests.append((request.method, path, body))
        fault = self._fault_for(request.method, path)
        if fault and not fault.lost:
            self._refuse(route, fault)
        elif path.startswith("files/") and request.method == "GET":
            self._serve_file(route, path, query.get("token", [""])[0])
        else:
            multipart = kind.startswith("multipart")
            status, answer = (
                self.store_file(request.post_data_buffer or b"")
                if multipart
                else self.answer(request.method, path, query, body)
            )
            if fault:
                route.abort("connectionfailed")
            else:
                route.fulfill(status=status, json=answer)

    def _fault_for(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.times > 0 and re.fullmatch(fault.path, path):
                fault.times -= 1
                return fault
        return None

    def _refuse(self, route: Route, fault: Fault) -> None:
        if fault.status == 0:
            route.abort("connectionfailed")
        else:
            error = {"code": "unexpected", "message": "", "fields": {}, "data": {}, **fault.body}
            route.fulfill(status=fault.status, json={"error": error})

    def _serve_file(self, route: Route, path: str, token: str) -> None:
        content_type, body = self.contents.get(path.split("/")[1], ("image/png", PIXEL))
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", route.request.headers.get("range", ""))
        if token in self.refused_tokens:
            route.fulfill(status=401, json=refusal("token_expired"))
        elif asked:
            begin, end = int(asked[1]), min(int(asked[2] or len(body) - 1), len(body) - 1)
            headers = {"Content-Range": f"bytes {begin}-{end}/{len(body)}", "Accept-Ranges": "bytes"}
            route.fulfill(status=206, content_type=content_type, headers=headers, body=body[begin : end + 1])
        else:
            route.fulfill(status=200, content_type=content_type, body=body)
