"""What is said to who writes while the desk is closed, in a ticket that is under way: once a ticket and closing, not
once a message. The card of a ticket that is new says it by itself, and so does the Mini App."""

from dataclasses import replace

from accounts import clock
from telegram_bot.notices import build_notice
from telegram_bot.outbox import enqueue_once
from telegram_bot.speech.expectations import say_expectation
from tickets.models import Ticket
from tickets.selectors.conversation import is_begun_by_customer
from tickets.selectors.hours import read_working_hours


def say_if_closed(ticket: Ticket, *, chat_id: int) -> None:
    """Owe the words, in the active language, unless they were said since the desk closed."""
    hours, now = read_working_hours(), clock.now()
    if hours.is_open(now):
        return
    opens_at = hours.next_opening(now)
    is_of_now = not hours.is_open(ticket.created_at) and hours.next_opening(ticket.created_at) == opens_at
    if is_of_now and is_begun_by_customer(ticket):
        return  # its card has said so
    key = f"closed:{ticket.pk}:{opens_at:%Y-%m-%dT%H:%M}" if opens_at is not None else f"closed:{ticket.pk}"
    notice = build_notice(chat_id, "closed_now", ticket=ticket.pk, expectation=say_expectation())
    enqueue_once(replace(notice, coalesce_key=key))
