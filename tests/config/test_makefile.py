"""What `make` says on a machine that lacks something."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(folder: Path, *arguments: str, python: str) -> subprocess.CompletedProcess[str]:
    """In a fresh folder that holds the Makefile and the locks, with a Python that behaves as the script says."""
    shutil.copy(PROJECT / "Makefile", folder)
    shutil.copytree(PROJECT / "requirements", folder / "requirements", dirs_exist_ok=True)
    fake = folder / "python3"
    fake.write_text(f"#!/bin/sh\n{python}\n")
    fake.chmod(0o755)
    command = ["make", f"PYTHON={fake}", *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("target", ["run", "test", "lint"])
def test_a_missing_venv_module_is_named_with_the_cure(tmp_path: Path, target: str) -> None:
    told = make(tmp_path, target, python='case "$*" in *ensurepip*) exit 1;; esac')
    assert told.returncode != 0
    assert "apt-get install python3-venv" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_old_python_is_named_with_the_cure(tmp_path: Path) -> None:
    told = make(tmp_path, "run", python='case "$*" in *version_info*) exit 1;; esac')
    assert "Python 3.11 or newer is needed" in told.stderr


def test_help_needs_nothing_and_lists_the_targets(tmp_path: Path) -> None:
    told = make(tmp_path, "help", python="exit 1")
    for target in ("run", "test", "lint", "bench", "format"):
        assert f"\n{target} " in f"\n{told.stdout}"
