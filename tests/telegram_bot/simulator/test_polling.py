"""getUpdates hands out, confirms, waits and refuses as Telegram does."""

import threading
import time
from typing import Any

import httpx

from tests.support.simulator import Simulator


def updates(api: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    answer = api.post("/getUpdates", json=params).json()
    assert answer["ok"], answer
    found: list[dict[str, Any]] = answer["result"]
    return found


def test_an_update_stays_until_a_higher_offset_confirms_it(telegram: Simulator, api: httpx.Client) -> None:
    telegram.say(1001, "one")
    telegram.say(1002, "two")
    first, second = updates(api, offset=0)
    assert second["update_id"] == first["update_id"] + 1
    assert [item["update_id"] for item in updates(api, offset=first["update_id"])] == [
        first["update_id"],
        second["update_id"],
    ]
    assert updates(api, offset=first["update_id"] + 1) == [second]
    assert [item["state"] for item in telegram.updates()] == ["confirmed", "pending"]


def test_a_negative_offset_forgets_all_but_the_last(telegram: Simulator, api: httpx.Client) -> None:
    for number in range(4):
        telegram.say(1001, str(number))
    assert [item["message"]["text"] for item in updates(api, offset=-1)] == ["3"]


def test_a_waiting_request_ends_with_the_first_update(telegram: Simulator, api: httpx.Client) -> None:
    timer = threading.Timer(0.3, lambda: telegram.say(1001, "late"))
    timer.start()
    begun = time.monotonic()
    found = updates(api, timeout=20)
    assert [item["message"]["text"] for item in found] == ["late"]
    assert time.monotonic() - begun < 5
    timer.join()


def test_the_same_offset_at_once_again_gives_one_update_only(telegram: Simulator, api: httpx.Client) -> None:
    telegram.say(1001, "one")
    telegram.say(1001, "two")
    assert len(updates(api, offset=1)) == 2
    assert len(updates(api, offset=1)) == 1


def test_a_second_poller_ends_the_first(telegram: Simulator, api: httpx.Client) -> None:
    answers: list[httpx.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(api.post("/getUpdates", json={"timeout": 20})))
    waiting.start()
    time.sleep(0.3)
    assert updates(api, offset=5) == []
    waiting.join(timeout=5)
    assert answers[0].status_code == 409
    assert answers[0].json()["description"].startswith("Conflict: terminated by other getUpdates request")


def test_polling_is_refused_while_a_webhook_is_set(telegram: Simulator, api: httpx.Client) -> None:
    api.post("/setWebhook", json={"url": "https://desk.example.com/telegram"})
    answer = api.post("/getUpdates")
    assert answer.status_code == 409
    assert "webhook is active" in answer.json()["description"]
    api.post("/deleteWebhook")
    assert updates(api) == []


def test_allowed_updates_stick_and_reactions_come_only_when_asked_for(telegram: Simulator, api: httpx.Client) -> None:
    message = telegram.say(1001, "one")
    telegram.react(1001, message["message_id"], "👍")
    found = updates(api, allowed_updates=["message", "message_reaction"])
    assert [next(key for key in item if key != "update_id") for item in found] == ["message"]

    telegram.react(1001, message["message_id"], "🔥")
    telegram.edit(1001, message["message_id"], "changed")
    found = updates(api, offset=found[-1]["update_id"] + 1)
    assert [item["message_reaction"]["new_reaction"][0]["emoji"] for item in found] == ["🔥"]
    assert found[0]["message_reaction"]["old_reaction"][0]["emoji"] == "👍"


def test_presses_live_150_seconds_and_messages_a_day(telegram: Simulator, api: httpx.Client) -> None:
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    api.post("/sendMessage", json={"chat_id": 1001, "text": "x", "reply_markup": markup})
    telegram.say(1001, "still here")
    telegram.press(1001, "Go")
    telegram.advance_clock(149)
    assert len(updates(api, offset=1)) == 2
    telegram.advance_clock(2)
    assert [list(item)[1] for item in updates(api, offset=2)] == ["message"]
    telegram.advance_clock(86_400)
    assert updates(api, offset=3) == []
    assert {item["state"] for item in telegram.updates()} == {"expired"}


def test_an_update_can_come_again_under_its_id_or_a_new_one(telegram: Simulator, api: httpx.Client) -> None:
    telegram.say(1001, "once")
    (update,) = updates(api)
    after = update["update_id"] + 1
    assert updates(api, offset=after) == []
    telegram.replay(update["update_id"])
    assert updates(api, offset=after + 1) == [update]
    assert updates(api, offset=after + 2) == []
    other = telegram.replay(update["update_id"], new_id=True)
    (again,) = updates(api, offset=after)
    assert again == {**update, "update_id": other}


def test_every_update_can_be_doubled(telegram: Simulator, api: httpx.Client) -> None:
    telegram.set_fault("duplicate_updates", mode="same")
    telegram.set_fault("duplicate_updates", mode="new")
    telegram.say(1001, "thrice")
    numbers = [item["update_id"] for item in updates(api)]
    assert numbers == [numbers[0], numbers[0], numbers[0] + 1]


def test_poison_arrives_as_it_is(telegram: Simulator, api: httpx.Client) -> None:
    number = telegram.inject_raw('"message":{"text":"\\ud800","date":"never"}')
    body = api.post("/getUpdates").content
    assert f'{{"update_id":{number},\n"message":{{"text":"\\ud800","date":"never"}}}}'.encode() in body


def test_what_waited_survives_a_kill(telegram: Simulator, api: httpx.Client) -> None:
    telegram.say(1001, "before the kill")
    telegram.kill()
    telegram.start()
    assert [item["message"]["text"] for item in updates(api)] == ["before the kill"]
    assert telegram.transcript(1001)[-1]["text"] == "before the kill"
