import http.server
import sys
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from accounts.clock import now
from config import probe
from config.periodic_tasks import Entry, sync_periodic_tasks
from telegram_bot.identity import current_bot_id
from telegram_bot.leases import take_lease


@pytest.mark.django_db
def test_beat_is_well_while_it_wakes_tasks() -> None:
    sync_periodic_tasks([Entry("Sweep", "tickets.tasks.sweep", timedelta(seconds=30))])
    with pytest.raises(SystemExit, match="beat does not answer"):
        call_command("probe", "beat")
    PeriodicTask.objects.update(last_run_at=now() - timedelta(minutes=1))
    call_command("probe", "beat")
    PeriodicTask.objects.update(last_run_at=now() - timedelta(minutes=10))
    with pytest.raises(SystemExit):
        call_command("probe", "beat")


@pytest.mark.django_db
def test_the_bot_is_well_while_somebody_holds_its_lease() -> None:
    with pytest.raises(SystemExit, match="bot does not answer"):
        call_command("probe", "bot")
    take_lease(current_bot_id(), holder=uuid4(), name="somebody")
    call_command("probe", "bot")


class Desk(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Host"] == "desk.example.com" else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_a_process_is_asked_under_its_public_name(monkeypatch: pytest.MonkeyPatch) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(sys, "argv", ["probe", f"http://127.0.0.1:{server.server_port}/health/ready"])
    monkeypatch.setenv("PUBLIC_URL", "https://desk.example.com")
    assert probe.main() == 0
    monkeypatch.setenv("PUBLIC_URL", "https://other.example.com")
    assert probe.main() == 1
    server.shutdown()
    server.server_close()
    assert probe.main() == 1
