"""Random work of random people under bad weather: at the end everybody's picture is what REST shows them."""

import asyncio
import random
from typing import Any
from uuid import UUID

import orjson
import pytest

from accounts.errors import HelpDeskError
from accounts.models import User
from chat import bridge
from chat.hub import hub_of_this_loop
from chat.protocol import encode
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.live import JSON, LiveClient
from tests.support.nudges import Weather
from tickets.models import Message, Priority, Ticket, TicketStatus
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_messages
from tickets.representations.tickets import represent_ticket
from tickets.selectors.conversation import list_messages
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import delete_message, edit_message
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status


class Picture:
    """What a client makes of its frames: events in order, holes asked for, rows by the higher sequence."""

    def __init__(self, client: LiveClient, ticket: UUID) -> None:
        self.client, self.ticket = client, ticket
        self.sequence = 0
        self.messages: dict[str, JSON] = {}
        self.row: JSON = {}
        self._taken = 0
        self._early: dict[int, JSON] = {}
        self.told = 0

    async def take(self, *, drop: random.Random | None = None) -> None:
        """Apply what has come; `drop` loses some of it, as a bad client would."""
        for frame in self.client.take()[self._taken :]:
            self._taken += 1
            if frame.get("ticket") not in (str(self.ticket), None):
                continue
            if drop is not None and frame["type"] != "inbox_updated" and drop.random() < 0.2:
                continue  # rows of lists have no numbering of their own: a client reloads them when it reconnects
            self._apply(frame)
        if self._early or self.told > self.sequence:
            await self.client.send("subscribe", ticket=self.ticket, after=self.sequence)

    def _apply(self, frame: JSON) -> None:
        kind = frame["type"]
        if kind == "resumed":
            for event in frame["data"]["events"]:
                self._event(event)
        elif kind == "inbox_updated":
            self._show(frame["data"])
        elif kind == "heartbeat":
            self.told = max(self.told, frame["data"]["tickets"].get(str(self.ticket), 0))
        elif kind.startswith(("message_", "ticket_")) and "sequence" in frame:
            self._event(frame)

    def _event(self, frame: JSON) -> None:
        if frame["sequence"] <= self.sequence:
            return
        self._early[frame["sequence"]] = frame
        while (following := self._early.pop(self.sequence + 1, None)) is not None:
            self.sequence += 1
            self._change(following["type"], following["data"])
        self._early = {number: early for number, early in self._early.items() if number > self.sequence}

    def _change(self, kind: str, data: JSON) -> None:
        if kind == "message_deleted":
            gone = {"text": "", "entities": [], "content": {}, "attachments": [], "forwarded_from": None}
            if data["id"] in self.messages:
                self.messages[data["id"]] |= gone
        elif kind == "message_delivery":
            self.messages[data["message"]]["delivery"] = data["delivery"]
        elif kind.startswith("message_"):
            self.messages[data["id"]] = data
        else:
            self._show(data)

    def _show(self, row: JSON) -> None:
        if row["sequence"] >= self.row.get("sequence", 0):
            self.row = row


def do_something(dice: random.Random, ticket: Ticket, customer: User, staff: list[User]) -> None:
    agent = dice.choice(staff)
    own = list(Message.objects.filter(ticket=ticket, author=agent, deleted_at=None))
    works: list[Any] = [
        lambda: a_reply_by(customer, ticket, str(dice.random())),
        lambda: a_reply_by(agent, ticket, str(dice.random())),
        lambda: a_note_by(agent, ticket, f"secret {dice.random()}"),
        lambda: change_status(actor=acting(agent), ticket=ticket.pk, status=dice.choice(list(TicketStatus))),
        lambda: assign_ticket(actor=acting(agent), ticket=ticket.pk, assignee_id=dice.choice([None, agent.pk])),
        lambda: update_ticket(
            actor=acting(agent),
            ticket=ticket.pk,
            changes=TicketChanges(tags=[f"secret-{dice.random()}"], priority=dice.choice(list(Priority))),
        ),
    ]
    if own:
        message = dice.choice(own)
        works.append(lambda: edit_message(actor=acting(agent), message_id=message.pk, text=_secret_if(message, dice)))
        works.append(lambda: delete_message(actor=acting(agent), message_id=message.pk))
    try:
        dice.choice(works)()
    except HelpDeskError:
        return


def _secret_if(message: Message, dice: random.Random) -> str:
    return f"{'secret' if message.internal else 'public'} {dice.random()}"


def as_rest_shows_it(user: User, ticket: UUID) -> tuple[list[JSON], JSON]:
    actor = acting(user)
    audience = Audience.of(actor)
    messages = represent_messages(list_messages(actor, Ticket(pk=ticket)).order_by("sequence"), audience)
    row = represent_ticket(ticket, audience)
    return orjson.loads(encode({"m": messages}))["m"], orjson.loads(encode(row))


def without_times(message: JSON) -> JSON:
    """A tombstone's time is told by the next reading of the page."""
    return {name: value for name, value in message.items() if name not in ("deleted_at", "edited_at")}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_everybody_converges(
    connect: Connect, vera: User, anna: User, boris: User, mila: User, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("chat.heartbeat.HEARTBEAT_SECONDS", 0.4)
    dice = random.Random(seed)
    hub = hub_of_this_loop()
    weather = Weather(hub._hear, seed)
    hub.listener._hear = weather
    weather.lose, weather.double, weather.delay = 0.3, 0.2, 0.05
    ticket = await bridge.run(a_ticket_of, vera)
    people = [vera, anna, boris]
    pictures = {user: Picture(await connect(user), ticket.pk) for user in people}
    for picture in pictures.values():
        await picture.client.send("subscribe", ticket=ticket.pk, after=0)
    for _step in range(40):
        await bridge.run(do_something, dice, ticket, vera, [anna, boris, mila])
        if dice.random() < 0.3:
            for picture in pictures.values():
                await picture.take(drop=dice)
        if dice.random() < 0.1:  # somebody's network breaks
            user = dice.choice(people)
            await pictures[user].client.close()
            known, pictures[user].client = pictures[user], await connect(user)
            known._taken = 0
            await known.client.send("subscribe", ticket=ticket.pk, after=known.sequence)
    weather.lose = 0.0
    for user, picture in pictures.items():
        messages, row = await bridge.run(as_rest_shows_it, user, ticket.pk)
        async with asyncio.timeout(10):
            while picture.sequence < row["sequence"] or picture.row.get("sequence") != row["sequence"]:
                await asyncio.sleep(0.1)
                await picture.take()
        shown = sorted(picture.messages.values(), key=lambda message: message["sequence"])
        assert [without_times(message) for message in shown] == [without_times(message) for message in messages]
        if user == vera:  # its time moves with what she does not see
            row["updated_at"] = picture.row["updated_at"]
        assert picture.row == row
    hers = str(pictures[vera].client.frames)
    assert "'internal': True" not in hers
    assert "secret" not in hers
