"""The root of all domain errors. Each edge turns them into its own form in one place.

`code` is stable (docs/api.md lists all of them), `status` is the HTTP status that REST answers, `message` is a
sentence in the reader's language, `fields` says what is wrong with which input, `data` helps a program go on.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class HelpDeskError(Exception):
    """Something that a person or a client did cannot be done, and why."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    text: ClassVar[Text] = _("This cannot be done.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        fields: Mapping[str, Sequence[Text]] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.message: Text = message or self.text
        self.fields = dict(fields or {})
        self.data = dict(data or {})
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(HelpDeskError):
    code = "invalid_input"
    text = _("Some of what you sent cannot be used.")

    @classmethod
    def of(cls, field: str, message: Text) -> "InvalidInput":
        return cls(fields={field: [message]})

    def __str__(self) -> str:
        return " ".join(str(text) for texts in self.fields.values() for text in texts) or str(self.message)


class Unauthenticated(HelpDeskError):
    code = "unauthenticated"
    status = 401
    text = _("Sign in first.")


class PermissionDenied(HelpDeskError):
    code = "permission_denied"
    status = 403
    text = _("Your role does not allow this.")


class NotFound(HelpDeskError):
    """Also the answer for what exists but may not be seen: the two must not be told apart."""

    code = "not_found"
    status = 404
    text = _("There is nothing here, or you may not see it.")


class Conflict(HelpDeskError):
    code = "conflict"
    status = 409
    text = _("Somebody else changed this meanwhile.")


class KeyReused(Conflict):
    """A client's key came a second time with another content, or belongs to somebody else."""

    code = "key_reused"
    text = _("This key was already used for something else.")


class RateLimited(HelpDeskError):
    code = "rate_limited"
    status = 429
    text = _("Too many requests. Wait a little.")

    def __init__(self, retry_after: float) -> None:
        """retry_after: seconds until the next try can succeed."""
        self.retry_after = retry_after
        super().__init__(data={"retry_after": round(retry_after, 1)})


class Unavailable(HelpDeskError):
    code = "unavailable"
    status = 503
    text = _("The desk cannot answer right now. Try again in a moment.")
