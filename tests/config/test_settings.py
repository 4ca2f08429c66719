"""The settings, their example file and their page name the same things."""

import ast
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import Environment

PROJECT = Path(__file__).resolve().parent.parent.parent
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def read_by_the_settings() -> set[str]:
    readers = {name for name in vars(Environment) if not name.startswith("_")} | {"_secret"}
    names = set()
    for node in ast.walk(ast.parse((PROJECT / "config/settings.py").read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            owner = getattr(getattr(function, "value", None), "id", "env")
            if called in readers and owner == "env":
                names.add(node.args[0].value)
    return names


def test_the_example_lists_every_setting_with_a_line_of_words() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    listed = [line.removesuffix("=") for line in lines if line and not line.startswith("#")]
    assert len(listed) == len(set(listed))
    assert set(listed) - COMPOSE_ONLY == read_by_the_settings()
    for above, line in itertools.pairwise(lines):
        assert line.startswith("#") or not line or above.startswith("# "), f"{line} is not explained"


def test_the_page_lists_every_setting() -> None:
    page = (PROJECT / "docs/settings.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) - COMPOSE_ONLY == read_by_the_settings()


def load_settings(**environment: str) -> subprocess.CompletedProcess[str]:
    program = "from config import settings as s; print(s.DEBUG, s.USE_SIMULATOR, s.EMBEDDED_POSTGRES, s.ALLOWED_HOSTS)"
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": os.environ.get("DATA_DIR", str(PROJECT / ".data"))}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


PRODUCTION = {
    "SECRET_KEY": "s" * 40,
    "JWT_SIGNING_KEY": "j" * 40,
    "PUBLIC_URL": "https://desk.example.com",
    "DATABASE_URL": "postgres://desk:secret@db:5432/desk",
    "REDIS_URL": "redis://redis:6379/0",
}


def test_a_bare_checkout_is_a_trial_machine() -> None:
    assert load_settings().stdout.startswith("True True True")


def test_an_empty_value_counts_as_unset() -> None:
    assert load_settings(SECRET_KEY="", DATABASE_URL="").stdout.startswith("True True True")


def test_a_server_is_no_trial_machine_and_no_simulator_runs_there() -> None:
    assert load_settings(**PRODUCTION).stdout == "False False False ['desk.example.com']\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SIGNING_KEY", "PUBLIC_URL"])
def test_a_server_must_be_told_its_keys_and_its_address(name: str) -> None:
    told = load_settings(**{key: value for key, value in PRODUCTION.items() if key != name})
    assert f"{name} is not set" in told.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TELEGRAM_DOWNLOAD_MB": "21"}, "TELEGRAM_DOWNLOAD_MB"),
        ({"TELEGRAM_FILES_DIR": "files"}, "TELEGRAM_FILES_DIR"),
        ({"TELEGRAM_FILES_DIR": "/files", "TELEGRAM_DOWNLOAD_MB": "2000"}, ""),
    ],
)
def test_large_files_need_a_folder_of_a_server_of_ones_own(given: dict[str, str], said: str) -> None:
    loaded = load_settings(**given)
    assert (loaded.returncode == 0) == (not said), loaded.stderr
    assert said in loaded.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("1004", "TELEGRAM_STAFF_CHAT_ID is '1004', but it takes the negative number"),
        ("@staff", "TELEGRAM_STAFF_CHAT_ID is '@staff', but it takes the negative number"),
        ("-1001004", ""),
        ("0", ""),
    ],
)
def test_the_staffs_chat_is_a_group_and_no_person(given: str, said: str) -> None:
    loaded = load_settings(TELEGRAM_STAFF_CHAT_ID=given)
    assert (loaded.returncode == 0) == (not said), loaded.stderr
    assert said in loaded.stderr
