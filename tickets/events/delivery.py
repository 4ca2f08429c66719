"""Running the reactions that are owed: claim, handle, done; or back off; or give up where a person can see it.

The claim is a row lock held while the subscriber works, and the subscriber's own rows commit together with `done`:
a kill at any moment leaves the deliveries owed and nothing half made. A few are claimed at once, because finding and
marking them costs more than most reactions.
"""

import logging
import random
from datetime import timedelta
from operator import attrgetter
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.permissions import Capability, require
from tickets.events.subscribers import PermanentFailure, Subscriber, find_subscriber
from tickets.models import DeliveryState, EventDelivery

log = logging.getLogger(__name__)

MAXIMUM_ATTEMPTS = 10
_BATCH = 20  # so few that the first of them does not wait long for the last
LONGEST_PAUSE = timedelta(minutes=30)


def run_due_deliveries(name: str, *, limit: int = 200) -> int:
    """Handle what is due for one subscriber, the oldest first; returns how many were tried.

    Raises what the database raises when it goes away: everything undone is owed as before.
    """
    subscriber = find_subscriber(name)
    if subscriber is None:  # of a newer or an older release: it waits
        return 0
    tried = 0
    while tried < limit:
        batch = _run_batch(subscriber, min(_BATCH, limit - tried))
        if not batch:
            break
        tried += batch
    return tried


def list_due(subscriber: Subscriber) -> "QuerySet[EventDelivery]":
    """What may be handled now: of each ticket the oldest that is undone, if its time has come."""
    pending = _pending(subscriber)
    earlier = pending.filter(ticket=OuterRef("ticket"), pk__lt=OuterRef("pk"))
    return pending.filter(~Exists(earlier), next_attempt_at__lte=clock.now()).order_by("next_attempt_at", "pk")


def _pending(subscriber: Subscriber) -> "QuerySet[EventDelivery]":
    return EventDelivery.objects.filter(subscriber=subscriber.name, state=DeliveryState.PENDING)


@transaction.atomic
def _run_batch(subscriber: Subscriber, size: int) -> int:
    """Claim some, handle each in a savepoint of its own, mark all that succeeded at once; returns how many it tried."""
    now, failed = clock.now(), 0
    done: list[int] = []
    held_up: set[UUID] = set()  # tickets whose later events wait for an earlier one
    for delivery in _claim(subscriber, size):
        if delivery.ticket_id in held_up:
            continue
        if delivery.next_attempt_at > now:
            held_up.add(delivery.ticket_id)
            continue
        try:
            with transaction.atomic():
                subscriber.handle(delivery.event)
        except (OperationalError, InterfaceError):  # the database's fault, not the subscriber's: it costs no try
            raise
        except Exception as error:
            failed += 1
            held_up.add(delivery.ticket_id)
            _postpone(delivery, error)
        else:
            done.append(delivery.pk)
    if done:
        EventDelivery.objects.filter(pk__in=done).update(state=DeliveryState.DONE, done_at=clock.now())
    return len(done) + failed


def _claim(subscriber: Subscriber, size: int) -> list[EventDelivery]:
    """Locked until the batch commits. Whoever has a ticket's oldest has its later ones as well: they go with it."""
    heads = list(_locked(list_due(subscriber)[:size]))
    room = size - len(heads)
    if not heads or not room:
        return heads
    behind = _pending(subscriber).filter(ticket__in=[head.ticket_id for head in heads])
    followers = _locked(behind.exclude(pk__in=[head.pk for head in heads]).order_by("pk")[:room])
    return sorted([*heads, *followers], key=attrgetter("pk"))


def _locked(deliveries: "QuerySet[EventDelivery]") -> "QuerySet[EventDelivery]":
    locked = deliveries.select_for_update(of=("self",), skip_locked=True, no_key=True)
    return locked.select_related("event__ticket__customer", "event__message")


def _postpone(delivery: EventDelivery, error: Exception) -> None:
    """Back off 2, 4, 8 ... seconds with jitter; give up after MAXIMUM_ATTEMPTS or at a permanent failure."""
    delivery.attempts += 1
    delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
    if isinstance(error, PermanentFailure) or delivery.attempts >= MAXIMUM_ATTEMPTS:
        delivery.state = DeliveryState.DEAD
        log.error("Gave up event %s for %s: %s", delivery.event_id, delivery.subscriber, delivery.last_error)
    else:
        pause = min(timedelta(seconds=2**delivery.attempts), LONGEST_PAUSE)
        delivery.next_attempt_at = clock.now() + pause * random.uniform(0.75, 1.25)  # noqa: S311
        log.warning("Event %s for %s is retried", delivery.event_id, delivery.subscriber, exc_info=error)
    delivery.save(update_fields=["attempts", "last_error", "state", "next_attempt_at"])


def retry_delivery(*, actor: Actor, delivery_id: int) -> bool:
    """Try a given-up delivery again; False where it is not given up. Raises PermissionDenied."""
    require(actor, Capability.RUN_THE_DESK)
    return bool(_revive(EventDelivery.objects.filter(pk=delivery_id)))


def retry_dead_deliveries(name: str) -> int:
    """Ask for all given-up deliveries of a subscriber again; returns how many."""
    return _revive(EventDelivery.objects.filter(subscriber=name))


def _revive(deliveries: "QuerySet[EventDelivery]") -> int:
    dead = deliveries.filter(state=DeliveryState.DEAD)
    names = list(dead.order_by().values_list("subscriber", flat=True).distinct())
    count = dead.update(state=DeliveryState.PENDING, attempts=0, next_attempt_at=clock.now())
    for name in names:
        announce("deliveries_due", subscriber=name)
    return count
