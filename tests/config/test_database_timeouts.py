import pytest
from django.conf import settings
from django.db import connection

from config.database_timeouts import lift_for_migrations


@pytest.mark.django_db
def test_every_session_has_the_limits_of_the_settings() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase "
            "WHERE d.datname = current_database()"
        )
        found = dict(row[0].split("=") for row in cursor.fetchall())
    assert found == settings.DATABASE_TIMEOUTS


@pytest.mark.django_db(transaction=True)
def test_migrations_may_take_their_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '30s'")
        lift_for_migrations(using="default")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    connection.close()
