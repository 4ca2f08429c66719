"""When an answer may be expected, in words of the active language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from accounts import clock
from telegram_bot.models import TextKey
from telegram_bot.speech.wording import find_words
from tickets.selectors.hours import Expectation, expect_answer


def say_expectation(expectation: Expectation | None = None, *, since: datetime | None = None) -> str:
    """Nothing where nothing honest can be said. since: when the customer wrote, if that was not just now."""
    expected = expectation or expect_answer(since=since)
    within = _say_time(expected.within) if expected.within is not None else ""
    if expected.is_open:
        return _("We usually answer within %(time)s.") % {"time": within} if within else ""
    if expected.opens_at is None:
        return _("We are closed at the moment. Your message is kept, and we answer as soon as we are back.")
    when = _say_moment(expected.opens_at)
    own = find_words(TextKey.OUT_OF_HOURS, when=when)
    opens = own or _("We are closed at the moment and back %(when)s.") % {"when": when}
    if not within:
        return opens
    return opens + " " + _("From then on we usually answer within %(time)s.") % {"time": within}


def _say_time(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes > 1440:
        days = minutes // 1440
        return npgettext("within", "%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _say_moment(at: datetime) -> str:
    """By the desk's clock, whose zone is named, with the date: a card is read days later and far away."""
    zone = ZoneInfo(settings.TIME_ZONE)
    local, today = at.astimezone(zone), clock.now().astimezone(zone).date()
    said = {"date": formats.date_format(local, "j E"), "time": f"{formats.date_format(local, 'H:i')} ({_zone(local)})"}
    days = (local.date() - today).days
    if days == 0:
        return _("today, %(date)s, at %(time)s") % said
    if days == 1:
        return _("tomorrow, %(date)s, at %(time)s") % said
    return _("on %(date)s at %(time)s") % said


def _zone(local: datetime) -> str:
    """As everybody can read it: "UTC+3", "UTC+5:30"."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "" if not minutes else f"{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"
    return f"UTC{sign}"
