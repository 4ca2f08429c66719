"""Running the reactions that are owed: claim, handle, done; or back off; or give up where a person can see it.

The claim is a row lock held while the subscriber works, and the subscriber's own rows commit together with `done`:
a kill at any moment leaves the delivery owed and nothing half made.
"""

import logging
import random
from datetime import timedelta

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
LONGEST_PAUSE = timedelta(minutes=30)


def run_due_deliveries(name: str, *, limit: int = 200) -> int:
    """Handle what is due for one subscriber, the oldest first; returns how many were tried.

    Raises what the database raises when it goes away: everything undone is owed as before.
    """
    subscriber = find_subscriber(name)
    if subscriber is None:  # of a newer or an older release: it waits
        return 0
    tried = 0
    while tried < limit and _run_one(subscriber):
        tried += 1
    return tried


def list_due(subscriber: Subscriber) -> "QuerySet[EventDelivery]":
    """What may be handled now. An ordered subscriber gets only the oldest undone delivery of a ticket."""
    due = EventDelivery.objects.filter(
        subscriber=subscriber.name, state=DeliveryState.PENDING, next_attempt_at__lte=clock.now()
    )
    if subscriber.ordered:
        earlier = EventDelivery.objects.filter(
            ticket=OuterRef("ticket"), subscriber=subscriber.name, state=DeliveryState.PENDING, pk__lt=OuterRef("pk")
        )
        due = due.filter(~Exists(earlier))
    return due.order_by("next_attempt_at", "pk")


@transaction.atomic
def _run_one(subscriber: Subscriber) -> bool:
    due = list_due(subscriber).select_for_update(of=("self",), skip_locked=True, no_key=True)
    delivery = due.select_related("event__ticket__customer", "event__message").first()
    if delivery is None:
        return False
    try:
        with transaction.atomic():
            subscriber.handle(delivery.event)
    except (OperationalError, InterfaceError):  # the database's fault, not the subscriber's: it costs no try
        raise
    except Exception as error:
        _postpone(delivery, error)
    else:
        delivery.state = DeliveryState.DONE
        delivery.done_at = clock.now()
        delivery.save(update_fields=["state", "done_at"])
    return True


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
