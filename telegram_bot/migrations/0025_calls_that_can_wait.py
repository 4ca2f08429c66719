from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # while the index is made, calls are owed and sent on

    dependencies = [("telegram_bot", "0024_turns_of_files")]

    operations = [
        migrations.AddField(
            model_name="outgoingcall",
            name="can_wait",
            field=models.BooleanField(db_default=False, default=False),
        ),
        AddIndexConcurrently(
            model_name="outgoingcall",
            index=models.Index(
                condition=models.Q(("can_wait", True), ("state__in", ("pending", "sending"))),
                fields=["bot_id", "id"],
                name="telegram_call_patient",
            ),
        ),
    ]
