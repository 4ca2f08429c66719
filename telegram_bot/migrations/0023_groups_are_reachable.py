from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_marks_of_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A group's number is negative. At its chat the mark silenced all tickets for good; it is written no more."""
    chats = apps.get_model("telegram_bot", "Chat").objects.using(schema_editor.connection.alias)
    chats.filter(telegram_id__lt=0).exclude(unreachable="").update(unreachable="")


class Migration(migrations.Migration):
    dependencies = [("telegram_bot", "0022_joined_messages")]

    operations = [migrations.RunPython(forget_marks_of_groups, migrations.RunPython.noop, elidable=True)]
