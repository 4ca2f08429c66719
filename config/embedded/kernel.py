"""The few calls to Linux that Python's standard library lacks. Elsewhere, `CAN_DIE_WITH_PARENT` is False."""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

CAN_DIE_WITH_PARENT = sys.platform == "linux"

# linux/prctl.h, linux/sched.h, linux/capability.h
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1

_libc = ctypes.CDLL(None, use_errno=True)  # loaded before any fork


def die_with_parent(signal: int, parent: int) -> None:
    """Ask the kernel to send us `signal` when the thread that forked us ends. For use between fork and exec.

    setuid() clears the request, so it comes after every change of identity. `parent` is the process that forked: if
    that is gone already, we end at once.
    """
    if CAN_DIE_WITH_PARENT:
        _libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def watched_command(command: Sequence[str | Path], death: int) -> list[str | Path]:
    """The command as it is to be run, so that it ends with us: where the kernel does not see to it, a guard does."""
    if CAN_DIE_WITH_PARENT:
        return list(command)
    return [sys.executable, Path(__file__).with_name("guard.py"), str(os.getpid()), str(int(death)), *command]


def enter_user_namespace(uid: int, gid: int) -> None:
    """Look like `uid` and `gid` from inside, and stay who we are on disk. Raises OSError where it is forbidden."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if _libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        Path("/proc/self", name).write_text(text)


def become_user(uid: int, gid: int) -> None:
    """Turn root into `uid`, which still passes through root's private folders. Raises OSError where it is forbidden."""
    _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(*[1 << _CAP_DAC_OVERRIDE] * 3)  # effective, permitted, inheritable
    if _libc.capset(header, sets) or _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0):
        raise OSError(ctypes.get_errno(), "capabilities")
