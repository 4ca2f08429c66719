"""Template tags of the Mini App's page."""

import re
from functools import cache
from pathlib import Path, PurePosixPath

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

ROOT = "miniapp"
# The one form of import that the modules use (tests/architecture/test_miniapp_modules.py).
STATIC_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>\.[^"]+)";', re.MULTILINE)


@register.simple_tag
def module_preloads(entries: tuple[str, ...]) -> SafeString:
    """`<link rel=modulepreload>` for everything that the entries load, so that no module waits for its importer."""
    return format_html_join(
        "\n  ", '<link rel="modulepreload" href="{}">', ((static(path),) for path in _closure(entries))
    )


@register.simple_tag
def module_script(entry: str) -> SafeString:
    """The `<script type=module>` of one entry."""
    return format_html('<script type="module" src="{}"></script>', static(f"{ROOT}/{entry}.js"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture of `templates/miniapp/_icons.html`, beside words that say the same."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"></use></svg>', name)


def _closure(entries: tuple[str, ...]) -> tuple[str, ...]:
    # While developing, the list follows the files as they are edited.
    return module_closure.__wrapped__(entries) if settings.DEBUG else module_closure(entries)


@cache
def module_closure(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The static paths of the entries and of all modules that they import, importers first."""
    found: dict[str, None] = {}
    waiting = [f"{ROOT}/{entry}.js" for entry in entries]
    while waiting:
        path = waiting.pop(0)
        if path in found:
            continue
        found[path] = None
        source = finders.find(path)
        if source is None:
            raise FileNotFoundError(f"{path} is imported by the Mini App but is not among the static files")
        text = Path(str(source)).read_text(encoding="utf-8")
        waiting += [_join(path, match["path"]) for match in STATIC_IMPORT.finditer(text)]
    return tuple(found)


def _join(importer: str, relative: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(importer).parent / relative).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
