from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.functions import Now


def begin_half_hours(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """When a new ticket was asked for was not written down before: it counts from now."""
    chats = apps.get_model("telegram_bot", "Chat").objects.filter(wants_new=True, new_wanted_at=None)
    chats.update(new_wanted_at=Now())


class Migration(migrations.Migration):
    dependencies = [("telegram_bot", "0030_albums")]

    operations = [migrations.RunPython(begin_half_hours, migrations.RunPython.noop, elidable=True)]
