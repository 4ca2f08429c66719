import gettext
import subprocess
import sys
from pathlib import Path

from config.translations import compile_catalogue
from tests.translations import find_missing, find_problems

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def write(path: Path, body: str) -> Path:
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def test_a_catalogue_compiles_without_gettext(tmp_path: Path) -> None:
    source = write(tmp_path / "django.po", 'msgid "Ticket"\nmsgstr "Обращение"\n')
    compile_catalogue(source, tmp_path / "django.mo")
    with (tmp_path / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Ticket") == "Обращение"


def test_make_compiles_by_the_command_line(tmp_path: Path) -> None:
    source = write(tmp_path / "django.po", 'msgid "Ticket"\nmsgstr "Обращение"\n')
    command = [sys.executable, "-m", "config.translations", source, tmp_path / "out.mo"]
    subprocess.run(command, check=True)
    assert (tmp_path / "out.mo").exists()


def test_what_is_doubtful_missing_or_lost_its_place_is_found(tmp_path: Path) -> None:
    source = write(
        tmp_path / "django.po",
        '#, fuzzy\nmsgid "One"\nmsgstr "Один"\n\n'
        'msgid "Two"\nmsgstr ""\n\n'
        'msgid "%(count)s three"\nmsgstr "три"\n\n'
        'msgid "%(count)d four"\nmsgid_plural "%(count)d fours"\n'
        'msgstr[0] "%(count)d четыре"\nmsgstr[1] "%(counted)d четыре"\n\n'
        'msgid "Fine {name}"\nmsgstr "Хорошо, {name}"\n',
    )
    problems = [problem.split(":")[0] for problem in find_problems(source)]
    assert problems == ["doubtful (fuzzy)", "not translated", "other placeholders", "other placeholders"]


def test_a_text_that_was_not_collected_is_found(tmp_path: Path) -> None:
    old = write(tmp_path / "old.po", 'msgid "One"\nmsgstr "Один"\n')
    fresh = write(tmp_path / "new.po", 'msgid "One"\nmsgstr ""\n\nmsgid "Two"\nmsgstr ""\n')
    assert list(find_missing(old, fresh)) == ["not collected (make translations): 'Two'"]
