"""Updates reach a webhook in order per chat, with the secret, again and again until it answers 2xx."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.support.simulator import Simulator, wait_until


class Receiver:
    """A webhook that answers what it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, Any], str]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.received.append((body, self.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
                status, headers, content = receiver.answers.pop(0) if receiver.answers else (200, {}, b"")
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/telegram/webhook/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for body, _secret in self.received if "message" in body]


@pytest.fixture
def receiver(telegram: Simulator, api: httpx.Client) -> Iterator[Receiver]:
    receiver = Receiver()
    telegram.scale_waits(0.02)
    answer = api.post("/setWebhook", json={"url": receiver.url, "secret_token": "s3cret_-"})
    assert answer.json() == {"ok": True, "result": True, "description": "Webhook was set"}
    yield receiver
    api.post("/deleteWebhook")
    receiver.server.shutdown()
    receiver.server.server_close()


def test_updates_come_in_order_and_with_the_secret(telegram: Simulator, receiver: Receiver, api: httpx.Client) -> None:
    for number in range(5):
        telegram.say(1001, str(number))
    wait_until(lambda: len(receiver.received) == 5, what="five updates")
    assert receiver.texts == ["0", "1", "2", "3", "4"]
    assert {secret for _body, secret in receiver.received} == {"s3cret_-"}
    wait_until(lambda: telegram.state()["pending_updates"] == 0)
    assert "last_error_message" not in api.get("/getWebhookInfo").json()["result"]


def test_a_failing_update_holds_its_chat_and_no_other(
    telegram: Simulator, receiver: Receiver, api: httpx.Client
) -> None:
    receiver.answers = [(500, {}, b"")] * 3
    telegram.say(1001, "poison")
    wait_until(lambda: len(receiver.received) == 3, what="three tries")
    telegram.say(1001, "behind it")
    telegram.say(1002, "elsewhere")
    wait_until(lambda: {"elsewhere", "behind it"} <= set(receiver.texts))
    assert [text for text in receiver.texts if text != "elsewhere"] == ["poison"] * 4 + ["behind it"]
    info = api.get("/getWebhookInfo").json()["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"


def test_many_failing_chats_starve_the_others(telegram: Simulator, receiver: Receiver, api: httpx.Client) -> None:
    api.post("/setWebhook", json={"url": receiver.url, "max_connections": 1})
    receiver.answers = [(500, {}, b"")] * 8
    for chat in (1001, 1002, 1003):
        telegram.say(chat, f"from {chat}")
    wait_until(lambda: "from 1003" in receiver.texts, seconds=30)
    assert set(receiver.texts[:8]) == {"from 1001", "from 1002"}, "two queues fill the two places"


def test_gone_for_a_day_ends_the_webhook(telegram: Simulator, receiver: Receiver, api: httpx.Client) -> None:
    receiver.answers = [(410, {}, b"")] * 1000
    telegram.say(1001, "anybody?")
    wait_until(lambda: len(receiver.received) >= 2, what="two tries")
    telegram.advance_clock(23 * 3600 + 60)
    wait_until(lambda: api.get("/getWebhookInfo").json()["result"]["url"] == "", what="no webhook")


def test_retry_after_of_the_answer_is_honoured(telegram: Simulator, receiver: Receiver) -> None:
    telegram.scale_waits(0.0003)
    receiver.answers = [(503, {"Retry-After": "3600"}, b"")]
    begun = time.monotonic()
    telegram.say(1001, "later")
    wait_until(lambda: len(receiver.received) == 2, what="the try after 3600 scaled seconds")
    assert time.monotonic() - begun > 1


def test_a_method_in_the_answer_is_executed_without_a_result(telegram: Simulator, receiver: Receiver) -> None:
    answer = json.dumps({"method": "sendMessage", "chat_id": 1001, "text": "from the webhook"}).encode()
    receiver.answers = [(200, {"Content-Type": "application/json"}, answer)]
    telegram.say(1001, "hello")
    telegram.wait_for_message(1001, "from the webhook")
    (call,) = telegram.calls("sendMessage")
    assert (call["executed"], call["answered"]) == (True, False)


def test_what_waited_is_delivered_after_deletion_by_polling(
    telegram: Simulator, receiver: Receiver, api: httpx.Client
) -> None:
    receiver.answers = [(500, {}, b"")] * 1000
    telegram.say(1001, "kept")
    wait_until(lambda: receiver.received)
    assert api.post("/deleteWebhook").json()["description"] == "Webhook was deleted"
    assert [update["message"]["text"] for update in api.post("/getUpdates").json()["result"]] == ["kept"]
    assert api.post("/deleteWebhook").json()["description"] == "Webhook is already deleted"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"url": "http://desk.example.com/"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://desk.example.com:9000/"}, "Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "https://desk.example.com/", "secret_token": "no spaces"}, "secret token contains unallowed"),
    ],
)
def test_wrong_webhooks_are_refused(api: httpx.Client, values: dict[str, str], text: str) -> None:
    answer = api.post("/setWebhook", json=values)
    assert answer.status_code == 400
    assert text in answer.json()["description"]
