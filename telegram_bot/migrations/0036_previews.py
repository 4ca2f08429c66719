from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telegram_bot", "0035_goodbyes")]

    operations = [
        migrations.AddField(
            model_name="telegramfile",
            name="preview_id",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
