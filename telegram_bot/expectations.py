"""When an answer may be expected, in words of the active language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from telegram_bot.models import TextKey
from telegram_bot.wording import find_words
from tickets.selectors.hours import Expectation, expect_answer


def say_expectation(expectation: Expectation | None = None) -> str:
    """Nothing where nothing honest can be said."""
    expected = expectation or expect_answer()
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
    if minutes >= 1440:
        days = minutes // 1440
        return ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _say_moment(at: datetime) -> str:
    zone = ZoneInfo(settings.TIME_ZONE)
    local, today = at.astimezone(zone), clock.now().astimezone(zone).date()
    time = formats.date_format(local, "H:i")
    days = (local.date() - today).days
    if days == 0:
        return _("today at %(time)s") % {"time": time}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": time}
    return _("on %(date)s at %(time)s") % {"date": formats.date_format(local, "j E"), "time": time}
