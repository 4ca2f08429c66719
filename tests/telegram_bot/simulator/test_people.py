"""What people do reaches the bot in Telegram's form."""

from typing import Any

import httpx
import pytest
from telegram import Bot, Update

from tests.support.simulator import Simulator
from tests.support.simulator_control import picture


async def the_update(bot: Bot) -> Update:
    (update,) = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    return update


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "audio", "video", "animation", "video_note", "sticker"])
async def test_files_of_every_kind(telegram: Simulator, bot: Bot, kind: str) -> None:
    content = picture() if kind in ("photo", "sticker") else b"simulated"
    telegram.send_files(1001, kind, [("name.bin", content)], duration=3)
    update = await the_update(bot)
    assert update.message
    attachment = update.message.effective_attachment
    file = await (attachment[-1] if isinstance(attachment, tuple) else attachment).get_file()  # type: ignore[union-attr]
    downloaded = bytes(await file.download_as_bytearray())
    assert downloaded if kind == "photo" else downloaded == content


async def test_contact_and_location(telegram: Simulator, bot: Bot) -> None:
    telegram.send_contact(1001)
    telegram.send_location(1001, latitude=1.5, longitude=2.5)
    contact, location = [update.message for update in await bot.get_updates()]
    assert contact
    assert contact.contact
    assert contact.contact.user_id == 1001
    assert location
    assert location.location
    assert location.location.latitude == 1.5


async def test_content_that_the_library_does_not_know(telegram: Simulator, bot: Bot) -> None:
    telegram.send_content(1001, {"rich_message": {"blocks": []}})
    update = await the_update(bot)
    assert update.message
    assert update.message.api_kwargs["rich_message"] == {"blocks": []}


async def test_replies_and_forwards(telegram: Simulator, bot: Bot) -> None:
    question = await bot.send_message(1001, "Which floor?")
    telegram.say(1001, "The second", reply_to=question.message_id)
    hidden = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
    telegram.say(1001, "they wrote", forward_origin=hidden)
    reply, forward = [update.message for update in await bot.get_updates()]
    assert reply
    assert reply.reply_to_message
    assert reply.reply_to_message.text == "Which floor?"
    assert forward
    assert forward.forward_origin
    assert forward.forward_origin.type == "hidden_user"


async def test_an_edit_is_an_update_of_its_own(telegram: Simulator, bot: Bot) -> None:
    sent = telegram.send_photo(1001, caption="frist")
    telegram.edit(1001, sent["message_id"], "first")
    _original, edited = await bot.get_updates()
    assert edited.edited_message
    assert (edited.edited_message.caption, edited.edited_message.message_id) == ("first", sent["message_id"])
    assert edited.edited_message.edit_date


async def test_a_deletion_is_told_to_nobody(telegram: Simulator, bot: Bot) -> None:
    telegram.delete(1001, telegram.say(1001, "never mind")["message_id"])
    assert telegram.transcript(1001) == []
    assert telegram.transcript(1001, deleted=1)[0]["deleted"]
    assert len(await bot.get_updates()) == 1


async def test_a_long_text_comes_in_parts(telegram: Simulator, bot: Bot) -> None:
    telegram.say(1001, "я" * 5000)
    lengths = [len(update.message.text) for update in await bot.get_updates() if update.message and update.message.text]
    assert lengths == [4096, 904]


async def test_a_forged_press_carries_what_it_wants(telegram: Simulator, api: httpx.Client, bot: Bot) -> None:
    markup = {"inline_keyboard": [[{"text": "Take", "callback_data": "take:1"}]]}
    api.post("/sendMessage", json={"chat_id": 1001, "text": "x", "reply_markup": markup})
    telegram.press(1001, "Take", forged_data="take:999")
    update = await the_update(bot)
    assert update.callback_query
    assert update.callback_query.data == "take:999"


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("/users/777/messages", {"text": "x"}, 404),
        ("/users/1001/messages", {"text": " "}, 400),
        ("/users/1001/messages", {"text": "x", "chat_id": 1002}, 403),
        ("/users/1001/press", {"text": "No such button"}, 404),
        ("/faults", {"kind": "earthquake"}, 400),
        ("/users", {"id": "one"}, 400),
    ],
)
def test_wrong_requests_say_what_is_wrong(telegram: Simulator, path: str, values: dict[str, Any], status: int) -> None:
    answer = httpx.post(f"{telegram.url}/control{path}", json=values, trust_env=False)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_pages_of_other_sites_may_not_act(telegram: Simulator) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = httpx.post(f"{telegram.url}/control/reset", headers=headers, trust_env=False)
    assert answer.status_code == 403
