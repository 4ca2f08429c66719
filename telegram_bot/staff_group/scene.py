"""An event together with the topic that is told of it, and what waits for that topic."""

from dataclasses import dataclass
from typing import Any

from telegram_bot.coalescing import lock_waiting, seal
from telegram_bot.models import OutgoingCall, StaffTopic
from telegram_bot.outbox import CallDraft
from telegram_bot.staff_group.topics import draft_in_topic
from tickets.models import Ticket, TicketEvent


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

    def lock_waiting(self) -> OutgoingCall | None:
        """The last call of the topic, if it still waits and takes more."""
        return lock_waiting(self.topic.bot_id, self.key)

    def seal(self) -> None:
        """Something else follows in the topic; an album waits for no more."""
        seal(self.topic.bot_id, self.key)
