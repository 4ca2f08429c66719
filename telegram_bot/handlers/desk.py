"""Commands of managers and administrators: who works here, and how the desk is doing."""

from accounts.errors import NotFound
from accounts.models import Role
from accounts.permissions import Capability, require
from accounts.selectors.people import find_by_telegram_id, list_people
from accounts.services.people import set_role
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.menus import keep_commands_current_of
from telegram_bot.notices import send_notice
from telegram_bot.traffic import read_traffic
from tickets.selectors.desk import read_queues, read_reactions

_LIST_LENGTH = 40


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
        traffic=read_traffic(),
        reactions=read_reactions(),
        queues=read_queues(incoming.actor),
    )
    return Outcome.ANSWERED
