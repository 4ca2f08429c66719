"""Emptying the database behind a test that commits: only the tables that hold something, in one breath.

Django truncates all of them and makes its content types anew, which takes longer than most of these tests.
"""

from django.db import connection
from django.test import TransactionTestCase

_KEPT = frozenset({"auth_permission", "django_content_type"})  # of the code, not of a test
_ROUNDS = 5  # a process of the test may still write its last rows


def empty_database() -> None:
    """Delete every row of the test; sequences go on, as they do in a flush of Django's."""
    for _round in range(_ROUNDS):
        filled = _filled_tables()
        if not filled:
            return
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # in any order, past foreign keys and triggers
            try:
                for table in filled:
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
    raise RuntimeError(f"somebody goes on writing into {', '.join(_filled_tables())}")


def use_for_tests() -> None:
    """Django's test case asks for it after each test that commits."""
    TransactionTestCase._fixture_teardown = lambda self: empty_database()  # type: ignore[method-assign]


def _filled_tables() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - _KEPT
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"(SELECT '{table}' FROM {quote(table)} LIMIT 1)" for table in sorted(tables))
        )
        return [row[0] for row in cursor.fetchall()]
