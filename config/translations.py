"""Compiles message catalogues without gettext's own tools.

`python -m config.translations IN.po OUT.mo` compiles one, without arguments all of config/locale.
"""

import sys
from pathlib import Path

import polib

LOCALE_DIR = Path(__file__).resolve().parent / "locale"


def compile_catalogue(source: Path, target: Path) -> None:
    """Written beside its place and renamed, so that a running process never reads half of it."""
    draft = target.with_suffix(".mo.new")
    polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
    draft.replace(target)


def compile_all() -> None:
    for source in LOCALE_DIR.glob("*/LC_MESSAGES/*.po"):
        compile_catalogue(source, source.with_suffix(".mo"))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        compile_catalogue(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        compile_all()
