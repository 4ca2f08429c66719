"""Topics in private chats: where the bot has them (getMe, has_topics_enabled), a ticket is one in its customer's chat.

A call that finds its ticket without a topic goes out as the making of that topic first, and by itself with its next
try. So a topic that the person deleted is made again by whatever comes next, and nothing is lost; where Telegram makes
none, the message goes to the chat itself. A bot cannot close a topic of a private chat (Bot API, closeForumTopic: of
supergroups only): its name says how the ticket stands. One that the person closed is opened again in the same way, or
gets a successor. Topics that were a ticket's before stay known, for the person may open them again, and so does one
that was made though the answer to its making was lost.
"""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import telegram
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from telegram_bot.bot_api import Request
from telegram_bot.models import BotLease, Direction, MessageLink, OutgoingCall, TicketTopic
from telegram_bot.outbox import CallDraft
from telegram_bot.speech.texts import shorten
from telegram_bot.verdicts import TOPIC_CLOSED, TOPIC_GONE, Failed
from tickets.models import Ticket, TicketStatus
from tickets.selectors.inbox import list_active_of_customer
from tickets.selectors.tickets import find_ticket, list_subjects

NO_TOPIC = 0
OPENING, OPENED = "asked", "done"
_NAME_LENGTH = 100  # of 128 (Bot API, createForumTopic), which may count otherwise
_SIGNS = {TicketStatus.PENDING: "❓ ", TicketStatus.RESOLVED: "✓ ", TicketStatus.CLOSED: "🔒 "}
_MARK = re.compile(r"(?:[❓✓🔒] )?[#№][ \u00a0]?([0-9]{1,18}) ")
_MOST_MADE = 2  # by one call, lest a Telegram that forgets its topics at once be asked for ever


def has_topics(bot_id: int) -> bool:
    return BotLease.objects.filter(bot_id=bot_id, has_topics=True).exists()


def _topics(bot_id: int, chat_id: int | None) -> QuerySet[TicketTopic]:
    return TicketTopic.objects.filter(bot_id=bot_id, chat_id=chat_id or 0)


def _name(ticket: Ticket) -> str:
    with translation.override(ticket.customer.language):
        return shorten(f"{_SIGNS.get(TicketStatus(ticket.status), '')}{ticket.mark} {ticket.subject}", _NAME_LENGTH)


# --- when a call is sent ---
def into_topic(call: OutgoingCall, request: Request) -> Request:
    """The request in its ticket's topic, or the making of that topic. Agents' chats with the bot have none."""
    call.params.pop("@making", None)
    is_private = call.queue is not None and call.queue > 0
    if not is_private or not request.method.startswith("send") or not has_topics(call.bot_id):
        return request
    ticket = find_ticket(UUID(call.params["@ticket"]))
    if ticket is None or ticket.customer.telegram_id != call.queue:
        return request
    topic = _topics(call.bot_id, call.queue).filter(ticket=ticket.pk).first()
    if topic is not None and topic.thread_id is not None:
        thread = {"message_thread_id": topic.thread_id} if topic.thread_id != NO_TOPIC else {}
        if thread and call.params.get("@opening") == OPENING:
            return Request(method="reopenForumTopic", params={"chat_id": call.queue, **thread})
        return replace(request, params={**request.params, **thread})
    call.params["@making"] = _name(ticket)
    return Request(method="createForumTopic", params={"chat_id": call.queue, "name": call.params["@making"]})


def draft_name(ticket: Ticket, chat_id: int) -> CallDraft:
    """The topic's name as it is when this is sent."""
    params, key = {"@topic_of": str(ticket.pk)}, f"topic:{ticket.pk}"
    return CallDraft(method="editForumTopic", params=params, queue=chat_id, coalesce_key=key, delay=1.0, can_wait=True)


def render_name(call: OutgoingCall) -> Request | None:
    """None: there is no topic, or it has the name already."""
    call.params.pop("@name", None)  # of an earlier try
    topic = _topics(call.bot_id, call.queue).filter(ticket=call.params["@topic_of"], thread_id__gt=NO_TOPIC).first()
    ticket = find_ticket(UUID(call.params["@topic_of"]))
    if topic is None or ticket is None or topic.name == _name(ticket):
        return None
    call.params["@name"] = _name(ticket)
    params = {"chat_id": call.queue, "message_thread_id": topic.thread_id, "name": call.params["@name"]}
    return Request(method=call.method, params=params)


# --- when it is known what came of it ---
def record_making(call: OutgoingCall, result: dict[str, Any]) -> None:
    """The topic is there: the call itself may go now."""
    call.params["@made"] = call.params.get("@made", 0) + 1
    _keep(call, call.params["@ticket"], thread_id=result["message_thread_id"], name=call.params.pop("@making"))


def record_opening(call: OutgoingCall) -> None:
    """The person had closed it, and it is open again."""
    call.params["@opening"] = OPENED


def record_name(call: OutgoingCall) -> None:
    if "@name" in call.params:
        _topics(call.bot_id, call.queue).filter(ticket=call.params["@topic_of"]).update(name=call.params["@name"])


def forget_topic(call: OutgoingCall) -> None:
    """The person deleted it."""
    _keep(call, call.params["@topic_of"], thread_id=None)


def goes_on(call: OutgoingCall, verdict: Failed) -> bool:
    """Whether only the topic failed: the call is tried again, in a new topic or without one."""
    if verdict.unreachable or (call.queue or 0) <= 0:
        return False
    is_gone = verdict.code in (TOPIC_GONE, TOPIC_CLOSED)
    if is_gone and call.params.pop("message_thread_id", None):
        return True  # an answer in a topic that is no more: in the chat itself, or in its ticket's topic
    if "@ticket" not in call.params:
        return False
    if verdict.code == TOPIC_CLOSED and "@opening" not in call.params:
        call.params["@opening"] = OPENING
        return True
    was_opening = call.params.get("@opening") == OPENING
    if call.params.pop("@making", None):
        _keep(call, call.params["@ticket"], thread_id=NO_TOPIC)
        return True
    if was_opening:  # Telegram does not open it: a new one has to do
        call.params["@opening"] = OPENED
    elif not is_gone:
        return False
    is_forgetful = call.params.get("@made", 0) >= _MOST_MADE
    _keep(call, call.params["@ticket"], thread_id=NO_TOPIC if is_forgetful else None)
    return True


def _keep(call: OutgoingCall, ticket: str, **values: Any) -> None:
    former = _topics(call.bot_id, call.queue).filter(ticket=ticket, thread_id__gt=NO_TOPIC).first()
    if former is not None:
        _remember(former.bot_id, former.chat_id, former.thread_id or NO_TOPIC, former.ticket)
    TicketTopic.objects.update_or_create(bot_id=call.bot_id, chat_id=call.queue or 0, ticket=ticket, defaults=values)


def _remember(bot_id: int, chat_id: int, thread_id: int, ticket: UUID) -> None:
    """What is written in this topic is of the ticket, though that may go on in another one."""
    MessageLink.objects.get_or_create(
        bot_id=bot_id,
        chat_id=chat_id,
        telegram_message_id=thread_id,
        defaults={"ticket": ticket, "is_topic": True, "direction": Direction.OUTGOING},
    )


# --- when somebody writes in one ---
def is_in_topic(ticket: Ticket, bot_id: int, chat_id: int) -> bool:
    """Whether it is spoken of in a topic of its own. One that is left of a time when the bot had topics is none."""
    known = _topics(bot_id, chat_id).filter(ticket=ticket.pk, thread_id__gt=NO_TOPIC)
    return has_topics(bot_id) and known.exists()


def is_one_of_several(ticket: Ticket, bot_id: int, chat_id: int) -> bool:
    """Whether its customer has other tickets under way, and no topic says which one is spoken of."""
    others = list_active_of_customer(ticket.customer_id).exclude(status=TicketStatus.RESOLVED)
    return not is_in_topic(ticket, bot_id, chat_id) and others.exclude(pk=ticket.pk).exists()


def find_ticket_of_topic(bot_id: int, chat_id: int, thread_id: int) -> Ticket | None:
    """The ticket that goes on in this topic, or did."""
    topic = _topics(bot_id, chat_id).filter(thread_id=thread_id).first() or _links(bot_id, chat_id, thread_id).first()
    return find_ticket(topic.ticket) if topic is not None and topic.ticket is not None else None


def _links(bot_id: int, chat_id: int, thread_id: int) -> QuerySet[MessageLink]:
    """To the topic that was a ticket's; its number is that of the first message there."""
    return MessageLink.objects.filter(bot_id=bot_id, chat_id=chat_id, telegram_message_id=thread_id, is_topic=True)


def adopt_topic(bot_id: int, chat_id: int, thread_id: int, ticket: Ticket) -> None:
    """The ticket of what its customer has just written in this topic lives there: in one that they made, where it has
    no other, and in one that was its before. One that another ticket of theirs has stays with that."""
    own = _topics(bot_id, chat_id).filter(ticket=ticket.pk).first()
    if own is not None and own.thread_id == thread_id:
        return
    owner = find_ticket_of_topic(bot_id, chat_id, thread_id)
    if owner is not None and owner.customer_id != ticket.customer_id:  # whom the account stood for before
        _topics(bot_id, chat_id).filter(thread_id=thread_id).update(thread_id=None)
        _links(bot_id, chat_id, thread_id).delete()
        owner = None
    has_other = own is not None and bool(own.thread_id)
    if owner != ticket and (owner is not None or has_other):
        return
    if own is not None and own.thread_id:
        _remember(bot_id, chat_id, own.thread_id, ticket.pk)
    TicketTopic.objects.update_or_create(
        bot_id=bot_id, chat_id=chat_id, ticket=ticket.pk, defaults={"thread_id": thread_id, "name": ""}
    )


def learn_of_own_topic(bot_id: int, message: telegram.Message) -> bool:
    """What Telegram tells of a topic that this bot made in a private chat: it is its ticket's, also where the answer to
    its making was lost, so that another was made. False: it is no such thing."""
    made, maker = message.forum_topic_created, message.from_user
    if made is None or maker is None or maker.id != bot_id:
        return False
    mark = _MARK.match(made.name)
    ticket = find_ticket(mark[1]) if mark is not None else None
    if ticket is not None and ticket.customer.telegram_id == message.chat.id and made.name in _names(ticket):
        _remember(bot_id, message.chat.id, message.message_id, ticket.pk)
    return True


def _names(ticket: Ticket) -> set[str]:
    """All that a topic of it may have had: the number alone may have been another's, before an older database was
    restored."""
    names = set()
    for language, _name_of_language in settings.LANGUAGES:
        with translation.override(language):
            marks = [f"{sign}{ticket.mark}" for sign in ("", *_SIGNS.values())]
        names |= {shorten(f"{mark} {one}", _NAME_LENGTH) for mark in marks for one in list_subjects(ticket.pk)}
    return names
