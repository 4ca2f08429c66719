"""Reading people."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from accounts.errors import NotFound
from accounts.models import Role, User


def get_person(user_id: UUID) -> User:
    """Raises NotFound."""
    person = find_person(user_id)
    if person is None:
        raise NotFound
    return person


def find_person(user_id: UUID) -> User | None:
    return User.objects.select_related("team").filter(pk=user_id).first()


def find_by_telegram_id(telegram_id: int) -> User | None:
    return User.objects.select_related("team").filter(telegram_id=telegram_id).first()


def list_people(*, search: str = "", lowest_role: Role | None = None) -> QuerySet[User]:
    people = User.objects.select_related("team").order_by("first_name", "last_name", "id")
    if lowest_role is not None:
        people = people.filter(role__in=[role for role in Role if role.includes(lowest_role)])
    if search:
        names = Q(first_name__icontains=search) | Q(last_name__icontains=search) | Q(username__icontains=search)
        people = people.filter(names | Q(telegram_id=int(search)) if search.isdecimal() else names)
    return people


def people_after(people: QuerySet[User], position: tuple[object, ...]) -> QuerySet[User]:
    """Those behind a position of `list_people`'s order: first name, last name, id."""
    return people.filter(TupleGreaterThan(Tuple("first_name", "last_name", "id"), position))
