"""PostgreSQL refuses root, and its initdb a user without an entry in passwd; the desk runs as either."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded.services import PROJECT

from .conftest import HOLD, Services

NOBODY = 65534
STRANGER = 54321  # no entry in passwd

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, to become others"),
]

WITHOUT_NAMESPACES = """
from config.embedded import kernel

def refuse(uid, gid):
    raise OSError(1, "forbidden")

kernel.enter_user_namespace = refuse
from config.embedded.supervisor import main
main()
"""


def as_user(uid: int) -> list[str]:
    return ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"]


@pytest.fixture
def open_services() -> Iterator[Services]:
    """In a folder that every user can reach."""
    reach = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import psycopg'], check=True)"
    if subprocess.run([*as_user(NOBODY), sys.executable, "-c", reach], capture_output=True, check=False).returncode:
        pytest.skip("other users cannot reach this Python")
    folder = Path(tempfile.mkdtemp(prefix="desk-")).resolve()
    services = Services(folder / "services")
    yield services
    services.clean_up()
    shutil.rmtree(folder, ignore_errors=True)


def give(path: Path, uid: int) -> None:
    os.chown(path, uid, uid)


def read_one(services: Services) -> object:
    holder = services.hold()
    connect = f"import psycopg; print(psycopg.connect({holder.database!r}).execute('select 1').fetchone()[0])"
    command = [*services.prefix, sys.executable, "-c", connect]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout.strip()


@pytest.mark.parametrize("uid", [NOBODY, STRANGER])
def test_an_ordinary_user_runs_the_servers(open_services: Services, uid: int) -> None:
    give(open_services.base.parent, uid)
    open_services.prefix = as_user(uid)
    assert read_one(open_services) == "1"
    assert (open_services.base / "pg/data").stat().st_uid == uid


def test_root_in_a_private_folder_runs_the_servers(services: Services) -> None:
    services.base.parent.chmod(0o700)
    assert read_one(services) == "1"


def test_root_runs_them_where_user_namespaces_are_forbidden(services: Services) -> None:
    """The supervisor then becomes nobody, and the data changes hands at the start, there and back."""
    url = services.hold().database
    with psycopg.connect(url) as connection:
        connection.execute("create table kept as select 42 as answer")
    services.clean_up()
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_NAMESPACES, str(services.base), "30"],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "EMBEDDED_LINGER": "30"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    assert said.stdout == b"locked, ready"
    assert (services.base / "pg/data").stat().st_uid == NOBODY
    with psycopg.connect(url) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
    services.clean_up()
    services.hold()
    assert (services.base / "pg/data").stat().st_uid == 0


def test_a_user_who_may_not_write_is_told_so_in_a_sentence(open_services: Services) -> None:
    open_services.hold()
    open_services.base.parent.chmod(0o755)
    told = subprocess.run(
        [*as_user(NOBODY), sys.executable, "-c", HOLD, str(open_services.base)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "belongs to another user" in told.stderr
