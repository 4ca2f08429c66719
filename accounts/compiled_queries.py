"""Querysets whose SQL is built once: for what is read so often that building it costs more than running it.

Django writes a queryset's SQL anew each time, several times slower than PostgreSQL runs it. A `CompiledQuery` keeps
it: what changes from one reading to the next stands in the queryset as `Given(name)`. Columns are named one by one as
always, so a column that a migration adds disturbs no prepared statement.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import RawQuerySet
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


class CompiledQuery(Generic[M]):
    """queryset: makes the query, once, at the first reading. It gives whole rows of one model: related ones do not come
    along."""

    def __init__(self, queryset: Callable[[], QuerySet[M]]) -> None:
        self._queryset = queryset

    def fetch(self, **given: object) -> list[M]:
        """The rows. Raises KeyError where a value is not given, TransactionManagementError for a lock outside of a
        transaction."""
        model, sql, params, locks = self._compiled
        if locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction only")
        values = tuple(given[one.name] if isinstance(one, Given) else one for one in params)
        return list(RawQuerySet(sql, model=model, params=values))

    def first(self, **given: object) -> M | None:
        """The first row; the query itself says that there is at most one (`[:1]`, or by a unique key)."""
        return next(iter(self.fetch(**given)), None)

    @cached_property
    def _compiled(self) -> tuple[type[M], str, tuple[Any, ...], bool]:
        queryset = self._queryset()
        if queryset.query.select_related or queryset.query.values_select:
            raise ValueError("A compiled query gives whole rows of one model")
        sql, params = queryset.query.sql_with_params()
        return queryset.model, sql, params, queryset.query.select_for_update
