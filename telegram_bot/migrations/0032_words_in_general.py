from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("telegram_bot", "0031_new_tickets_wanted_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="messagelink",
            name="in_general",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
