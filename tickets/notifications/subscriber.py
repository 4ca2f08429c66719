"""The durable subscriber that makes notifications, once for each event and person."""

from accounts.announcements import announce
from tickets.events.subscribers import Subscriber
from tickets.models import Notification, TicketEvent
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
    notifications = Notification.objects.bulk_create(
        Notification(event=event, user=person, ticket=event.ticket, kind=kind) for person in untold
    )
    for channel in list_channels():
        if wanted := [one for one in notifications if channel.is_wanted_by(one.user)]:
            channel.owe(wanted)
    for notification in notifications:
        announce("notification_created", notification=notification.pk, user=notification.user_id)


NOTIFICATIONS = Subscriber(name="notifications", wants=WANTED_EVENTS, handle=notify, concerns=may_concern)
