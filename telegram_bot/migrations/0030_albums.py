from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # while the index is made, messages come in

    dependencies = [("telegram_bot", "0029_given_up_topics")]

    operations = [
        AddIndexConcurrently(
            model_name="messagelink",
            index=models.Index(
                condition=models.Q(("media_group", ""), _negated=True),
                fields=["bot_id", "chat_id", "media_group"],
                name="telegram_link_album",
            ),
        ),
    ]
