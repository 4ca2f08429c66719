"""The durable subscriber that makes notifications, once for each event and person.

Of several events at once it tells by as many statements as of one.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from accounts import clock
from accounts.announcements import announce
from tickets.events.subscribers import Subscriber
from tickets.models import Notification, NotificationKind, TicketEvent
from tickets.notifications.channels import list_channels
from tickets.notifications.recipients import WANTED_EVENTS, find_recipients, may_concern

_TOLD = "SELECT event_id, user_id FROM tickets_notification WHERE event_id = ANY(%s::bigint[])"
_SUPERSEDE = """
WITH unread AS (
    SELECT id FROM tickets_notification
    WHERE (user_id, ticket_id) IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[]))
        AND kind = %s AND read_at IS NULL
    ORDER BY id FOR UPDATE)
UPDATE tickets_notification AS earlier SET is_superseded = true, read_at = %s
FROM unread WHERE earlier.id = unread.id
RETURNING earlier.user_id, earlier.ticket_id, earlier.count
"""


def notify_of_all(events: Sequence[TicketEvent]) -> None:
    """Handle these events, in their order; handling them again makes nothing twice."""
    told = _list_told(events)
    notifications = [
        Notification(event=event, user=person, ticket=event.ticket, kind=decision[0])
        for event, decision in zip(events, find_recipients(events), strict=True)
        if decision is not None
        for person in decision[1]
        if (event.pk, person.pk) not in told
    ]
    if not notifications:
        return
    _supersede([one for one in notifications if one.kind == NotificationKind.MESSAGE_RECEIVED])
    Notification.objects.bulk_create(notifications)
    for channel in list_channels():
        if wanted := [one for one in notifications if channel.is_wanted_by(one.user)]:
            channel.owe(wanted)
    for one in notifications:
        if not one.is_superseded:
            announce("notification_created", notification=one.pk, user=one.user_id)


def notify(event: TicketEvent) -> None:
    notify_of_all([event])


def _list_told(events: Sequence[TicketEvent]) -> set[tuple[int, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [[event.pk for event in events]])
        return set(cursor.fetchall())


def _supersede(notifications: Sequence[Notification]) -> None:
    """Each tells of what its reader has not read of the ticket's messages before as well, and stands for it."""
    if not notifications:
        return
    now = clock.now()
    unread: Counter[tuple[UUID, UUID]] = Counter()
    pairs = {(one.user_id, one.ticket_id) for one in notifications}
    people, tickets = ([pair[place] for pair in pairs] for place in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, [people, tickets, NotificationKind.MESSAGE_RECEIVED.value, now])
        for person, ticket, count in cursor.fetchall():
            unread[person, ticket] += count  # those of before they were gathered are several
    last: dict[tuple[UUID, UUID], Notification] = {}
    for one in notifications:
        pair = one.user_id, one.ticket_id
        unread[pair] += 1
        one.count = unread[pair]
        if pair in last:
            last[pair].is_superseded, last[pair].read_at = True, now
        last[pair] = one


NOTIFICATIONS = Subscriber(
    name="notifications", wants=WANTED_EVENTS, handle=notify, handle_all=notify_of_all, concerns=may_concern
)
