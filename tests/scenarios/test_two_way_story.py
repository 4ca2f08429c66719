"""The story of the product over real processes: a customer writes to the bot, an agent answers live, both languages."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from tests.support.simulator import wait_until
from tests.support.simulator_control import picture
from tests.support.whole_desk import WholeDesk

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.timeout(300)]
JSON = dict[str, Any]
SPEECH = {
    "ru": ("Где мой заказ 4417?", "Уже едет, будет завтра", "Спасибо, жду"),
    "en": ("Where is my order 4417?", "It is on its way, you have it tomorrow", "Thank you, I will wait"),
}


async def meanwhile(function: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """A blocking call in another thread, so that sockets go on living."""
    return await asyncio.to_thread(function, *arguments, **more)


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_message_to_the_bot_is_answered_live_and_the_answer_arrives(
    whole_desk: WholeDesk, language: str
) -> None:
    telegram = whole_desk.telegram
    question, answer, thanks = SPEECH[language]
    customer, agent = whole_desk.new_customer(language), whole_desk.agent(language)
    async with agent.socket() as socket:
        await socket.wait_for("heartbeat")
        await meanwhile(telegram.say, customer, question)
        while (row := await socket.wait_for("inbox_updated", seconds=30))["data"]["subject"] != question:
            socket.frames.remove(row)
        ticket = row["data"]
        opened = await meanwhile(telegram.wait_for_message, customer, str(ticket["number"]), seconds=30)
        with translation.override(language):
            assert gettext("Your message has arrived. An agent will answer you here.") in opened["text"]

        await socket.send(type="subscribe", ticket=ticket["id"], after=0)
        resumed = await socket.wait_for("resumed", ticket=ticket["id"])
        seen = [frame["data"]["text"] for frame in resumed["data"]["events"] if frame["type"] == "message_new"]
        assert seen == [question]

        taken = await meanwhile(agent.take, ticket["id"])
        assert (taken["status"], taken["assignee"]["id"]) == ("open", agent.id)
        await socket.wait_for("ticket_assigned", ticket=ticket["id"])
        posted = await meanwhile(agent.reply, ticket["id"], answer)
        await socket.wait_for("message_new", ticket=ticket["id"], sequence=posted["sequence"])
        arrived = await meanwhile(telegram.wait_for_answer, customer, answer, seconds=30)
        name = taken["assignee"]["name"]
        card = await meanwhile(telegram.wait_for_message, customer, name, seconds=30)
        assert card["message_id"] == opened["message_id"]
        delivered = await socket.wait_for("message_delivery", ticket=ticket["id"])
        assert delivered["data"] == {"message": posted["id"], "delivery": delivered["data"]["delivery"]}
        assert delivered["data"]["delivery"]["state"] == "sent"

        await meanwhile(telegram.say, customer, thanks, reply_to=arrived["message_id"])
        sequence = delivered["sequence"] + 1
        reply = await socket.wait_for("message_new", ticket=ticket["id"], sequence=sequence, seconds=30)
        assert (reply["data"]["text"], reply["data"]["reply_to"]) == (thanks, posted["id"])
    assert [message["text"] for message in agent.messages(ticket["id"])] == [question, answer, thanks]
    theirs = whole_desk.person(customer)
    assert [message["text"] for message in theirs.messages(ticket["number"])] == [question, answer, thanks]


def a_conversation(desk: WholeDesk) -> tuple[int, JSON]:
    """A new customer with a ticket that the English agent has."""
    customer = desk.new_customer()
    desk.telegram.say(customer, "Hello")
    ticket = desk.ticket_of(customer)
    desk.agent().take(ticket["id"])
    return customer, ticket


def test_pictures_go_both_ways(whole_desk: WholeDesk) -> None:
    telegram, agent = whole_desk.telegram, whole_desk.agent()
    customer, ticket = a_conversation(whole_desk)
    telegram.send_photo(customer, caption="The lamp is cracked")

    def photo() -> JSON | None:
        last: JSON = agent.messages(ticket["id"])[-1]
        files = last["attachments"]
        return last if files and files[0]["state"] == "ready" else None

    message = wait_until(photo, seconds=30, what="the customer's picture")
    assert message is not None
    assert (message["text"], message["kind"]) == ("The lamp is cracked", "photo")
    served = agent.http.get(message["attachments"][0]["url"].removeprefix("/api/v1"))
    assert (served.status_code, served.headers["content-type"]) == (200, "image/jpeg")

    upload = agent.upload("spare.jpg", picture(color="navy"))
    agent.reply(ticket["id"], "This one comes instead", attachments=[upload["id"]])
    wait_until(lambda: [m for m in telegram.from_bot(customer) if "photo" in m], seconds=30, what="the agent's picture")


def test_what_is_edited_changes_on_the_other_side(whole_desk: WholeDesk) -> None:
    telegram, agent = whole_desk.telegram, whole_desk.agent()
    customer, ticket = a_conversation(whole_desk)
    said = telegram.say(customer, "I live in Brystol")
    wait_until(lambda: agent.messages(ticket["id"])[-1]["text"] == "I live in Brystol", seconds=30)
    telegram.edit(customer, said["message_id"], "I live in Bristol")
    wait_until(lambda: agent.messages(ticket["id"])[-1]["text"] == "I live in Bristol", seconds=30)
    answer = agent.reply(ticket["id"], "It comes on Mondey")
    arrived = telegram.wait_for_answer(customer, "It comes on Mondey", seconds=30)
    agent.patch(f"/messages/{answer['id']}/", text="It comes on Monday")
    corrected = telegram.wait_for_answer(customer, "It comes on Monday", seconds=30)
    assert corrected["message_id"] == arrived["message_id"]


async def test_a_note_never_leaves_the_desk(whole_desk: WholeDesk) -> None:
    telegram, agent = whole_desk.telegram, whole_desk.agent()
    customer, ticket = await meanwhile(a_conversation, whole_desk)
    theirs = whole_desk.person(customer)
    async with theirs.socket() as socket:
        await socket.send(type="subscribe", ticket=ticket["id"], after=0)
        await socket.wait_for("resumed")
        await meanwhile(agent.note, ticket["id"], "SECRET: he calls every week")
        await meanwhile(agent.reply, ticket["id"], "Anything else?")
        await meanwhile(telegram.wait_for_message, customer, "Anything else?", seconds=30)
        frames = await socket.listen(0.5)
    assert "Anything else?" in str(frames)
    seen = [frames, telegram.transcript(customer), theirs.messages(ticket["id"]), theirs.tickets()]
    seen += [theirs.get(f"/tickets/{ticket['id']}/events/", after=0)]
    assert "SECRET" not in str(seen)
    sequences = [event["sequence"] for event in theirs.get(f"/tickets/{ticket['id']}/events/", after=0)["events"]]
    assert sequences == list(range(1, len(sequences) + 1)), "the note leaves no hole in the customer's numbers"


def test_a_closed_ticket_goes_on_in_a_new_one(whole_desk: WholeDesk) -> None:
    telegram, agent = whole_desk.telegram, whole_desk.agent()
    customer, ticket = a_conversation(whole_desk)
    agent.post(f"/tickets/{ticket['id']}/status/", status="resolved")
    card = telegram.wait_for_message(customer, "Status: Resolved", seconds=30)
    telegram.say(customer, "Not quite")
    wait_until(lambda: agent.ticket(ticket["id"])["status"] == "open", seconds=30, what="the ticket to reopen")
    manager = whole_desk.person(3001)
    manager.post(f"/tickets/{ticket['id']}/status/", status="resolved")
    manager.post(f"/tickets/{ticket['id']}/status/", status="closed")
    telegram.say(customer, "And now?", reply_to=card["message_id"])
    wait_until(lambda: whole_desk.ticket_of(customer)["id"] != ticket["id"], seconds=30, what="the new ticket")
    continued = whole_desk.ticket_of(customer)
    assert [message["text"] for message in agent.messages(continued["id"])] == ["And now?"]
    telegram.wait_for_message(customer, str(continued["number"]), seconds=30)


def test_after_the_story_all_invariants_hold(whole_desk: WholeDesk) -> None:
    whole_desk.check()
