"""What becomes of an answer afterwards, as calls of the Bot API: edits, another file, removal, the desk's reaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from telegram_bot.answering.answers import (
    answer_parts,
    calls_of,
    draft_words,
    files_of,
    free_parts,
    lock_calls,
    part_of,
    parts_of,
)
from telegram_bot.answering.captions import own_caption
from telegram_bot.answering.file_messages import EXCHANGE_METHOD, FILE_PARTS, file_method
from telegram_bot.models import CallState, MessageLink, OutgoingCall
from telegram_bot.outbox import CallDraft
from telegram_bot.outcomes.reporting import report_message
from telegram_bot.outcomes.retrying import make_again
from tickets.models import Attachment, Message
from tickets.selectors.conversation import list_files_of_place
from tickets.services.albums import items_of

_OF_THE_FORMER_FILE = ("@upload", "@document")  # what was learned from its refusal


def draft_edit(message: Message, *, chat_id: int, item: UUID | None = None) -> list[CallDraft]:
    """The text as it reads now, in place of the old: of the caption where it is one, and of each further piece.

    item: the file of an album whose caption it is; None: any may have changed.
    """
    calls = calls_of(message)
    if any("@captions" in call.params for call in calls):
        free = free_parts(calls)
        changed = [one.attachment for one in items_of(message) if item in (None, one.attachment)]
        return [edit for file in changed for edit in _edit_own_caption(message, file, calls, free, chat_id=chat_id)]
    header = next((call.params["@header"] for call in calls if "@header" in call.params), "")
    caption = next((call for call in calls if "@caption" in call.params), None)
    more = ({"@header": header} if header else {}) | ({"@caption": True} if caption else {})
    arrived = set(_links_of(message, chat_id).values_list("part", flat=True))
    last = max((part for part in arrived if part < FILE_PARTS), default=-1)
    sent = sum(call.method == "sendMessage" for call in calls)
    pieces = len(answer_parts(message, header, captioned=caption is not None))
    number = max(pieces, sent, last + 1)
    there = arrived | {part for call in calls if call.state != CallState.SENT for part in parts_of(call)}
    edits = []
    for part in range(1 if caption else 0, number):
        is_new = part < pieces and part not in there  # it has grown: a part of the answer as any other, and reported
        method, reported = ("sendMessage", message.pk) if is_new else ("editMessageText", None)
        edits.append(CallDraft(method=method, params=part_of(message, part) | more, queue=chat_id, message=reported))
    if caption is not None:
        params = part_of(message, caption.params["@part"]) | more
        edits.insert(0, CallDraft(method="editMessageCaption", params=params, queue=chat_id))
    return edits


def _edit_own_caption(
    message: Message, file: UUID, calls: list[OutgoingCall], free: Iterator[int], *, chat_id: int
) -> Iterator[CallDraft]:
    """A file that went out, or its former self, has its words below it; one that was refused has none."""
    place = _find_sent(message, file, calls)
    if place is not None:
        params = part_of(message, place.part) | {"@attachment": str(file), **place.marks}
        yield CallDraft(method="editMessageCaption", params=params, queue=chat_id)
        pieces = own_caption(message, file, place.marks.get("@header", ""))
        yield from draft_words(message, pieces[1:], free, chat_id=chat_id)


@dataclass(frozen=True)
class _Place:
    """Where a file of a message went, and how its words are made."""

    part: int
    marks: dict[str, Any]


def _find_sent(message: Message, file: UUID, calls: list[OutgoingCall]) -> _Place | None:
    """By the file itself, or by one that an edit put it in the place of."""
    attachment = message.attachments.filter(pk=file).first()
    names = {str(one.pk) for one in list_files_of_place(attachment)} if attachment is not None else set()
    for call in calls:
        for number, (part, sent) in enumerate(files_of(call)):
            if sent in names:
                marks = ("@captions",) if number else ("@captions", "@caption", "@header")
                return _Place(part, {name: call.params[name] for name in marks if name in call.params})
    return None


def draft_exchange(message: Message, file_id: UUID, *, chat_id: int) -> list[CallDraft]:
    """Another file in the place of the one that went out, or in the call that still owes that; else by itself."""
    attachment = message.attachments.filter(pk=file_id).first()
    if attachment is None:  # another one has come meanwhile
        return []
    calls = lock_calls(message)
    if _exchange_in_calls(message, attachment, calls):
        return []
    place = _find_sent(message, file_id, calls)
    if place is None:
        late = part_of(message, FILE_PARTS) | {"@attachment": str(file_id)}
        return [CallDraft(method=file_method(attachment), params=late, queue=chat_id, message=message.pk)]
    params = part_of(message, place.part) | {"@attachment": str(file_id), **place.marks}
    return [CallDraft(method=EXCHANGE_METHOD, params=params, queue=chat_id)]


def _exchange_in_calls(message: Message, attachment: Attachment, calls: list[OutgoingCall]) -> bool:
    """Whether a call that waits, or failed, was to bring the former file: it brings this one, and is made again."""
    names = {str(one.pk) for one in list_files_of_place(attachment)}
    call = next((call for call in reversed(calls) if names & {file for _part, file in files_of(call)}), None)
    if call is None or call.state in (CallState.SENT, CallState.SENDING):
        return False
    if "@items" in call.params:
        call.params["@items"] = [[part, str(attachment.pk) if file in names else file] for part, file in files_of(call)]
    else:
        call.params["@attachment"], call.method = str(attachment.pk), file_method(attachment)
    for mark in _OF_THE_FORMER_FILE:
        call.params.pop(mark, None)
    call.save(update_fields=["params", "method"])
    if call.state == CallState.FAILED:
        make_again(call)
        transaction.on_commit(partial(report_message, message.pk), robust=True)
    return True


def draft_removal(message: Message, *, chat_id: int) -> list[CallDraft]:
    """Takes back every part that went out, or may still do so."""
    parts = set(_links_of(message, chat_id).values_list("part", flat=True))
    for call in calls_of(message):
        parts |= parts_of(call)
    return [CallDraft(method="deleteMessage", params=part_of(message, part), queue=chat_id) for part in sorted(parts)]


def _links_of(message: Message, chat_id: int) -> "QuerySet[MessageLink]":
    """Where its parts went in this chat: staff may have a copy in theirs."""
    return MessageLink.objects.filter(message=message.pk, chat_id=chat_id)


def draft_reaction(message: Message, *, chat_id: int) -> CallDraft:
    """The desk's reaction to a message, as it is when this is sent."""
    params = {"@message": str(message.pk), "@reaction": True}
    return CallDraft(method="setMessageReaction", params=params, queue=chat_id, coalesce_key=f"reaction:{message.pk}")
