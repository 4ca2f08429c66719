"""How the customer liked it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor
from accounts.errors import InvalidInput
from accounts.text_cleaning import clean_text
from tickets.errors import RatingFixed
from tickets.events.catalogue import TicketRated
from tickets.events.recording import record_event
from tickets.models import RATING_CHANGEABLE, RATING_SCORES, Ticket
from tickets.permissions import require_can_rate
from tickets.selectors.rating import is_resolved_anew
from tickets.selectors.tickets import Reference, get_ticket_for

COMMENT_LIMIT = 2000  # UTF-16 code units


@transaction.atomic
def rate_ticket(*, actor: Actor, ticket: Reference, score: int, comment: str | None = None) -> Ticket:
    """The customer rates a resolved or closed ticket, or changes that within a day of the first time.

    comment: None keeps the one that is there. The same again changes nothing. A ticket that was reopened and resolved
    anew may be rated anew, and as before. Raises NotFound, PermissionDenied, TransitionRefused (nothing is resolved
    yet), RatingFixed, InvalidInput.
    """
    row = get_ticket_for(actor, ticket, lock=True)
    require_can_rate(actor, row)
    if score not in RATING_SCORES:
        raise InvalidInput.of("score", _("Give a number from 1 to 5."))
    if comment is None:
        comment = row.rating_comment
    else:
        comment = clean_text(comment, field="comment", limit=COMMENT_LIMIT, required=False)
    is_anew = is_resolved_anew(row.resolved_at, row.rated_at)
    if not is_anew and (score, comment) == (row.rating_score, row.rating_comment):
        return row
    now = clock.now()
    if row.rated_at is None or is_anew:
        row.rated_at = now
    elif now - row.rated_at > RATING_CHANGEABLE:
        raise RatingFixed
    fact = TicketRated(old=row.rating_score, new=score)
    row.rating_score, row.rating_comment = score, comment
    record_event(row, actor, fact, changed=["rating_score", "rating_comment", "rated_at"])
    return row
