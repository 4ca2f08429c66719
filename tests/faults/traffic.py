"""Customers who write and an agent who answers, all the while that something breaks; what they were told is kept."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.invariants import Expectation
from tests.support.whole_desk import WholeDesk


class Traffic:
    """One customer says things to the bot; one agent answers through REST, and insists with the same key."""

    pause = 1.2  # seconds between two steps of a person: the bot may send about one a second to a chat

    def __init__(self, desk: WholeDesk) -> None:
        self.desk = desk
        self.customer = desk.new_customer()
        first = f"The first word of {self.customer}"
        desk.telegram.say(self.customer, first)
        self.ticket = desk.ticket_of(self.customer)["id"]
        self.agent = desk.agent()
        self.agent.take(self.ticket)
        self.said, self.answered = [first], list[str]()
        self.acknowledged: set[str] = set()
        self.statuses: list[int] = []
        self._ended = threading.Event()

    def expectation(self) -> Expectation:
        return Expectation(
            acknowledged=self.acknowledged,
            said={self.customer: self.said},
            answers={self.customer: self.answered},
        )

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Both write until the end of the block; every message begun is sent until the desk has it."""
        people = [threading.Thread(target=person) for person in (self._ask, self._answer)]
        for person in people:
            person.start()
        try:
            yield
        finally:
            self._ended.set()
            for person in people:
                person.join(120)
                assert not person.is_alive(), "the desk does not take the messages any more"

    def _ask(self) -> None:
        for number in itertools.count(1):
            if self._ended.wait(self.pause):
                return
            self.say(number)

    def _answer(self) -> None:
        for number in itertools.count(1):
            if self._ended.wait(self.pause):
                return
            self.reply(number)

    def say(self, number: int) -> None:
        """The customer's next step."""
        text = f"Question {number} of {self.customer}"
        self.desk.telegram.say(self.customer, text)
        self.said.append(text)

    def reply(self, number: int) -> None:
        """The agent's next step."""
        self.answer(f"Answer {number} to {self.customer}.")

    def answer(self, text: str, **more: Any) -> str:
        """Sends until the desk says that it has it; returns the message's id."""
        key = str(uuid4())
        self.insist("POST", f"/tickets/{self.ticket}/messages/", json={"id": key, "text": text, **more})
        self.acknowledged.add(key)
        self.answered.append(text)
        return key

    def insist(self, method: str, path: str, **more: Any) -> Any:
        """Asks the desk as the agent until it agrees, as a client should."""
        while (response := self._try(method, path, **more)) is None:
            threading.Event().wait(0.3)
        return response.json() if response.content else None

    def _try(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            response = self.agent.http.request(method, path, **more)
        except httpx.TransportError:
            return None
        self.statuses.append(response.status_code)
        assert response.status_code in {200, 201, 204, 401, 429, 502, 503}, (path, response.status_code, response.text)
        if response.status_code == 401:
            self.agent.sign_in()
        return response if response.is_success else None
