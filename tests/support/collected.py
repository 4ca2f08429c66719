"""Static files as production serves them, without those of other packages (`make lint` collects them all)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings


@contextmanager
def collected_static(folder: Path) -> Iterator[Path]:
    """The project's own static files, hashed, in a folder; pages link to them meanwhile."""
    hashed = {"BACKEND": "config.static_storage.HashedModulesStorage"}
    own = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(
        STATIC_ROOT=folder, STORAGES={**settings.STORAGES, "staticfiles": hashed}, STATICFILES_FINDERS=own
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder
