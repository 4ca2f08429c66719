from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("telegram_bot", "0028_how_long_a_new_ticket_is_wanted"),
    ]

    operations = [
        migrations.AddField(
            model_name="messagelink",
            name="is_topic",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
