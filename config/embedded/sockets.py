"""The services' sockets: the short way to them, and whether somebody answers there."""

import os
import socket
import struct
import time
from pathlib import Path

from config.embedded.locations import socket_link

_ANSWER_SECONDS = 5
_PROTOCOL_3 = 196608  # PostgreSQL's startup packet: version 3.0
_STARTING_OR_STOPPING = b"C57P03"  # SQLSTATE cannot_connect_now


class ForeignLink(RuntimeError):
    """Another user of this machine holds the name of our link in /tmp."""


def open_link(base: Path) -> Path:
    """The link to the folder of the sockets, made or mended where needed (a cleaner of /tmp may take it)."""
    link, uid = socket_link(base), os.geteuid()
    owner, target = _read_link(link)
    if target == f"{base}/run" and owner in (0, uid):
        return link
    if uid and owner not in (None, uid):
        raise ForeignLink(f"{link} belongs to the user with the number {owner}: ask them to remove it.")
    draft = Path(f"{link}.{os.getpid()}.{time.monotonic_ns()}")
    draft.symlink_to(base / "run")
    draft.replace(link)
    return link


def _read_link(link: Path) -> tuple[int | None, str | None]:
    try:
        return link.lstat().st_uid, os.readlink(link)
    except FileNotFoundError:
        return None, None


def alive(base: Path) -> bool:
    """Whether both servers serve. Any answer counts ("too many clients" too) but "I am starting" or "stopping"."""
    link = open_link(base)
    return _postgres_serves(link / ".s.PGSQL.5432") and _valkey_serves(link / "v.sock")


def _postgres_serves(path: Path) -> bool:
    hello = struct.pack(">i", _PROTOCOL_3) + b"user\0postgres\0database\0postgres\0\0"
    goodbye = b"X\0\0\0\4"
    answer = _talk(path, struct.pack(">i", len(hello) + 4) + hello + goodbye)
    return bool(answer) and _STARTING_OR_STOPPING not in answer


def _valkey_serves(path: Path) -> bool:
    return _talk(path, b"PING\r\n")[:8] not in (b"", b"-LOADING")


def _talk(path: Path, request: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(str(path))
            connection.sendall(request)
            return connection.recv(512)
    except OSError:
        return b""
