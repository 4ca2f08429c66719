import json
import logging
import subprocess
import sys

import pytest
import structlog

from accounts.masking import mask_secrets
from config import logging as desk_logging

TOKEN = "7000000001:AAE-abcdefghijklmnopqrstuvwxyz_0123"
INIT_DATA = "query_id=AA&user=%7B%22id%22%3A1%7D&auth_date=1700000000&signature=xyz&hash=0123456789abcdef"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/sendMessage", "AAE-"),
        (f"token {TOKEN}", "AAE-"),
        (f"sign-in with {INIT_DATA}", "0123456789abcdef"),
        (f'{{"init_data": "{INIT_DATA}"}}', "0123456789abcdef"),
        (f"/app/#tgWebAppData={INIT_DATA.replace('=', '%3D').replace('&', '%26')}&v=1", "0123456789abcdef"),
        ("Authorization: Bearer abc.def.ghi", "abc.def"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
        ("GET /api/v1/files/1/?token=abcdef&x=1", "abcdef"),
        ("Cookie: sessionid=abcdef; csrftoken=ghi", "ghi"),
        (f"decoded {JWT}", "dozjg"),
        ("postgres://desk:hunter2@db/desk", "hunter2"),
        ('{"refresh": "r-123456", "access": "a-123456"}', "123456"),
    ],
)
def test_no_secret_stays_in_a_text(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in mask_secrets(text)


def test_what_is_no_secret_stays() -> None:
    text = "ticket 17 of person 501 at 12:30:05, https://desk.example.com/app/tickets/17?after=5"
    assert mask_secrets(text) == text


PROGRAM = f"""
import sys
from config.logging import configure
configure({{"format": sys.argv[1], "level": "INFO"}})
import logging, structlog
structlog.contextvars.bind_contextvars(request_id="r1")
logging.getLogger("plain").info("plain %s", "text", extra={{"ticket": 5}})
structlog.get_logger("bound").warning("bound", token="{TOKEN}")
logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot/x")
try:
    raise ValueError("https://api.telegram.org/bot{TOKEN}/getMe")
except ValueError:
    logging.getLogger("failing").exception("It failed")
"""


def run(form: str) -> str:
    command = [sys.executable, "-c", PROGRAM, form]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def test_json_lines_carry_context_and_no_secret() -> None:
    output = run("json")
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["event"] for line in lines] == ["plain text", "bound", "It failed"]
    assert lines[0]["ticket"] == 5
    assert {line["request_id"] for line in lines} == {"r1"}
    assert "ValueError" in lines[2]["exception"]
    assert "AAE-" not in output


def test_console_lines_hide_secrets_too() -> None:
    output = run("console")
    assert "plain text" in output
    assert "AAE-" not in output
    assert "HTTP Request" not in output


def test_django_does_not_log_a_second_time() -> None:
    assert logging.getLogger("django").handlers == []
    assert desk_logging.configure
    assert structlog.is_configured()
