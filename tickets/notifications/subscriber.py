"""The durable subscriber that makes notifications, once for each event and person."""

from accounts.announcements import announce
from tickets.events.subscribers import Subscriber
from tickets.models import Notification, TicketEvent
from tickets.notifications.channels import list_channels
from tickets.notifications.recipients import WANTED_EVENTS, find_recipients


def notify(event: TicketEvent) -> None:
    """Handle one event; handling it again makes nothing twice."""
    decision = find_recipients(event)
    if decision is None:
        return
    kind, people = decision
    for person in people.order_by("pk"):
        notification, created = Notification.objects.get_or_create(
            event=event, user=person, defaults={"ticket_id": event.ticket_id, "kind": kind}
        )
        if not created:
            continue
        for channel in list_channels():
            if channel.is_wanted_by(person):
                channel.owe(notification)
        announce("notification_created", notification=notification.pk, user=person.pk)


NOTIFICATIONS = Subscriber(name="notifications", wants=WANTED_EVENTS, handle=notify)
