"""Who is owed a reaction to which events. Subscribers register themselves in `AppConfig.ready`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tickets.models import EventType, TicketEvent


class PermanentFailure(Exception):
    """Raised by a subscriber: this event can never be handled, trying again is of no use."""


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A durable subscriber. `handle` runs inside the transaction that marks the delivery done, at least once.

    The events of one ticket are handled one after another, in their order.

    concerns: of what it wants, whether this event is owed to it; asked once, when the event is written.
    handle_all: takes several at once, in their order, where that costs less; should it fail, each goes to `handle`.
    runs_in: the kind of process that handles it; others only owe it.
    """

    name: str
    wants: frozenset[EventType]
    handle: Callable[[TicketEvent], None]
    handle_all: Callable[[Sequence[TicketEvent]], None] | None = None
    concerns: Callable[[TicketEvent], bool] = lambda _event: True
    runs_in: Literal["worker", "bot"] = "worker"


_subscribers: dict[str, Subscriber] = {}


def subscribe(subscriber: Subscriber) -> None:
    _subscribers[subscriber.name] = subscriber


def find_subscriber(name: str) -> Subscriber | None:
    return _subscribers.get(name)


def list_subscribers(*, runs_in: str | None = None) -> list[Subscriber]:
    return [subscriber for subscriber in _subscribers.values() if runs_in in (None, subscriber.runs_in)]


def names_that_want(event: TicketEvent) -> list[str]:
    kind = EventType(event.type)
    return [found.name for found in _subscribers.values() if kind in found.wants and found.concerns(event)]
