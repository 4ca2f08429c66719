from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from tickets.models import BareText, SearchableText


class Migration(migrations.Migration):
    atomic = False  # while the index is made, messages come in and are searched by the one before

    dependencies = [("tickets", "0023_gathered_notifications")]

    operations = [
        # what a run that was broken off has left
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS message_words", migrations.RunSQL.noop),
        AddIndexConcurrently("message", GinIndex(SearchableText(BareText("text")), name="message_words")),
        RemoveIndexConcurrently("message", "message_text"),
    ]
