"""The cast. Vera and Gleb are customers; Anna and Boris answer them; Mila manages; Adam keeps the desk healthy."""

from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts import rate_limits
from accounts.models import Language, Role, Team, User
from tests.support import emptying, services
from tests.support.whole_desk import whole_desk

__all__ = ["whole_desk"]  # a fixture


def pytest_configure(config: pytest.Config) -> None:
    services.start()
    emptying.use_for_tests()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts whole programs forms groups, as browsers do: it shares them, or would crowd the machine."""
    for item in items:
        if item.get_closest_marker("xdist_group") and not item.get_closest_marker("browser"):
            item.add_marker("processes")


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(tmp_path: Path, settings: Settings) -> None:
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = storages
    settings.STORAGE_URL = f"file://{tmp_path / 'files'}"


@pytest.fixture(autouse=True)
def _full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knocks on behalf of another."""
    monkeypatch.setattr(rate_limits, "_NAMESPACE", f"limit-{uuid4()}")
    monkeypatch.setattr(rate_limits, "_own_buckets", rate_limits.OwnBuckets())


def make_user(first_name: str, role: Role, telegram_id: int | None, **more: object) -> User:
    return User.objects.create(
        first_name=first_name, role=role, telegram_id=telegram_id, language=Language.ENGLISH, **more
    )


@pytest.fixture
def vera(db: None) -> User:
    return make_user("Vera", Role.CUSTOMER, 501)


@pytest.fixture
def gleb(db: None) -> User:
    return make_user("Gleb", Role.CUSTOMER, 502)


@pytest.fixture
def anna(db: None) -> User:
    return make_user("Anna", Role.AGENT, 601)


@pytest.fixture
def boris(db: None) -> User:
    return make_user("Boris", Role.AGENT, 602)


@pytest.fixture
def mila(db: None) -> User:
    return make_user("Mila", Role.MANAGER, 701, login="mila")


@pytest.fixture
def adam(db: None) -> User:
    return make_user("Adam", Role.ADMIN, 801, login="adam")


@pytest.fixture
def billing(db: None) -> Team:
    return Team.objects.create(name="Billing")
