"""Where the embedded services of a checkout listen. Pure: nothing is started or touched."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

DATABASE_NAME = "app"


@dataclass(frozen=True)
class ServiceUrls:
    """The URLs of the embedded services, each in the form that its clients take."""

    database: str  # for psycopg and Django
    redis: str  # for redis-py, Channels and Django's cache
    celery: str  # for Celery's broker


def socket_link(base: Path) -> Path:
    """The symbolic link to the folder of the services' sockets.

    A Unix socket's path holds 107 bytes and a checkout's own may be longer. The link lies in /tmp, not in $TMPDIR or
    $XDG_RUNTIME_DIR, because every process of the checkout must compute the same one.
    """
    return Path("/tmp/emb-" + hashlib.sha256(os.fsencode(base.resolve())).hexdigest()[:16])  # noqa: S108


def service_urls(base: Path) -> ServiceUrls:
    """The URLs of the services whose data lies in `base`. port=5432 because libpq would else obey PGPORT."""
    link = socket_link(base)
    return ServiceUrls(
        database=f"postgres://postgres@/{DATABASE_NAME}?host={link}&port=5432",
        redis=f"unix://{link}/v.sock?db=0",
        celery=f"redis+socket://{link}/v.sock?virtual_host=1",
    )
