from django.db import migrations, models
from django.db.models import F


def settle_former(apps, _schema_editor):
    """Failures that nobody was to be told of then are not told now."""
    calls = apps.get_model("telegram_bot", "OutgoingCall").objects
    former = calls.filter(state="failed", message=None, reported_at=None).exclude(method="getFile")
    former.update(reported_at=F("finished_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("telegram_bot", "0018_kind_of_a_telegram_file"),
    ]

    operations = [
        migrations.RunPython(settle_former, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex(model_name="outgoingcall", name="telegram_call_unreported"),
        migrations.AddIndex(
            model_name="outgoingcall",
            index=models.Index(
                condition=models.Q(
                    ("reported_at__isnull", True),
                    ("state__in", ("sent", "failed")),
                    models.Q(("message__isnull", False), ("state", "failed"), _connector="OR"),
                ),
                fields=["id"],
                name="telegram_call_unreported",
            ),
        ),
    ]
