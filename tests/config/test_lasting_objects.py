"""What is loaded at the start is not walked by the garbage collector again and again."""

import subprocess
import sys

import pytest

from tests.support.running_desk import PROJECT


@pytest.mark.parametrize("application", ["wsgi", "asgi"])
def test_a_served_process_puts_aside_what_it_has_loaded(application: str) -> None:
    script = f"import gc, sys, config.{application}; print(gc.get_freeze_count(), 'config.urls' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    frozen, has_routes = said.stdout.split()
    assert int(frozen) > 100_000
    assert has_routes == "True"
