"""What only the benchmarks run still starts: a run takes minutes, and nobody wants to learn it then."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_the_site_that_the_start_is_measured_on_comes_up_by_itself(tmp_path: Path) -> None:
    """By a server that knows nothing of Django, as the benchmark has it."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-c", "import tests.benchmarks.browser.site"],
        check=True,
        cwd=settings.BASE_DIR,
        env={**environment, "STATIC_ROOT": str(tmp_path)},
        timeout=60,
    )
