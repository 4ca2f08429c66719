"""The durable subscriber `staff_group`: what happens to a ticket, said in its topic of the staff's group.

A group takes 20 messages a minute. So the texts of a burst are one message while it waits, the card is changed at most
once while it waits, and nothing is left out: what does not fit into a minute comes in the next.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Source
from accounts.text_cleaning import utf16_length
from telegram_bot.answering.answers import answer_parts
from telegram_bot.answering.captions import has_own_captions
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.staff_group.origins import find_copied, find_origin
from telegram_bot.staff_group.scene import Scene
from telegram_bot.staff_group.showing import (
    add_item,
    copy,
    describe_only,
    is_written_there,
    part_of_item,
    reply_of,
    send_anew,
    send_natively,
    show_exchanged,
)
from telegram_bot.staff_group.texts import introduce, say_merged
from telegram_bot.staff_group.topics import draft_card, draft_closing, get_topic, link_to_topic
from tickets.events.subscribers import Subscriber
from tickets.models import EventType, Message, MessageDeliveryState, MessageKind, TicketEvent
from tickets.models.delivery_reason import explain_delivery
from tickets.reactions import REACTIONS
from tickets.services.albums import items_of

_ROOM = 3500  # UTF-16 code units of texts in one message; Telegram takes 4096


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
    scene.seal()
    said = scene.call("sendMessage", {"text": say_merged(payload, link=link_to_topic(UUID(payload["other"])))})
    if payload["direction"] != "into":
        return [said]
    return [said, draft_card(scene.topic), draft_closing(scene.topic)]


def _message_sent(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.deleted_at is not None:
        return []
    origin = find_origin(message)
    if origin is not None and origin.chat_id == scene.topic.chat_id:
        return []  # it was written there
    if message.kind != MessageKind.TEXT and (copied := find_copied(message)) is not None:
        return [copy(scene, message, copied.chat_id, copied.telegram_message_id)]
    if message.attachments.exists():
        return send_anew(scene, message)
    if origin is not None and message.kind != MessageKind.TEXT:
        return [send_natively(scene, message) or describe_only(scene, message)]
    return _text(scene, message) if message.text else send_anew(scene, message)


def _album_grew(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or find_origin(message) is None or is_written_there(scene, message):
        return []
    return add_item(scene, message, UUID(scene.event.payload["attachment"]))


def _edited(scene: Scene) -> list[CallDraft]:
    """In its place where the message stands alone there, else anew below; so is what an agent wrote there and somebody
    changed elsewhere, for no bot changes that."""
    message = scene.event.message
    if message is None or message.deleted_at is not None:
        return []
    payload = scene.event.payload
    if is_written_there(scene, message):
        return _said_below(scene, message) if scene.event.source != Source.TELEGRAM else []
    if payload.get("moved"):  # a copy cannot move
        return []
    if payload.get("file"):
        return show_exchanged(scene, message, UUID(payload["file"]))
    if len(answer_parts(message, introduce(message))) > 1:
        return send_anew(scene, message)
    scene.seal()
    method = _method_of_edit(message)
    params: dict[str, Any] = {"@message": str(message.pk), "@messages": [str(message.pk)]}
    for item in items_of(message) if method == "editMessageCaption" else ():
        if str(item.attachment) == payload.get("item"):
            params |= {"@attachment": payload["item"], "@part": part_of_item(message, item.place)}
    return [scene.call(method, params)]


def _said_below(scene: Scene, message: Message) -> list[CallDraft]:
    if scene.event.payload.get("file") or len(answer_parts(message, introduce(message))) > 1:
        return send_anew(scene, message)
    scene.seal()
    named = {"@message": str(message.pk), "@messages": [str(message.pk)], "@below": True}
    return [scene.call(_method_of_edit(message), {**named, "@reply_to": str(message.pk)})]


def _method_of_edit(message: Message) -> str:
    """Its words are a caption where it was copied as a file, and below its first file where the bot sent it itself."""
    if not message.attachments.exists():
        return "editMessageText"
    header = introduce(message)
    fits = has_own_captions(message, header) or len(answer_parts(message, header, captioned=True)) <= 1
    return "editMessageCaption" if fits or find_copied(message) is not None else "editMessageText"


def _deleted(scene: Scene) -> list[CallDraft]:
    """Also what an agent wrote there and removed elsewhere; what the group itself takes back (handlers.notes) stays."""
    message = scene.event.message
    if message is None or (is_written_there(scene, message) and scene.event.source == Source.TELEGRAM):
        return []
    scene.seal()
    return [scene.call("deleteMessage", {"@message": str(message.pk), "@removed": True})]


def _reacted(scene: Scene) -> list[CallDraft]:
    """The customer's sign; that of staff is theirs already. One that no bot can give is named."""
    message = scene.event.message
    if message is None or message.deleted_at is not None or scene.event.actor_id != scene.ticket.customer_id:
        return []
    sign = scene.event.payload["new"] or ""
    given = sign if sign in REACTIONS else ""
    shown = [scene.call("setMessageReaction", {"@message": str(message.pk), "@sign": given}, key=f"sign:{message.pk}")]
    if given == sign:
        return shown
    scene.seal()
    text = _("%(name)s reacted with %(sign)s") % {"name": scene.ticket.customer.name, "sign": sign}
    return [*shown, scene.call("sendMessage", {"text": text, "@reply_to": str(message.pk)})]


def _text(scene: Scene, message: Message) -> list[CallDraft]:
    """Together with the texts that wait as the last of the topic, as far as they fit into one message.

    One that answers another message begins a new one, which can show that.
    """
    parts = answer_parts(message, introduce(message))
    if len(parts) != 1:
        return send_anew(scene, message)
    length = utf16_length(parts[0].text)
    reply, waiting = reply_of(message), scene.lock_waiting()
    if waiting is not None and not reply and waiting.params.get("@length", _ROOM) + length <= _ROOM:
        ids, length = [*waiting.params["@messages"], str(message.pk)], waiting.params["@length"] + length
        reply = {name: waiting.params[name] for name in ("@reply_to",) if name in waiting.params}
    else:
        ids = [str(message.pk)]
        scene.seal()
    return [scene.call("sendMessage", {"@messages": ids, "@length": length, **reply, **_link_to(ids)}, key=scene.key)]


def _link_to(ids: list[str]) -> dict[str, str]:
    """A message of one text is linked to it; one of several belongs to the ticket only."""
    return {"@message": ids[0]} if len(ids) == 1 else {}


def _delivery_changed(scene: Scene) -> list[CallDraft]:
    """Only what went wrong: an answer that arrived needs no words."""
    payload = scene.event.payload
    if payload["new"] not in (MessageDeliveryState.FAILED, MessageDeliveryState.BLOCKED) or scene.event.message is None:
        return []
    scene.seal()
    text = _("⚠ Not delivered. %(reason)s") % {"reason": explain_delivery(payload["reason"])}
    return [scene.call("sendMessage", {"text": text, "@reply_to": str(scene.event.message.pk)})]


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
