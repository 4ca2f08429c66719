"""`{% if_still_open %}`: what a customer's further message does to a resolved ticket (AFTER_RESOLVED)."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def if_still_open() -> str:
    if settings.AFTER_RESOLVED == "new":
        return _("If something is still open, just write: a new ticket goes on with it.")
    return _("If something is still open, just write: the ticket opens again.")
