"""Customers who write and an agent who answers, all the while that something breaks; what they were told is kept."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx

from tests.faults.invariants import Expectation
from tests.support.whole_desk import WholeDesk

_PAUSE = 1.2  # seconds between two messages: the bot may send about one a second to a chat


class Traffic:
    """One customer says things to the bot; one agent answers through REST, and insists with the same key."""

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
            if self._ended.wait(_PAUSE):
                return
            text = f"Question {number} of {self.customer}"
            self.desk.telegram.say(self.customer, text)
            self.said.append(text)

    def _answer(self) -> None:
        for number in itertools.count(1):
            if self._ended.wait(_PAUSE):
                return
            text = f"Answer {number} to {self.customer}."
            key = str(uuid4())
            while not self._post(key, text):
                threading.Event().wait(0.3)
            self.acknowledged.add(key)
            self.answered.append(text)

    def _post(self, key: str, text: str) -> bool:
        try:
            body = {"id": key, "text": text}
            status = self.agent.http.post(f"/tickets/{self.ticket}/messages/", json=body).status_code
        except httpx.TransportError:
            return False
        self.statuses.append(status)
        assert status in {200, 201, 401, 429, 502, 503}, status
        if status == 401:
            self.agent.sign_in()
        return status < 300
