"""Refusals in the Bot API's own words."""

from typing import Any


class BotApiError(Exception):
    """Becomes `{"ok": false, "error_code": ..., "description": ..., "parameters": {...}}`."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}


def bad_request(text: str, **parameters: Any) -> BotApiError:
    return BotApiError(400, f"Bad Request: {text}", parameters)


def forbidden(text: str) -> BotApiError:
    return BotApiError(403, f"Forbidden: {text}")


def too_many_requests(retry_after: int) -> BotApiError:
    """`retry_after` is in whole seconds; it is also sent as the HTTP header `Retry-After`."""
    return BotApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


class ControlError(Exception):
    """A wrong request to the control API; becomes `{"error": ...}` with the status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
