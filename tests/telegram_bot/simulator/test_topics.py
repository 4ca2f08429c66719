"""Groups that become supergroups, and forum topics: who may do what to them, and what the bot gets told."""

from typing import Any

import httpx
import pytest
from telegram import Bot, Message
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.support.simulator import Simulator

GROUP = -1009
ANNA, BORIS = 2001, 2002  # she made the group
LACKS = r"(?i)not enough rights to "


@pytest.fixture
def forum(telegram: Simulator) -> Simulator:
    telegram.create_chat(GROUP, title="Staff", is_forum=True, members=[ANNA, BORIS])
    return telegram


async def told(bot: Bot) -> list[Message]:
    """What the bot has not heard yet."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return [update.message for update in updates if update.message]


async def a_topic(bot: Bot, name: str = "Ticket 1") -> int:
    return (await bot.create_forum_topic(GROUP, name)).message_thread_id


def a_topic_of(telegram: Simulator, user_id: int, chat_id: int = GROUP) -> int:
    return max(map(int, telegram.change_topic(user_id, "create", name="Mine", chat_id=chat_id)["topics"]))


def refusal(telegram: Simulator, path: str, **values: Any) -> str:
    answer = httpx.post(f"{telegram.url}/control{path}", json=values, trust_env=False)
    assert answer.status_code == 400
    return str(answer.json()["error"])


async def test_a_basic_group_becomes_a_supergroup_once(telegram: Simulator, bot: Bot) -> None:
    telegram.create_chat(-55, type="group", title="Staff", members=[ANNA])
    assert "has to become a supergroup" in refusal(telegram, "/chats/-55", is_forum=True)
    await bot.send_message(-55, "old")
    moved = telegram.migrate_chat(-55)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(-55, "x")
    assert caught.value.new_chat_id == moved["id"]
    await bot.send_message(moved["id"], "new")
    assert [notice.migrate_to_chat_id for notice in await told(bot)] == [moved["id"], None]
    assert "already" in refusal(telegram, "/chats/-55/migrate")
    assert "Only a basic group" in refusal(telegram, f"/chats/{moved['id']}/migrate")
    telegram.change_chat(moved["id"], is_forum=True)
    assert (await bot.create_forum_topic(moved["id"], "Ticket 1")).message_thread_id > 1


async def test_what_happens_to_a_topic_is_said_in_it_to_the_bot_too(forum: Simulator, bot: Bot) -> None:
    number = await a_topic(bot)
    sent = await bot.send_message(GROUP, "inside", message_thread_id=number)
    assert (sent.is_topic_message, sent.message_thread_id) == (True, number)
    await bot.edit_forum_topic(GROUP, number, name="  Ticket   2 ")
    await bot.close_forum_topic(GROUP, number)
    forum.change_topic(ANNA, "reopen", number, chat_id=GROUP)
    forum.say(ANNA, "Hello", chat_id=GROUP, thread_id=number)
    created, edited, closed, reopened, written = await told(bot)
    assert created.forum_topic_created
    assert edited.forum_topic_edited
    assert edited.forum_topic_edited.name == "Ticket 2"
    assert (closed.forum_topic_closed is not None, closed.from_user and closed.from_user.is_bot) == (True, True)
    assert (reopened.forum_topic_reopened is not None, reopened.from_user and reopened.from_user.id) == (True, ANNA)
    first = written.reply_to_message
    assert first, "who answers nothing answers the message that made the topic"
    assert (first.message_id, bool(first.forum_topic_created)) == (number, True)
    assert {message.message_thread_id for message in (created, edited, closed, reopened, written)} == {number}


async def test_a_deleted_topic_takes_all_along_and_says_nothing(forum: Simulator, bot: Bot) -> None:
    number = await a_topic(bot)
    await bot.send_message(GROUP, "inside", message_thread_id=number)
    await told(bot)
    forum.change_topic(ANNA, "delete", number, chat_id=GROUP)
    assert forum.transcript(ANNA, chat_id=GROUP) == []
    assert await told(bot) == []
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=number)
    for method in (bot.close_forum_topic, bot.reopen_forum_topic, bot.edit_forum_topic, bot.delete_forum_topic):
        for gone in (number, 999):
            with pytest.raises(BadRequest, match=r"(?i)topic_id_invalid"):
                await method(GROUP, gone)
    assert "not found" in refusal(forum, f"/users/{ANNA}/messages", text="x", chat_id=GROUP, thread_id=number)


async def test_what_is_so_already_is_refused(forum: Simulator, bot: Bot) -> None:
    number = await a_topic(bot)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.reopen_forum_topic(GROUP, number)
    await bot.close_forum_topic(GROUP, number)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.close_forum_topic(GROUP, number)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.edit_forum_topic(GROUP, number, name="Ticket 1")
    await bot.edit_forum_topic(GROUP, number)  # no name: nothing to do
    with pytest.raises(BadRequest, match=r"(?i)title must be non-empty"):
        await bot.create_forum_topic(GROUP, " ")
    assert (await bot.create_forum_topic(GROUP, "x" * 200)).name == "x" * 128


async def test_a_bot_without_the_right_manages_its_own_topics_only(forum: Simulator, bot: Bot) -> None:
    own, other = await a_topic(bot), a_topic_of(forum, ANNA)
    forum.change_chat(GROUP, bot_manages_topics=False)
    with pytest.raises(BadRequest, match=LACKS + "create a topic"):
        await bot.create_forum_topic(GROUP, "Ticket 2")
    for method in (bot.close_forum_topic, bot.reopen_forum_topic):
        with pytest.raises(BadRequest, match=LACKS + "close or open the topic"):
            await method(GROUP, other)
    with pytest.raises(BadRequest, match=LACKS + "edit the topic"):
        await bot.edit_forum_topic(GROUP, other, name="Ours")
    forum.change_topic(ANNA, "close", own, chat_id=GROUP)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(GROUP, "x", message_thread_id=own)
    await bot.reopen_forum_topic(GROUP, own)
    await bot.send_message(GROUP, "x", message_thread_id=own)


async def test_a_misled_bot_hears_in_a_closed_topic_that_it_was_removed_and_is_a_member_still(
    forum: Simulator, bot: Bot
) -> None:
    number = await a_topic(bot)
    forum.change_chat(GROUP, bot_manages_topics=False, bot_is_misled=True)
    await bot.send_message(GROUP, "x", message_thread_id=number)
    forum.change_topic(ANNA, "close", number, chat_id=GROUP)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(GROUP, "x", message_thread_id=number)
    await bot.send_message(GROUP, "in General")
    assert (await bot.get_chat_member(GROUP, bot.id)).status == "administrator"


async def test_deleting_is_a_right_of_its_own(forum: Simulator, bot: Bot) -> None:
    number = await a_topic(bot)
    forum.change_chat(GROUP, bot_deletes_messages=False)
    with pytest.raises(BadRequest, match=LACKS + "delete the topic"):
        await bot.delete_forum_topic(GROUP, number)
    own = await bot.send_message(GROUP, "mine")
    theirs = forum.say(ANNA, "hers", chat_id=GROUP)
    with pytest.raises(BadRequest, match=r"(?i)message can't be deleted"):
        await bot.delete_messages(GROUP, [own.message_id, theirs["message_id"]])
    await bot.delete_message(GROUP, own.message_id)
    forum.change_chat(GROUP, bot_deletes_messages=True)
    await bot.delete_message(GROUP, theirs["message_id"])
    await bot.delete_forum_topic(GROUP, number)


async def test_a_muted_bot_is_refused_for_what_it_would_send(forum: Simulator, bot: Bot) -> None:
    forum.change_chat(GROUP, bot_is_muted=True)
    with pytest.raises(BadRequest, match=LACKS + "send text messages to the chat"):
        await bot.send_message(GROUP, "x")
    theirs = forum.send_photo(ANNA, chat_id=GROUP)
    with pytest.raises(BadRequest, match=LACKS + "send photos to the chat"):
        await bot.copy_message(GROUP, GROUP, theirs["message_id"])
    with pytest.raises(BadRequest, match=LACKS + "create a topic"):
        await bot.create_forum_topic(GROUP, "Ticket 1")
    member = await bot.get_chat_member(GROUP, bot.id)
    assert (member.status, member.can_send_messages) == ("restricted", False)
    forum.change_chat(GROUP, bot_is_muted=False)
    await bot.send_message(GROUP, "x")


@pytest.mark.parametrize("action", ["create", "rename", "close", "delete"])
async def test_of_people_only_administrators_manage_topics(forum: Simulator, bot: Bot, action: str) -> None:
    number = await a_topic(bot)
    given = {"action": action, "thread_id": number, "name": "Ours", "chat_id": GROUP}
    assert "not enough rights to" in refusal(forum, f"/users/{BORIS}/topic", **given)
    forum.change_chat(GROUP, admins=[BORIS])
    forum.change_topic(BORIS, action, number, name="Ours", chat_id=GROUP)
    assert "not enough rights to" in refusal(forum, f"/users/{ANNA}/topic", **{**given, "action": "create"})
    assert "takes one of" in refusal(forum, f"/users/{BORIS}/topic", **{**given, "action": "hide"})


async def test_general_is_closed_and_opened_but_never_named_in_a_message(forum: Simulator, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(GROUP, "General goes without a number", message_thread_id=1)
    await bot.close_general_forum_topic(GROUP)
    assert "TOPIC_CLOSED" in refusal(forum, f"/users/{BORIS}/messages", text="x", chat_id=GROUP)
    forum.say(ANNA, "I may", chat_id=GROUP)
    forum.change_chat(GROUP, bot_manages_topics=False)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(GROUP, "x")
    with pytest.raises(BadRequest, match=LACKS + "close or open the topic"):
        await bot.reopen_general_forum_topic(GROUP)
    forum.change_topic(ANNA, "reopen", 1, chat_id=GROUP)
    await bot.send_message(GROUP, "x")
    closed, written, reopened = await told(bot)
    assert (closed.forum_topic_closed is not None, closed.message_thread_id) == (True, None)
    assert (written.text, reopened.forum_topic_reopened is not None) == ("I may", True)


async def test_in_a_private_chat_a_bot_makes_and_names_topics_but_closes_none(telegram: Simulator, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.create_forum_topic(1001, "Ticket 1")
    telegram.enable_topics()
    number = (await bot.create_forum_topic(1001, "Ticket 1")).message_thread_id
    await bot.edit_forum_topic(1001, number, name="Ticket 2")
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.close_forum_topic(1001, number)
    own = a_topic_of(telegram, 1001, chat_id=1001)
    telegram.say(1001, "Hello", thread_id=own)
    telegram.change_topic(1001, "close", own)
    assert [(message.message_thread_id, message.text) for message in (await told(bot))[2:]] == [
        (own, None),
        (own, "Hello"),
        (own, None),
    ]
    await bot.delete_forum_topic(1001, own)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(1001, "x", message_thread_id=own)
