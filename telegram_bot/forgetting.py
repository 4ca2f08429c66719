"""Erasing what the bot's own tables hold of a person whose data was erased.

The announcement is only a hint: the chats that such a person still has are what is owed, and housekeeping asks for
them every few seconds. Handled updates are emptied, not removed: their hashes still refuse what Telegram repeats.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet

from accounts.models import Role
from telegram_bot.incoming import Outcome
from telegram_bot.models import (
    CallState,
    Chat,
    MessageLink,
    OutgoingCall,
    TelegramFile,
    TicketCard,
    TicketTopic,
    Update,
    UpdateState,
)
from telegram_bot.models.outgoing_call import FAREWELL
from telegram_bot.staff_group.removal import remove_from_group
from tickets.selectors.customers import Traces, list_traces

_AT_ONCE = 500
_SLICE = 50_000  # calls that one statement looks through


def on_person_erased(*, user: UUID, **_ids: object) -> None:
    """Listener of the announcement `person_erased`."""
    forget_person(user)


def forget_erased_people() -> int:
    """What a lost announcement left, and goodbyes that have gone out; returns how many people."""
    OutgoingCall.objects.filter(
        coalesce_key__startswith=FAREWELL, state__in=(CallState.SENT, CallState.FAILED)
    ).delete()
    people = Chat.objects.filter(person__erased_at__isnull=False).order_by().values_list("person", flat=True)
    owed = [person for person in people.distinct()[:20] if person is not None]
    for person in owed:
        forget_person(person)
    return len(owed)


@transaction.atomic
def forget_person(person_id: UUID) -> None:
    """Idempotent: the chats go last, and without chats there is nothing but what the staff's group was told."""
    chats = set(Chat.objects.filter(person=person_id).values_list("telegram_id", flat=True))
    traces = list_traces(person_id)
    if chats:
        _forget_chats(chats, traces)
    remove_from_group(traces.tickets)
    Chat.objects.filter(person=person_id).delete()


def _forget_chats(chats: set[int], traces: Traces) -> None:
    own = Update.objects.filter(queue__in=chats)
    own.filter(state=UpdateState.HELD).delete()  # they wait for a choice that nobody will make
    _empty(own.exclude(state=UpdateState.RECEIVED))  # what has come since begins anew
    for queue, ids in _told_to_staff(traces):
        _empty(Update.objects.filter(queue=queue, pk__in=ids))
    OutgoingCall.objects.filter(queue__in=chats).delete()
    outside = OutgoingCall.objects.filter(Q(params__scope__chat_id__in=chats) | Q(params__chat_id__in=chats))
    outside.exclude(coalesce_key__startswith=FAREWELL).delete()  # commands and menu buttons
    _delete_by_slices(_is_about(traces))
    TelegramFile.objects.filter(attachment__in=traces.files).delete()
    MessageLink.objects.filter(chat_id__in=chats).delete()
    TicketCard.objects.filter(chat_id__in=chats).delete()
    TicketTopic.objects.filter(chat_id__in=chats).delete()  # their names are subjects


def _empty(updates: "QuerySet[Update]") -> None:
    updates.update(raw=b"", last_error="", outcome=Outcome.ERASED.value, state=UpdateState.DONE, queue=0)


def _delete_by_slices(about: Q) -> None:
    """No index finds what calls say of a ticket, and to look for hundreds of numbers takes a millisecond for thirty
    calls: all in one statement, that would run into the database's limit on statements where the outbox is large."""
    ends = OutgoingCall.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    for start in range(ends["first"], ends["last"] + 1, _SLICE):
        OutgoingCall.objects.filter(about, pk__gte=start, pk__lt=start + _SLICE).delete()


def _is_about(traces: Traces) -> Q:
    """Notices to staff and what was sent for the tickets: by reference, and by the number where a list names it."""
    about = Q(params__has_key="@attachment", **{"params__@attachment__in": [str(pk) for pk in traces.files]})
    about |= Q(message__in=traces.messages)
    for name, ids in (("@ticket", traces.tickets), ("@message", traces.messages)):
        about |= Q(**{f"params__{name}__in": [str(pk) for pk in ids]})
    return about | Q(params__text__regex=_marks(traces)) if traces.numbers else about


def _marks(traces: Traces) -> str:
    """A pattern, of PostgreSQL and of Python alike, for the tickets' numbers as people read them."""
    return rf"[#№][ \u00a0]?({'|'.join(map(str, traces.numbers))})([^0-9]|$)"


def _told_to_staff(traces: Traces) -> Iterator[tuple[int, list[int]]]:
    """Updates of staff that repeat what was written about the tickets: answers, presses below notices, lists."""
    if not traces.numbers:
        return
    staff = Chat.objects.exclude(person__role=Role.CUSTOMER)  # their group too
    marks = re.compile(_marks(traces))
    for queue in list(staff.values_list("telegram_id", flat=True)):
        links = MessageLink.objects.filter(
            Q(ticket__in=traces.tickets) | Q(message__in=traces.messages), chat_id=queue
        ).values_list("telegram_message_id", flat=True)
        linked = set(links)
        handled = Update.objects.filter(queue=queue).exclude(state=UpdateState.RECEIVED)
        updates = handled.exclude(raw=b"").order_by("id").values_list("pk", "raw")
        found = [pk for pk, raw in updates.iterator(_AT_ONCE) if _repeats(bytes(raw), linked, marks)]
        if found:
            yield queue, found


def _repeats(raw: bytes, linked: set[int], marks: re.Pattern[str]) -> bool:
    try:
        body = json.loads(raw.decode("utf-8", "surrogateescape"))
    except ValueError:
        return False
    return any(
        (name == "message_id" and value in linked) or (isinstance(value, str) and marks.search(value) is not None)
        for name, value in _leaves(body)
    )


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, name)
    else:
        yield name, value
