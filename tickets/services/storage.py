"""Holding the file storage and the rows against each other."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.core.files.storage import default_storage

from accounts import clock
from tickets.models import Attachment, AttachmentState

_YOUNG = timedelta(days=1)  # a file is written before its row is committed


def find_orphans() -> list[str]:
    """Keys of stored files that no row knows and that are older than a day."""
    limit = clock.now() - _YOUNG
    orphans = []
    for folder in default_storage.listdir("")[0] if default_storage.exists("") else []:
        keys = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        known = set(_known_keys(keys))
        orphans += [key for key in keys if key not in known and default_storage.get_modified_time(key) < limit]
    return orphans


def remove_orphans(keys: Iterable[str]) -> int:
    removed = 0
    for key in keys:
        default_storage.delete(key)
        removed += 1
    return removed


def list_missing() -> list[Attachment]:
    """Rows whose file is gone."""
    ready = Attachment.objects.filter(state=AttachmentState.READY).iterator()
    return [attachment for attachment in ready if not default_storage.exists(attachment.storage_key)]


def _known_keys(keys: list[str]) -> Iterator[str]:
    yield from Attachment.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True)
    yield from Attachment.objects.filter(thumbnail_key__in=keys).values_list("thumbnail_key", flat=True)
