"""Commands by scope and language, menu buttons, descriptions, members."""

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, MenuButtonWebApp, WebAppInfo
from telegram.error import BadRequest

from tests.support.simulator import Simulator


async def test_a_person_sees_the_narrowest_commands_in_their_language(telegram: Simulator, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "Помощь")], language_code="ru")
    await bot.set_my_commands([BotCommand("inbox", "Inbox")], scope=BotCommandScopeChat(2001))

    def seen(user_id: int) -> list[str]:
        (person,) = telegram.get("/changes", users=user_id)["people"]
        return [command["description"] for command in person["commands"]]

    assert (seen(1001), seen(1004), seen(2001)) == (["Помощь"], ["Help"], ["Inbox"])
    assert [command.command for command in await bot.get_my_commands(scope=BotCommandScopeChat(2001))] == ["inbox"]
    assert await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats()) == ()
    await bot.delete_my_commands(scope=BotCommandScopeChat(2001))
    assert seen(2001) == ["Помощь"]


@pytest.mark.parametrize(("name", "text"), [("Help", "x"), ("a-b", "x"), ("x" * 33, "x"), ("help", "x" * 257)])
async def test_wrong_commands_are_refused(bot: Bot, name: str, text: str) -> None:
    with pytest.raises(BadRequest, match=r"(?i)bot_command"):
        await bot.set_my_commands([(name, text)])


async def test_the_menu_button_of_a_chat_goes_before_the_common_one(telegram: Simulator, bot: Bot) -> None:
    common = MenuButtonWebApp("Open", WebAppInfo("http://127.0.0.1:8000/app/"))
    await bot.set_chat_menu_button(menu_button=common)
    await bot.set_chat_menu_button(2001, MenuButtonWebApp("Inbox", WebAppInfo("https://desk.example.com/app/")))
    assert telegram.mini_app_url(1001).startswith("http://127.0.0.1:8000/app/#tgWebAppData=")
    assert telegram.mini_app_url(2001).startswith("https://desk.example.com/app/#")
    assert (await bot.get_chat_menu_button(2001)).type == "web_app"
    wrong = MenuButtonWebApp("Open", WebAppInfo("http://desk.example.com/"))
    with pytest.raises(BadRequest, match=r"(?i)only https"):
        await bot.set_chat_menu_button(menu_button=wrong)


async def test_what_the_bot_says_of_itself(bot: Bot) -> None:
    await bot.set_my_description("Ask us")
    await bot.set_my_description("Спросите нас", language_code="ru")
    await bot.set_my_short_description("Help desk")
    assert (await bot.get_my_description("ru")).description == "Спросите нас"
    assert (await bot.get_my_description("de")).description == "Ask us"
    assert (await bot.get_my_short_description()).short_description == "Help desk"


async def test_chats_and_members(telegram: Simulator, bot: Bot) -> None:
    assert (await bot.get_chat(1001)).first_name == "Вера"
    assert (await bot.get_chat_member(1001, 1001)).status == "member"
    telegram.create_chat(-1009, title="Staff", is_forum=True, members=[2001])
    assert (await bot.get_chat(-1009)).is_forum
    assert (await bot.get_chat_member(-1009, bot.id)).status == "administrator"
    assert (await bot.get_chat_member(-1009, 1001)).status == "left"


async def test_a_reset_can_leave_what_the_bot_has_set_up(telegram: Simulator, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Help")])
    telegram.say(1001, "gone")
    telegram.reset(keep_bot=True)
    assert telegram.transcript(1001) == []
    assert len(await bot.get_my_commands()) == 1
    telegram.reset()
    assert await bot.get_my_commands() == ()
