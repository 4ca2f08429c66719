"""The buttons under the bot's messages, as Telegram's `reply_markup`, in the language that is active."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.actors import Source
from accounts.models import Language, User
from telegram_bot.speech.callback_data import Action, build
from telegram_bot.speech.mini_app import mini_app_url, ticket_url
from telegram_bot.speech.texts import shorten
from tickets.models import RATING_SCORES, Category, Ticket, TicketStatus

Markup = dict[str, Any]
Row = list[dict[str, Any]]

TICKET_BUTTONS = 8
_DONE = (TicketStatus.RESOLVED, TicketStatus.CLOSED)


def inline(rows: Iterable[Row]) -> Markup:
    return {"inline_keyboard": [row for row in rows if row]}


def card_buttons(ticket: Ticket, categories: Iterable[Category], *, is_chosen: bool, is_ratable: bool) -> Markup:
    """Below a ticket's card: what it is about, where to write, and its end."""
    topics = [
        {"text": category.name, "callback_data": build(Action.SET_CATEGORY, ticket.pk, category.pk)}
        for category in categories
    ]
    text = _("✓ Writing here") if is_chosen else _("Write here")
    goes_on_here = not (ticket.is_closed or ticket.source == Source.BUSINESS)
    write: Row = [] if not goes_on_here else [{"text": text, "callback_data": build(Action.CHOOSE_TICKET, ticket.pk)}]
    close: Row = [{"text": _("Close the ticket"), "callback_data": build(Action.CLOSE_TICKET, ticket.pk)}]
    if ticket.merged_into is not None:
        other = ticket.lasting
        write = _row_to_go_on(other)
    rows = [*_pairs(topics), [*write, *_open_row(ticket)], [] if ticket.status in _DONE else close]
    return inline([*rows, *(rating_rows(ticket) if is_ratable else [])])


def _row_to_go_on(ticket: Ticket) -> Row:
    """A press shows its card at the end of the chat or, where there are topics, in its topic."""
    go_on = _("Go on in #%(number)d") % {"number": ticket.number}
    return [{"text": go_on, "callback_data": build(Action.SHOW_TICKET, ticket.pk)}]


def go_on_buttons(ticket: Ticket) -> Markup:
    return inline([[*_row_to_go_on(ticket), *_open_row(ticket)]])


def open_ticket_button(ticket: Ticket) -> Markup:
    return inline([_open_row(ticket)])


def choice_of_tickets(
    tickets: Sequence[Ticket], action: Action, *, has_more: bool = False, with_new: bool = False
) -> Markup:
    """One button for each ticket, TICKET_BUTTONS at most. has_more: there are others, before or behind these."""
    rows: list[Row] = [
        [{"text": _button_text(ticket), "callback_data": build(action, ticket.pk)}]
        for ticket in tickets[:TICKET_BUTTONS]
    ]
    if has_more:
        more = build(Action.MORE_TICKETS, tickets[-1].pk, word=action.value)
        rows.append([{"text": _("More…"), "callback_data": more}])
    if with_new:
        rows.append([{"text": _("New ticket"), "callback_data": build(Action.NEW_TICKET)}])
    return inline(rows)


def inbox_buttons(tickets: Sequence[Ticket]) -> Markup:
    """For an agent: take what nobody has, open what is theirs."""
    rows: list[Row] = []
    for ticket in tickets[:TICKET_BUTTONS]:
        row = _open_row(ticket, text=ticket.mark)
        if ticket.assignee_id is None:
            text = _("Take #%(number)d") % {"number": ticket.number}
            row.append({"text": text, "callback_data": build(Action.TAKE_TICKET, ticket.pk)})
        rows.append(row)
    return inline(rows)


def notification_buttons(ticket: Ticket) -> Markup:
    """Below what an agent is told: open the ticket, or take it while nobody has it."""
    row = _open_row(ticket)
    if ticket.assignee_id is None and not ticket.is_closed:
        row.append({"text": _("Take it"), "callback_data": build(Action.TAKE_TICKET, ticket.pk)})
    return inline([row])


def staff_card_buttons(ticket: Ticket, *, bot_username: str) -> Markup:
    """Below a ticket's card in the staff's group, where Telegram takes no Mini App buttons: the bot's chat has one."""
    take = [{"text": _("Take it"), "callback_data": build(Action.TAKE_TICKET, ticket.pk)}]
    change = [
        {"text": _("Assign…"), "callback_data": build(Action.LIST_AGENTS, ticket.pk)},
        {"text": _("Status…"), "callback_data": build(Action.LIST_STATUSES, ticket.pk)},
    ]
    url = f"https://t.me/{bot_username}?start=ticket_{ticket.number}"
    return inline(
        [
            take if ticket.assignee_id is None and not ticket.is_closed else [],
            change if ticket.merged_into_id is None else [],
            [{"text": pgettext("button", "Open"), "url": url}] if bot_username else [],
        ]
    )


def agents_buttons(ticket_id: UUID, agents: Sequence[User], *, has_more: bool) -> Markup:
    """In place of the card's own: who gets the ticket. "More…" names the last who is shown."""
    buttons = [
        {"text": agent.name[:40], "callback_data": build(Action.ASSIGN, ticket_id, agent.pk)} for agent in agents
    ]
    more = (
        [{"text": _("More…"), "callback_data": build(Action.MORE_AGENTS, ticket_id, agents[-1].pk)}] if has_more else []
    )
    return inline([*_pairs(buttons), [*more, *_back_row(ticket_id)]])


def statuses_buttons(ticket: Ticket) -> Markup:
    """In place of the card's own: what the ticket becomes."""
    buttons = [
        {"text": str(status.label), "callback_data": build(Action.SET_STATUS, ticket.pk, word=status.value)}
        for status in TicketStatus
        if status not in (TicketStatus.NEW, ticket.status)
    ]
    return inline([*_pairs(buttons), _back_row(ticket.pk)])


def _back_row(ticket_id: UUID) -> Row:
    return [{"text": _("Back"), "callback_data": build(Action.SHOW_CARD, ticket_id)}]


def language_buttons() -> Markup:
    return inline(
        [
            [
                {"text": "Русский", "callback_data": build(Action.SET_LANGUAGE, word=Language.RUSSIAN.value)},
                {"text": "English", "callback_data": build(Action.SET_LANGUAGE, word=Language.ENGLISH.value)},
            ]
        ]
    )


def mini_app_button() -> Markup:
    url = mini_app_url()
    return inline([[{"text": _("Open the app"), "web_app": {"url": url}}]] if url else [])


def stop_news_button() -> Markup:
    """Below a broadcast: no more of them."""
    return inline([[{"text": _("No more such messages"), "callback_data": build(Action.STOP_NEWS)}]])


def want_news_button() -> Markup:
    """In its place once it was pressed: the way back."""
    return inline([[{"text": _("Send such messages again"), "callback_data": build(Action.WANT_NEWS)}]])


def link_button(text: str, url: str) -> Markup:
    return inline([[{"text": text, "url": url}]])


def rating_buttons(ticket: Ticket) -> Markup:
    return inline(rating_rows(ticket))


def rating_rows(ticket: Ticket) -> list[Row]:
    """Five, with the one that is given marked; below a rating also the way to a comment."""
    scores: Row = [
        {
            "text": f"★ {score}" if score == ticket.rating_score else str(score),
            "callback_data": build(Action.RATE, ticket.pk, word=str(score)),
        }
        for score in RATING_SCORES
    ]
    comment: Row = [{"text": _("Add a few words"), "callback_data": build(Action.COMMENT, ticket.pk)}]
    return [scores, comment if ticket.rating_score is not None else []]


def _open_row(ticket: Ticket, *, text: str = "") -> Row:
    url = ticket_url(ticket.number)
    return [{"text": text or _("Open in the app"), "web_app": {"url": url}}] if url else []


def _button_text(ticket: Ticket) -> str:
    return shorten(str(ticket), 40)


def _pairs(buttons: Row) -> Iterable[Row]:
    return (buttons[at : at + 2] for at in range(0, len(buttons), 2))
