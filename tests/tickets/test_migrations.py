"""Migrations that may be broken off, taken up again."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tickets.models import Message


@pytest.mark.django_db(transaction=True)
def test_an_index_of_words_whose_making_was_broken_off_is_made_again() -> None:
    name = "0024_bare_words"
    migration = import_module(f"tickets.migrations.{name}").Migration(name, "tickets")
    state = MigrationExecutor(connection).loader.project_state(("tickets", "0023_gathered_notifications"))
    with connection.schema_editor(atomic=False) as editor:
        migration.apply(state, editor)  # over the index that stands there
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Message._meta.db_table)
    assert "message_words" in indexes
    assert "message_text" not in indexes
