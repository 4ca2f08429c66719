"""People who send all that they can while something breaks: pictures, albums, edits, removals, reactions, a group."""

import threading
from typing import Any

from tests.faults.invariants import Expectation, find_lost_in_group
from tests.faults.traffic import Traffic
from tests.support.simulator_control import picture
from tests.support.whole_desk import WholeDesk

JSON = dict[str, Any]
FORUM, ANNA = -1_000_000_001_077, 2001
_SIGNS = ("👍", "🔥")


class Everything(Traffic):
    """A customer and an agent whose steps come one after another, and another agent in the staff's group."""

    pause = 8.0  # of what both write, the group's topics take twenty messages a minute

    def __init__(self, desk: WholeDesk) -> None:
        super().__init__(desk)
        self.files: dict[str, int] = {}
        self.signs: dict[str, str] = {}
        self.from_group: list[str] = []
        self.taken_back: list[str] = []
        self.attached = 0  # files in the agent's answers
        self._spoken: JSON = {}  # the customer's last plain message
        self._written = ("", "")  # the agent's last plain answer: its id and text

    def expectation(self) -> Expectation:
        expected = super().expectation()
        expected.files, expected.signs = self.files, self._lasting_signs()
        expected.from_group = {self.customer: self.from_group}
        expected.taken_back = {self.customer: self.taken_back}
        return expected

    # --- the customer ------------------------------------------------------------------------------------------------
    def say(self, number: int) -> None:
        text = f"Question {number} of {self.customer}."
        telegram = self.desk.telegram
        match number % 6:
            case 1:
                self._spoken = telegram.say(self.customer, text)
            case 2:
                telegram.send_photo(self.customer, caption=text)
                self.files[text] = 1
            case 3:
                telegram.send_album(self.customer, 3, caption=text)
                self.files[text] = 3
            case 4:
                self._correct()
                return
            case 5:
                telegram.send_document(self.customer, "bill.txt", b"12 roubles", caption=text)
                self.files[text] = 1
            case _:
                self._react(_SIGNS[number % 2])
                return
        self.said.append(text)

    def _correct(self) -> None:
        former = self._spoken["text"]
        self.desk.telegram.edit(self.customer, self._spoken["message_id"], f"{former} Corrected.")
        self.said[self.said.index(former)] = f"{former} Corrected."

    def _react(self, sign: str) -> None:
        answers = [one for one in self.desk.telegram.answers(self.customer) if "text" in one]
        if answers:
            self.desk.telegram.react(self.customer, answers[-1]["message_id"], sign)
            self.signs[answers[-1]["text"]] = sign

    def _lasting_signs(self) -> dict[str, str]:
        """Of answers that are there once and were not changed since: nobody knows which of two equal ones was meant."""
        texts = [one.get("text") for one in self.desk.telegram.answers(self.customer)]
        lasting = set(self.answered) | set(self.from_group)
        return {text: sign for text, sign in self.signs.items() if texts.count(text) == 1 and text in lasting}

    # --- the agents --------------------------------------------------------------------------------------------------
    def reply(self, number: int) -> None:
        text = f"Answer {number} to {self.customer}."
        match number % 6:
            case 1:
                self._written = (self.answer(text), text)
            case 2:
                self.answer(text, attachments=[self._upload()])
            case 3:
                self._change(f"{self._written[1]} Corrected.")
            case 4:
                self.answer(text, attachments=[self._upload(), self._upload()])
            case 5:
                self._written = (self.answer(text), text)
                threading.Event().wait(self.pause)
                self.insist("DELETE", f"/messages/{self._written[0]}/")
                self._forget(text)
            case _:
                self._write_in_group(number)

    def _upload(self) -> str:
        self.attached += 1
        return str(self.insist("POST", "/files/", files={"file": ("spare.jpg", picture(color="navy"))})["id"])

    def _change(self, text: str) -> None:
        key, former = self._written
        self.insist("PATCH", f"/messages/{key}/", json={"text": text})
        self.answered[self.answered.index(former)] = text

    def _forget(self, text: str) -> None:
        self.answered.remove(text)
        self.taken_back.append(text)

    def _write_in_group(self, number: int) -> None:
        """Where the ticket's topic is by now."""
        thread = self.thread()
        if thread is not None:
            text = f"Word {number} out of the group to {self.customer}."
            self.desk.telegram.say(ANNA, text, chat_id=FORUM, thread_id=thread)
            self.from_group.append(text)

    def thread(self) -> int | None:
        """Telegram's number of the topic in which the customer's first word stands."""
        first = self.said[0]
        found = [one for one in self.in_group(self.desk) if first in (one.get("text") or "")]
        return int(found[-1]["message_thread_id"]) if found else None

    @staticmethod
    def in_group(desk: WholeDesk) -> list[JSON]:
        """What the bot wrote there."""
        return desk.telegram.from_bot(ANNA, chat_id=FORUM)

    def lost_in_group(self) -> list[str]:
        """What customer and agent wrote elsewhere and does not stand in the ticket's topic, or in another order."""
        thread = self.thread()
        stands = [one for one in self.in_group(self.desk) if one.get("message_thread_id") == thread]
        return find_lost_in_group(stands, (self.said, self.answered), sum(self.files.values()) + self.attached)
