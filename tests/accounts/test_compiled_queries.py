"""Queries whose SQL is built once give what the queryset gives, each time anew."""

from unittest.mock import Mock

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.compiled_queries import CompiledQuery, Given, IsAmong, insert
from accounts.models import Role, Team, User


@pytest.mark.django_db
def test_each_reading_brings_its_own_values(vera: User, gleb: User, anna: User) -> None:
    queryset = Mock(side_effect=lambda: User.objects.filter(role=Given("role")).order_by("first_name"))
    by_role: CompiledQuery[User] = CompiledQuery(queryset)
    assert by_role.fetch(role=Role.CUSTOMER) == [gleb, vera]
    assert by_role.fetch(role=Role.AGENT) == [anna]
    assert by_role.fetch(role=Role.MANAGER) == []
    assert (by_role.first(role=Role.AGENT), by_role.first(role=Role.MANAGER)) == (anna, None)
    queryset.assert_called_once_with()


@pytest.mark.django_db
def test_nothing_is_kept_but_the_statement(vera: User) -> None:
    by_id: CompiledQuery[User] = CompiledQuery(lambda: User.objects.filter(pk=Given("id")))
    assert by_id.first(id=vera.pk) == vera
    User.objects.filter(pk=vera.pk).update(first_name="Faith", preferences={"sound": False})
    with CaptureQueriesContext(connection) as asked:
        found = by_id.first(id=vera.pk)
    assert found is not None
    assert (found.first_name, found.preferences) == ("Faith", {"sound": False})
    assert found.get_deferred_fields() == set()
    assert len(asked) == 1


@pytest.mark.django_db
def test_values_stand_wherever_a_queryset_takes_an_expression(vera: User, gleb: User, anna: User) -> None:
    namesakes = User.objects.filter(first_name=OuterRef("first_name"), telegram_id__gt=Given("above"))
    found: CompiledQuery[User] = CompiledQuery(
        lambda: (
            User.objects.filter(Q(pk=Given("id")) | Exists(namesakes)).exclude(role=Given("role")).order_by("pk")[:1]
        )
    )
    assert found.fetch(id=vera.pk, above=10**6, role=Role.AGENT) == [vera]
    assert found.fetch(id=anna.pk, above=10**6, role=Role.AGENT) == []
    assert len(found.fetch(id=anna.pk, above=0, role=Role.AGENT)) == 1


@pytest.mark.django_db
def test_related_rows_come_along_where_the_queryset_selects_them(vera: User, anna: User, billing: Team) -> None:
    User.objects.filter(pk=anna.pk).update(team=billing, preferences={"sound": False})
    everybody: CompiledQuery[User] = CompiledQuery(
        lambda: User.objects.filter(IsAmong("pk", "uuid", Given("ids"))).select_related("team").order_by("first_name")
    )
    with CaptureQueriesContext(connection) as asked:
        first, second = everybody.fetch(ids=[vera.pk, anna.pk])
        assert (first.team, second.team, first.preferences) == (billing, None, {"sound": False})
    assert len(asked) == 1
    assert everybody.fetch(ids=[]) == []


def test_it_gives_whole_rows_only() -> None:
    with pytest.raises(ValueError, match="whole rows"):
        CompiledQuery(lambda: User.objects.values("first_name")).fetch()


@pytest.mark.django_db
def test_a_missing_value_is_an_error(vera: User) -> None:
    by_id: CompiledQuery[User] = CompiledQuery(lambda: User.objects.filter(pk=Given("id")))
    with pytest.raises(KeyError):
        by_id.fetch(name=vera.pk)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only(vera: User) -> None:
    locked: CompiledQuery[User] = CompiledQuery(
        lambda: User.objects.select_for_update(no_key=True).filter(pk=Given("id"))
    )
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert locked.first(id=vera.pk) == vera
    assert "FOR NO KEY UPDATE" in asked[0]["sql"]
    with pytest.raises(TransactionManagementError):
        locked.first(id=vera.pk)


@pytest.mark.django_db
def test_a_row_is_inserted_as_django_would(vera: User) -> None:
    rows = [User(first_name="Olga", telegram_id=1, preferences={"sound": False}) for _way in range(2)]
    insert(rows[0])
    found = User.objects.get(pk=rows[0].pk)
    User.objects.filter(pk=found.pk).delete()
    rows[1].pk = found.pk
    rows[1].save(force_insert=True)
    other = User.objects.get(pk=found.pk)
    names = {field.attname for field in User._meta.concrete_fields} - {"created_at", "updated_at"}
    assert {name: getattr(found, name) for name in names} == {name: getattr(other, name) for name in names}
    assert found.created_at <= found.updated_at <= other.created_at


@pytest.mark.django_db
def test_what_was_inserted_can_be_changed_but_not_inserted_again() -> None:
    team = Team(name="Billing")
    with CaptureQueriesContext(connection) as asked:
        insert(team)
    assert len(asked) == 1
    team.name = "Bills"
    team.save()
    assert list(Team.objects.values_list("pk", "name")) == [(team.pk, "Bills")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Team(pk=team.pk, name="Other"))


@pytest.mark.django_db
def test_the_database_gives_the_number_of_a_row_that_has_none() -> None:
    entries = [LogEntry(action_flag=CHANGE, object_repr=name, user=User.objects.create()) for name in "ab"]
    for entry in entries:
        insert(entry)
    assert list(LogEntry.objects.order_by("pk").values_list("pk", "object_repr")) == [
        (entry.pk, entry.object_repr) for entry in entries
    ]
