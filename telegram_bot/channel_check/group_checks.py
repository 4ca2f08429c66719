"""The checks of the staff's group."""

from telegram_bot.channel_check.facts import Facts, StaffChat
from telegram_bot.channel_check.findings import Finding
from telegram_bot.channel_check.judging import Check, answering, find


def _staff(facts: Facts) -> StaffChat | None:
    telegram = answering(facts)
    return telegram.staff if telegram is not None else None


def _is_group(staff: StaffChat) -> bool:
    """Whether it is none of Telegram's other kinds of chats: private, channel (Bot API, Chat.type)."""
    return staff.chat is None or staff.chat.get("type") in ("group", "supergroup")


def check_staff_group(facts: Facts) -> Finding | None:
    staff = _staff(facts)
    if staff is None:
        return None
    if not _is_group(staff):
        return find("staff_kind", is_right=False, chat=facts.setup.staff_chat_id)
    is_inside = staff.member is not None and staff.member.get("status") not in ("left", "kicked")
    return find("staff_group", staff.chat is not None and is_inside, chat=facts.setup.staff_chat_id)


def check_staff_forum(facts: Facts) -> Finding | None:
    staff = _staff(facts)
    if staff is None or staff.chat is None or not _is_group(staff):
        return None
    return find("staff_forum", bool(staff.chat.get("is_forum")))


def check_staff_admin(facts: Facts) -> Finding | None:
    staff = _staff(facts)
    if (
        staff is None
        or staff.member is None
        or staff.member.get("status") in ("left", "kicked")
        or not _is_group(staff)
    ):
        return None
    return find("staff_admin", staff.member.get("status") == "administrator")


def check_staff_topics(facts: Facts) -> Finding | None:
    return _find_right(facts, "staff_topics", "can_manage_topics")


def check_staff_removal(facts: Facts) -> Finding | None:
    return _find_right(facts, "staff_removal", "can_delete_messages")


def _find_right(facts: Facts, code: str, right: str) -> Finding | None:
    """right: the Bot API's name of what an administrator may (ChatMemberAdministrator)."""
    staff = _staff(facts)
    if staff is None or staff.member is None or staff.member.get("status") != "administrator":
        return None
    return find(code, bool(staff.member.get(right)))


def check_staff_waiting(facts: Facts) -> Finding | None:
    if facts.setup.staff_chat_id is None:
        return None
    count = facts.desk.group_calls_waiting
    return find("staff_waiting", not count, count=count)


def check_staff_removals_waiting(facts: Facts) -> Finding | None:
    if facts.setup.staff_chat_id is None:
        return None
    count = facts.desk.removals_waiting
    return find("staff_removals_waiting", not count, count=count)


GROUP_CHECKS: tuple[Check, ...] = (
    check_staff_group,
    check_staff_forum,
    check_staff_admin,
    check_staff_topics,
    check_staff_removal,
    check_staff_waiting,
    check_staff_removals_waiting,
)
