"""No statement, lock or forgotten transaction holds the database for long.

The limits are set on the role, not in each connection's options, which PgBouncer may refuse. Migrations alone are free
of them, since building an index takes as long as it takes.
"""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql


def lift_for_migrations(using: str, **_: Any) -> None:
    """For this session only. Receives pre_migrate."""
    with connections[using].cursor() as cursor:
        for name in settings.DATABASE_TIMEOUTS:
            cursor.execute("SELECT set_config(%s, '0', false)", [name])


def set_on_role(using: str, **_: Any) -> None:
    """For every later session of our role in this database. Receives post_migrate."""
    connection = connections[using]
    database = sql.Identifier(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for name, value in settings.DATABASE_TIMEOUTS.items():
            command = sql.SQL("ALTER ROLE CURRENT_USER IN DATABASE {} SET {} = {}")
            cursor.execute(command.format(database, sql.Identifier(name), sql.Literal(value)))
