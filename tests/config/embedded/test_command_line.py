import pytest

from config.embedded.command_line import needs_services


@pytest.mark.parametrize(
    "line", ["migrate", "shell", "dbshell", "run_bot", "load_demo", "check --database default", "sync_periodic_tasks"]
)
def test_commands_that_talk_to_the_database_get_it(line: str) -> None:
    assert needs_services(line.split())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "help migrate",
        "migrate --help",
        "--version",
        "check --deploy",
        "makemessages --all",
        "collectstatic --no-input",
        "makemigrations --check",
        "up",
        "services stop",
        "run_simulator",
    ],
)
def test_others_start_nothing(line: str) -> None:
    assert not needs_services(line.split())
