"""The durable subscriber `telegram`: what happens to a ticket, said in its customer's chat.

Each reaction only owes calls (telegram_bot.outbox), in the transaction that marks the event's delivery done. It
mirrors conversations; telling staff is the notifications' task.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import translation

from accounts import clock
from accounts.actors import Source
from accounts.models import User
from telegram_bot.answering.answers import await_album, calls_of, draft_answer, draft_grown_album, hasten_albums
from telegram_bot.business import find_chat_of_ticket
from telegram_bot.coalescing import lock_waiting, was_called
from telegram_bot.customer_chat.cards import draft_coalesced_change, draft_new_card
from telegram_bot.customer_chat.choices import await_no_phone, choose, forget_comment, unchoose
from telegram_bot.customer_chat.topics import draft_name, find_ticket_of_topic, has_topics, is_one_of_several
from telegram_bot.files import draft_fetching
from telegram_bot.identity import current_bot_id
from telegram_bot.mirror.changes import draft_edit, draft_exchange, draft_reaction, draft_removal
from telegram_bot.models import CallState, Chat
from telegram_bot.models.outgoing_call import KEEP_CALLS
from telegram_bot.notices import build_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.outcomes.reporting import report_message
from telegram_bot.outcomes.retrying import make_again
from telegram_bot.speech import keyboards
from tickets.events.subscribers import Subscriber
from tickets.models import AuthorRole, EventType, Ticket, TicketEvent, TicketStatus
from tickets.selectors.rating import is_rating_wanted, was_resolved_before

_ENDS = (TicketStatus.RESOLVED, TicketStatus.CLOSED)


@dataclass(frozen=True)
class Scene:
    """An event with the chat that it is told in."""

    event: TicketEvent
    ticket: Ticket
    customer: User
    chat: Chat

    @property
    def chat_id(self) -> int:
        return self.chat.telegram_id


def mirror_event(event: TicketEvent) -> None:
    """Owe what this event means for the customer's chat; a file that is fetched again needs none."""
    if event.type == EventType.ATTACHMENT_STORED:
        enqueue(_file_asked_for_again(event))
    else:
        _mirror_in_chat(event)


def _mirror_in_chat(event: TicketEvent) -> None:
    if event.message is not None and event.message.internal:  # the customer learns nothing of a note
        return
    if event.source == Source.BUSINESS:  # it happened in that chat
        return
    ticket = event.ticket
    customer = ticket.customer
    if customer.telegram_id is None:
        return
    chat = _find_chat(ticket, customer, customer.telegram_id)
    if chat is None or (chat.is_business and event.type not in _IN_BUSINESS_CHATS):
        return
    with translation.override(customer.language):
        enqueue(_REACTIONS[EventType(event.type)](Scene(event, ticket, customer, chat)))


def _find_chat(ticket: Ticket, customer: User, telegram_id: int) -> Chat | None:
    if ticket.source == Source.BUSINESS:
        return find_chat_of_ticket(ticket.pk)
    chat, _created = Chat.objects.get_or_create(
        bot_id=current_bot_id(), telegram_id=telegram_id, defaults={"person": customer}
    )
    return chat


def _card(scene: Scene) -> list[CallDraft]:
    """In the chat with the bot; in one of the company's own account the company speaks, and shows no card."""
    return [] if scene.chat.is_business else [draft_coalesced_change(scene.ticket.pk, scene.chat_id)]


def _topic(scene: Scene) -> list[CallDraft]:
    return [draft_name(scene.ticket, scene.chat_id)] if has_topics(current_bot_id()) else []


def _ticket_created(scene: Scene) -> list[CallDraft]:
    return [draft_new_card(scene.ticket.pk, scene.chat_id), *_topic(scene)]


def _ticket_changed(scene: Scene) -> list[CallDraft]:
    """Who looks after it and how it stands is no news that must make a sound: the card shows it."""
    return _card(scene)


def _subject_changed(scene: Scene) -> list[CallDraft]:
    return [*_card(scene), *_topic(scene)]


def _status_changed(scene: Scene) -> list[CallDraft]:
    if scene.event.payload["new"] not in _ENDS:
        _await_no_comment(scene)
        _withdraw_question(scene)
    is_done = scene.event.payload["new"] == TicketStatus.RESOLVED
    by_customer = scene.event.actor_id == scene.customer.pk
    if _is_news(scene) and not by_customer and _ends_choice(scene):
        unchoose(scene.chat)  # what is written next may be about this end
    if not is_done or not is_rating_wanted(scene.ticket) or _was_asked(scene):
        return [*_card(scene), *_topic(scene)]
    question = build_notice(
        scene.chat_id,
        "ticket_resolved",
        markup=keyboards.rating_buttons(scene.ticket),
        ticket=scene.ticket.pk,
        number=scene.ticket.number,
        by_customer=by_customer,
        has_others=_is_one_of_several(scene),
    )
    question = replace(question, coalesce_key=_question_key(scene))
    return [question, *_card(scene), *_topic(scene)]


def _question_key(scene: Scene) -> str:
    return f"resolved:{scene.ticket.pk}"


def _withdraw_question(scene: Scene) -> None:
    """It is no longer done, and nobody has been asked yet how they liked it: the next end asks."""
    waiting = lock_waiting(scene.chat.bot_id, _question_key(scene))
    if waiting is not None and waiting.first_attempt_at is None:
        waiting.delete()


def _was_asked(scene: Scene) -> bool:
    """How a question ended is kept for a while only; what was resolved before that has been asked."""
    was_owed = was_called(scene.chat.bot_id, _question_key(scene))
    return was_owed or was_resolved_before(scene.ticket, clock.now() - KEEP_CALLS)


def _is_news(scene: Scene) -> bool:
    """Whether the ticket is done now, and was not before; one that was merged goes on."""
    is_end = scene.event.payload["new"] in _ENDS and scene.event.payload["old"] not in _ENDS
    return is_end and scene.ticket.merged_into_id is None


def _ends_choice(scene: Scene) -> bool:
    """Something else has been said since, of this ticket; what was begun in a topic ends with what is said there."""
    if scene.chat.chosen_ticket in (None, scene.ticket.pk):
        return False
    topic = scene.chat.new_from_topic
    return topic is None or find_ticket_of_topic(scene.chat.bot_id, scene.chat_id, topic) in (None, scene.ticket)


def _merged(scene: Scene) -> list[CallDraft]:
    """Whoever has chosen to write in the one writes in the other from now on."""
    if scene.event.payload["direction"] != "into":
        return []
    if scene.chat.chosen_ticket == scene.ticket.pk:
        choose(scene.chat, scene.ticket.lasting.pk, at=scene.chat.chosen_at)
    return [*_card(scene), *_topic(scene)]


def _message_sent(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.author_role == AuthorRole.CUSTOMER or message.deleted_at is not None:
        return []
    if _ends_choice(scene):
        unchoose(scene.chat)  # an answer to another ticket may just be what the customer writes about next
    _await_no_comment(scene)
    await_no_phone(scene.chat)  # "Not now" may be what the customer answers the desk
    hasten_albums(scene.chat_id)
    drafts = draft_answer(message, chat_id=scene.chat_id, header=_header(scene))
    return [*await_album(message, drafts), *_card(scene)]


def _await_no_comment(scene: Scene) -> None:
    """What the customer says now answers the desk; it is no comment on how they were helped."""
    if scene.chat.comment_on == scene.ticket.pk:
        forget_comment(scene.chat)


def _album_grew(scene: Scene) -> list[CallDraft]:
    message, attachment_id = scene.event.message, UUID(scene.event.payload["attachment"])
    if message is None or message.author_role == AuthorRole.CUSTOMER or message.deleted_at is not None:
        return []
    attachment = message.attachments.filter(pk=attachment_id).first()
    if attachment is None:
        return []
    drafts = draft_grown_album(message, attachment, chat_id=scene.chat_id, header=_header(scene))
    return await_album(message, drafts)


def _message_retried(scene: Scene) -> list[CallDraft]:
    """Only what failed is made again; where nothing was ever owed, or to another bot's chat, all of it."""
    message = scene.event.message
    if message is None or message.deleted_at is not None:
        return []
    calls = [call for call in calls_of(message) if call.bot_id == current_bot_id()]
    if not calls:
        return _message_sent(scene)
    for call in calls:
        if call.state == CallState.FAILED:
            make_again(call)
    # the log said "queued"; where nothing had failed, what is true is told again
    transaction.on_commit(partial(report_message, message.pk), robust=True)
    return []


def _file_asked_for_again(event: TicketEvent) -> list[CallDraft]:
    return draft_fetching(UUID(event.payload["attachment"])) if event.payload["state"] == "pending" else []


def _message_edited(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.author_role == AuthorRole.CUSTOMER:
        return []
    file, item = (_uuid(scene.event.payload.get(name)) for name in ("file", "item"))
    exchanged = draft_exchange(message, file, chat_id=scene.chat_id) if file is not None else []
    return [*exchanged, *draft_edit(message, chat_id=scene.chat_id, item=item), *_card(scene)]


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _message_deleted(scene: Scene) -> list[CallDraft]:
    message = scene.event.message
    if message is None or message.author_role == AuthorRole.CUSTOMER:
        return []
    return [*draft_removal(message, chat_id=scene.chat_id), *_card(scene)]


def _message_reacted(scene: Scene) -> list[CallDraft]:
    """What the desk's side shows now; only the last of several changes counts."""
    message = scene.event.message
    if message is None or message.deleted_at is not None or scene.event.actor_id == scene.customer.pk:
        return []
    return [draft_reaction(message, chat_id=scene.chat_id)]


def _header(scene: Scene) -> str:
    """A customer with several tickets must see which one is answered."""
    return scene.ticket.mark if not scene.chat.is_business and _is_one_of_several(scene) else ""


def _is_one_of_several(scene: Scene) -> bool:
    return is_one_of_several(scene.ticket, scene.chat.bot_id, scene.chat_id)


_REACTIONS: dict[EventType, Callable[[Scene], list[CallDraft]]] = {
    EventType.TICKET_CREATED: _ticket_created,
    EventType.TICKET_ASSIGNED: _ticket_changed,
    EventType.TICKET_UNASSIGNED: _ticket_changed,
    EventType.TICKET_STATUS_CHANGED: _status_changed,
    EventType.TICKET_CATEGORY_CHANGED: _ticket_changed,
    EventType.TICKET_SUBJECT_CHANGED: _subject_changed,
    EventType.TICKET_RATED: _ticket_changed,
    EventType.TICKET_MERGED: _merged,
    EventType.MESSAGE_SENT: _message_sent,
    EventType.ATTACHMENT_ADDED: _album_grew,
    EventType.MESSAGE_EDITED: _message_edited,
    EventType.MESSAGE_DELETED: _message_deleted,
    EventType.MESSAGE_RETRIED: _message_retried,
    EventType.MESSAGE_REACTED: _message_reacted,
}

# There the company itself speaks, so the bot says nothing of its own.
_IN_BUSINESS_CHATS = frozenset(
    {
        EventType.MESSAGE_SENT,
        EventType.ATTACHMENT_ADDED,
        EventType.MESSAGE_EDITED,
        EventType.MESSAGE_DELETED,
        EventType.MESSAGE_RETRIED,
    }
)

_WANTED = frozenset({*_REACTIONS, EventType.ATTACHMENT_STORED})


def _concerns(event: TicketEvent) -> bool:
    """What customers write they see without us; those messages are most of all events."""
    return event.type != EventType.MESSAGE_SENT or event.payload["author_role"] != AuthorRole.CUSTOMER


TELEGRAM = Subscriber(name="telegram", wants=_WANTED, handle=mirror_event, concerns=_concerns, runs_in="bot")
