"""Static files in production: named by their content, compressed beside the original, served for a year."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# In modules whole lines of comment, those behind code, and the type casts of JSDoc within a line. The Mini App has
# no text that looks like any (tests/architecture/test_miniapp_modules.py compares what runs before and after).
_COMMENTS = (
    re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL),
    re.compile(r"^[ \t]*//.*\n", re.MULTILINE),
    re.compile(r"(?<=[;:,{}()\w?]) // .*$", re.MULTILINE),
    re.compile(r"/\*\* @(?:(?!\*/).)*\*/ ?"),
    re.compile(r"^[ \t]+|^\n", re.MULTILINE),
)
_COMMENTS_OF_STYLES = (re.compile(r"/\*(?:(?!\*/).)*\*/", re.DOTALL), re.compile(r"^\s+", re.MULTILINE))


def without_comments(source: str, kind: str) -> str:
    """A module ("js") or a stylesheet ("css") as browsers need it: a third of a module is for its readers."""
    for pattern in _COMMENTS if kind == "js" else _COMMENTS_OF_STYLES:
        source = pattern.sub("", source)
    return source


class _Stripped:
    """A source of static files that come without comments."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(self, path: str, mode: str = "rb") -> "ContentFile[bytes]":
        kind = path.rpartition(".")[2]
        with self._storage.open(path, mode) as source:
            return ContentFile(without_comments(source.read().decode(), kind).encode())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


class HashedModulesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports of ES modules too, so that a page never mixes two versions of them.

    Django's patterns want one form of import; tests/architecture holds the Mini App's modules to it.
    """

    support_js_module_import_aggregation = True
    # a pass settles at least one step of the longest chain of imports
    max_post_process_passes = 12

    def post_process(self, paths: dict[str, tuple[Storage, str]], **options: Any) -> Iterator[Any]:
        stripped = {
            name: (_Stripped(storage), path) if _is_own(name) else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(stripped, **options)


def _is_own(name: str) -> bool:
    return name.startswith(("miniapp/", "miniapp\\")) and name.endswith((".js", ".css"))
