"""`manage.py up` over real processes. The tests share one folder, so that only the first start makes a database."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running_desk import Desk, eventually

pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture
def desk(data_dir: Path) -> Iterator[Desk]:
    desk = Desk(data_dir, EMBEDDED_LINGER="1")
    yield desk
    desk.end()


def test_it_says_what_to_open_and_serves_it_and_ctrl_c_ends_all_of_it(desk: Desk) -> None:
    desk.start()
    desk.wait_until_up()
    for place in ("/admin/", "/api/v1/docs/", "/app/"):
        assert desk.url + place in desk.output
    status, body = desk.get("/health/ready")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    desk.wait_for("ready.")  # the worker's own word
    assert desk.interrupt() == 0
    assert desk.pids() == []
    assert desk.services_are_dead()
    assert "Traceback" not in desk.output


def test_a_kill_of_the_supervisor_leaves_no_process_and_the_next_start_is_warm(desk: Desk) -> None:
    desk.start()
    desk.wait_until_up()
    desk.wait_for("ready.")
    assert len(desk.pids("celery")) >= 4  # beat, the worker and its pool of two
    desk.kill()
    eventually(lambda: desk.pids() == [], 30)
    eventually(desk.services_are_dead, 30)
    desk.start()
    assert desk.wait_until_up() < 60  # under 5 s on an idle machine


def test_programs_that_die_come_back_and_so_does_the_database(desk: Desk) -> None:
    desk.start()
    desk.wait_until_up()
    desk.wait_for("ready.")
    for words, name in (("daphne", "web"), ("worker", "worker")):
        before = desk.pids(words)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        desk.wait_for(f"{name} ended by SIGKILL; starting it again in 0.5 s")
        eventually(lambda before=before, words=words: set(desk.pids(words)) - set(before), 30)
    assert desk.run_manage("services", "stop").returncode == 0
    eventually(lambda: _is_ready(desk), 60)


def _is_ready(desk: Desk) -> bool:
    try:
        return desk.get("/health/ready")[0] == 200
    except OSError:
        return False


def test_a_command_typed_beside_it_talks_to_the_desk_that_runs(desk: Desk) -> None:
    desk.start()
    desk.wait_until_up()
    for name in ("PORT", "SIMULATOR_PORT"):  # said to `up` alone, as in `PORT=8010 make run`
        del desk.environment[name]
    told: list[str] = []  # the bot starts last: until it has, the check rightly finds faults

    def is_healthy() -> bool:
        check = desk.run_manage("check_channel")
        told.append(check.stdout + check.stderr)
        return check.returncode == 0

    try:
        eventually(is_healthy, 120)
    except TimeoutError:
        pytest.fail(told[-1])
    assert "Traceback" not in desk.output
    assert "sweep_deliveries" not in desk.output  # no line for every task and tick


def test_a_second_desk_in_the_same_folder_is_refused_in_a_sentence(desk: Desk) -> None:
    desk.start()
    desk.wait_until_up()
    second = desk.run_manage("up")
    assert second.returncode == 1
    assert "already runs from this folder" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_named_with_the_cure(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", desk.port))
        other.listen()
        told = desk.run_manage("up")
    assert told.returncode == 1
    assert told.stderr.startswith(f"CommandError: Port {desk.port} is in use")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "eighty", "PORT is 'eighty', but it takes a whole number."),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps', but it takes on or off."),
        ("LANGUAGE_CODE", "fr", "LANGUAGE_CODE is 'fr', but it takes one of: ru, en."),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "check REDIS_URL."),
        ("DATABASE_URL", "postgres://desk@127.0.0.1:1/desk", "check DATABASE_URL."),
        ("DATABASE_URL", "mysql://desk@127.0.0.1/desk", "DATABASE_URL is not a URL of the form postgres://"),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE is 'Mars/Olympus', but it takes an IANA name such as Europe/Moscow."),
        ("TIME_ZONE", "Europe", "TIME_ZONE is 'Europe', but it takes an IANA name such as Europe/Moscow."),
        ("TRUSTED_PROXIES", "10.0.0.0/8, nginx", "but it takes addresses and networks, with commas between them."),
        ("TELEGRAM_BOT_TOKEN", "my bot", "TELEGRAM_BOT_TOKEN is malformed: it takes a bot's token"),
        ("SECRET_KEY_FILE", "/nowhere", "SECRET_KEY_FILE names /nowhere, which cannot be read"),
    ],
)
def test_a_bad_setting_is_named_in_a_sentence(data_dir: Path, name: str, value: str, says: str) -> None:
    desk = Desk(data_dir, **{"DEBUG": "on", name: value})
    told = desk.run_manage("up")
    assert told.returncode == 1
    assert says in told.stderr
    assert "Traceback" not in told.stderr
