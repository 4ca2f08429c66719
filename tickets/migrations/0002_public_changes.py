from django.db import migrations, models

_FILL = """
UPDATE tickets_ticket SET public_updated_at = (
    SELECT max(event.created_at) FROM tickets_ticketevent AS event
    WHERE event.ticket_id = tickets_ticket.id AND event.public_sequence IS NOT NULL
)
"""
_FILL_THE_REST = "UPDATE tickets_ticket SET public_updated_at = created_at WHERE public_updated_at IS NULL"


class Migration(migrations.Migration):
    # one transaction each: a table with pending trigger events cannot be altered
    atomic = False
    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="public_updated_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last public change"),
        ),
        migrations.RunSQL([_FILL, _FILL_THE_REST], migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="ticket",
            name="public_updated_at",
            field=models.DateTimeField(editable=False, verbose_name="last public change"),
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_of_customer"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["customer", "-public_updated_at", "-id"], name="ticket_of_customer"),
        ),
    ]
