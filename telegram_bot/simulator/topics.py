"""Forum topics, of groups that have them and of private chats with the bot: the same rules for the bot and for people.

Sources: the Bot API's documentation of each method, TDLib's ForumTopicManager.cpp for who may what and for the words of
a refusal. Codes in capitals are those of Telegram's servers.
"""

from telegram_bot.simulator.chats import public_user
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request, forbidden
from telegram_bot.simulator.world import World

GENERAL = 1
NAME_LIMIT = 128
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def may_manage(world: World, chat: JSON, user_id: int) -> bool:
    """In a group administrators with that right: the bot by its marks, of people `admins` or the first member."""
    if chat["type"] == "private":
        return True
    if user_id == world.options.bot_id:
        return _is_bot_admin(chat) and bool(chat.get("bot_manages_topics", True))
    return user_id in chat.get("admins", chat["members"][:1])


def may_delete(world: World, chat: JSON, user_id: int) -> bool:
    """Messages of others, and whole topics."""
    if chat["type"] != "private" and user_id == world.options.bot_id:
        return _is_bot_admin(chat) and bool(chat.get("bot_deletes_messages", True))
    return may_manage(world, chat, user_id)


def _is_bot_admin(chat: JSON) -> bool:
    return bool(chat.get("bot_is_admin", True)) and not chat.get("bot_is_muted")


def create(world: World, chat: JSON, user_id: int, name: str, *, color: int = COLORS[0]) -> JSON:
    """A ForumTopic of the Bot API."""
    _require_topics(world, chat)
    if not may_manage(world, chat, user_id):
        raise bad_request("not enough rights to create a topic")
    name = _clean(name)
    if not name:
        raise bad_request("title must be non-empty")
    if color not in COLORS:
        raise bad_request("invalid icon color specified")
    number = _announce(world, chat, user_id, 0, {"forum_topic_created": {"name": name, "icon_color": color}})
    chat.setdefault("topics", {})[str(number)] = {"name": name, "icon_color": color, "creator": user_id}
    world.chats.save(chat)
    return {"message_thread_id": number, "name": name, "icon_color": color}


def rename(world: World, chat: JSON, user_id: int, number: int, name: str) -> None:
    """An empty name leaves the topic as it is."""
    topic = _changeable(world, chat, user_id, number, "edit the topic")
    name = _clean(name)
    if not name:
        return
    if name == topic["name"]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["name"] = name
    _announce(world, chat, user_id, number, {"forum_topic_edited": {"name": name}})
    world.chats.save(chat)


def set_closed(world: World, chat: JSON, user_id: int, number: int, closed: bool) -> None:
    """A bot does so in supergroups only, General included (`GENERAL`)."""
    if user_id == world.options.bot_id:
        _require_forum(chat)
    topic = _changeable(world, chat, user_id, number, "close or open the topic")
    if bool(topic.get("closed")) == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["closed"] = closed
    _announce(world, chat, user_id, number, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    world.chats.save(chat)


def delete(world: World, chat: JSON, user_id: int, number: int) -> None:
    """With all that stands in it; Telegram tells nobody."""
    _require_topics(world, chat)
    topic = _find(chat, number)
    if not may_delete(world, chat, user_id):
        raise bad_request("not enough rights to delete the topic")
    if number == GENERAL:
        raise bad_request("TOPIC_ID_INVALID")
    topic["deleted"] = True
    world.history.delete_thread(chat["id"], number)
    world.chats.save(chat)


def require_open(world: World, chat: JSON, user_id: int, number: int) -> None:
    """That this person, or the bot, may write there; 0 is the chat itself, which in a forum is General.

    A bot that is misled meets the words of a chat that it was removed from, as Telegram's servers may say them.
    """
    if number:
        topic = chat.get("topics", {}).get(str(number))
        if number == GENERAL or topic is None or topic.get("deleted"):
            raise bad_request("message thread not found")
    else:
        topic = _general(chat) if chat.get("is_forum") else {}
    if topic.get("closed") and not may_manage(world, chat, user_id):
        if user_id == world.options.bot_id and chat.get("bot_is_misled"):
            raise forbidden(f"bot was kicked from the {chat['type']} chat")
        raise bad_request("TOPIC_CLOSED")


def find_first_message(world: World, chat: JSON, number: int) -> JSON | None:
    """What a message in a topic replies to where it answers nothing else: the message that made the topic."""
    return world.history.find(chat["id"], number) if number else None


def _require_forum(chat: JSON) -> None:
    if not chat.get("is_forum"):
        raise bad_request("the chat is not a forum")


def _require_topics(world: World, chat: JSON) -> None:
    """A forum, or a private chat while the bot has topics there."""
    if chat["type"] != "private" or not world.db.setting("topics", False):
        _require_forum(chat)


def _changeable(world: World, chat: JSON, user_id: int, number: int, what: str) -> JSON:
    """The topic, if this person may manage topics or made it."""
    _require_topics(world, chat)
    topic = _find(chat, number)
    if not may_manage(world, chat, user_id) and topic.get("creator") != user_id:
        raise bad_request(f"not enough rights to {what}")
    return topic


def _find(chat: JSON, number: int) -> JSON:
    if number <= 0:
        raise bad_request("invalid forum topic identifier specified")
    topic: JSON | None = _general(chat) if number == GENERAL else chat.get("topics", {}).get(str(number))
    if topic is None or topic.get("deleted"):
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _general(chat: JSON) -> JSON:
    general: JSON = chat.setdefault("general", {"name": "General"})
    return general


def _clean(name: str) -> str:
    return " ".join(name.split())[:NAME_LIMIT].strip()


def _announce(world: World, chat: JSON, user_id: int, number: int, content: JSON) -> int:
    """What Telegram says of it in the topic, to the bot also of the bot's own deeds; its id is a new topic's number."""
    is_bot = user_id == world.options.bot_id
    message: JSON = {
        "message_id": world.history.next_id(chat),
        "from": world.bot_user if is_bot else public_user(world.chats.user(user_id)),
        "chat": world.chats.public(chat),
        "date": world.clock.today(),
    }
    if number != GENERAL:
        message |= {"message_thread_id": number or message["message_id"], "is_topic_message": True}
        if first := find_first_message(world, chat, number):
            message["reply_to_message"] = first
    world.history.save({**message, **content}, {})
    if chat["state"] != "kicked":
        world.updates.put("message", {**message, **content}, owner=chat["id"], date=message["date"])
    return int(message["message_id"])
