"""Changing, deleting, answering, reacting."""

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest

from tests.support.simulator import Simulator

MARKUP = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def test_an_edit_shows_and_an_equal_one_is_refused(telegram: Simulator, bot: Bot) -> None:
    message = await bot.send_message(1001, "first", reply_markup=MARKUP)
    edited = await message.edit_text("second", reply_markup=MARKUP)
    assert edited.edit_date
    assert telegram.from_bot(1001)[-1]["text"] == "second"
    with pytest.raises(BadRequest, match="Message is not modified"):
        await message.edit_text("second", reply_markup=MARKUP)
    await message.edit_text("second")
    assert "reply_markup" not in telegram.from_bot(1001)[-1]
    with pytest.raises(BadRequest, match="no caption in the message to edit"):
        await message.edit_caption("x")


async def test_only_own_messages_are_edited(telegram: Simulator, bot: Bot) -> None:
    theirs = telegram.say(1001, "mine")
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("yours", 1001, theirs["message_id"])
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", 1001, 999_999)


async def test_messages_can_be_deleted_for_48_hours(telegram: Simulator, bot: Bot) -> None:
    young, old = await bot.send_message(1001, "young"), await bot.send_message(1001, "old")
    await young.delete()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await young.delete()
    telegram.advance_clock(48 * 3600 + 5)
    with pytest.raises(BadRequest, match="can't be deleted"):
        await old.delete()
    assert [message["text"] for message in telegram.from_bot(1001)] == ["old"]


async def test_a_reply_quotes_and_a_missing_target_is_refused_unless_allowed(telegram: Simulator, bot: Bot) -> None:
    question = telegram.say(1001, "Where is my parcel?")
    reply = ReplyParameters(question["message_id"], quote="my parcel")
    sent = await bot.send_message(1001, "On its way", reply_parameters=reply)
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "Where is my parcel?"
    assert sent.quote
    assert sent.quote.position == 9
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(1001, "x", reply_parameters=ReplyParameters(999_999))
    lonely = ReplyParameters(999_999, allow_sending_without_reply=True)
    assert (await bot.send_message(1001, "x", reply_parameters=lonely)).reply_to_message is None


async def test_a_press_can_be_answered_once_and_for_150_seconds(telegram: Simulator, bot: Bot) -> None:
    await bot.send_message(1001, "x", reply_markup=MARKUP)
    pressed, late = telegram.press(1001, "Go"), telegram.press(1001, data="go")
    await bot.answer_callback_query(pressed["query"])
    for query in (pressed["query"], "12345"):
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(query)
    telegram.advance_clock(151)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(late["query"])


async def test_reactions_go_both_ways(telegram: Simulator, bot: Bot) -> None:
    message = telegram.say(1001, "thanks")
    await bot.set_message_reaction(1001, message["message_id"], "👍")
    assert telegram.transcript(1001)[-1]["reactions"] == {str(bot.id): "👍"}
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(1001, message["message_id"], "🦷")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ('{"inline_keyboard":[[{"text":"x"}]]}', "Text buttons are unallowed in the inline keyboard"),
        ('{"inline_keyboard":[[{"text":"x","callback_data":"%s"}]]}' % ("я" * 33), "BUTTON_DATA_INVALID"),
        ('{"inline_keyboard":[[{"text":"x","url":"javascript:1"}]]}', "Unsupported URL protocol"),
    ],
)
def test_wrong_keyboards_are_refused(api: httpx.Client, markup: str, text: str) -> None:
    answer = api.post("/sendMessage", data={"chat_id": "1001", "text": "x", "reply_markup": markup})
    assert answer.status_code == 400
    assert text in answer.json()["description"]


def test_parameters_come_as_query_form_multipart_or_json(api: httpx.Client) -> None:
    values = {"chat_id": "1001", "text": "привет"}
    answers = [
        api.get("/sendMessage", params=values),
        api.post("/sendMessage", data=values),
        api.post("/SENDMESSAGE", json={"chat_id": 1001, "text": "привет"}),
        api.post("/sendMessage", data=values, files={"unused": b"x"}),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["привет"] * 4
