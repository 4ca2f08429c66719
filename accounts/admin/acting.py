"""How a page of the back office makes a change: through a service, whose refusals it shows."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.errors import HelpDeskError
from accounts.transactions import run_unit


def attempt(request: HttpRequest, change: Callable[[], object], *, about: object = "") -> bool:
    """Make one change; where a service refuses it, say why on the next page. True where it was made.

    about: what the refusal is of, where one click asks for several changes.
    """
    try:
        run_unit(change)
    except HelpDeskError as error:
        messages.error(request, f"{about}: {error}" if about else str(error))
        return False
    return True


def attempt_form(form: BaseForm, change: Callable[[], object]) -> bool:
    """Make the change that a valid form asks for; where a service refuses it, the form says why, beside its field."""
    try:
        run_unit(change)
    except HelpDeskError as error:
        for name, texts in error.fields.items():
            form.add_error(name if name in form.fields else None, [str(text) for text in texts])
        if not error.fields:
            form.add_error(None, str(error))
        return False
    return True
