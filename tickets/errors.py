"""What can go wrong with a ticket. Codes are stable; docs/api.md lists them."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Conflict, HelpDeskError, InvalidInput


class TicketClosed(Conflict):
    code = "ticket_closed"
    text = _("This ticket is closed. Open a new one.")


class TicketMerged(Conflict):
    """The ticket goes on in another one: `data` names it, by id and number."""

    code = "ticket_merged"
    text = _("This ticket was merged into another one. Go on there.")


class OtherCustomer(Conflict):
    code = "other_customer"
    text = _("Only tickets of the same customer can be merged.")


class OtherChannel(Conflict):
    """Answers go out where the ticket came from: its customer may not be reached in the other's chat."""

    code = "other_channel"
    text = _("One of them is answered by the company's own Telegram account, the other is not.")


class AlreadyAssigned(Conflict):
    code = "already_assigned"
    text = _("Another agent already has this ticket.")


class Stale(Conflict):
    """The field was changed, or another agent answered, after what the client had seen. `data` tells what came."""

    code = "stale"
    text = _("Somebody else was faster. Look at what has changed.")


class TransitionRefused(Conflict):
    code = "transition_refused"
    text = _("The ticket cannot go from this status to that one.")


class NoAgentAvailable(Conflict):
    code = "no_agent_available"
    text = _("No agent of this team is available.")


class RatingFixed(Conflict):
    code = "rating_fixed"
    text = _("A rating can be changed for one day.")


class NotEditable(Conflict):
    code = "not_editable"
    text = _("This message can no longer be changed.")


class NoReactionsHere(Conflict):
    """The Bot API has no reactions in chats of a company's own account (setMessageReaction)."""

    code = "no_reactions_here"
    text = _("Telegram shows the customer no reactions here, for they wrote to the company's own account.")


class TooLateInTelegram(Conflict):
    code = "too_late_in_telegram"
    text = _("It was sent more than 48 hours ago: Telegram no longer lets it be changed or removed.")


class FileTooLarge(HelpDeskError):
    code = "file_too_large"
    status = 413
    text = _("The file is too large.")


class FileRefused(InvalidInput):
    code = "file_refused"
    text = _("Files of this kind are not accepted.")


class QuotaExceeded(HelpDeskError):
    code = "quota_exceeded"
    status = 413
    text = _("You have too many unsent files. Send or remove some first.")


class StorageFull(HelpDeskError):
    code = "storage_full"
    status = 507
    text = _("The desk cannot take files at the moment.")
