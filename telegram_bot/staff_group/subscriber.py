"""The durable subscriber `staff_group`: what happens to a ticket, said in its topic of the staff's group.

A group takes 20 messages a minute. So the texts of a burst are one message while it waits, the card is changed at most
once while it waits, and nothing is left out: what does not fit into a minute comes in the next.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.text_cleaning import utf16_length
from telegram_bot.answers import answer_parts, await_album, draft_answer
from telegram_bot.models import Chat, Direction, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.outbox import CallDraft, enqueue, lock_waiting, seal
from telegram_bot.staff_group.texts import introduce, say_merged
from telegram_bot.staff_group.topics import draft_card, draft_in_topic, get_topic, link_to_topic
from tickets.events.subscribers import Subscriber
from tickets.models import EventType, Message, MessageDeliveryState, MessageKind, Ticket, TicketEvent
from tickets.models.delivery_reason import explain_delivery
from tickets.services.albums import items_of

_ROOM = 3500  # UTF-16 code units of texts in one message; Telegram takes 4096


@dataclass(frozen=True)
class Scene:
    event: TicketEvent
    topic: StaffTopic

    @property
    def ticket(self) -> Ticket:
        return self.event.ticket

    @property
    def key(self) -> str:
        """What a waiting call bears that more may still be put into: the last of the topic's."""
        return f"mirror:{self.ticket.pk}"

    def call(self, method: str, params: dict[str, Any], *, key: str = "") -> CallDraft:
        return draft_in_topic(self.topic, method, params, key=key)


def mirror_to_staff(event: TicketEvent) -> None:
    """Owe what this event means for the staff's group; of an erased person it is told nothing more."""
    if event.ticket.customer.erased_at is not None:
        return
    topic = get_topic(event.ticket.pk)
    if topic is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        enqueue(_REACTIONS[EventType(event.type)](Scene(event, topic)))


def _card_changed(scene: Scene) -> list[CallDraft]:
    return [draft_card(scene.topic)]


def _merged(scene: Scene) -> list[CallDraft]:
    """Both topics name each other, and the one in which nothing comes any more is closed."""
    payload = scene.event.payload
    _seal(scene)
    said = scene.call("sendMessage", {"text": say_merged(payload, link=link_to_topic(UUID(payload["other"])))})
    if payload["direction"] != "into":
        return [said]
    return [said, draft_card(scene.topic), scene.call("closeForumTopic", {"@close": True})]


def _message_sent(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.deleted_at is not None:
        return []
    origin = _find_origin(message)
    if origin is not None and origin.chat_id == scene.topic.chat_id:
        return []  # it was written there
    if message.kind != MessageKind.TEXT and origin is not None:
        return [_copy(scene, message, origin.chat_id, origin.telegram_message_id)]
    if message.attachments.exists() or not message.text:
        return _one_by_one(scene, message)
    return _text(scene, message)


def _find_origin(message: Message) -> MessageLink | None:
    """Where in Telegram the message was written; None: in the app."""
    return MessageLink.objects.filter(message=message.pk, direction=Direction.INCOMING).order_by("id").first()


def number_of_copy(message: Message, place: int) -> int:
    """Which part of the message in the group the copy of this one is: the items of an album as they joined it."""
    joined = MessageLink.objects.filter(message=message.pk, direction=Direction.INCOMING).order_by("id")
    places = list(joined.values_list("telegram_message_id", flat=True))
    return places.index(place) if place in places else 0


def _copy(scene: Scene, message: Message, chat_id: int, place: int) -> CallDraft:
    """Telegram copies whatever it is, of any size, without a download. What waits of the same album goes along.

    place: Telegram's number of the message in that chat.
    """
    waiting = _lock_waiting(scene)
    places = [place]
    if waiting is not None and waiting.params.get("@message") == str(message.pk) and "@places" in waiting.params:
        places = sorted({*waiting.params["@places"], place})
    else:
        _seal(scene)
    parts = [[number_of_copy(message, one), None] for one in places]
    params = {"@message": str(message.pk), "from_chat_id": chat_id, "@places": places, "@items": parts}
    params |= _reply(message)
    chat = Chat.objects.filter(bot_id=scene.topic.bot_id, telegram_id=chat_id).first()
    if chat is not None and chat.is_business:  # out of the company's own account no bot copies
        return scene.call("sendMessage", {"@message": str(message.pk), "@described": True, **_reply(message)})
    copy = scene.call("copyMessages" if len(places) > 1 else "copyMessage", params, key=scene.key)
    return await_album(message, [copy])[0]


def _album_grew(scene: Scene) -> list[CallDraft]:
    """A further item of an album, which Telegram sent as a message of its own."""
    message, attachment = scene.event.message, UUID(scene.event.payload["attachment"])
    origin = _find_origin(message) if message is not None else None
    if message is None or origin is None or origin.chat_id == scene.topic.chat_id:
        return []
    places = [item.place for item in items_of(message) if item.attachment == attachment]
    return [_copy(scene, message, origin.chat_id, place) for place in places]


def _copy_anew(scene: Scene, message: Message, file: UUID) -> list[CallDraft]:
    """Another file came in the place of the former: it is shown below, as an answer to what it replaced."""
    origin = _find_origin(message)
    if origin is None:
        return _one_by_one(scene, message)
    _seal(scene)
    places = [item.place for item in items_of(message) if item.attachment == file]
    copy = _copy(scene, message, origin.chat_id, next(iter(places), origin.telegram_message_id))
    return [replace(copy, delay=0, coalesce_key="", params={**copy.params, "@reply_to": str(message.pk)})]


def _edited(scene: Scene) -> list[CallDraft]:
    """In its place where the message stands alone there, else anew below."""
    message = scene.event.message
    if message is None or message.deleted_at is not None or _is_written_there(scene, message):
        return []
    payload = scene.event.payload
    if payload.get("moved"):  # a copy cannot move
        return []
    if payload.get("file"):
        return _copy_anew(scene, message, UUID(payload["file"]))
    if len(answer_parts(message, introduce(message))) > 1:
        return _one_by_one(scene, message)
    _seal(scene)
    params: dict[str, Any] = {"@message": str(message.pk), "@messages": [str(message.pk)]}
    for item in items_of(message):
        if str(item.attachment) == payload.get("item"):
            params |= {"@attachment": payload["item"], "@part": number_of_copy(message, item.place)}
    return [scene.call(_method_of_edit(message), params)]


def _method_of_edit(message: Message) -> str:
    """Its words are a caption where it was copied as a file, and below its first file where it came out of the app."""
    if not message.attachments.exists():
        return "editMessageText"
    is_caption = (
        _find_origin(message) is not None or len(answer_parts(message, introduce(message), captioned=True)) == 1
    )
    return "editMessageCaption" if is_caption else "editMessageText"


def _deleted(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or _is_written_there(scene, message):
        return []
    _seal(scene)
    return [scene.call("deleteMessage", {"@message": str(message.pk), "@removed": True})]


def _reacted(scene: Scene) -> list[CallDraft]:
    """The customer's sign; that of staff is theirs already."""
    message = scene.event.message
    if message is None or message.deleted_at is not None or scene.event.actor_id != scene.ticket.customer_id:
        return []
    params = {"@message": str(message.pk), "@sign": scene.event.payload["new"] or ""}
    return [scene.call("setMessageReaction", params, key=f"sign:{message.pk}")]


def _is_written_there(scene: Scene, message: Message) -> bool:
    origin = _find_origin(message)
    return origin is not None and origin.chat_id == scene.topic.chat_id


def _one_by_one(scene: Scene, message: Message) -> list[CallDraft]:
    """Its text and its files as they would go to a customer, and reporting to nobody."""
    _seal(scene)
    drafts = draft_answer(message, chat_id=scene.topic.chat_id, header=introduce(message))
    return [replace(draft, message=None, params={**draft.params, "@topic": str(scene.ticket.pk)}) for draft in drafts]


def _text(scene: Scene, message: Message) -> list[CallDraft]:
    """Together with the texts that wait as the last of the topic, as far as they fit into one message.

    One that answers another message begins a new one, which can show that.
    """
    parts = answer_parts(message, introduce(message))
    if len(parts) != 1:
        return _one_by_one(scene, message)
    length = utf16_length(parts[0].text)
    reply, waiting = _reply(message), _lock_waiting(scene)
    if waiting is not None and not reply and waiting.params.get("@length", _ROOM) + length <= _ROOM:
        ids, length = [*waiting.params["@messages"], str(message.pk)], waiting.params["@length"] + length
        reply = {name: waiting.params[name] for name in ("@reply_to",) if name in waiting.params}
    else:
        ids = [str(message.pk)]
        _seal(scene)
    return [scene.call("sendMessage", {"@messages": ids, "@length": length, **reply, **_link_to(ids)}, key=scene.key)]


def _reply(message: Message) -> dict[str, str]:
    return {"@reply_to": str(message.reply_to_id)} if message.reply_to_id is not None else {}


def _link_to(ids: list[str]) -> dict[str, str]:
    """A message of one text is linked to it; one of several belongs to the ticket only."""
    return {"@message": ids[0]} if len(ids) == 1 else {}


def _delivery_changed(scene: Scene) -> list[CallDraft]:
    """Only what went wrong: an answer that arrived needs no words."""
    payload = scene.event.payload
    if payload["new"] not in (MessageDeliveryState.FAILED, MessageDeliveryState.BLOCKED) or scene.event.message is None:
        return []
    _seal(scene)
    text = _("⚠ Not delivered. %(reason)s") % {"reason": explain_delivery(payload["reason"])}
    return [scene.call("sendMessage", {"text": text, "@reply_to": str(scene.event.message.pk)})]


def _lock_waiting(scene: Scene) -> OutgoingCall | None:
    """The last call of the topic, if it still waits and takes more."""
    return lock_waiting(scene.topic.bot_id, scene.key)


def _seal(scene: Scene) -> None:
    """Something else follows in the topic; an album waits for no more."""
    seal(scene.topic.bot_id, scene.key)


_REACTIONS: dict[EventType, Callable[[Scene], list[CallDraft]]] = {
    EventType.TICKET_CREATED: _card_changed,
    EventType.TICKET_ASSIGNED: _card_changed,
    EventType.TICKET_UNASSIGNED: _card_changed,
    EventType.TICKET_STATUS_CHANGED: _card_changed,
    EventType.TICKET_PRIORITY_CHANGED: _card_changed,
    EventType.TICKET_CATEGORY_CHANGED: _card_changed,
    EventType.TICKET_SUBJECT_CHANGED: _card_changed,
    EventType.TICKET_MERGED: _merged,
    EventType.MESSAGE_SENT: _message_sent,
    EventType.NOTE_ADDED: _message_sent,
    EventType.ATTACHMENT_ADDED: _album_grew,
    EventType.MESSAGE_EDITED: _edited,
    EventType.MESSAGE_DELETED: _deleted,
    EventType.MESSAGE_REACTED: _reacted,
    EventType.MESSAGE_DELIVERY_CHANGED: _delivery_changed,
}

STAFF_GROUP = Subscriber(name="staff_group", wants=frozenset(_REACTIONS), handle=mirror_to_staff, runs_in="bot")
