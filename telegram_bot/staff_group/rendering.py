"""From a call owed to a topic to what Telegram takes.

A topic may not be there yet, may have been deleted or closed, may lack its card. Then the call is first a step that
makes ready: the sender records it, and the call is rendered once more. So order holds whatever people do to topics.

  @topic              the ticket whose topic it is
  @card               the ticket's card, as it is now
  @messages           messages whose texts make up this one
  @places             the messages of another chat that are copied
  @sign               the customer's reaction
  @removed            the message was removed
  @close              nothing more comes: the topic is closed
  @unanswered         Telegram does not copy the message as an answer: without that
  @native             a contact or a place, as what it is
  @described          Telegram does not copy the message, or take its file: say what it was
  @piece              of a description the how manyth message, each a step but the last
  @below              Telegram does not change what stands there: say below how it reads now
and those of telegram_bot.staff_group.one_by_one and membership.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotFound
from accounts.text_cleaning import utf16_length
from telegram_bot.answering.answers import answer_parts
from telegram_bot.answering.captions import caption_fields, own_caption, put_below
from telegram_bot.answering.native_messages import native_fields
from telegram_bot.answering.text_parts import CAPTION_LIMIT, TextPart
from telegram_bot.bot_api import Request
from telegram_bot.channel_state import find_username
from telegram_bot.models import MessageLink, OutgoingCall, StaffTopic
from telegram_bot.models.outgoing_call import WRITING
from telegram_bot.speech.keyboards import staff_card_buttons
from telegram_bot.staff_group.chat import GENERAL, GROUP_CHANGED
from telegram_bot.staff_group.membership import DOUBTED, render_question
from telegram_bot.staff_group.one_by_one import STEP_ITEM, find_described_file, is_through, render_taking_back
from telegram_bot.staff_group.origins import find_copied
from telegram_bot.staff_group.texts import describe, introduce, name_author, name_topic, render_card
from telegram_bot.verdicts import Again, Sent
from tickets.models import Message, MessageKind, Ticket
from tickets.selectors.tickets import find_ticket, get_message_for
from tickets.services.albums import items_of

STEP_TOPIC, STEP_REOPEN, STEP_CARD, STEP_PIECE = "topic", "reopen", "card", "piece"
_NOTHING_LEFT_TO_DO = Sent(result=None, asked=False)


def render_in_topic(call: OutgoingCall, params: dict[str, Any]) -> Request | Sent | Again | None:
    """A step that comes first, or the call itself; None: it is rendered as in any chat. Raises NotFound.

    Again: the ticket's topic is in another group by now, where the call goes on (staff_group.recording).

    params: the call's own parameters as Telegram takes them, the chat included.
    """
    if DOUBTED in call.params:
        return render_question(call)
    topic = _topic_of(call)
    ticket = find_ticket(UUID(call.params["@topic"]))
    if topic is None or ticket is None or ticket.customer.erased_at is not None:
        raise NotFound
    if call.queue != topic.chat_id:
        return Again(code=GROUP_CHANGED, delay=0.0)
    with translation.override(settings.LANGUAGE_CODE):
        if "@close" in call.params:
            return _closing(call, topic)
        step = _step(topic, ticket)
        if step is not None:
            return step
        if "@card" in call.params:
            return _card(topic, ticket)
        if "@places" in call.params:
            return _copies(call, params)
        if "@described" in call.params:
            return _description(call, params)
        if "@native" in call.params:
            return _native(call, params)
        if "@sign" in call.params or "@removed" in call.params:
            return _change(call, params)
        if "@messages" in call.params:
            return _texts(call, params)
    return None


def _closing(call: OutgoingCall, topic: StaffTopic) -> Request | Sent:
    """General is everybody's; a topic that is not there, or was closed by hand, needs no closing."""
    if not topic.thread_id or topic.is_closed:
        return _NOTHING_LEFT_TO_DO
    return Request(method=call.method, params={"chat_id": topic.chat_id, "message_thread_id": topic.thread_id})


def _description(call: OutgoingCall, params: dict[str, Any]) -> Request | Sent:
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    pieces, number = describe(message, find_described_file(call, message)), call.params.get("@piece", 0)
    last_step = STEP_ITEM if "@one" in call.params else ""
    if number >= len(pieces):  # the words were made shorter meanwhile
        return replace(_NOTHING_LEFT_TO_DO, step=last_step)
    allowed = ("chat_id", "message_thread_id", "reply_parameters")
    kept = {name: value for name, value in params.items() if name in allowed}
    is_last = number == len(pieces) - 1
    content = _text_fields(call, pieces[number])
    return Request(method="sendMessage", params={**kept, **content}, step=last_step if is_last else STEP_PIECE)


def _native(call: OutgoingCall, params: dict[str, Any]) -> Request:
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    return Request(method=call.method, params={**params, **native_fields(message)})


def _text_fields(call: OutgoingCall, part: TextPart) -> dict[str, Any]:
    entities = {"entities": part.entities} if part.entities and not call.params.get("@plain") else {}
    return {"text": part.text, **entities}


def _copies(call: OutgoingCall, params: dict[str, Any]) -> Request | Sent:
    """Several at once reply to nothing (Bot API, copyMessages); one by one, the first does."""
    if (taking_back := render_taking_back(call)) is not None:
        return taking_back
    if is_through(call):
        return _NOTHING_LEFT_TO_DO
    if call.params.get("@one"):
        params.pop("reply_parameters", None)
        params |= _thread(call)
    if "@described" in call.params:
        return _description(call, params)
    places, number = call.params["@places"], call.params.get("@one")
    if "@unanswered" in call.params or (number is None and len(places) > 1):
        params.pop("reply_parameters", None)
    if number is not None:
        return Request(method="copyMessage", params={**params, "message_id": places[number]}, step=STEP_ITEM)
    if len(places) == 1:
        return Request(method=call.method, params={**params, "message_id": places[0]})
    return Request(method=call.method, params={**params, "message_ids": places})


def _change(call: OutgoingCall, params: dict[str, Any]) -> Request | Sent:
    """To a message that stands alone in the topic, in one piece or several; one among others is told of."""
    places = _list_places(call)
    place = places[0] if places else None
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    if place is not None and "@sign" in call.params:
        sign = call.params["@sign"]
        reaction = [{"type": "emoji", "emoji": sign}] if sign else []
        return Request(method=call.method, params={**params, "message_id": place, "reaction": reaction})
    if place is not None and "@below" not in call.params:
        call.params["@removing"] = places
        return Request(method="deleteMessages", params={**params, "message_ids": places})
    is_alone = place is None and message.kind != MessageKind.TEXT  # it would stand alone: it is not there
    if "@sign" in call.params or is_alone:
        return _NOTHING_LEFT_TO_DO
    about = {"message_id": place, "allow_sending_without_reply": True}
    params |= {**_thread(call), **({"reply_parameters": about} if place is not None else {})}
    text = _("🗑 A message was removed: %(author)s") % {"author": name_author(message)}
    return Request(method="sendMessage", params={**params, "text": text})


def _list_places(call: OutgoingCall) -> list[int]:
    """Telegram's numbers of the message in the group, that of its first part first."""
    links = MessageLink.objects.filter(bot_id=call.bot_id, chat_id=call.queue or 0, message=call.params["@message"])
    return list(links.order_by("part", "id").values_list("telegram_message_id", flat=True))


def _find_place(call: OutgoingCall) -> int | None:
    """Of its first part, or of the item of an album; where that was copied anew, of the newest."""
    links = MessageLink.objects.filter(bot_id=call.bot_id, chat_id=call.queue or 0, message=call.params["@message"])
    if "@part" in call.params:
        links = links.filter(part=call.params["@part"])
    return links.order_by("part", "-id").values_list("telegram_message_id", flat=True).first()


def _caption(call: OutgoingCall, message: Message) -> TextPart:
    """As it was written in Telegram: a copy bears no author. What the bot sent itself does, at its first file."""
    items, header = items_of(message), introduce(message)
    own = next((item for item in items if str(item.attachment) == call.params.get("@attachment")), None)
    is_copy = find_copied(message) is not None
    if own is not None and not is_copy:
        header = header if own == items[0] else ""
        return next(iter(own_caption(message, own.attachment, header)), TextPart(""))
    if own is not None:
        return TextPart(own.text, list(own.entities))
    if is_copy:
        return TextPart(message.text, message.entities)
    return next(iter(answer_parts(message, header, captioned=True)), TextPart(header))


def place_in_topic(call: OutgoingCall) -> dict[str, Any]:
    """Where in the group the call's message goes. In General it answers the ticket's card, to be told apart."""
    return _thread(call) if call.method.startswith(WRITING) else {}


def _thread(call: OutgoingCall) -> dict[str, Any]:
    topic = _topic_of(call)
    if topic is None:
        return {}
    if topic.thread_id != GENERAL:
        return {"message_thread_id": topic.thread_id}
    if topic.card_message_id is None:
        return {}
    return {"reply_parameters": {"message_id": topic.card_message_id, "allow_sending_without_reply": True}}


def _topic_of(call: OutgoingCall) -> StaffTopic | None:
    return StaffTopic.objects.filter(bot_id=call.bot_id, ticket=call.params["@topic"]).first()


def _step(topic: StaffTopic, ticket: Ticket) -> Request | None:
    chat = {"chat_id": topic.chat_id}
    if topic.thread_id is None:
        return Request(method="createForumTopic", params={**chat, "name": name_topic(ticket)}, step=STEP_TOPIC)
    if topic.is_closed and topic.thread_id == GENERAL:
        return Request(method="reopenGeneralForumTopic", params=chat, step=STEP_REOPEN)
    if topic.is_closed:
        params = {**chat, "message_thread_id": topic.thread_id}
        return Request(method="reopenForumTopic", params=params, step=STEP_REOPEN)
    if topic.card_message_id is None:
        thread = {} if topic.thread_id == GENERAL else {"message_thread_id": topic.thread_id}
        params = {**chat, **thread, **_card_content(topic, ticket)}
        return Request(method="sendMessage", params=params, step=STEP_CARD)
    return None


def _card(topic: StaffTopic, ticket: Ticket) -> Request:
    params = {"chat_id": topic.chat_id, "message_id": topic.card_message_id, **_card_content(topic, ticket)}
    return Request(method="editMessageText", params=params)


def _card_content(topic: StaffTopic, ticket: Ticket) -> dict[str, Any]:
    markup = staff_card_buttons(ticket, bot_username=find_username(topic.bot_id))
    content = {"text": render_card(ticket), "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return {**content, "reply_markup": markup}


def _texts(call: OutgoingCall, params: dict[str, Any]) -> Request | Sent:
    """The texts as they read now, below one another; what was removed meanwhile is left out."""
    found = [get_message_for(Actor.system(), UUID(message_id)) for message_id in call.params["@messages"]]
    messages = [message for message in found if message.deleted_at is None]
    method = call.method
    parts = [part for message in messages for part in answer_parts(message, introduce(message))[:1]]
    if messages and not parts and method == "editMessageCaption":
        parts = [put_below(introduce(messages[0]), TextPart(_("(no words any more)")))]
    if not parts:
        return _NOTHING_LEFT_TO_DO
    place = _find_place(call) if method.startswith("edit") and "@below" not in call.params else None
    if method == "editMessageCaption":
        caption = _caption(call, messages[0])
        if utf16_length(caption.text) <= CAPTION_LIMIT:
            fields = caption_fields(caption, plain="@plain" in call.params)
            if place is not None:
                return Request(method=method, params={**params, "message_id": place, **fields})
        method, place = "editMessageText", None  # whoever pays Telegram writes longer captions than a bot
    joined = join_parts(parts)
    if method == "editMessageText" and place is not None:
        params["message_id"] = place
    elif method == "editMessageText":
        method, params = "sendMessage", {**params, **_thread(call)}
        joined = join_parts([TextPart(_("✏️ Edited:")), *parts])
    params = {**params, **_text_fields(call, joined), "link_preview_options": {"is_disabled": True}}
    return Request(method=method, params=params)


def join_parts(parts: list[TextPart]) -> TextPart:
    """The texts below one another, with their entities moved along."""
    text, entities = "", []
    for part in parts:
        text += "\n\n" if text else ""
        moved = utf16_length(text)
        entities += [{**entity, "offset": entity["offset"] + moved} for entity in part.entities]
        text += part.text
    return TextPart(text, entities)
