"""What happens in a chat besides messages, over HTTP: corrections, quotes, signs, topics of one's own, huge files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.support.bot_story import (
    JSON,
    OLIVER,
    PATIENCE,
    Agent,
    asks,
    rest,
    story_marks,
    wait_until,
    whole_telegram,
    words,
)
from tests.support.bot_thread import bot_in_thread
from tests.support.simulator import Simulator

pytestmark = story_marks


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    yield from whole_telegram(one_telegram, settings, monkeypatch, newcomer=5001, name="Greta")
    one_telegram.enable_topics(False)
    one_telegram.set_server(local=False)


@pytest.mark.usefixtures("bot")
def test_a_correction_is_a_version_and_after_an_answer_it_says_so(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent, "It burns")
    first = telegram.transcript(OLIVER)[0]["message_id"]
    question = agent.messages(ticket)[0]
    telegram.edit(OLIVER, first, "It smokes")
    wait_until(lambda: agent.message(question)["text"] == "It smokes", what="the correction")
    assert not agent.message(question)["edited_after_answer"], "nobody had answered"
    agent.says(ticket, "Which floor?")
    telegram.wait_for_answer(OLIVER, "Which floor?", seconds=PATIENCE)
    telegram.edit(OLIVER, first, "It smells")
    wait_until(lambda: agent.message(question)["edited_after_answer"], what="the word of it")
    status, history = agent.api.get(f"messages/{question['id']}/history/")
    assert status == 200
    assert [version["text"] for version in history["results"]] == ["It burns", "It smokes"]
    rest(telegram)


@pytest.mark.usefixtures("bot")
def test_what_is_quoted_points_at_its_message_both_ways(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    answer = agent.says(ticket, "On the second floor or on the third?")
    arrived = telegram.wait_for_answer(OLIVER, "On the second floor", seconds=PATIENCE)
    part = {"text": "the third", "position": 26, "is_manual": True}
    telegram.say(OLIVER, "There", reply_to=arrived["message_id"], quote=part)
    wait_until(lambda: agent.texts(ticket)[-1] == "There", what="the reply")
    reply = agent.messages(ticket)[-1]
    assert (reply["reply_to"], reply["content"]["quote"]) == (answer["id"], "the third")
    agent.says(ticket, "Thank you", reply_to=reply["id"])
    assert words(telegram.wait_for_answer(OLIVER, "Thank you", seconds=PATIENCE)["reply_to_message"]) == "There"
    rest(telegram)


@pytest.mark.usefixtures("bot")
def test_a_sign_under_an_answer_reaches_the_agent_and_goes_again(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    answer = agent.says(ticket, "It is out")
    arrived = telegram.wait_for_answer(OLIVER, "It is out", seconds=PATIENCE)

    def signs() -> list[str]:
        return [one["emoji"] for one in agent.message(answer)["reactions"]]

    for sign in ("👍", "🔥"):
        telegram.react(OLIVER, arrived["message_id"], sign)
        wait_until(lambda: signs() == [sign], what=sign)  # noqa: B023
    telegram.react(OLIVER, arrived["message_id"], None)
    wait_until(lambda: not signs(), what="its end")
    rest(telegram)


def test_each_ticket_is_a_topic_that_comes_back_whatever_its_person_does(telegram: Simulator, agent: Agent) -> None:
    telegram.enable_topics()
    with bot_in_thread():
        telegram.say(OLIVER, "The printer is on fire")
        ticket = agent.ticket()
        agent.says(ticket, "Which floor?")
        first = telegram.wait_for_answer(OLIVER, "Which floor?", seconds=PATIENCE)["message_thread_id"]
        rest(telegram)
        for action in ("close", "delete"):
            telegram.change_topic(OLIVER, action, first)
            agent.says(ticket, f"Are you there after a {action}?")
            arrived = telegram.wait_for_answer(OLIVER, f"after a {action}", seconds=PATIENCE)
            assert (arrived["message_thread_id"] == first) is (action == "close")
            rest(telegram)
        telegram.say(OLIVER, "Here", thread_id=arrived["message_thread_id"])
        wait_until(lambda: agent.texts(ticket)[-1] == "Here", what="the word in the new topic")
        assert [message["delivery"]["state"] for message in agent.messages(ticket) if message["delivery"]] == [
            "sent"
        ] * 3
        assert len(agent.tickets()) == 1
        rest(telegram)


def test_what_is_written_in_a_topic_whose_ticket_is_over_or_after_new_stays_together(
    telegram: Simulator, agent: Agent
) -> None:
    telegram.enable_topics()
    with bot_in_thread():
        printer = asks(telegram, agent)
        agent.says(printer, "Which floor?")
        here = telegram.wait_for_answer(OLIVER, "Which floor?", seconds=PATIENCE)["message_thread_id"]
        telegram.say(OLIVER, "/new", thread_id=here)
        for text in ("The lift is stuck", "Between two floors"):
            telegram.say(OLIVER, text, thread_id=here)
        wait_until(
            lambda: agent.texts(agent.ticket(2)) == ["The lift is stuck", "Between two floors"], what="the new ticket"
        )
        told = telegram.wait_for_message(OLIVER, "This began your new ticket", seconds=PATIENCE)
        assert told["message_thread_id"] == here
        telegram.press(OLIVER, f"Go on in #{agent.ticket(2)['number']}", message_id=told["message_id"])
        rest(telegram)
        there = telegram.from_bot(OLIVER)[-1]["message_thread_id"]
        assert there != here, "its card is at the end of its own topic"
        agent.says(printer, "Still the printer?")
        telegram.wait_for_answer(OLIVER, "Still the printer?", seconds=PATIENCE)
        agent.sets(printer, "closed")
        rest(telegram)
        for text in ("Hello", "it burns", "again"):
            telegram.say(OLIVER, text, thread_id=here)
        wait_until(lambda: agent.texts(agent.ticket(3)) == ["Hello", "it burns", "again"], what="one linked ticket")
        rest(telegram)
        told = telegram.wait_for_message(OLIVER, "which goes on from it", seconds=PATIENCE)
        assert told["message_thread_id"] == here
        assert sum("which goes on from it" in words(one) for one in telegram.from_bot(OLIVER)) == 1
        assert len(agent.tickets()) == 3
        assert agent.texts(printer)[-1] == "Still the printer?"


@pytest.mark.usefixtures("bot")
def test_a_bot_api_server_of_ones_own_brings_files_of_any_size(
    telegram: Simulator, agent: Agent, settings: Settings
) -> None:
    """It lays them on a disk that the desk reads; the common one refuses what is above 20 MB."""
    telegram.set_server(local=True)
    settings.TELEGRAM_FILES_DIR, settings.TELEGRAM_DOWNLOAD_LIMIT = Path(telegram.data_dir), 2000 * 1024**2
    ticket = asks(telegram, agent)
    telegram.send_document(OLIVER, "huge.log", b"1234", size=30 * 1024**2)

    def file() -> JSON | None:
        files = [one for message in agent.messages(ticket) for one in message["attachments"]]
        return files[0] if files and files[0]["state"] != "pending" else None

    came = wait_until(file, what="the file")
    assert came is not None
    assert (came["state"], came["name"]) == ("ready", "huge.log")
    rest(telegram)
