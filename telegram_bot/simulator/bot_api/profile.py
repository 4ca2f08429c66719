"""What the bot says about itself: getMe, commands by scope and language, menu buttons, descriptions."""

import re
from collections.abc import Callable
from typing import Any

from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.database import JSON, dump
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.keyboards import check_web_app_url
from telegram_bot.simulator.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
MAX_COMMANDS = 100
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _call: Call) -> JSON:
    return {
        **world.bot_user,
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": True,
        "has_main_web_app": True,
        "has_topics_enabled": bool(world.db.setting("topics", False)),
        "allows_users_to_create_topics": False,
        **(world.db.setting("bot_abilities") or {}),
    }


def _scope(world: World, call: Call) -> JSON:
    scope = call.json("scope", dict, "BotCommandScope") or {"type": "default"}
    needed = _SCOPES.get(scope.get("type", ""))
    if needed is None:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if "chat_id" in needed:
        chat = world.chats.readable(str(scope.get("chat_id", "")))
        if scope["type"] != "chat" and chat["type"] == "private":
            raise bad_request("can't change commands in private chats")
    if "user_id" in needed and world.chats.find_user(int(scope.get("user_id", 0))) is None:
        raise bad_request("user not found")
    return {"type": scope["type"], **{name: scope[name] for name in needed}}


def _language(call: Call) -> str:
    code = call.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _commands_key(scope: JSON, language: str) -> str:
    return f"commands:{dump(scope)}:{language}"


def set_my_commands(world: World, call: Call) -> bool:
    given = call.json("commands", list, "bot commands")
    if given is None:
        raise bad_request('parameter "commands" is required')
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _commands_key(_scope(world, call), _language(call))
    commands = [_command(item) for item in given]
    world.db.set(key, commands or None)
    world.changes.record()
    return True


def _command(item: Any) -> JSON:
    if not isinstance(item, dict):
        raise bad_request("can't parse bot command: expected an Object")
    name = str(item.get("command", "")).removeprefix("/")
    description = str(item.get("description", "")).strip()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def get_my_commands(world: World, call: Call) -> list[JSON]:
    commands: list[JSON] = world.db.setting(_commands_key(_scope(world, call), _language(call))) or []
    return commands


def delete_my_commands(world: World, call: Call) -> bool:
    world.db.set(_commands_key(_scope(world, call), _language(call)), None)
    world.changes.record()
    return True


def commands_for(world: World, chat_id: int, language: str) -> list[JSON]:
    """The commands that a person sees in a private chat: the narrowest scope first, in it the language first."""
    for scope in ({"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}, {"type": "default"}):
        for code in (language, ""):
            commands: list[JSON] | None = world.db.setting(_commands_key(scope, code))
            if commands:
                return commands
    return []


def set_chat_menu_button(world: World, call: Call) -> bool:
    button = call.json("menu_button", dict, "menu button") or {"type": "default"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse MenuButton: Unsupported type specified")
    if button["type"] == "web_app":
        if not button.get("text"):
            raise bad_request("can't parse MenuButton: Can't find field \"text\"")
        check_web_app_url((button.get("web_app") or {}).get("url"), world.options.desk_url)
    world.db.set(_menu_key(world, call), button)
    world.changes.record()
    return True


def get_chat_menu_button(world: World, call: Call) -> JSON:
    button: JSON = world.db.setting(_menu_key(world, call)) or {"type": "default" if call.chat_id else "commands"}
    return button


def _menu_key(world: World, call: Call) -> str:
    if not call.chat_id:
        return "menu_button"
    chat = world.chats.readable(call.chat_id)
    if chat["type"] != "private":
        raise bad_request("chat not found")
    return f"menu_button:{chat['id']}"


def menu_button_for(world: World, chat_id: int) -> JSON:
    """The button that a person sees beside the input."""
    own: JSON | None = world.db.setting(f"menu_button:{chat_id}")
    if own and own["type"] != "default":
        return own
    common: JSON | None = world.db.setting("menu_button")
    return common if common and common["type"] != "default" else {"type": "commands"}


def _setter(name: str) -> Callable[[World, Call], bool]:
    def change(world: World, call: Call) -> bool:
        if len(call.text(name)) > _LIMITS[name]:
            raise bad_request(f"bot {name.replace('_', ' ')} is too long")
        world.db.set(f"bot_{name}:{_language(call)}", call.text(name))
        return True

    return change


def _getter(name: str) -> Callable[[World, Call], JSON]:
    def read(world: World, call: Call) -> JSON:
        default = world.options.bot_name if name == "name" else ""
        common = world.db.setting(f"bot_{name}:") or default
        return {name: world.db.setting(f"bot_{name}:{_language(call)}") or common}

    return read


METHODS: dict[str, Any] = {
    "getme": get_me,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setchatmenubutton": set_chat_menu_button,
    "getchatmenubutton": get_chat_menu_button,
    "setmyname": _setter("name"),
    "getmyname": _getter("name"),
    "setmydescription": _setter("description"),
    "getmydescription": _getter("description"),
    "setmyshortdescription": _setter("short_description"),
    "getmyshortdescription": _getter("short_description"),
}
