"""The durable subscriber `staff_group`: what happens to a ticket, said in its topic of the staff's group.

A group takes 20 messages a minute. So the texts of a burst are one message while it waits, the card is changed at most
once while it waits, and nothing is left out: what does not fit into a minute comes in the next.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts.text_cleaning import utf16_length
from telegram_bot.answers import answer_parts, draft_answer
from telegram_bot.models import CallState, Direction, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.staff_group.texts import name_author
from telegram_bot.staff_group.topics import get_topic
from tickets.events.subscribers import Subscriber
from tickets.models import EventType, Message, MessageKind, Ticket, TicketEvent

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
        own = {"@topic": str(self.ticket.pk), "@ticket": str(self.ticket.pk)}
        return CallDraft(method=method, params={**own, **params}, queue=self.topic.chat_id, coalesce_key=key)


def mirror_to_staff(event: TicketEvent) -> None:
    """Owe what this event means for the staff's group."""
    topic = get_topic(event.ticket.pk)
    if topic is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        enqueue(_REACTIONS[EventType(event.type)](Scene(event, topic)))


def _card_changed(scene: Scene) -> list[CallDraft]:
    return [scene.call("editMessageText", {"@card": True}, key=f"card:{scene.ticket.pk}")]


def _message_sent(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.deleted_at is not None:
        return []
    origin = _find_origin(message)
    if origin is not None and origin.chat_id == scene.topic.chat_id:
        return []  # it was written there
    if message.kind != MessageKind.TEXT and origin is not None:
        return [_copy(scene, message, origin)]
    if message.attachments.exists() or not message.text:
        return _one_by_one(scene, message)
    return _text(scene, message)


def _find_origin(message: Message) -> MessageLink | None:
    """Where in Telegram the message was written; None: in the app."""
    return MessageLink.objects.filter(message=message.pk, direction=Direction.INCOMING).order_by("id").first()


def _copy(scene: Scene, message: Message, origin: MessageLink) -> CallDraft:
    """Telegram copies whatever it is, of any size, without a download."""
    _seal(scene)
    params = {
        "@message": str(message.pk),
        "from_chat_id": origin.chat_id,
        "message_id": origin.telegram_message_id,
    }
    return scene.call("copyMessage", params)


def _one_by_one(scene: Scene, message: Message) -> list[CallDraft]:
    """Its text and its files as they would go to a customer, and reporting to nobody."""
    _seal(scene)
    drafts = draft_answer(message, chat_id=scene.topic.chat_id, header=name_author(message))
    return [replace(draft, message=None, params={**draft.params, "@topic": str(scene.ticket.pk)}) for draft in drafts]


def _text(scene: Scene, message: Message) -> list[CallDraft]:
    """Together with the texts that wait as the last of the topic, as far as they fit into one message."""
    parts = answer_parts(message, name_author(message))
    if len(parts) != 1:
        return _one_by_one(scene, message)
    length = utf16_length(parts[0].text)
    waiting = _lock_waiting(scene)
    if waiting is not None and waiting.params["@length"] + length <= _ROOM:
        ids, length = [*waiting.params["@messages"], str(message.pk)], waiting.params["@length"] + length
    else:
        ids = [str(message.pk)]
        _seal(scene)
    return [scene.call("sendMessage", {"@messages": ids, "@length": length, **_link_to(ids)}, key=scene.key)]


def _link_to(ids: list[str]) -> dict[str, str]:
    """A message of one text is linked to it; one of several belongs to the ticket only."""
    return {"@message": ids[0]} if len(ids) == 1 else {}


def _lock_waiting(scene: Scene) -> OutgoingCall | None:
    """The last call of the topic, if it still waits and takes more; locked, so that the sender does not begin it."""
    return (
        OutgoingCall.objects.select_for_update(no_key=True)
        .filter(bot_id=scene.topic.bot_id, coalesce_key=scene.key, state=CallState.PENDING)
        .first()
    )


def _seal(scene: Scene) -> None:
    """Something else follows what waits: nothing more is put into that."""
    OutgoingCall.objects.filter(bot_id=scene.topic.bot_id, coalesce_key=scene.key, state=CallState.PENDING).update(
        coalesce_key=""
    )


_REACTIONS: dict[EventType, Callable[[Scene], list[CallDraft]]] = {
    EventType.TICKET_CREATED: _card_changed,
    EventType.TICKET_ASSIGNED: _card_changed,
    EventType.TICKET_UNASSIGNED: _card_changed,
    EventType.TICKET_STATUS_CHANGED: _card_changed,
    EventType.TICKET_PRIORITY_CHANGED: _card_changed,
    EventType.TICKET_CATEGORY_CHANGED: _card_changed,
    EventType.TICKET_SUBJECT_CHANGED: _card_changed,
    EventType.MESSAGE_SENT: _message_sent,
    EventType.NOTE_ADDED: _message_sent,
}

STAFF_GROUP = Subscriber(
    name="staff_group", wants=frozenset(_REACTIONS), handle=mirror_to_staff, ordered=True, runs_in="bot"
)
