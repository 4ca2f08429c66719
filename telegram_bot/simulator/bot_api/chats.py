"""What the bot asks about chats and people, and forum topics."""

from typing import Any

from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.chats import public_user
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.world import World

_TOPIC_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
TOPIC_NAME_LIMIT = 128
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
_RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
]


def get_chat(world: World, call: Call) -> JSON:
    chat = world.chats.readable(call.chat_id)
    return {
        **world.chats.public(chat),
        "accent_color_id": abs(chat["id"]) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, chat["type"] == "private"),
    }


def get_chat_member(world: World, call: Call) -> JSON:
    chat = world.chats.readable(call.chat_id)
    user_id = call.integer("user_id")
    if user_id == world.options.bot_id:
        return _bot_member(world, chat)
    user = world.chats.find_user(user_id)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID" if chat["type"] != "private" else "user not found")
    inside = (chat["type"] == "private" and chat["id"] == user_id) or user_id in chat.get("members", [])
    return {"user": public_user(user), "status": "member" if inside else "left"}


def _bot_member(world: World, chat: JSON) -> JSON:
    if chat["state"] in ("kicked", "blocked"):
        return {"user": world.bot_user, "status": "kicked", "until_date": 0}
    if chat["type"] == "private":
        return {"user": world.bot_user, "status": "member"}
    if not chat.get("bot_is_admin", True):
        return {"user": world.bot_user, "status": "member"}
    rights = dict.fromkeys(_RIGHTS, True) | {"can_manage_topics": chat.get("bot_manages_topics", True)}
    return {
        "user": world.bot_user, "status": "administrator", "can_be_edited": False, "is_anonymous": False, **rights,
    }  # fmt: skip


def get_chat_administrators(world: World, call: Call) -> list[JSON]:
    chat = world.chats.readable(call.chat_id)
    if chat["type"] == "private":
        raise bad_request("there are no administrators in the private chat")
    return [_bot_member(world, chat)]


def get_chat_member_count(world: World, call: Call) -> int:
    return len(world.chats.readable(call.chat_id).get("members", [0])) + 1


def _forum(world: World, call: Call) -> JSON:
    chat = world.chats.writable(call.chat_id)
    if not chat.get("is_forum"):
        raise bad_request("the chat is not a forum")
    if not chat.get("bot_manages_topics", True):
        raise bad_request("not enough rights to manage topics")
    return chat


def _with_topics(world: World, call: Call) -> JSON:
    """A forum, or a private chat where the bot has topics: there they are made, named and deleted, but not closed."""
    chat = world.chats.writable(call.chat_id)
    if chat["type"] == "private" and world.db.setting("topics", False):
        return chat
    return _forum(world, call)


def _topic(chat: JSON, call: Call) -> JSON:
    topic: JSON | None = chat.get("topics", {}).get(str(call.integer("message_thread_id")))
    if topic is None:
        raise bad_request("message thread not found")
    if topic.get("deleted"):
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _name(call: Call) -> str:
    name = call.text("name").strip()
    if not 1 <= len(name) <= TOPIC_NAME_LIMIT:
        raise bad_request("TOPIC_TITLE_INVALID" if len(name) > TOPIC_NAME_LIMIT else "TOPIC_TITLE_EMPTY")
    return name


def create_forum_topic(world: World, call: Call) -> JSON:
    chat = _with_topics(world, call)
    name, color = _name(call), call.integer("icon_color", _TOPIC_COLORS[0])
    if color not in _TOPIC_COLORS:
        raise bad_request("invalid icon color specified")
    number = _service(world, chat, 0, {"forum_topic_created": {"name": name, "icon_color": color}})
    chat.setdefault("topics", {})[str(number)] = {"name": name, "icon_color": color}
    world.chats.save(chat)
    return {"message_thread_id": number, "name": name, "icon_color": color}


def edit_forum_topic(world: World, call: Call) -> bool:
    chat = _with_topics(world, call)
    topic = _topic(chat, call)
    name = _name(call) if "name" in call.params else topic["name"]
    if name == topic["name"] and "icon_custom_emoji_id" not in call.params:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["name"] = name
    _service(world, chat, call.integer("message_thread_id"), {"forum_topic_edited": {"name": name}})
    world.chats.save(chat)
    return True


def close_forum_topic(world: World, call: Call) -> bool:
    return _set_closed(world, call, True)


def reopen_forum_topic(world: World, call: Call) -> bool:
    return _set_closed(world, call, False)


def _set_closed(world: World, call: Call, closed: bool) -> bool:
    chat = _forum(world, call)
    topic = _topic(chat, call)
    if bool(topic.get("closed")) == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["closed"] = closed
    name = "forum_topic_closed" if closed else "forum_topic_reopened"
    _service(world, chat, call.integer("message_thread_id"), {name: {}})
    world.chats.save(chat)
    return True


def delete_forum_topic(world: World, call: Call) -> bool:
    chat = _with_topics(world, call)
    _topic(chat, call)["deleted"] = True
    world.history.delete_thread(chat["id"], call.integer("message_thread_id"))
    world.chats.save(chat)
    return True


def _service(world: World, chat: JSON, thread_id: int, content: JSON) -> int:
    """A service message of the bot; returns its id, which is also the id of a topic that it creates."""
    number = world.history.next_id(chat)
    message = {
        "message_id": number, "message_thread_id": thread_id or number, "from": world.bot_user,
        "chat": world.chats.public(chat), "date": world.clock.today(), "is_topic_message": True, **content,
    }  # fmt: skip
    world.history.save(message, {})
    return number


METHODS: dict[str, Any] = {
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "createforumtopic": create_forum_topic,
    "editforumtopic": edit_forum_topic,
    "closeforumtopic": close_forum_topic,
    "reopenforumtopic": reopen_forum_topic,
    "deleteforumtopic": delete_forum_topic,
    "getuserprofilephotos": lambda _world, _call: {"total_count": 0, "photos": []},
}
