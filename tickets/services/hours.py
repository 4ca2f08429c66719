"""Changing the desk's working hours."""

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_line
from tickets.models import SpecialDay, WorkingTime


@transaction.atomic
def save_working_time(*, actor: Actor, row: WorkingTime) -> WorkingTime:
    """Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.SET_HOURS)
    check_span(row.opens, row.closes)
    row.save()
    return row


@transaction.atomic
def save_special_day(*, actor: Actor, row: SpecialDay) -> SpecialDay:
    """Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.SET_HOURS)
    row.name = clean_line(row.name, field="name", limit=80) if row.name.strip() else ""
    check_span(row.opens, row.closes)
    check_date(row.date, row.pk)
    row.save()
    return row


@transaction.atomic
def remove_hours(*, actor: Actor, row: WorkingTime | SpecialDay) -> None:
    require(actor, Capability.SET_HOURS)
    row.delete()


def check_span(opens: time | None, closes: time | None) -> None:
    """Raises InvalidInput. Both empty is a closed day."""
    if (opens is None) != (closes is None):
        raise InvalidInput.of("closes", _("Give both times, or neither."))
    if opens is not None and closes is not None and closes != time() and closes <= opens:
        raise InvalidInput.of("closes", _("It must end after it begins."))


def check_date(day: date, own: int | None) -> None:
    """Raises InvalidInput."""
    same = SpecialDay.objects.filter(date=day)
    if (same.exclude(pk=own) if own is not None else same).exists():
        raise InvalidInput.of("date", _("This day is there already."))
