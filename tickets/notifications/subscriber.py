"""The durable subscriber that makes notifications, once for each event and person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from accounts import clock
from accounts.announcements import announce
from accounts.models import User
from tickets.events.subscribers import Subscriber
from tickets.models import Notification, NotificationKind, TicketEvent
from tickets.notifications.channels import list_channels
from tickets.notifications.recipients import WANTED_EVENTS, find_recipients, may_concern


def notify(event: TicketEvent) -> None:
    """Handle one event; handling it again makes nothing twice."""
    decision = find_recipients(event)
    if decision is None:
        return
    kind, people = decision
    told = set(Notification.objects.filter(event=event).values_list("user", flat=True))
    untold = [person for person in people.order_by("pk") if person.pk not in told]
    earlier = _supersede(event, untold) if kind == NotificationKind.MESSAGE_RECEIVED else {}
    notifications = Notification.objects.bulk_create(
        Notification(event=event, user=one, ticket=event.ticket, kind=kind, count=earlier.get(one.pk, 0) + 1)
        for one in untold
    )
    for channel in list_channels():
        if wanted := [one for one in notifications if channel.is_wanted_by(one.user)]:
            channel.owe(wanted)
    for notification in notifications:
        announce("notification_created", notification=notification.pk, user=notification.user_id)


def _supersede(event: TicketEvent, people: Sequence[User]) -> Mapping[UUID, int]:
    """Of those who have not read of the ticket's messages yet: how many; the new one tells of these as well."""
    unread = Notification.objects.filter(
        user__in=people, ticket=event.ticket, kind=NotificationKind.MESSAGE_RECEIVED, read_at=None
    )
    earlier: Counter[UUID] = Counter()
    for person, count in unread.order_by("pk").select_for_update().values_list("user", "count"):
        earlier[person] += count  # those of before they were gathered are several
    if earlier:
        unread.update(is_superseded=True, read_at=clock.now())
    return earlier


NOTIFICATIONS = Subscriber(name="notifications", wants=WANTED_EVENTS, handle=notify, concerns=may_concern)
