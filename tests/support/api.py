"""The REST API in a test: a client that is signed in, as JSON."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.services.sessions import start_session


class Api:
    """Requests of one person (or of nobody). Answers come as (status, body)."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {start_session(user).access}"} if user else {}

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        return _parse(self.client.get(f"/api/v1/{path}", query, headers=self.headers))

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return _parse(
            self.client.generic(
                method, f"/api/v1/{path}", _encode(body), content_type="application/json", headers=self.headers
            )
        )

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        return self.send("POST", path, body)

    def patch(self, path: str, **body: Any) -> tuple[int, Any]:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> tuple[int, Any]:
        return self.send("DELETE", path)

    def upload(self, file: Any, **fields: Any) -> tuple[int, Any]:
        return _parse(self.client.post("/api/v1/files/", {"file": file, **fields}, headers=self.headers))


def _encode(body: Any) -> bytes:
    import orjson

    return body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)


def _parse(response: Any) -> tuple[int, Any]:
    answer: HttpResponse = response
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return answer.status_code, response.json() if is_json and answer.content else None
