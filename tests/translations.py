"""`python -m tests.translations`: every text has its translation, none is doubtful, and no placeholder got lost.

A fresh collection of texts into a copy of the tree shows what the catalogues miss; without gettext's tools only what
the catalogues themselves say is checked.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

PROJECT = Path(__file__).resolve().parent.parent
LOCALE = Path("config/locale")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_APPS = ("config", "accounts", "tickets", "chat", "telegram_bot", "templates")


def find_problems(catalogue: Path) -> Iterator[str]:
    for entry in polib.pofile(str(catalogue), encoding="utf-8"):
        if entry.obsolete:
            continue
        if entry.fuzzy:
            yield f"doubtful (fuzzy): {entry.msgid!r}"
        elif not entry.translated():
            yield f"not translated: {entry.msgid!r}"
        else:
            yield from _find_lost_placeholders(entry)


def _find_lost_placeholders(entry: polib.POEntry) -> Iterator[str]:
    wanted = set(_PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
        if set(_PLACEHOLDER.findall(text)) != wanted:
            yield f"other placeholders: {entry.msgid!r} -> {text!r}"


def find_missing(catalogue: Path, fresh: Path) -> Iterator[str]:
    """Texts that a fresh collection holds and the catalogue does not."""
    known = {_key(entry) for entry in polib.pofile(str(catalogue), encoding="utf-8") if not entry.obsolete}
    for entry in polib.pofile(str(fresh), encoding="utf-8"):
        if not entry.obsolete and _key(entry) not in known:
            yield f"not collected (make translations): {entry.msgid!r}"


def _key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt, entry.msgid


def collect_afresh(folder: Path) -> None:
    """Copy what may hold texts into `folder`, and collect them there."""
    for name in _APPS:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(PROJECT / "manage.py", folder)
    command = [sys.executable, "manage.py", "makemessages", "--all", "--no-location", "--no-obsolete", "--no-wrap"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"makemessages failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    catalogues = sorted(path.relative_to(PROJECT) for path in (PROJECT / LOCALE).glob("*/LC_MESSAGES/*.po"))
    problems = [f"{path}: {text}" for path in catalogues for text in find_problems(PROJECT / path)]
    if not (PROJECT / LOCALE / "ru/LC_MESSAGES/django.po").exists():
        problems.append(f"{LOCALE}: there is no Russian catalogue (make translations)")
    if shutil.which("xgettext"):
        with tempfile.TemporaryDirectory(prefix="desk-texts-") as folder:
            collect_afresh(Path(folder))
            problems += [
                f"{path}: {text}" for path in catalogues for text in find_missing(PROJECT / path, Path(folder) / path)
            ]
    else:
        print("gettext is not installed: new texts are not looked for")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
