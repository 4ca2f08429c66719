"""Reading when and why people were banned."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Ban


def list_bans(person_id: UUID) -> "QuerySet[Ban]":
    """The last first, with those who banned and who let in again."""
    return Ban.objects.filter(person=person_id).select_related("banned_by", "ended_by")
