from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # while the indexes are made, messages come in

    dependencies = [("telegram_bot", "0034_approval_of_accounts")]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingcall",
            index=models.Index(
                condition=models.Q(("coalesce_key__startswith", "farewell:")),
                fields=["id"],
                name="telegram_call_farewell",
            ),
        ),
        AddIndexConcurrently(
            model_name="update",
            index=models.Index(
                condition=models.Q(outcome="unapproved"), fields=["handled_at"], name="telegram_update_unapproved"
            ),
        ),
    ]
