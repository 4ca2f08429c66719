"""The desk passes `/simulator/` on, and starts a simulator only on a trial machine."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from tests.support.simulator import Simulator, free_port


@pytest.fixture
def through_the_desk(telegram: Simulator, settings: Settings) -> Client:
    settings.SIMULATOR_URL = telegram.url
    return Client(enforce_csrf_checks=True)


def test_the_page_comes_through_the_desk(through_the_desk: Client) -> None:
    answer = through_the_desk.get("/simulator/")
    assert answer.status_code == 200
    assert b"static/main.js" in answer.content
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    script = through_the_desk.get("/simulator/telegram-web-app.js")
    assert script["Content-Type"].startswith("text/javascript")


def test_questions_and_files_pass_both_ways(telegram: Simulator, through_the_desk: Client) -> None:
    path = "/simulator/control/users/1001/messages"
    answer = through_the_desk.post(path, {"text": "привет"}, content_type="application/json")
    assert answer.json()[0]["text"] == "привет"
    assert telegram.transcript(1001)[-1]["text"] == "привет"
    sent = telegram.send_photo(1001)
    photo = through_the_desk.get(f"/simulator/files/{sent['photo'][-1]['file_id']}")
    assert (photo["Content-Type"], photo["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    refused = through_the_desk.post(path, {}, content_type="application/json", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


def test_a_stopped_simulator_is_said_so(settings: Settings) -> None:
    settings.SIMULATOR_URL = f"http://127.0.0.1:{free_port()}"
    answer = Client().get("/simulator/")
    assert answer.status_code == 503
    assert "run_simulator" in answer.content.decode()


@pytest.mark.parametrize("path", ["../conftest.py", "%2e%2e/conftest.py", "main.py", "nothing.js"])
def test_only_the_pages_own_files_are_served(through_the_desk: Client, path: str) -> None:
    assert through_the_desk.get(f"/simulator/static/{path}").status_code == 404


def test_it_is_refused_where_debug_is_off(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("run_simulator")


def test_it_is_refused_beside_a_real_token(settings: Settings) -> None:
    settings.DEBUG, settings.USE_SIMULATOR = True, False
    with pytest.raises(CommandError, match="TELEGRAM_BOT_TOKEN is set"):
        call_command("run_simulator")
