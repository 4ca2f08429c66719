"""`{% if_still_open has_others %}`: what a customer's further message does to a resolved ticket (AFTER_RESOLVED)."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def if_still_open(has_others: bool) -> str:
    """has_others: other tickets of theirs are under way, so words that answer nothing could be about those."""
    if settings.AFTER_RESOLVED == "new":
        if has_others:
            return _("If something is still open, reply to this message: a new ticket goes on with it.")
        return _("If something is still open, just write: a new ticket goes on with it.")
    if has_others:
        return _("If something is still open, reply to this message: the ticket opens again.")
    return _("If something is still open, just write: the ticket opens again.")
