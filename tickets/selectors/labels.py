"""What tickets are labelled with."""

from collections import Counter

from accounts.actors import Actor
from tickets.permissions import visible_to

_TICKETS_LOOKED_AT = 1000


def list_recent_tags(actor: Actor, *, limit: int = 30) -> list[str]:
    """The tags of the tickets that changed last, the most frequent ones, in alphabetical order."""
    rows = visible_to(actor).order_by("-updated_at", "-id").values_list("tags", flat=True)[:_TICKETS_LOOKED_AT]
    counts = Counter(tag for tags in rows for tag in tags)
    return sorted(tag for tag, _count in counts.most_common(limit))
