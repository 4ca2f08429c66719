"""What the stories of the whole bot over HTTP have in common."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from pytest_django import Settings

from accounts.models import Language, Role, User
from telegram_bot.delivery import pace
from telegram_bot.models import OutgoingCall, Update
from tests.support.api import Api
from tests.support.simulator import Simulator
from tests.support.simulator import wait_until as poll
from tests.support.validator import find_invalid_calls
from tickets.models import EventDelivery

JSON = dict[str, Any]
PATIENCE = 60.0  # seconds
OLIVER, ANNA = 1004, 2001  # of the demo people two who speak English
wait_until = partial(poll, seconds=PATIENCE)
story_marks = [  # of a module's tests in which the whole bot runs beside them
    pytest.mark.xdist_group("bot_process"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("threads"),
]


def whole_telegram(
    telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, newcomer: int, name: str
) -> Iterator[Simulator]:
    """An empty Telegram with one more person, which the desk of this process polls; every call was a valid one."""
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = telegram.url, telegram.token
    settings.TELEGRAM_MODE, settings.PUBLIC_URL, settings.LANGUAGE_CODE = "polling", "https://desk.example.com", "en"
    telegram.reset()
    telegram.create_user(newcomer, first_name=name, language_code="en")
    hurry(monkeypatch)
    yield telegram
    problems = find_invalid_calls(telegram)
    assert not problems, problems


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is not how long a minute is."""
    for name in ("GROUP_RATE", "GROUP_BURST", "CHAT_RATE", "CHAT_BURST"):
        monkeypatch.setattr(pace, name, 100.0)


def words(message: JSON) -> str:
    return str(message.get("text") or message.get("caption") or "")


def settled() -> bool:
    """Everything that came is handled, and everything owed is done and told to the desk."""
    told_of = Q(message__isnull=False) | Q(state="failed")
    return not (
        Update.objects.filter(state="received").exists()
        or EventDelivery.objects.filter(state="pending", subscriber__in=("telegram", "staff_group")).exists()
        or OutgoingCall.objects.filter(state__in=("pending", "sending")).exists()
        or OutgoingCall.objects.filter(told_of, state__in=("sent", "failed"), reported_at=None).exists()
    )


def rest(telegram: Simulator) -> None:
    """Until the desk has all that Telegram has, and is done with it."""
    wait_until(lambda: telegram.state()["pending_updates"] == 0 and settled(), what="peace")


class Agent:
    """Anna at the API, as the Mini App uses it."""

    def __init__(self) -> None:
        self.user = User.objects.create(first_name="Anna", role=Role.AGENT, telegram_id=ANNA, language=Language.ENGLISH)
        self.api = Api(self.user)

    def tickets(self) -> list[JSON]:
        return self._asked(*self.api.get("tickets/", order="oldest"))["results"]  # type: ignore[no-any-return]

    def ticket(self, opened: int = 1) -> JSON:
        """The first, or the n-th that was opened, once it is there."""
        return wait_until(lambda: self.tickets()[opened - 1 : opened], what="a ticket")[0]

    def messages(self, ticket: JSON) -> list[JSON]:
        return self._asked(*self.api.get(f"tickets/{ticket['id']}/messages/"))["results"]  # type: ignore[no-any-return]

    def texts(self, ticket: JSON) -> list[str]:
        return [message["text"] for message in self.messages(ticket)]

    def says(self, ticket: JSON, text: str = "", **more: Any) -> JSON:
        return self._asked(*self.api.post(f"tickets/{ticket['id']}/messages/", id=str(uuid4()), text=text, **more))

    def uploads(self, name: str, content: bytes, kind: str) -> str:
        file = SimpleUploadedFile(name, content, content_type=kind)
        return str(self._asked(*self.api.upload(file))["id"])

    def reads(self, url: str) -> bytes:
        """What stands at the address of a file."""
        answer = self.api.client.get(url, headers=self.api.headers)
        assert answer.status_code == 200, answer
        return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[no-any-return]

    def sets(self, ticket: JSON, status: str) -> None:
        self._asked(*self.api.post(f"tickets/{ticket['id']}/status/", status=status))

    def message(self, message: JSON) -> JSON:
        return self._asked(*self.api.get(f"messages/{message['id']}/"))

    @staticmethod
    def _asked(status: int, body: Any) -> JSON:
        assert status < 300, (status, body)
        return body  # type: ignore[no-any-return]


def asks(telegram: Simulator, agent: Agent, text: str = "The printer is on fire", who: int = OLIVER) -> JSON:
    """The ticket of a first message, once all that follows from it is done."""
    before = len(agent.tickets())
    telegram.say(who, text)
    ticket = agent.ticket(before + 1)
    rest(telegram)
    return ticket
