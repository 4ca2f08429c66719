"""Categories as lists offer them."""

from typing import Any

from tickets.models import Category
from tickets.representations.audiences import Audience


def represent_category(category: Category, audience: Audience) -> dict[str, Any]:
    """With the name in the reader's language beside all names; only staff see where its tickets go."""
    picture = {
        "id": category.pk,
        "name": category.name,
        "names": category.names,
        "position": category.position,
        "is_active": category.is_active,
    }
    return picture | {"team": category.team_id} if audience is Audience.STAFF else picture
