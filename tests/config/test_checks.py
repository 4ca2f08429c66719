import pytest
from pytest_django import Settings

from config.checks import check_deployment

GOOD = {
    "DEBUG": False,
    "USE_SIMULATOR": False,
    "PUBLIC_URL": "https://desk.example.com",
    "TELEGRAM_BOT_TOKEN": "123456:abc",
    "SECRET_KEY": "s" * 64,
    "JWT_SIGNING_KEY": "j" * 64,
    "ALLOWED_HOSTS": ["desk.example.com"],
    "EMBEDDED_POSTGRES": False,
    "EMBEDDED_VALKEY": False,
    "TRUSTED_PROXIES": ["10.0.0.0/8"],
    "FILES_SERVED_BY": "nginx",
    "STORAGE_URL": "file:///data/files",
}


@pytest.fixture(autouse=True)
def production(settings: Settings) -> None:
    for name, value in GOOD.items():
        setattr(settings, name, value)


def test_a_production_machine_passes() -> None:
    assert check_deployment(None) == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "desk.E001"),
        ("USE_SIMULATOR", True, "desk.E002"),
        ("PUBLIC_URL", "http://desk.example.com", "desk.E003"),
        ("TELEGRAM_BOT_TOKEN", "", "desk.E004"),
        ("SECRET_KEY", "short", "desk.E005"),
        ("JWT_SIGNING_KEY", "short", "desk.E006"),
        ("JWT_SIGNING_KEY", GOOD["SECRET_KEY"], "desk.E007"),
        ("ALLOWED_HOSTS", ["*"], "desk.E008"),
        ("EMBEDDED_VALKEY", True, "desk.E009"),
        ("TRUSTED_PROXIES", [], "desk.W010"),
        ("STORAGE_URL", "s3://key:secret@host/bucket", "desk.E012"),
    ],
)
def test_what_must_not_go_live_is_named_with_its_cure(settings: Settings, name: str, value: object, code: str) -> None:
    setattr(settings, name, value)
    (problem,) = check_deployment(None)
    assert problem.id == code
    assert problem.hint
