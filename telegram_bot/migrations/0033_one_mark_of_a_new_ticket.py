from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def end_old_wishes(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """When a new ticket was asked for stayed written down though it had been opened, or wanted no more."""
    chats = apps.get_model("telegram_bot", "Chat").objects.filter(wants_new=False)
    chats.exclude(new_wanted_at=None).update(new_wanted_at=None)


class Migration(migrations.Migration):
    """The column of `wants_new` stays, for processes of the release before read and write it until they are replaced;
    a default of its own lets the new ones leave it out. A later release may drop it.
    """

    dependencies = [("telegram_bot", "0032_words_in_general")]

    operations = [
        migrations.RunPython(end_old_wishes, migrations.RunPython.noop, elidable=True),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterField("chat", "wants_new", models.BooleanField(default=False, db_default=False))
            ],
            state_operations=[migrations.RemoveField("chat", "wants_new")],
        ),
    ]
