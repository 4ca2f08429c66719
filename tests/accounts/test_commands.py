"""`create_owner` and `set_role`, as scripts use them."""

from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    return file


def test_an_owner_signs_in_with_the_password_of_the_file(password_file: Path) -> None:
    call_command("create_owner", "--login", "olga", "--name", "Olga", "--password-file", password_file)
    owner = authenticate(username="olga", password=PASSWORD)
    assert isinstance(owner, User)
    assert (owner.role, owner.name, owner.is_superuser) == (Role.ADMIN, "Olga", True)


def test_an_owner_may_be_known_by_telegram_alone(vera: User) -> None:
    call_command("create_owner", "--telegram-id", "501", "--no-input")
    vera.refresh_from_db()
    assert (vera.role, vera.has_usable_password()) == (Role.ADMIN, False)


def test_running_it_again_changes_the_password_of_the_same_person(
    password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("create_owner", "--login", "olga", "--password-file", password_file)
    User.objects.update(is_active=False)
    monkeypatch.setenv("OWNER_PASSWORD", "another good one 7")
    call_command("create_owner", "--login", "olga", "--telegram-id", "900")
    assert User.objects.get().telegram_id == 900
    assert authenticate(username="olga", password="another good one 7")


def test_a_weak_password_is_refused_and_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", "12345")
    with pytest.raises(CommandError, match="too short"):
        call_command("create_owner", "--login", "olga")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "Give --login"),
        (["--login", "olga"], "needs a password"),
        (["--login", "olga", "--password-file", "/nowhere"], "cannot be read"),
        (["--telegram-id", "x"], "no Telegram id"),
        (["--telegram-id", "0"], "no Telegram id"),
        (["--login", "mila", "--telegram-id", "501"], "two people"),
        (["--login", "mila", "--telegram-id", "999"], "another Telegram id"),
        (["--login", "a b"], "letters, digits"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    options: list[str], sentence: str, vera: User, mila: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "mila" in options or "a b" in options:
        monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match=sentence):
        call_command("create_owner", *options, "--no-input")


def test_a_role_is_given_also_to_somebody_not_yet_known(vera: User) -> None:
    call_command("set_role", "--telegram-id", "501", "--role", "agent")
    call_command("set_role", "--telegram-id", "77", "--role", "manager")
    vera.refresh_from_db()
    assert (vera.role, vera.first_name) == (Role.AGENT, "Vera")
    assert User.objects.get(telegram_id=77).role == Role.MANAGER


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("set_role", "--telegram-id", "77", "--role", "king")
