"""Which of their tickets a customer has chosen to write in; a column of the chat, so that it outlives the process."""

from datetime import timedelta
from uuid import UUID

from accounts import clock
from telegram_bot.models import Chat
from tickets.models import Ticket

CHOICE_LASTS = timedelta(hours=12)


def find_chosen(chat: Chat, active: list[Ticket]) -> Ticket | None:
    """The ticket that the customer chose, while the choice is fresh and the ticket is not closed."""
    if chat.chosen_ticket is None or chat.chosen_at is None or clock.now() - chat.chosen_at > CHOICE_LASTS:
        return None
    return next((ticket for ticket in active if ticket.pk == chat.chosen_ticket), None)


def choose(chat: Chat, ticket_id: UUID | None) -> None:
    """Messages without another hint go there from now on; None: forget the choice."""
    chat.chosen_ticket = ticket_id
    chat.chosen_at = clock.now() if ticket_id is not None else None
    chat.wants_new = False
    chat.save(update_fields=["chosen_ticket", "chosen_at", "wants_new"])
