import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, read_or_make_secret


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def test_a_value_may_lie_in_a_file(environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("hidden\n")
    monkeypatch.setenv("DESK_TEST_FILE", str(tmp_path / "key"))
    assert environment.text("DESK_TEST") == "hidden"


def test_a_value_and_a_file_at_once_are_refused(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TEST", "one")
    monkeypatch.setenv("DESK_TEST_FILE", "/nowhere")
    with pytest.raises(ImproperlyConfigured, match="keep one of them"):
        environment.find("DESK_TEST")


def test_an_empty_value_counts_as_unset(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TEST", "")
    assert environment.number("DESK_TEST", 5) == 5


def test_lines_of_the_env_file_yield_to_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("DESK_TEST_ONE=file\nDESK_TEST_TWO=file\n")
    monkeypatch.setenv("DESK_TEST_ONE", "environment")
    monkeypatch.setitem(os.environ, "DESK_TEST_TWO", "")
    monkeypatch.delenv("DESK_TEST_TWO")
    environment = Environment(tmp_path)
    assert (environment.text("DESK_TEST_ONE"), environment.text("DESK_TEST_TWO")) == ("environment", "file")
    monkeypatch.delenv("DESK_TEST_TWO")


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "secrets/key"
    secret = read_or_make_secret(path)
    assert read_or_make_secret(path) == secret
    assert len(secret) > 40
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(ImproperlyConfigured, match="choose another folder with DATA_DIR"):
        read_or_make_secret(tmp_path / "data/secrets/key")
