"""From an owed call to what Telegram takes, at the moment of sending.

In `params` the names that begin with @ are ours:
  @message, @part     a part of this message of ours: its text, or for an edit or a removal the link to it
  @header             a line above the first part, where the customer has several tickets
  @tell, @preview     of a fetched file: who learns that it is too large; its small picture (telegram_bot.files)
  @caption            the message's text, as far as it fits, is the caption of the first file
  @captions           each file has its own caption, that of its item of the album (telegram_bot.answering.captions)
  @attachment         this file of ours (its @part begins at FILE_PARTS)
  @items              the files of an album: [part, file] each
  @spare              ids of calls that are free for what takes this one's place if it is refused
  @reply_to           our message that is answered
  @unquoted           Telegram does not find the quoted words: without them
  @removing           Telegram's numbers of the messages that the call takes back
  @ticket             the ticket that a reply to the sent message belongs to
  @reaction           the desk's reaction to @message, as it is now
  @notice             the call whose message this one edits; where that never arrived, this is sent instead
  @sentence, @count   of a burst of notifications (telegram_bot.mirror.notifications)
  @ticket_card, @anew, @digest  the card of this ticket; to be shown anew; as it was sent (customer_chat.cards)
  @topic_of, @name    the ticket whose topic gets its name; the name as it was sent
  @making, @made      the topic's name, where the call went out as its making; how often (customer_chat.topics)
  @opening            a topic that the person closed is opened first, or has been
  @sends              owed as an edit, it goes out as a new message (telegram_bot.delivery.recording)
  @admin_entry        a one-time link into the admin for this person, made only now: no table holds the secret
  @topic and others of the staff's group (telegram_bot.staff_group.rendering, membership)
  @export           the own data of this person, as an archive made only now (documents.own_data)
  @work_chart       the figures of two weeks as a picture for this person, drawn only now (documents.work_chart)
  @plain, @upload, @document   what was learned from a refusal: send without formatting; upload again in place of a
                      file's id; send the picture as a file
All others go to Telegram as they are.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts.actors import Actor, Source
from accounts.errors import NotFound, PermissionDenied
from accounts.selectors.people import get_person
from accounts.services.one_time_links import create_admin_entry
from accounts.text_cleaning import utf16_length
from telegram_bot.answering.answers import answer_parts
from telegram_bot.answering.captions import caption_fields, own_caption
from telegram_bot.answering.file_messages import (
    ALBUM_METHOD,
    EXCHANGE_METHOD,
    FILE_FIELDS,
    WITHOUT_CAPTION,
    render_album,
    render_exchange,
    render_file,
)
from telegram_bot.answering.text_parts import TextPart, without_formatting
from telegram_bot.bot_api import Request
from telegram_bot.business import find_obstacle, is_business_key
from telegram_bot.customer_chat.cards import render_card
from telegram_bot.customer_chat.topics import into_topic, render_name
from telegram_bot.documents.own_data import render_own_data
from telegram_bot.documents.work_chart import render_chart
from telegram_bot.files import FileRequest, render_fetching
from telegram_bot.models import CallState, Chat, Direction, MessageLink, OutgoingCall, Unreachable
from telegram_bot.speech.keyboards import link_button
from telegram_bot.speech.mini_app import mini_app_url
from telegram_bot.staff_group.membership import DOUBTED, render_question
from telegram_bot.staff_group.rendering import place_in_topic, render_in_topic
from telegram_bot.verdicts import Again, Failed, Sent
from tickets.selectors.reactions import staff_reaction
from tickets.selectors.tickets import get_message_for

QUOTE_LIMIT = 1024  # of ReplyParameters (Bot API)
Rendered = Request | FileRequest | Sent | Failed | Again

_NOTHING_LEFT_TO_DO = Sent(result=None, asked=False)


def render_call(call: OutgoingCall) -> Rendered:
    """What to do for this call: a request, nothing any more, or why it cannot be done."""
    rendered = _render(call)
    return into_topic(call, rendered) if isinstance(rendered, Request) and "@ticket" in call.params else rendered


def _render(call: OutgoingCall) -> Rendered:
    if obstacle := _find_obstacle(call, call.chat):
        return obstacle
    try:
        if "@topic" in call.params and (done := render_in_topic(call, _plain_params(call))) is not None:
            return done
        return _what_it_asks_for(call)
    except NotFound:  # removed meanwhile
        return _NOTHING_LEFT_TO_DO


def _what_it_asks_for(call: OutgoingCall) -> Rendered:
    if call.fetches:
        return render_fetching(call)
    for mark, render in _BY_MARK.items():
        if mark in call.params:
            return render(call) or _NOTHING_LEFT_TO_DO
    if call.method in FILE_FIELDS or call.method in (ALBUM_METHOD, EXCHANGE_METHOD):
        return _file_message(call)
    if "@message" in call.params and not call.method.startswith("copy"):
        return _message_part(call)
    return Request(method=call.method, params=_plain_params(call))


def _find_obstacle(call: OutgoingCall, chat: Chat | None) -> Failed | None:
    if chat is None:  # one of a company's account is another by now (telegram_bot.reconnecting)
        return Failed(code="unreachable", unreachable=Unreachable.DISCONNECTED) if is_business_key(call.queue) else None
    if chat.unreachable:
        return Failed(code="unreachable", unreachable=chat.unreachable)
    return find_obstacle(chat) if chat.is_business and call.method.startswith("send") else None


def _address(call: OutgoingCall) -> dict[str, Any]:
    """Where the call goes: into a chat of the bot's, or of a company's own account."""
    if call.chat is not None and call.chat.is_business:
        return {"chat_id": call.chat.peer_id, "business_connection_id": call.chat.business_connection}
    return {"chat_id": call.queue}


def _plain_params(call: OutgoingCall) -> dict[str, Any]:
    params = {name: value for name, value in call.params.items() if not name.startswith("@")}
    if call.queue is not None:
        params |= _address(call)
    if "@topic" in call.params:
        params |= place_in_topic(call)
    if (reply_to := call.params.get("@reply_to")) and (link := _find_link(call, reply_to)):
        # the customer may have deleted what is answered: the answer must still go out
        params["reply_parameters"] = {"message_id": link.telegram_message_id, "allow_sending_without_reply": True}
        if quote := _find_quote(call, reply_to):
            params["reply_parameters"]["quote"] = quote
    return without_formatting(params) if call.params.get("@plain") else params


def _find_quote(call: OutgoingCall, reply_to: str) -> str:
    """The words that the answer is about, as long as what is answered says them; Telegram refuses others."""
    if "@message" not in call.params or call.params.get("@unquoted"):
        return ""
    quote = str(get_message_for(Actor.system(), UUID(call.params["@message"])).content.get("quote", ""))
    is_short = utf16_length(quote) <= QUOTE_LIMIT
    return quote if is_short and quote in get_message_for(Actor.system(), UUID(reply_to)).text else ""


def _find_link(call: OutgoingCall, message_id: str, part: int | None = None) -> MessageLink | None:
    """part: None is the first that arrived. Nothing answers or changes an ephemeral message, of a number below zero."""
    links = MessageLink.objects.filter(bot_id=call.bot_id, chat_id=call.queue or 0, message=message_id)
    links = links.filter(telegram_message_id__gt=0)
    return (links if part is None else links.filter(part=part)).order_by("part", "telegram_message_id").first()


def _message_part(call: OutgoingCall) -> Rendered:
    """A piece of a message's text, as it reads now: sent, put in place of the old one, or taken back."""
    number = call.params.get("@part", 0)
    if call.method == "deleteMessage":
        return _removal(call, number)
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    if message.deleted_at is not None:
        return _NOTHING_LEFT_TO_DO
    if "text" in call.params:  # words of one file of an album, which stand by themselves
        return Request(method=call.method, params=_plain_params(call))
    header = call.params.get("@header", "")
    parts = answer_parts(message, header, captioned=bool(call.params.get("@caption")))
    plain = bool(call.params.get("@plain"))
    if call.method == "sendMessage" and number < len(parts):
        return _text_message(call, parts[number], plain=plain)
    link = _find_link(call, call.params["@message"], number)
    if call.method == "editMessageCaption":
        if link is None:  # its file never arrived
            return _NOTHING_LEFT_TO_DO
        if "@captions" in call.params:
            parts = own_caption(message, UUID(call.params["@attachment"]), header)
        caption = caption_fields(parts[0] if parts else TextPart(header), plain=plain)
        params = {**_plain_params(call), "message_id": link.telegram_message_id, **caption}
        return Request(method=call.method, params=params)
    if number >= len(parts):
        if link:
            return _removal(call, number)
        return _NOTHING_LEFT_TO_DO if parts or message.attachments.exists() else Failed(code="nothing_to_send")
    request = _text_message(call, parts[number], plain=plain)
    if link is None:  # the text has grown by a piece, unless that one failed: then it is sent when it is tried again
        return _NOTHING_LEFT_TO_DO if _is_owed(call, number) else request
    return Request(method=call.method, params={**request.params, "message_id": link.telegram_message_id})


def _is_owed(call: OutgoingCall, part: int) -> bool:
    sending = OutgoingCall.objects.filter(message=call.params["@message"], method="sendMessage", queue=call.queue)
    return sending.filter(params__contains={"@part": part}).exclude(state=CallState.SENT).exists()


def _text_message(call: OutgoingCall, part: TextPart, *, plain: bool) -> Request:
    entities = {"entities": part.entities} if part.entities and not plain else {}
    return Request(method="sendMessage", params={**_plain_params(call), "text": part.text, **entities})


def _reaction(call: OutgoingCall) -> Rendered:
    """On the first part that is in Telegram; where none is (it was written in the app), there is nothing to show."""
    link = _find_link(call, call.params["@message"])
    if link is None:
        return _NOTHING_LEFT_TO_DO
    sign = staff_reaction(get_message_for(Actor.system(), UUID(call.params["@message"])))
    reaction = [{"type": "emoji", "emoji": sign}] if sign else []
    params = {**_plain_params(call), "message_id": link.telegram_message_id, "reaction": reaction}
    return Request(method=call.method, params=params)


def _notice_now(call: OutgoingCall) -> Rendered:
    first = OutgoingCall.objects.filter(pk=call.params["@notice"]).values_list("result", flat=True).first()
    if not isinstance(first, dict) or "message_id" not in first:
        return Request(method="sendMessage", params=_plain_params(call))
    return Request(method=call.method, params={**_plain_params(call), "message_id": first["message_id"]})


def _admin_entry(call: OutgoingCall) -> Rendered:
    """Telegram shows no button to an address that is not public: there the link stands in the text."""
    person = get_person(UUID(call.params["@admin_entry"]))
    params = _plain_params(call)
    with translation.override(person.language):
        try:
            url = create_admin_entry(actor=Actor.of(person, Source.TELEGRAM))
        except PermissionDenied as error:
            return Failed(code=error.code)
        if mini_app_url() is None:
            params["text"] += f"\n\n{escape(url)}"
        else:
            params["reply_markup"] = link_button(_("Enter the back office"), url)
    return Request(method=call.method, params=params)


def _removal(call: OutgoingCall, number: int) -> Rendered:
    """Of a company's own account also what its owner wrote there: an album of theirs is one part."""
    address = _address(call)
    links = MessageLink.objects.filter(
        bot_id=call.bot_id, chat_id=call.queue or 0, message=call.params["@message"], part=number
    )
    if "business_connection_id" not in address:
        links = links.filter(direction=Direction.OUTGOING)
    places = list(links.order_by("telegram_message_id").values_list("telegram_message_id", flat=True))
    if not places:
        return _NOTHING_LEFT_TO_DO
    call.params["@removing"] = places
    if "business_connection_id" in address:
        del address["chat_id"]
        return Request(method="deleteBusinessMessages", params={**address, "message_ids": places})
    call.params["@removing"] = places[:1]
    return Request(method="deleteMessage", params={**address, "message_id": places[0]})


def _file_message(call: OutgoingCall) -> Rendered:
    """A file, or an album, with the words below it."""
    params, captions = _plain_params(call), _captions(call)
    if call.method == EXCHANGE_METHOD:
        link = _find_link(call, call.params["@message"], call.params["@part"])
        if link is None:  # what it would change never arrived
            return _NOTHING_LEFT_TO_DO
        return render_exchange(call, {**params, "message_id": link.telegram_message_id}, captions[0])
    if call.method == ALBUM_METHOD:
        return render_album(call, params, captions)
    caption = captions[0] if call.method not in WITHOUT_CAPTION else {}
    return render_file(call, {**params, **caption})


def _captions(call: OutgoingCall) -> list[dict[str, Any]]:
    """The captions of the call's files, each as Telegram takes it: their own, or the message's text at the first."""
    header = call.params.get("@header", "")
    files = [file for _part, file in call.params.get("@items", [])] or [call.params["@attachment"]]
    if not (header or call.params.get("@caption") or call.params.get("@captions")):
        return [{}] * len(files)
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    if call.params.get("@captions"):
        heads = [header, *[""] * (len(files) - 1)]
        found = [own_caption(message, UUID(file), head)[:1] for file, head in zip(files, heads, strict=True)]
    else:
        parts = answer_parts(message, header, captioned=True) if call.params.get("@caption") else []
        found = [parts[:1] or [TextPart(header)], *[[]] * (len(files) - 1)]
    plain = bool(call.params.get("@plain"))
    return [caption_fields(parts[0], plain=plain) if parts else {} for parts in found]


_BY_MARK: dict[str, Callable[[OutgoingCall], Rendered | None]] = {
    DOUBTED: render_question,
    "@export": render_own_data,
    "@work_chart": render_chart,
    "@reaction": _reaction,
    "@notice": _notice_now,
    "@ticket_card": lambda call: render_card(call, _plain_params(call)),
    "@topic_of": render_name,
    "@admin_entry": _admin_entry,
}
