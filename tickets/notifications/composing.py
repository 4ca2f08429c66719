"""The sentence of a notification, in its reader's language, made when it is read or sent."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import Notification, NotificationKind, TicketStatus


def compose(notification: Notification, *, alone: bool = False) -> str:
    """In the language of the person whom it is for. alone: of its own event only, not of those that it stands for."""
    ticket, event = notification.ticket, notification.event
    words = {"number": ticket.number, "subject": ticket.subject}
    with translation.override(notification.user.language):
        match NotificationKind(notification.kind):
            case NotificationKind.TICKET_CREATED:
                return _("New ticket #%(number)d: %(subject)s") % words
            case NotificationKind.TICKET_ASSIGNED:
                return _("Ticket #%(number)d is yours: %(subject)s") % words
            case NotificationKind.TICKET_STATUS_CHANGED:
                status = TicketStatus(event.payload["new"]).label
                return _("Ticket #%(number)d: %(status)s") % {**words, "status": str(status).lower()}
            case NotificationKind.TICKET_WOKEN:
                return _("Ticket #%(number)d, which was put aside, is back: %(subject)s") % words
            case NotificationKind.TICKET_MERGED:
                words["other"] = event.payload["number"]
                return _("Ticket #%(other)d was merged into yours, #%(number)d: %(subject)s") % words
            case NotificationKind.MESSAGE_RECEIVED:
                if alone or notification.count == 1:
                    return _("New message in ticket #%(number)d: %(subject)s") % words
                sentence = ngettext(
                    "%(count)d new message in ticket #%(number)d: %(subject)s",
                    "%(count)d new messages in ticket #%(number)d: %(subject)s",
                    notification.count,
                )
                return sentence % {**words, "count": notification.count}
            case NotificationKind.DELIVERY_FAILED:
                return _("A message in ticket #%(number)d was not delivered") % words
