"""Each trouble that can be switched on looks to the bot as it does on Telegram."""

import socket
import time
from datetime import timedelta

import httpx
import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from tests.support.simulator import Simulator


async def test_too_many_requests_names_the_wait_in_body_and_header(
    telegram: Simulator, bot: Bot, api: httpx.Client
) -> None:
    telegram.set_fault("too_many_requests", retry_after=7, times=2)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(1001, "x")
    assert caught.value.retry_after in (7, timedelta(seconds=7))
    answer = api.post("/sendMessage", json={"chat_id": 1001, "text": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["parameters"] == {"retry_after": 7}
    await bot.send_message(1001, "now it goes")


async def test_a_fault_may_meet_one_chat_or_one_method_only(telegram: Simulator, bot: Bot) -> None:
    telegram.set_fault("too_many_requests", chat_id=1001)
    telegram.set_fault("server_error", methods=["sendPhoto"])
    await bot.send_message(1002, "another chat")
    await bot.get_updates()
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "this chat")
    with pytest.raises(NetworkError):
        await bot.send_photo(1002, b"x")
    telegram.clear_faults()
    await bot.send_message(1001, "this chat again")


async def test_an_answer_lost_after_the_call_took_effect_is_ambiguous(telegram: Simulator, bot: Bot) -> None:
    telegram.set_fault("drop_after", times=1)
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "did it arrive?")
    assert telegram.from_bot(1001)[-1]["text"] == "did it arrive?"
    (call,) = telegram.calls("sendMessage")
    assert (call["executed"], call["answered"]) == (True, False)


async def test_a_call_lost_before_it_took_effect_did_nothing(telegram: Simulator, bot: Bot) -> None:
    telegram.set_fault("drop_before", times=1)
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "nobody sees this")
    assert telegram.from_bot(1001) == []
    (call,) = telegram.calls("sendMessage")
    assert (call["executed"], call["answered"]) == (False, False)


async def test_a_slow_answer_runs_into_the_time_out_but_took_effect(telegram: Simulator, bot: Bot) -> None:
    telegram.set_fault("slow", seconds=2, when="after", times=1)
    with pytest.raises(TimedOut):
        await bot.send_message(1001, "slowly", read_timeout=0.3)
    assert telegram.from_bot(1001)[-1]["text"] == "slowly"


def test_an_outage_answers_nothing_at_all(telegram: Simulator, api: httpx.Client) -> None:
    telegram.set_fault("outage")
    with pytest.raises(httpx.TransportError):
        api.post("/getMe")
    telegram.clear_faults()
    assert api.post("/getMe").is_success


async def test_a_person_who_blocked_the_bot_cannot_be_reached_until_they_write(telegram: Simulator, bot: Bot) -> None:
    telegram.block(1001)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "x")
    telegram.say(1001, "/start")
    await bot.send_message(1001, "welcome back")
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


@pytest.mark.parametrize(
    ("state", "error", "text"),
    [
        ("deactivated", Forbidden, "user is deactivated"),
        ("gone", BadRequest, "Chat not found"),
        ("not_started", BadRequest, "Chat not found"),
    ],
)
async def test_unreachable_people(telegram: Simulator, bot: Bot, state: str, error: type[Exception], text: str) -> None:
    telegram.create_user(1999, state=state)
    with pytest.raises(error, match=text):
        await bot.send_message(1999, "x")


async def test_a_file_above_20_mb_cannot_be_fetched(telegram: Simulator, bot: Bot) -> None:
    telegram.send_document(1001, "big.zip", b"PK", size=25_000_000)
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document
    assert update.message.document.file_size == 25_000_000
    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.document.get_file()


def test_the_pace_rules_of_telegram_can_be_switched_on(telegram: Simulator, api: httpx.Client) -> None:
    telegram.limit_pace()
    codes = [api.post("/sendMessage", json={"chat_id": 1001, "text": str(n)}).status_code for n in range(8)]
    assert codes.count(200) == 5
    assert codes[-1] == 429
    assert api.post("/sendMessage", json={"chat_id": 1002, "text": "x"}).status_code == 200
    telegram.advance_clock(2)
    assert api.post("/sendMessage", json={"chat_id": 1001, "text": "later"}).status_code == 200


def test_faults_of_ones_own(telegram: Simulator, api: httpx.Client) -> None:
    telegram.set_fault("error", code=400, description="Bad Request: VOICE_MESSAGES_FORBIDDEN", methods=["sendVoice"])
    answer = api.post("/sendVoice", data={"chat_id": 1001}, files={"voice": b"x"})
    assert answer.json()["description"] == "Bad Request: VOICE_MESSAGES_FORBIDDEN"


def test_a_bot_that_hangs_up_in_the_middle_of_its_call_is_no_bug(capfd: pytest.CaptureFixture[str]) -> None:
    with Simulator() as telegram:
        lines = (
            f"POST /bot{telegram.token}/sendDocument HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: multipart/form-data; boundary=part",
            "Content-Length: 1000",
            "",
            "--part",
        )
        with socket.create_connection(("127.0.0.1", telegram.port)) as connection:
            connection.sendall("\r\n".join(lines).encode())
            time.sleep(0.2)  # the call has begun
        assert telegram.get("/state")
    printed = capfd.readouterr()
    assert "Traceback" not in printed.out + printed.err
