"""Commands of managers and administrators: who works here, and how the desk is doing."""

from datetime import timedelta

from django.utils import timezone

from accounts import clock
from accounts.errors import NotFound
from accounts.models import Role
from accounts.permissions import Capability, require
from accounts.selectors.people import find_by_telegram_id, list_people
from accounts.services.people import set_role
from telegram_bot.channel_check.findings import Level
from telegram_bot.channel_check.looking import recall_findings
from telegram_bot.customer_chat.menus import keep_commands_current_of
from telegram_bot.documents.work_chart import owe_chart, say_wait
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import send_notice
from telegram_bot.traffic import read_traffic
from tickets.selectors.desk import read_queues, read_reactions, read_work

_LIST_LENGTH = 40


def show_stats(incoming: Incoming, _argument: str) -> Outcome:
    """Today and seven days with it, by the desk's own clock (TIME_ZONE); two weeks as a picture."""
    require(incoming.actor, Capability.SEE_STATISTICS)
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [
        (work, say_wait(work.first_answer) if work.first_answer is not None else "")
        for work in (read_work(incoming.actor, since=since) for since in (today, today - timedelta(days=6)))
    ]
    send_notice(incoming.chat_id, "stats", today=spans[0], week=spans[1], queues=read_queues(incoming.actor))
    owe_chart(incoming.actor, incoming.chat_id)
    return Outcome.ANSWERED


def change_role(incoming: Incoming, argument: str) -> Outcome:
    """`/role 12345 agent`. A person is named by the Telegram id only: usernames change hands."""
    require(incoming.actor, Capability.MANAGE_PEOPLE)
    number, _blank, word = argument.partition(" ")
    role = next((role for role in Role if word.strip().lower() in (role.value, str(role.label).lower())), None)
    if not (number.isascii() and number.isdecimal() and len(number) <= 16) or role is None:
        return _list_staff(incoming)
    person = find_by_telegram_id(int(number))
    if person is None:
        raise NotFound
    before = person.role
    person = set_role(actor=incoming.actor, user_id=person.pk, role=role)
    send_notice(incoming.chat_id, "role_changed", person=person)
    if person.role != before:
        keep_commands_current_of(person, notice="role_given")
    return Outcome.ANSWERED


def _list_staff(incoming: Incoming) -> Outcome:
    staff = [person for person in list_people(lowest_role=Role.AGENT)[:_LIST_LENGTH] if person.is_active]
    send_notice(incoming.chat_id, "staff_list", staff=staff, roles=list(Role))
    return Outcome.ANSWERED


def show_health(incoming: Incoming, _argument: str) -> Outcome:
    """That this is answered at all says that the bot and the database work."""
    require(incoming.actor, Capability.RUN_THE_DESK)
    send_notice(
        incoming.chat_id,
        "health",
        faults=[finding for finding in recall_findings() if finding.level is Level.FAULT],
        traffic=read_traffic(),
        reactions=read_reactions(),
        queues=read_queues(incoming.actor),
    )
    return Outcome.ANSWERED
