"""What the back office's first page says of the desk: a light for each thing that can go wrong, and what went on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts import clock
from accounts.admin.reading import admin_actor
from accounts.models import Role, User
from config.browser_errors import read_browser_errors
from config.periodic_tasks import find_last_run, find_schedule_age
from telegram_bot.connections import count_waiting_accounts
from telegram_bot.models import CallState
from telegram_bot.traffic import read_traffic
from tickets.events.descriptions import describe_events
from tickets.models import TicketStatus
from tickets.selectors.desk import read_queues, read_reactions
from tickets.selectors.timeline import list_latest_events

_LATE = timedelta(minutes=5)  # nothing of the desk's own work waits as long where all is well
_LONG_WAIT = timedelta(hours=4)  # of a customer for somebody to take their ticket
_LATEST_EVENTS = 12


@dataclass(frozen=True, kw_only=True)
class Light:
    """One figure. note: what it means now. is_trouble: somebody should look."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    is_trouble: bool = False


@dataclass(frozen=True)
class Panel:
    title: str
    lights: list[Light]


def describe_desk(request: HttpRequest) -> dict[str, Any]:
    """The context of the first page, as far as this person may know."""
    panels = [_tickets(request), _reactions()]
    if cast(User, request.user).has_perm("telegram_bot.view_update"):
        panels.append(_telegram())
    if admin_actor(request).has_role(Role.ADMIN):
        panels.append(_browsers())
    latest = describe_events(list_latest_events(admin_actor(request), limit=_LATEST_EVENTS))
    return {"panels": panels, "latest_events": latest}


def _tickets(request: HttpRequest) -> Panel:
    queues = read_queues(admin_actor(request))
    page = reverse("admin:tickets_ticket_changelist")
    lights = [
        Light(
            label=_("Nobody has them"),
            value=str(queues.unassigned),
            url=f"{page}?agent=nobody&status__in=new%2Copen",
            note=_("the first for %(age)s") % {"age": timesince(queues.waiting_since)} if queues.waiting_since else "",
            is_trouble=_is_older(queues.waiting_since, _LONG_WAIT),
        )
    ]
    lights += [
        Light(label=str(status.label), value=str(queues.by_status.get(status, 0)), url=f"{page}?status__exact={status}")
        for status in (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.RESOLVED)
    ]
    return Panel(_("Tickets"), lights)


def _reactions() -> Panel:
    reactions = read_reactions()
    page = reverse("admin:tickets_eventdelivery_changelist")
    last_run, age = find_last_run(), find_schedule_age()
    is_new = last_run is None and age is not None and age < _LATE  # beat writes down its runs every few minutes
    never = _("not yet") if is_new else _("never")
    return Panel(
        _("Background work"),
        [
            Light(
                label=_("Reactions due"),
                value=str(reactions.due),
                url=f"{page}?state__exact=pending",
                note=_waiting(reactions.due_since),
                is_trouble=_is_older(reactions.due_since, _LATE),
            ),
            Light(
                label=_("Given up"),
                value=str(reactions.dead),
                url=f"{page}?state__exact=dead",
                is_trouble=reactions.dead > 0,
            ),
            Light(
                label=_("Schedule last ran"),
                value=_("%(age)s ago") % {"age": timesince(last_run)} if last_run else never,
                note="" if last_run or is_new else _("Is the beat process running?"),
                is_trouble=not is_new and (last_run is None or _is_older(last_run, _LATE)),
            ),
        ],
    )


def _telegram() -> Panel:
    traffic = read_traffic()
    inbox, outbox = (reverse(f"admin:telegram_bot_{name}_changelist") for name in ("update", "outgoingcall"))
    failed, held = (traffic.outgoing.get(state, 0) for state in (CallState.FAILED, CallState.HOLD))
    return Panel(
        _("Telegram"),
        [
            Light(
                label=_("Bot"),
                value=_("works") if traffic.is_served else _("stands still"),
                url=reverse("admin:telegram_bot_botlease_changelist"),
                note=traffic.channel_error or ("" if traffic.is_served else _("No run_bot works for this bot.")),
                is_trouble=not traffic.is_served or bool(traffic.channel_error),
            ),
            Light(
                label=_("Inbox waits"),
                value=str(traffic.incoming),
                url=f"{inbox}?state__exact=received",
                note=_waiting(traffic.incoming_since),
                is_trouble=_is_older(traffic.incoming_since, _LATE),
            ),
            Light(
                label=_("Inbox given up"),
                value=str(traffic.incoming_dead),
                url=f"{inbox}?state__exact=dead",
                is_trouble=traffic.incoming_dead > 0,
            ),
            Light(
                label=_("Outbox waits"),
                value=str(traffic.outgoing_waiting),
                url=f"{outbox}?state__exact=pending",
                note=_waiting(traffic.outgoing_since),
                is_trouble=_is_older(traffic.outgoing_since, _LATE),
            ),
            Light(label=_("Not delivered"), value=str(failed), url=f"{outbox}?state__exact=failed"),
            Light(label=_("On hold"), value=str(held), url=f"{outbox}?state__exact=hold", is_trouble=held > 0),
            *_accounts_to_approve(),
        ],
    )


def _accounts_to_approve() -> list[Light]:
    """Only where somebody has connected one."""
    waiting = count_waiting_accounts()
    page = reverse("admin:telegram_bot_businessconnection_changelist")
    url = f"{page}?approval__exact=waiting&is_enabled__exact=1"
    label = _("Accounts to approve")
    return [Light(label=label, value=str(waiting), url=url, is_trouble=True)] if waiting else []


def _browsers() -> Panel:
    told = read_browser_errors()
    return Panel(
        _("Mini App"),
        [
            Light(
                label=_("Errors in browsers, 24 hours"),
                value=str(told.count) if told else "?",
                note=(", ".join(told.names) if told else _("Redis does not answer.")),
                is_trouble=told is None or told.count > 0,
            )
        ],
    )


def _waiting(since: datetime | None) -> str:
    return _("the first for %(age)s") % {"age": timesince(since)} if since else ""


def _is_older(moment: datetime | None, limit: timedelta) -> bool:
    return moment is not None and clock.now() - moment > limit
