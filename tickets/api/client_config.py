"""What a client has to know of the desk before it can show anything. Apps above put in what only they know."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from accounts.actors import Actor
from tickets.file_types import SIZE_LIMIT
from tickets.representations.audiences import Audience
from tickets.representations.categories import represent_category
from tickets.selectors.categories import list_categories
from tickets.selectors.hours import expect_answer
from tickets.services.drafts import FILES_LIMIT, SUBJECT_LIMIT, TEXT_LIMIT

_additions: dict[str, Callable[[], Any]] = {}


def add_to_client_config(name: str, read: Callable[[], Any]) -> None:
    """`read()` is asked at every sign-in."""
    _additions[name] = read


def build_client_config(actor: Actor) -> dict[str, Any]:
    return {
        "version": settings.VERSION,
        "categories": [represent_category(category, Audience.of(actor)) for category in list_categories()],
        "limits": {
            "text": TEXT_LIMIT,
            "subject": SUBJECT_LIMIT,
            "files_per_message": FILES_LIMIT,
            "file_size": SIZE_LIMIT,
        },
        "expected_answer": _expected_answer(),
        **{name: read() for name, read in _additions.items()},
    }


def _expected_answer() -> dict[str, Any]:
    expected = expect_answer()
    within = int(expected.within.total_seconds()) if expected.within is not None else None
    turns = {name: getattr(expected, name) for name in ("opens_at", "closes_at", "reopens_at")}
    return {"open": expected.is_open, **turns, "within": within}
