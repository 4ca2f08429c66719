"""What the bot asks about chats and people, and forum topics."""

from typing import Any

from telegram_bot.simulator import topics
from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.chats import public_user
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.world import World

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


_PERMISSIONS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_edit_tag",
    "can_react_to_messages",
    "can_change_info",
    "can_invite_users",
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
    if chat.get("bot_is_muted"):
        denied = dict.fromkeys(_PERMISSIONS, False)
        return {"user": world.bot_user, "status": "restricted", "is_member": True, "until_date": 0, **denied}
    if chat["type"] == "private" or not chat.get("bot_is_admin", True):
        return {"user": world.bot_user, "status": "member"}
    rights = dict.fromkeys(_RIGHTS, True) | {
        "can_manage_topics": topics.may_manage(world, chat, world.options.bot_id),
        "can_delete_messages": topics.may_delete(world, chat, world.options.bot_id),
    }
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


def create_forum_topic(world: World, call: Call) -> JSON:
    color = call.integer("icon_color", topics.COLORS[0])
    return topics.create(world, _chat(world, call), world.options.bot_id, call.text("name"), color=color)


def edit_forum_topic(world: World, call: Call) -> bool:
    topics.rename(world, _chat(world, call), world.options.bot_id, _thread(call), call.text("name"))
    return True


def close_forum_topic(world: World, call: Call) -> bool:
    return _set_closed(world, call, _thread(call), True)


def reopen_forum_topic(world: World, call: Call) -> bool:
    return _set_closed(world, call, _thread(call), False)


def close_general_forum_topic(world: World, call: Call) -> bool:
    return _set_closed(world, call, topics.GENERAL, True)


def reopen_general_forum_topic(world: World, call: Call) -> bool:
    return _set_closed(world, call, topics.GENERAL, False)


def delete_forum_topic(world: World, call: Call) -> bool:
    topics.delete(world, _chat(world, call), world.options.bot_id, _thread(call))
    return True


def _set_closed(world: World, call: Call, number: int, closed: bool) -> bool:
    topics.set_closed(world, _chat(world, call), world.options.bot_id, number, closed)
    return True


def _chat(world: World, call: Call) -> JSON:
    return world.chats.writable(call.chat_id)


def _thread(call: Call) -> int:
    return call.integer("message_thread_id")


METHODS: dict[str, Any] = {
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "createforumtopic": create_forum_topic,
    "editforumtopic": edit_forum_topic,
    "closeforumtopic": close_forum_topic,
    "reopenforumtopic": reopen_forum_topic,
    "closegeneralforumtopic": close_general_forum_topic,
    "reopengeneralforumtopic": reopen_general_forum_topic,
    "deleteforumtopic": delete_forum_topic,
    "getuserprofilephotos": lambda _world, _call: {"total_count": 0, "photos": []},
}
