import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_CHOICES = [("waiting", "Not decided"), ("approved", "Approved"), ("refused", "Refused")]


class Migration(migrations.Migration):
    """What is connected already is at work, and counts as approved."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("telegram_bot", "0033_one_mark_of_a_new_ticket"),
    ]

    operations = [
        migrations.AddField(
            "businessconnection",
            "approval",
            models.CharField("approval", max_length=8, choices=_CHOICES, default="approved", db_default="approved"),
        ),
        migrations.AlterField(
            "businessconnection",
            "approval",
            models.CharField("approval", max_length=8, choices=_CHOICES, default="waiting", db_default="waiting"),
        ),
        migrations.AddField(
            "businessconnection",
            "decided_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.SET_NULL,
                null=True,
                blank=True,
                related_name="+",
                verbose_name="decided by",
            ),
        ),
        migrations.AddField("businessconnection", "decided_at", models.DateTimeField("decided", null=True, blank=True)),
    ]
