"""What the owner of a company's own account changes there of an answer that the bot sent in its name.

It is a version of that answer, as the desk's own change is. What the desk changes comes back from Telegram in the same
way and is nothing new; words decide that, for Telegram itself adds formatting.
"""

from dataclasses import dataclass, replace
from typing import Any

import telegram
from django.db.models import QuerySet

from accounts.text_cleaning import utf16_length
from telegram_bot.answering.answers import answer_parts, calls_of, files_of
from telegram_bot.answering.file_messages import EXCHANGE_METHOD, FILE_PARTS
from telegram_bot.handlers.contents import Content, IncomingFile, read_content
from telegram_bot.handlers.incoming_files import is_known, message_key, reserve_file
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import MessageLink, OutgoingCall
from telegram_bot.models.outgoing_call import UNDONE
from tickets.models import Attachment, Message
from tickets.selectors.conversation import list_files_of_place
from tickets.services import conversation
from tickets.services.albums import AlbumItem, items_of, join_captions
from tickets.services.drafts import NewFile


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What a part of an answer says now. start: where its words begin in the answer's text; item: of an album."""

    words: str
    start: int
    file: Attachment | None = None
    item: AlbumItem | None = None


def receive_change(incoming: Incoming, message: telegram.Message, link: MessageLink, stored: Message) -> Outcome:
    """link: of the edited part of the answer `stored`. Raises what `tickets.services.conversation` raises."""
    content = read_content(message)
    place = _find_file_place(stored, link.part) if link.part >= FILE_PARTS else _find_piece(stored, link.part)
    if content is None or place is None:
        return Outcome.IGNORED
    file = _find_new_file(incoming, stored, place, content.file)
    text, entities = _put_in_place(stored, place, content)
    if file is None and (content.text == place.words.strip() or _is_overtaken(incoming, message, stored, text)):
        return Outcome.IGNORED
    new = _reserve(incoming, message, content, file) if file is not None else None
    answer: dict[str, Any] = {"actor": incoming.actor, "message_id": stored.pk, "file": new}
    if place.item is not None:
        answer["place"] = place.item.place
        conversation.edit_album_item(**answer, text=content.text, entities=content.entities)
    else:
        conversation.edit_message(**answer, text=text, entities=entities)
    return Outcome.MESSAGE_EDITED


# --- which part it is ---
def _find_piece(stored: Message, part: int) -> _Place | None:
    """A piece of its text. None: it has no such piece (any more), or is no text but written out."""
    end = 0
    for number, piece in enumerate(answer_parts(stored, "")):
        start = stored.text.find(piece.text, end)
        if start < 0:
            return None
        if number == part:
            return _Place(words=piece.text, start=start)
        end = start + len(piece.text)
    return None


def _find_file_place(stored: Message, part: int) -> _Place | None:
    """A file and the words below it."""
    for call in calls_of(stored):
        name = next((file for number, file in files_of(call) if number == part), None)
        if name is None:
            continue
        file = next((one for one in stored.attachments.all() if name in _names_of_place(one)), None)
        if "@captions" in call.params:
            item = next((one for one in items_of(stored) if file is not None and one.attachment == file.pk), None)
            return _Place(words=item.text, start=0, file=file, item=item) if item is not None else None
        if "@caption" in call.params and part == files_of(call)[0][0]:
            return _Place(words=stored.text, start=0, file=file)
        return _Place(words="", start=len(stored.text), file=file)
    return None


def _names_of_place(attachment: Attachment) -> set[str]:
    return {str(one.pk) for one in list_files_of_place(attachment)}


def _put_in_place(stored: Message, place: _Place, content: Content) -> tuple[str, list[dict[str, Any]]]:
    """The answer's whole text with these words in the place of the part's, and its formatting where it stands then."""
    if place.item is not None:
        new = replace(place.item, text=content.text, entities=content.entities)
        return join_captions([new if one.place == new.place else one for one in items_of(stored)])
    head, tail = stored.text[: place.start], stored.text[place.start + len(place.words) :]
    if head and content.text and not place.words:  # below a file that had no words
        head += "\n"
    begin, former = utf16_length(head), utf16_length(place.words)
    moved = utf16_length(content.text) - former
    before = [one for one in stored.entities if one["offset"] + one["length"] <= begin]
    own = [{**one, "offset": one["offset"] + begin} for one in content.entities]
    after = [{**one, "offset": one["offset"] + moved} for one in stored.entities if one["offset"] >= begin + former]
    return head + content.text + tail, [*before, *own, *after]


# --- whether it is new ---
def _is_overtaken(incoming: Incoming, message: telegram.Message, stored: Message, text: str) -> bool:
    """The desk's own former words, which come back after it has changed them once more."""
    if text not in set(stored.revisions.values_list("text", flat=True)) or message.edit_date is None:
        return False
    if _changes(incoming, stored).filter(state__in=UNDONE).exists():
        return True  # newer words are still on their way
    last = _changes(incoming, stored).order_by("-id").values_list("created_at", flat=True).first()
    return last is not None and message.edit_date < last


def _changes(incoming: Incoming, stored: Message) -> QuerySet[OutgoingCall]:
    """The calls that bring the desk's own changes of the answer: they are younger than the one that sent it."""
    first = OutgoingCall.objects.filter(message=stored.pk).order_by("id").values_list("pk", flat=True).first()
    if first is None:
        return OutgoingCall.objects.none()
    calls = OutgoingCall.objects.filter(bot_id=incoming.row.bot_id, queue=incoming.chat_id, method__startswith="edit")
    return calls.filter(pk__gt=first, params__contains={"@message": str(stored.pk)})


def _find_new_file(
    incoming: Incoming, stored: Message, place: _Place, file: IncomingFile | None
) -> IncomingFile | None:
    """Another than stood there ever, and none that the desk itself is about to put there."""
    if file is None or place.file is None or (place.item is None and place.file.position > 0):
        return None
    if is_known(incoming.row.bot_id, [one.pk for one in list_files_of_place(place.file)], file):
        return None
    is_ours = _changes(incoming, stored).filter(method=EXCHANGE_METHOD, state__in=UNDONE).exists()
    return None if is_ours else file


def _reserve(incoming: Incoming, message: telegram.Message, content: Content, file: IncomingFile) -> NewFile:
    edited_at = int(message.edit_date.timestamp()) if message.edit_date is not None else 0
    place = (incoming.row.bot_id, incoming.chat_id, message.message_id)
    key = message_key(*place, "file", file.unique_id, edited_at)
    reserve_file(incoming, key, file)
    return NewFile(attachment=key, kind=content.kind)
