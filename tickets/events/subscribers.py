"""Who is owed a reaction to which events. Subscribers register themselves in `AppConfig.ready`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from tickets.models import EventType, TicketEvent


class PermanentFailure(Exception):
    """Raised by a subscriber: this event can never be handled, trying again is of no use."""


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A durable subscriber. `handle` runs inside the transaction that marks the delivery done, at least once.

    ordered: the events of one ticket are handled one after another, in their order.
    runs_in: the kind of process that handles it; others only owe it.
    """

    name: str
    wants: frozenset[EventType]
    handle: Callable[[TicketEvent], None]
    ordered: bool = False
    runs_in: Literal["worker", "bot"] = "worker"


_subscribers: dict[str, Subscriber] = {}


def subscribe(subscriber: Subscriber) -> None:
    _subscribers[subscriber.name] = subscriber


def find_subscriber(name: str) -> Subscriber | None:
    return _subscribers.get(name)


def list_subscribers(*, runs_in: str | None = None) -> list[Subscriber]:
    return [subscriber for subscriber in _subscribers.values() if runs_in in (None, subscriber.runs_in)]


def names_that_want(event_type: EventType) -> Iterable[str]:
    return [subscriber.name for subscriber in _subscribers.values() if event_type in subscriber.wants]
