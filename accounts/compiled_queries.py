"""Querysets, and insertions, whose SQL is built once: where it is asked so often that building costs more than running.

Django writes a queryset's SQL anew each time, several times slower than PostgreSQL runs it. A `CompiledQuery` keeps
it: what changes from one reading to the next stands in the queryset as `Given(name)`. Columns are named one by one as
always, so a column that a migration adds disturbs no prepared statement.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, BooleanField, Expression, F, Field, Func, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)


class Given(Expression):
    """A value that each reading brings, as PostgreSQL takes it: an id, not a row; a date where a date is compared."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class IsAmong(Func):
    """A condition: the field's value is one of a given array's, `IsAmong("pk", "bigint", Given("ids"))`."""

    output_field = BooleanField()
    arg_joiner = " = ANY("

    def __init__(self, field: str, type_name: str, given: Given) -> None:
        super().__init__(F(field), given, template=f"%(expressions)s::{type_name}[])")


@dataclass(frozen=True, kw_only=True)
class _Statement(Generic[M]):
    """names: the model's own columns, the first ones of a row. related: what makes of the others the rows that come
    along. converters: what fields make of a column's value (JSON, for one), by its place in the row."""

    model: type[M]
    sql: str
    params: tuple[Any, ...]
    locks: bool
    names: list[str]
    related: list[Any]
    converters: dict[int, tuple[list[Callable[..., Any]], Expression]]


class CompiledQuery(Generic[M]):
    """queryset: makes the query, once, at the first reading. It gives whole rows of a model, and those of related ones
    that it selects with them."""

    def __init__(self, queryset: Callable[[], QuerySet[M]]) -> None:
        self._queryset = queryset

    def fetch(self, **given: object) -> list[M]:
        """The rows. Raises KeyError where a value is not given, TransactionManagementError for a lock outside of a
        transaction."""
        statement = self._statement
        if statement.locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction only")
        params: list[Any] = [given[one.name] if isinstance(one, Given) else one for one in statement.params]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, params)
            rows = cursor.fetchall()
        return [_make(statement, list(row)) for row in rows]

    def first(self, **given: object) -> M | None:
        """The first row; the query itself says that there is at most one (`[:1]`, or by a unique key)."""
        return next(iter(self.fetch(**given)), None)

    @cached_property
    def _statement(self) -> _Statement[M]:
        queryset = self._queryset()
        query = queryset.query
        if query.values_select:
            raise ValueError("A compiled query gives whole rows")
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        own = compiler.klass_info["select_fields"]
        return _Statement(
            model=queryset.model,
            sql=sql,
            params=tuple(params),
            locks=query.select_for_update,
            names=[columns[place].target.attname for place in own],
            related=get_related_populators(  # type: ignore[call-arg]  # the stubs are of Django 6.1
                compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
            ),
            converters=compiler.get_converters(columns),
        )


def _make(statement: _Statement[M], row: list[Any]) -> M:
    for place, (converters, column) in statement.converters.items():
        for convert in converters:
            row[place] = convert(row[place], column, connection)
    made = statement.model.from_db(DEFAULT_DB_ALIAS, statement.names, row[: len(statement.names)])
    for populator in statement.related:
        populator.populate(row, made)
    return made


def insert(row: Model) -> None:
    """Insert a new row. Its `save` is not asked, and no signals are sent; a value that is an expression is an error."""
    statement = _insertion(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in statement.fields]
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, values)
        row.pk = cursor.fetchone()[0]
    mark_as_stored(row)


def mark_as_stored(row: Model) -> None:
    """A row that a statement by hand has inserted: to save it means from now on to change it."""
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001


@dataclass(frozen=True)
class _Insertion:
    sql: str
    fields: "list[Field[Any, Any]]"


@cache
def _insertion(model: type[Model]) -> _Insertion:
    """Of all columns but a number that the database gives."""
    options, quote = model._meta, connection.ops.quote_name  # noqa: SLF001  # Django's own name for what is public
    fields = [field for field in options.local_concrete_fields if not isinstance(field, AutoField)]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join("%s" for _field in fields)
    table, key = quote(options.db_table), quote(str(options.pk.column))
    return _Insertion(f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}", fields)  # noqa: S608
