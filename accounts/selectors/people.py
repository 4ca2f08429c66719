"""Reading people."""

from functools import reduce
from operator import and_
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.db.models.functions import Concat, Lower

from accounts.errors import NotFound
from accounts.models import Role, User
from accounts.selectors.words import holds


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


def list_people(*, search: str = "", lowest_role: Role | None = None, team_id: UUID | None = None) -> QuerySet[User]:
    """Sorted by name as a reader would (case and accents aside): each row's place is (`sort_name`, `id`).

    search: words, each of which some name of the person holds, or a Telegram id.
    """
    full = Concat("first_name", Value(" "), "last_name", Value(" "), "login")
    people = User.objects.select_related("team").annotate(sort_name=Func(Lower(full), function="unaccent"))
    if lowest_role is not None:
        people = people.filter(role__in=[role for role in Role if role.includes(lowest_role)])
    if team_id is not None:
        people = people.filter(team_id=team_id)
    if search:
        by_id = Q(telegram_id=int(search)) if search.isascii() and search.isdecimal() else Q()
        people = people.filter(reduce(and_, map(_is_named, search.split()), Q()) | by_id)
    return people.order_by("sort_name", "id")


def people_after(people: QuerySet[User], position: tuple[object, ...]) -> QuerySet[User]:
    """Those behind a place of `list_people`'s order."""
    return people.filter(TupleGreaterThan(Tuple(F("sort_name"), F("id")), position))


def _is_named(word: str) -> Q:
    return holds("first_name", word) | holds("last_name", word) | holds("username", word.lstrip("@"))
