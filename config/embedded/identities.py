"""As whom the servers run: PostgreSQL refuses root, and its initdb a user without an entry in passwd."""

import contextlib
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.embedded.kernel import CAN_DIE_WITH_PARENT, become_user, enter_user_namespace

# The servers inherit nothing else: PGPORT, PGOPTIONS and LC_* would bite.
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class NoIdentity(RuntimeError):
    """This user can neither run PostgreSQL nor become one who can."""


@dataclass(frozen=True)
class Identity:
    """What a server does between fork and exec, and the user to whom its files belong."""

    become: Callable[[], None]
    files: int


def find_identity(base: Path, program: Path) -> Identity:
    """The first identity that, as it is after exec, can reach the data and the program. Raises NoIdentity."""
    for identity in _candidates(base):
        try:
            subprocess.run(
                ["ls", base / "life.lock", program],
                preexec_fn=identity.become,
                env=SERVER_ENVIRONMENT,
                check=True,
                stdout=sys.stderr,
            )
        except (OSError, subprocess.SubprocessError) as error:
            print(f"not as {identity.files}: {error}", file=sys.stderr)  # noqa: T201 - supervisor.log
        else:
            return identity
    raise NoIdentity(
        f"PostgreSQL does not run as user {os.geteuid()}, who can become no other here; "
        "run as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own"
    )


def _candidates(base: Path) -> Iterator[Identity]:
    uid = os.geteuid()
    nobody = pwd.getpwnam("nobody")
    if uid and _find_user(uid):
        yield Identity(_stay, uid)
        return
    if CAN_DIE_WITH_PARENT:
        yield Identity(partial(enter_user_namespace, nobody.pw_uid, nobody.pw_gid), uid)
    if uid == 0:
        # root in a user's checkout becomes that user
        owner = base.stat().st_uid
        other = (_find_user(owner) if owner else None) or nobody
        yield Identity(partial(become_user, other.pw_uid, other.pw_gid), other.pw_uid)


def _stay() -> None:
    """An ordinary user runs the servers as they are."""


def _find_user(uid: int) -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(uid)
    return None
