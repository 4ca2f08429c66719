"""An answer as calls of the Bot API: its text, its files, what replaces a call that was refused.

The text is the caption of the first file where it fits, else it goes first; each file of an album from Telegram keeps
its own. A contact, a place, a poll or a dice is written out, as the ticket shows it. Files that Telegram takes as an
album are one call. A call that may be refused for one of its parts reserves places behind itself (`CallDraft.spare`),
so that the others, sent one by one, still come before whatever the chat is owed next. What becomes of an answer
afterwards is in `changes`.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from accounts import clock
from accounts.actors import Actor
from accounts.errors import NotFound
from accounts.text_cleaning import utf16_length
from telegram_bot.answering.captions import has_own_captions, own_caption, put_below
from telegram_bot.answering.file_messages import ALBUM_METHOD, FILE_PARTS, file_method, find_file, group_files
from telegram_bot.answering.text_parts import CAPTION_LIMIT, TEXT_LIMIT, TextPart, split_text
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, OutgoingCall
from telegram_bot.models.outgoing_call import UNDONE
from telegram_bot.outbox import CallDraft
from tickets.models import Attachment, Message, MessageKind
from tickets.representations.contents import describe_content
from tickets.selectors.tickets import get_message_for
from tickets.services.albums import items_of

ALBUM_SETTLES = 1.5  # seconds
Parts = dict[UUID, int]
_WRITTEN_OUT = (MessageKind.CONTACT, MessageKind.LOCATION, MessageKind.VENUE, MessageKind.POLL, MessageKind.DICE)


def answer_parts(message: Message, header: str, *, captioned: bool = False) -> list[TextPart]:
    """The text as it goes to Telegram; the header takes its room from the first piece, which may be a caption."""
    length = utf16_length(f"{header}\n") if header else 0
    limit = CAPTION_LIMIT if captioned else TEXT_LIMIT
    parts = split_text(_words_of(message), message.entities, first_limit=limit - length)
    return [put_below(header, parts[0]), *parts[1:]] if parts else []


def _words_of(message: Message) -> str:
    """Its text, and below it what it holds that is neither text nor file."""
    content = describe_content(message.kind, message.content) if message.kind in _WRITTEN_OUT else ""
    return "\n".join(words for words in (message.text, content) if words)


def draft_answer(message: Message, *, chat_id: int, header: str, numbers: Parts | None = None) -> list[CallDraft]:
    """At least one call: with nothing to send it fails, so that staff learn of it. numbers: the parts of its files."""
    attachments = list(message.attachments.order_by("position"))
    apart = bool(attachments) and has_own_captions(message, header)
    has_caption = bool(attachments and message.text) and not apart
    captioned = has_caption and len(answer_parts(message, header, captioned=True)) == 1
    texts = 0 if captioned or apart else len(answer_parts(message, header))
    in_order = {attachment.pk: FILE_PARTS + number for number, attachment in enumerate(attachments)}
    numbers = in_order | (numbers or {})
    contents = [("sendMessage", part_of(message, number), 0) for number in range(texts)]
    contents += [_file_call(message, group, numbers) for group in group_files(attachments)]
    contents = contents or [("sendMessage", part_of(message, 0), 0)]
    _method, first, _spare = contents[0]
    if header:  # each piece has to know it, because the first one's is shorter by it
        for _method, params, _spare in contents[: max(texts, 1)]:
            params["@header"] = header
    if captioned:
        first["@caption"] = True
    for _method, params, _spare in contents if apart else ():
        params["@captions"] = True
    if message.reply_to_id is not None:
        first["@reply_to"] = str(message.reply_to_id)
    return [
        CallDraft(
            method=method,
            params=params,
            queue=chat_id,
            message=message.pk,
            spare=spare + ("@caption" in params) + ("@captions" in params) * max(spare, 1),
        )
        for method, params, spare in contents
    ]


def draft_grown_album(message: Message, attachment: Attachment, *, chat_id: int, header: str) -> list[CallDraft]:
    """A further file of an album: all of it anew while nothing has gone out, else the file and its words apart."""
    calls = lock_calls(message)
    if any(sent == str(attachment.pk) for call in calls for _part, sent in files_of(call)):
        return []  # it had come when the others were owed
    untried = all(call.state == CallState.PENDING and call.first_attempt_at is None for call in calls)
    if untried and not _is_followed(calls, chat_id):
        OutgoingCall.objects.filter(pk__in=[call.pk for call in calls]).delete()
        return draft_answer(message, chat_id=chat_id, header=header)
    free = free_parts(calls)
    params = part_of(message, next(free)) | {"@attachment": str(attachment.pk)}
    late = CallDraft(method=file_method(attachment), params=params, queue=chat_id, message=message.pk)
    pieces = own_caption(message, attachment.pk, "")
    if any("@captions" in call.params for call in calls):
        late, pieces = replace(late, params=params | {"@captions": True}, spare=1), pieces[1:]
    return [late, *draft_words(message, pieces, free, chat_id=chat_id)]


def lock_calls(message: Message) -> list[OutgoingCall]:
    return list(OutgoingCall.objects.select_for_update(no_key=True).filter(message=message.pk).order_by("id"))


def _is_followed(calls: list[OutgoingCall], chat_id: int) -> bool:
    """Whether another answer waits behind these: what is owed anew would come after it."""
    last = max((call.pk for call in calls), default=0)
    return OutgoingCall.objects.filter(
        bot_id=current_bot_id(), queue=chat_id, state__in=UNDONE, message__isnull=False, id__gt=last
    ).exists()


def draft_words(message: Message, pieces: list[TextPart], free: Iterator[int], *, chat_id: int) -> list[CallDraft]:
    """What of a file's own caption has no room below it; free: parts that are."""
    words = [part_of(message, next(free)) | {"text": one.text, "entities": one.entities} for one in pieces]
    return [CallDraft(method="sendMessage", params=params, queue=chat_id, message=message.pk) for params in words]


def await_album(message: Message, drafts: list[CallDraft]) -> list[CallDraft]:
    """Telegram brings an album file by file and marks no last: it waits a moment for what still comes."""
    return [replace(draft, delay=ALBUM_SETTLES) for draft in drafts] if items_of(message) else drafts


def hasten_albums(chat_id: int) -> None:
    """Something else follows them: what waits for further files waits no longer, lest it be overtaken."""
    waiting = OutgoingCall.objects.filter(bot_id=current_bot_id(), queue=chat_id, state=CallState.PENDING)
    later = waiting.filter(message__isnull=False, first_attempt_at=None, next_attempt_at__gt=Now())
    later.update(next_attempt_at=Now())


def parts_of(call: OutgoingCall) -> set[int]:
    parts = {part for part, _attachment in call.params.get("@items", [])}
    return parts or ({call.params["@part"]} if "@part" in call.params else set())  # calls of former versions have none


def free_parts(calls: list[OutgoingCall]) -> Iterator[int]:
    """Numbers for what a message gets besides what these calls of it send."""
    return count(max([FILE_PARTS, *(part + 1 for call in calls for part in parts_of(call))]))


def _file_call(message: Message, group: list[Attachment], numbers: Parts) -> tuple[str, dict[str, Any], int]:
    first = part_of(message, numbers[group[0].pk])
    if len(group) == 1:
        return file_method(group[0]), first | {"@attachment": str(group[0].pk)}, 0
    items = [[numbers[attachment.pk], str(attachment.pk)] for attachment in group]
    return ALBUM_METHOD, first | {"@items": items}, len(group)


def part_of(message: Message, number: int) -> dict[str, Any]:
    return {"@message": str(message.pk), "@part": number, "@ticket": str(message.ticket_id)}


# --- the calls of a message ---
def calls_of(message: Message) -> list[OutgoingCall]:
    return list(OutgoingCall.objects.filter(message=message.pk).order_by("id"))


def files_of(call: OutgoingCall) -> list[tuple[int, str]]:
    """The files that a call sends, each with its part."""
    if "@items" in call.params:
        return [(part, file) for part, file in call.params["@items"]]
    return [(call.params["@part"], call.params["@attachment"])] if "@attachment" in call.params else []


# --- a refused call ---
def replace_refused(call: OutgoingCall) -> list[OutgoingCall]:
    """What goes out in the place of a refused call, with what moved there taken out of `call.params`.

    An album: its files one by one, so that one which Telegram does not take loses no other. A file with a caption: the
    text by itself. Not saved yet.
    """
    places = iter(call.params.pop("@spare", []))
    if call.method == ALBUM_METHOD:
        return list(_one_by_one(call, places))
    if call.params.pop("@captions", False):
        return list(_caption_alone(call, places))
    if not call.params.pop("@caption", False):
        return []
    kept = ("@message", "@ticket", "@topic", "@header", "@reply_to")
    params = {name: call.params[name] for name in kept if name in call.params} | {"@part": 0}
    return [_in_place(call, next(places), "sendMessage", params)]


def _caption_alone(call: OutgoingCall, places: Iterator[int]) -> Iterator[OutgoingCall]:
    """The words of a file that Telegram did not take."""
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    kept = {name: call.params[name] for name in ("@topic", "@reply_to") if name in call.params}
    for part in own_caption(message, UUID(call.params["@attachment"]), call.params.get("@header", ""))[:1]:
        words = part_of(message, next(free_parts(calls_of(message)))) | {"text": part.text, "entities": part.entities}
        yield _in_place(call, next(places), "sendMessage", {**kept, **words})


def _one_by_one(call: OutgoingCall, places: Iterator[int]) -> Iterator[OutgoingCall]:
    names = ("@message", "@ticket", "@topic", "@upload", "@captions")
    common = {name: call.params[name] for name in names if name in call.params}
    first = {name: call.params.pop(name) for name in ("@header", "@caption", "@reply_to") if name in call.params}
    rows = [(next(places), part, attachment) for part, attachment in call.params["@items"]]
    texts = list(places)
    for number, (place, part, attachment) in enumerate(rows):
        try:
            method = file_method(find_file(attachment))
        except NotFound:  # removed meanwhile
            continue
        own = texts[number : number + 1] if "@captions" in common else texts if "@caption" in first else []
        spare = {"@spare": own} if own else {}
        yield _in_place(call, place, method, {**common, "@part": part, "@attachment": attachment, **first, **spare})
        first = {}


def _in_place(call: OutgoingCall, place: int, method: str, params: dict[str, Any]) -> OutgoingCall:
    return OutgoingCall(
        id=place,
        bot_id=call.bot_id,
        method=method,
        params=params,
        queue=call.queue,
        message=call.message,
        next_attempt_at=Now(),
        created_at=clock.now(),
    )
