"""`make lint`: everything that can be said about the code without running the desk. One line a check."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
UNUSED = ("--ignore", "redoc", "--ignore", "rest_framework")  # pages of libraries that the desk does not show
MODULES = ("static/miniapp", "static/simulator", "static/admin")


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str | Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    check: Check
    passed: bool
    seconds: float
    output: str


def production_environment(folder: str) -> dict[str, str]:
    """The settings of a machine that serves people, with nothing behind them."""
    return {
        "DEBUG": "off",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "JWT_SIGNING_KEY": "fedcba9876543210" * 4,
        "PUBLIC_URL": "https://desk.example.com",
        "DATABASE_URL": "postgres://desk:desk@127.0.0.1:5432/desk",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "TELEGRAM_BOT_TOKEN": "123456789:" + "a" * 35,
        "TELEGRAM_WEBHOOK_SECRET": "w1" * 32,
        "TRUSTED_PROXIES": "10.0.0.0/8",
        "DATA_DIR": f"{folder}/data",
        "STATIC_ROOT": f"{folder}/static",
    }


def list_checks(folder: str) -> list[Check]:
    """The longest first, so that two at a time end early. What the tree does not hold yet is not checked."""
    manage = (sys.executable, "manage.py")
    production = production_environment(folder)
    checks = [
        Check("types", (BIN / "mypy",)),
        Check("static files", (*manage, "collectstatic", "--no-input", "--verbosity", "0", *UNUSED), production),
        Check("translations", (sys.executable, "-m", "tests.translations")),
        Check("layers", (BIN / "lint-imports", "--no-cache")),
        Check("migrations", (*manage, "makemigrations", "--check", "--dry-run")),
        Check("deployment", (*manage, "check", "--deploy", "--fail-level", "WARNING"), production),
        Check("style", (BIN / "ruff", "check", "--quiet", ".")),
        Check("format", (BIN / "ruff", "format", "--quiet", "--check", ".")),
    ]
    if any((PROJECT / "templates").rglob("*.html")):
        checks += [
            Check("templates: format", (BIN / "djlint", "templates", "--check")),
            Check("templates: lint", (BIN / "djlint", "templates", "--lint", "--quiet")),
        ]
    modules = sorted(str(path.relative_to(PROJECT)) for place in MODULES for path in (PROJECT / place).rglob("*.js"))
    if modules:
        places = [place for place in MODULES if (PROJECT / place).is_dir()]
        checks += [
            Check("JavaScript: types", (BIN / "deno", "check", *modules)),
            Check("JavaScript: lint", (BIN / "deno", "lint", "--quiet", *places)),
            Check("JavaScript: format", (BIN / "deno", "fmt", "--quiet", "--check", *places)),
        ]
    return checks


def run(check: Check) -> Outcome:
    begun = time.monotonic()
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1", **check.environment}
    done = subprocess.run(
        check.command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Outcome(check, done.returncode == 0, time.monotonic() - begun, done.stdout + done.stderr)


def main() -> int:
    names = set(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="desk-lint-") as folder, ThreadPoolExecutor(max_workers=2) as pool:
        checks = [check for check in list_checks(folder) if not names or check.name in names]
        outcomes = []
        for outcome in pool.map(run, checks):
            outcomes.append(outcome)
            print(
                f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.check.name:<20} {outcome.seconds:5.1f} s", flush=True
            )
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.check.name}: {' '.join(str(word) for word in outcome.check.command)[:200]}")
        print(outcome.output.strip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
