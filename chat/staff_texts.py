"""The texts of the Mini App's script that only staff read."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from chat.text_forms import Text, plural


def staff_texts() -> dict[str, Text]:
    """By key, in the active language."""
    return {**_staff_texts(), **_merging_texts(), **_customer_texts()}


def _staff_texts() -> dict[str, Text]:
    """What comes with a press: putting aside, saved replies, one's own settings."""
    return {
        "saved_none": _("No saved reply fits."),
        "saved_empty": _("No reply has been saved yet."),
        "saved_unresolved": _("Fill in before you send: {names}"),
        "saved_unfilled": _("{name} is not filled in. Send once more to send it as it is."),
        "staff_closed_with_nothing": _("This ticket is closed."),
        "staff_closed_with_words": _("This ticket is closed. What you have written waits here until it is open again."),
        "until": _("until {when}"),
        "put_aside_until": _("Put aside until {when}"),
        "woken": _("The ticket is back"),
        "snooze_hour": _("In an hour"),
        "snooze_evening": _("This evening"),
        "snooze_tomorrow": _("Tomorrow morning"),
        "snooze_monday": _("On Monday"),
        "unfound": _("Nothing was found for “{text}”."),
        "notifications_unread": plural(
            lambda n: ngettext("{count} unread notification", "{count} unread notifications", n)
        ),
        "unread_mark": _("Unread:"),
        "only_aside": _("Only what is put aside ({count})"),
        "loading": _("Loading…"),
        **{f"role_{role.value}": str(role.label) for role in Role},
        "due_in": _("{time} left"),
        "overdue_by": _("late by {time}"),
        "command_ticket": _("Open ticket #{number}"),
        "priority_title": _("Priority of the ticket"),
        "category_title": _("Category of the ticket"),
        "command_none": _("Nothing of that name."),
        "nobody_has_it": _("Nobody has this ticket"),
        "reply_name": _("Reply to the customer"),
        "note_name": _("A note for your team"),
        "language_changed": _("You have chosen another language"),
        "at_once": _("Not at all"),
        "seconds": plural(lambda n: ngettext("{count} second", "{count} seconds", n)),
    }


def _merging_texts() -> dict[str, Text]:
    return {
        "go_on_in": _("Go on in #{number}"),
        "error_ticket_merged": _("Not sent, because the ticket was merged. The button below takes it along."),
        "merged_here": _("#{number} was merged into this"),
        "merge_title": _("Merge this ticket into"),
        "merge_sure": _("Merge #{number} into #{other}?"),
        "merge_closes": _("#{number} “{subject}” is closed for good. Its messages stay there to be read."),
        "merge_goes_on": _("With {name} it goes on in #{number} “{subject}”."),
        "merge_none": _("This customer has no other ticket to merge it into."),
        "merge_done": _("Merged into #{number}"),
    }


def _customer_texts() -> dict[str, Text]:
    """What staff read of a customer besides the ticket in hand."""
    return {
        "ratings_of": plural(
            lambda n: ngettext("{average} of 5 in {count} rating", "{average} of 5 in {count} ratings", n)
        ),
        "ratings_none": _("Has not rated anything yet"),
        "tickets_of_customer": plural(
            lambda n: ngettext("{count} ticket in all, {active} active", "{count} tickets in all, {active} active", n)
        ),
        "customer_banned": _("Blocked: what they write does not arrive"),
        "person_note_added": _("The note is added"),
        "person_note_remove": _("Remove this note for everyone?"),
        "person_note_removed": _("The note is removed"),
    }
