"""python-telegram-bot talks with the simulator as it talks with Telegram."""

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, WebAppInfo
from telegram.error import BadRequest, InvalidToken

from tests.support.simulator import Simulator
from tests.support.simulator_control import picture


async def test_a_customer_writes_and_the_bot_answers_with_a_button(telegram: Simulator, bot: Bot) -> None:
    telegram.say(1001, "/start hello")
    (update,) = await bot.get_updates(timeout=2)
    assert update.message
    assert update.message.text == "/start hello"
    assert update.message.entities[0].type == "bot_command"

    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    await bot.send_message(1001, "<b>Hi</b> 😀 <i>you</i>", parse_mode="HTML", reply_markup=markup)
    pressed = telegram.press(1001, "Go")
    (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=2)
    assert update.callback_query
    assert update.callback_query.data == "go"
    await update.callback_query.answer("Done", show_alert=True)
    assert telegram.answer_to(pressed) == {"text": "Done", "alert": True, "url": ""}

    answer = telegram.from_bot(1001)[-1]
    assert answer["text"] == "Hi 😀 you"
    assert [(e["type"], e["offset"], e["length"]) for e in answer["entities"]] == [("bold", 0, 2), ("italic", 6, 3)]


async def test_a_photo_travels_both_ways(telegram: Simulator, bot: Bot) -> None:
    telegram.send_photo(1001, picture(1600, 1200), caption="Look")
    (update,) = await bot.get_updates(timeout=2)
    assert update.message
    assert update.message.caption == "Look"
    assert [size.width for size in update.message.photo] == [90, 320, 800, 1280]
    content = await (await update.message.photo[-1].get_file()).download_as_bytearray()
    assert content[:2] == b"\xff\xd8"

    sent = await bot.send_photo(1001, bytes(content), caption="Seen")
    again = await bot.send_photo(1002, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id


async def test_an_album_keeps_together(telegram: Simulator, bot: Bot) -> None:
    telegram.send_album(1001, 3, caption="Three")
    updates = await bot.get_updates(timeout=2)
    messages = [update.message for update in updates if update.message]
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["Three", None, None]

    media = [InputMediaPhoto(picture(), caption="One"), InputMediaPhoto(picture(80))]
    sent = await bot.send_media_group(1001, media)
    assert sent[0].media_group_id == sent[1].media_group_id


async def test_mini_app_buttons_take_https_and_this_machine_only(bot: Bot) -> None:
    def markup(url: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton("Open", web_app=WebAppInfo(url))]])

    await bot.send_message(1001, "here", reply_markup=markup("http://127.0.0.1:8000/app/"))
    await bot.send_message(1001, "there", reply_markup=markup("https://desk.example.com/app/"))
    with pytest.raises(BadRequest, match=r"(?i)only https links are allowed"):
        await bot.send_message(1001, "nowhere", reply_markup=markup("http://desk.example.com/app/"))


async def test_a_foreign_token_is_refused(telegram: Simulator) -> None:
    with pytest.raises(InvalidToken):
        await Bot("7000000002:wrong", base_url=f"{telegram.url}/bot").initialize()


def test_errors_have_telegrams_form(api: httpx.Client) -> None:
    answer = api.post("/sendMessage", json={"chat_id": 999, "text": "x"})
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
    assert api.get("/doNothing").json()["description"] == "Not Found: method not found"


async def test_what_cannot_be_copied_is_skipped_among_others_and_refused_alone(telegram: Simulator, bot: Bot) -> None:
    first, gone, last = (telegram.say(1001, text)["message_id"] for text in ("One", "Two", "Three"))
    invoice = {"title": "Bill", "description": "A bill", "start_parameter": "", "currency": "EUR", "total_amount": 1}
    never = telegram.send_content(1001, {"invoice": invoice})["message_id"]
    telegram.delete(1001, gone)
    copies = await bot.copy_messages(1002, 1001, [first, gone, last, never])
    assert [one["text"] for one in telegram.from_bot(1002)] == ["One", "Three"]
    assert [one["message_id"] for one in telegram.from_bot(1002)] == [one.message_id for one in copies]
    with pytest.raises(BadRequest, match="copied"):
        await bot.copy_message(1002, 1001, never)
    with pytest.raises(BadRequest, match="not found"):
        await bot.copy_message(1002, 1001, gone)
