"""Reading categories."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.errors import NotFound
from tickets.models import Category


def list_categories(*, with_inactive: bool = False) -> QuerySet[Category]:
    """In the order in which customers see them."""
    categories = Category.objects.order_by("position", "id")
    return categories if with_inactive else categories.filter(is_active=True)


def find_offered_category(category_id: UUID) -> Category | None:
    """None: there is none, or customers can no longer choose it."""
    return list_categories().filter(pk=category_id).first()


def get_category(category_id: UUID) -> Category:
    """Raises NotFound."""
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise NotFound
    return category
