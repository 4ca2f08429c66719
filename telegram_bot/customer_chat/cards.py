"""The card of a ticket: one message in its customer's chat that shows how the ticket stands, edited in place.

Whoever changes something owes the card again; it is rendered when it is sent, and Telegram is asked only where its text
or its buttons differ from what the chat shows. Edits wait a moment and let answers pass, so that several changes in a
row are one edit. Where the person deleted the card, the next change shows a new one, without a sound.
"""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation

from accounts import clock
from accounts.actors import Source
from telegram_bot.bot_api import Request
from telegram_bot.customer_chat.topics import is_one_of_several
from telegram_bot.models import Chat, OutgoingCall, TicketCard
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech import texts
from telegram_bot.speech.expectations import say_expectation
from telegram_bot.speech.keyboards import Markup, card_buttons
from tickets.models import Ticket, TicketStatus
from tickets.selectors.categories import list_categories
from tickets.selectors.conversation import find_last_answer, is_begun_by_customer
from tickets.selectors.inbox import list_active_of_customer, list_of_customer
from tickets.selectors.rating import can_be_rated
from tickets.selectors.tickets import find_ticket

GONE = ("message_gone", "message_fixed")  # verdicts on an edit: Telegram has no such card any more
_UNANSWERED = (TicketStatus.NEW, TicketStatus.OPEN)
_EDIT_AFTER = 1.0  # seconds
_PREVIEW = 120
_MISSED = 30
_DELETABLE = timedelta(hours=47)  # bots may delete for 48 hours (Bot API, deleteMessage)


def draft_new_card(ticket: UUID, chat_id: int) -> CallDraft:
    """The first one, at once."""
    return CallDraft(method="sendMessage", params=_params(ticket), queue=chat_id)


def draft_change(ticket: UUID, chat_id: int) -> CallDraft:
    """The card as it is in a moment."""
    return CallDraft(method="editMessageText", params=_params(ticket), queue=chat_id, delay=_EDIT_AFTER, can_wait=True)


def draft_coalesced_change(ticket: UUID, chat_id: int) -> CallDraft:
    """The same, one for all that happens meanwhile; it locks its key, so no other card may be owed with it."""
    return replace(draft_change(ticket, chat_id), coalesce_key=f"ticket_card:{ticket}")


def draft_changes_in(chat: Chat) -> list[CallDraft]:
    """All that the chat shows of tickets that are not closed, as when its person's language has changed."""
    return _draft_shown(chat, list_active_of_customer(chat.person_id)) if chat.person_id is not None else []


def draft_missed_changes(chat: Chat) -> list[CallDraft]:
    """What the chat shows of the tickets that changed last, closed ones too: edits of it may have been refused."""
    return _draft_shown(chat, list_of_customer(chat.person_id), _MISSED) if chat.person_id is not None else []


def _draft_shown(chat: Chat, tickets: QuerySet[Ticket], limit: int | None = None) -> list[CallDraft]:
    shown = TicketCard.objects.filter(bot_id=chat.bot_id, chat_id=chat.telegram_id, telegram_message_id__isnull=False)
    found = tickets.filter(pk__in=shown.values("ticket")).values_list("pk", flat=True)[:limit]
    return [draft_coalesced_change(ticket, chat.telegram_id) for ticket in found]


def show_card(ticket: UUID, chat_id: int) -> None:
    """Asked for: the card moves to the end of the chat."""
    enqueue([CallDraft(method="sendMessage", params={**_params(ticket), "@anew": True}, queue=chat_id)])


def _params(ticket: UUID) -> dict[str, Any]:
    return {"@ticket_card": str(ticket), "@ticket": str(ticket)}


def is_card(bot_id: int, chat_id: int, message_id: int, ticket: UUID) -> bool:
    """Whether this message is the ticket's card now."""
    return _cards(bot_id, chat_id, ticket).filter(telegram_message_id=message_id).exists()


def _cards(bot_id: int, chat_id: int, ticket: UUID | str) -> QuerySet[TicketCard]:
    return TicketCard.objects.filter(bot_id=bot_id, chat_id=chat_id, ticket=ticket)


# --- when it is sent ---
def render_card(call: OutgoingCall, params: dict[str, Any]) -> Request | None:
    """params: of the call as Telegram takes them, to be completed. None: the chat shows it as it is."""
    call.params.pop("@digest", None)  # of an earlier try
    ticket, chat_id = find_ticket(UUID(call.params["@ticket_card"])), call.queue or 0
    if ticket is None:
        return None
    known = _cards(call.bot_id, chat_id, ticket.pk).first()
    with translation.override(ticket.customer.language):
        text, markup = _compose(
            ticket,
            is_chosen=call.chat is not None and call.chat.chosen_ticket == ticket.pk,
            has_others=ticket.status == TicketStatus.RESOLVED and is_one_of_several(ticket, call.bot_id, chat_id),
        )
    digest = sha256(json.dumps([text, markup]).encode()).hexdigest()
    content = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}, "reply_markup": markup}
    request = {**params, **content, "text": text}
    is_shown = known is not None and known.telegram_message_id is not None
    if known is not None and is_shown and "@anew" not in call.params:
        if known.digest == digest:
            return None
        call.params["@digest"] = digest
        return Request(method="editMessageText", params={**request, "message_id": known.telegram_message_id})
    if ticket.is_closed and "@anew" not in call.params:
        return None
    call.params["@digest"] = digest
    if known is not None and not is_shown:
        request["disable_notification"] = True
    return Request(method="sendMessage", params=request)


def _compose(ticket: Ticket, *, is_chosen: bool, has_others: bool) -> tuple[str, Markup]:
    """In the active language."""
    is_new = ticket.status == TicketStatus.NEW
    categories = list_categories() if is_new and ticket.category_id is None else []
    answer = find_last_answer(ticket)
    is_awaited = answer is None and ticket.status in _UNANSWERED and is_begun_by_customer(ticket)
    text = texts.render(
        "card",
        ticket=ticket,
        is_awaited=is_awaited and ticket.source != Source.BUSINESS,
        expectation=say_expectation(since=ticket.created_at) if is_awaited else "",
        asks_category=bool(categories),
        preview=texts.shorten(answer.text or str(answer.get_kind_display()), _PREVIEW) if answer else "",
        is_chosen=is_chosen,
        has_others=has_others,
    )
    return text, card_buttons(ticket, categories, is_chosen=is_chosen, is_ratable=can_be_rated(ticket))


# --- when it is known what came of it ---
def record_card(call: OutgoingCall, result: Any) -> None:
    """What the chat shows now; a card that was sent anew takes the place of the one before."""
    if call.queue is None or "@digest" not in call.params:
        return
    card = _cards(call.bot_id, call.queue, call.params["@ticket_card"]).first() or TicketCard(
        bot_id=call.bot_id, chat_id=call.queue, ticket=UUID(call.params["@ticket_card"])
    )
    # where it was so already ("message is not modified"), Telegram gives no message
    message_id = result["message_id"] if isinstance(result, dict) else card.telegram_message_id
    if message_id != card.telegram_message_id:
        if card.telegram_message_id is not None:
            enqueue([_draft_removal(card)])
        card.telegram_message_id, card.shown_at = message_id, clock.now()
    card.digest = call.params["@digest"]
    card.save()


def _draft_removal(card: TicketCard) -> CallDraft:
    """What Telegram no longer lets a bot delete loses its buttons."""
    params: dict[str, Any] = {"message_id": card.telegram_message_id}
    if clock.now() - card.shown_at < _DELETABLE:
        return CallDraft(method="deleteMessage", params=params, queue=card.chat_id)
    params["reply_markup"] = {"inline_keyboard": []}
    return CallDraft(method="editMessageReplyMarkup", params=params, queue=card.chat_id)


def forget_card(call: OutgoingCall) -> None:
    """Telegram has it no more: rendered again, the call sends a new one."""
    _cards(call.bot_id, call.queue or 0, call.params["@ticket_card"]).update(telegram_message_id=None, digest="")
