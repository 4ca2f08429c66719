"""Running the reactions that are owed: claim, handle, done; or back off; or give up where a person can see it.

The claim is a row lock held while the subscriber works, and the subscriber's own rows commit together with `done`:
a kill at any moment leaves the deliveries owed and nothing half made. A few are claimed at once, because finding and
marking them costs more than most reactions.
"""

import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.compiled_queries import CompiledQuery, Given, IsAmong
from accounts.permissions import Capability, require
from tickets.events.subscribers import PermanentFailure, Subscriber, find_subscriber
from tickets.models import DeliveryState, EventDelivery

log = logging.getLogger(__name__)

MAXIMUM_ATTEMPTS = 10
_BATCH = 20  # so few that the first of them does not wait long for the last
LONGEST_PAUSE = timedelta(minutes=30)

# Of each ticket the oldest that is undone, if its time has come, and then those behind them, as far as there is room.
# By hand, because it is asked for most often where nothing is due.
_CLAIM = """
WITH heads AS (
    SELECT due.id, due.ticket_id FROM tickets_eventdelivery AS due
    WHERE due.subscriber = %(subscriber)s AND due.state = 'pending' AND due.next_attempt_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM tickets_eventdelivery AS earlier
            WHERE earlier.subscriber = %(subscriber)s AND earlier.state = 'pending'
                AND earlier.ticket_id = due.ticket_id AND earlier.id < due.id)
    ORDER BY due.next_attempt_at, due.id LIMIT %(size)s::bigint
    FOR NO KEY UPDATE SKIP LOCKED),
behind AS (
    SELECT later.id FROM heads JOIN tickets_eventdelivery AS later
        ON later.ticket_id = heads.ticket_id AND later.id > heads.id
    WHERE later.subscriber = %(subscriber)s AND later.state = 'pending'
    ORDER BY later.id LIMIT %(size)s::bigint - (SELECT count(*) FROM heads)
    FOR NO KEY UPDATE OF later SKIP LOCKED)
SELECT id FROM heads UNION ALL SELECT id FROM behind
"""
_CLAIMED = CompiledQuery(
    lambda: (
        EventDelivery.objects.filter(IsAmong("pk", "bigint", Given("ids")))
        .select_related("event__ticket__customer", "event__message")
        .order_by("pk")
    )
)
_MARK_DONE = """
UPDATE tickets_eventdelivery SET state = 'done', done_at = %(now)s WHERE id = ANY(%(ids)s::bigint[])
"""


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


@transaction.atomic
def _run_batch(subscriber: Subscriber, size: int) -> int:
    """Claim some, handle them, mark all that succeeded at once; returns how many it tried."""
    due = _without_held_up(_claim(subscriber, size))
    if not due:
        return 0
    done, tried = (due, len(due)) if _handle_together(subscriber, due) else _handle_each(subscriber, due)
    if done:
        with connection.cursor() as cursor:
            cursor.execute(_MARK_DONE, {"now": clock.now(), "ids": [delivery.pk for delivery in done]})
    return tried


def _claim(subscriber: Subscriber, size: int) -> list[EventDelivery]:
    """Locked until the batch commits. Whoever has a ticket's oldest has its later ones as well: they go with it."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"subscriber": subscriber.name, "now": clock.now(), "size": size})
        ids = [row[0] for row in cursor.fetchall()]
    return _CLAIMED.fetch(ids=ids) if ids else []


def _without_held_up(claimed: Sequence[EventDelivery]) -> list[EventDelivery]:
    """Later events of a ticket wait for an earlier one whose time has not come."""
    now, due = clock.now(), []
    held_up: set[UUID] = set()
    for delivery in claimed:
        if delivery.ticket_id in held_up or delivery.next_attempt_at > now:
            held_up.add(delivery.ticket_id)
        else:
            due.append(delivery)
    return due


def _handle_together(subscriber: Subscriber, due: Sequence[EventDelivery]) -> bool:
    """Where it can, the subscriber takes all at once; False, and nothing of it stays: each is to be tried by itself."""
    if subscriber.handle_all is None:
        return False
    try:
        with transaction.atomic():
            subscriber.handle_all([delivery.event for delivery in due])
    except (OperationalError, InterfaceError) as error:
        if not isinstance(error.__cause__, QueryCanceled):  # what took too long together may go through by itself
            raise
        return False
    except Exception as error:
        log.info("%s takes %s events one by one: %s", subscriber.name, len(due), type(error).__name__)
        return False
    return True


def _handle_each(subscriber: Subscriber, due: Sequence[EventDelivery]) -> tuple[list[EventDelivery], int]:
    """Each in a savepoint of its own, and those behind one that fails wait; returns which are done, and how many were
    tried."""
    done: list[EventDelivery] = []
    failed: set[UUID] = set()
    for delivery in due:
        if delivery.ticket_id in failed:
            continue
        try:
            with transaction.atomic():
                subscriber.handle(delivery.event)
        except (OperationalError, InterfaceError):  # the database's fault, not the subscriber's: it costs no try
            raise
        except Exception as error:
            failed.add(delivery.ticket_id)
            _postpone(delivery, error)
        else:
            done.append(delivery)
    return done, len(done) + len(failed)


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
