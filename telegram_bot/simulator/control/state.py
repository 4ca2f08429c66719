"""Control endpoints about Telegram itself: chats, faults, time, updates, calls."""

from typing import Any

from telegram_bot.simulator import business
from telegram_bot.simulator.bot_api.polling import webhook_settings
from telegram_bot.simulator.bot_api.profile import commands_for, menu_button_for
from telegram_bot.simulator.chats import STATES
from telegram_bot.simulator.control.bodies import Ask
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import ControlError
from telegram_bot.simulator.faults import KINDS
from telegram_bot.simulator.launching import THEMES
from telegram_bot.simulator.people import DEMO_ROLES
from telegram_bot.simulator.world import World

MAX_WAIT = 25.0


def read_state(world: World, _ask: Ask) -> JSON:
    return {
        "bot": world.bot_user,
        "desk_url": world.options.desk_url,
        "ed25519_public_key": world.signer.public_key,
        "people": [person_for_page(world, user) for user in world.chats.users()],
        "chats": world.chats.all(),
        "webhook": {**webhook_settings(world), **(world.db.setting("webhook_trouble") or {})},
        "pending_updates": world.updates.pending(),
        "faults": world.faults.listing(),
        "fault_kinds": KINDS,
        "themes": THEMES,
        "pace": world.pace.enabled,
        "clock": {"now": world.clock.now(), "offset": world.clock.offset, "scale": world.clock.scale},
        "revision": world.changes.revision,
    }


def person_for_page(world: World, user: JSON) -> JSON:
    return {**user, "role": DEMO_ROLES.get(user["id"], "customer"), "state": world.chats.get(user["id"])["state"]}


async def changes(world: World, ask: Ask) -> JSON:
    """What became different for these people's chats after a revision; waits for it where asked."""
    after = int(ask.query.get("after", 0))
    user_ids = [int(text) for text in ask.query.get("users", "").split(",") if text]
    wait = min(MAX_WAIT, float(ask.query.get("wait", 0)))
    if after > world.changes.revision:  # another Telegram than the page knew
        after = 0
    if world.changes.revision <= after and wait > 0:
        await world.changes.signal.wait(wait)
    return {"revision": world.changes.revision, "people": [_changes_of(world, user, after) for user in user_ids]}


def _changes_of(world: World, user_id: int, after: int) -> JSON:
    user = world.chats.user(user_id)
    chats = world.chats.of_user(user_id)
    return {
        "id": user_id,
        "chats": [{**chat, "public": world.chats.public(chat)} for chat in chats],
        "messages": [
            message
            for chat in chats
            for message in world.history.transcript(chat["id"], after_revision=after or -1, deleted=after > 0)
        ],
        "accounts": business.list_connections(world),
        "commands": commands_for(world, user_id, user.get("language_code", "")),
        "menu_button": menu_button_for(world, user_id),
        "notices": world.changes.notices_after(after, {chat["id"] for chat in chats}) if after else [],
    }


def create_chat(world: World, ask: Ask) -> JSON:
    """A group: `{id, type, title, is_forum, members, admins, bot_is_admin, bot_manages_topics, bot_deletes_messages,
    bot_is_muted, bot_is_misled}`.

    `admins` may manage topics; where none are named, the first of `members`, who made the group. Muted is only a bot
    that is no administrator. Misled is a bot that hears of a closed topic that it was removed from the group.
    """
    values = ask.values
    if not isinstance(values.get("id"), int) or values["id"] >= 0:
        raise ControlError("A group needs a negative numeric id.")
    chat = {"type": "supergroup", "title": "Group", "state": "open", "topics": {}, "members": [], **values}
    return _save_chat(world, chat)


def change_chat(world: World, ask: Ask) -> JSON:
    """`{state}` and other fields of a chat."""
    if ask.values.get("state", "open") not in STATES:
        raise ControlError(f"state takes one of: {', '.join(STATES)}.")
    return _save_chat(world, {**world.chats.get(ask.chat_id), **ask.values})


def _save_chat(world: World, chat: JSON) -> JSON:
    if chat["type"] == "group" and chat.get("is_forum"):
        raise ControlError("A basic group has no topics: it has to become a supergroup first.")
    world.chats.save(chat)
    return chat


def migrate_chat(world: World, ask: Ask) -> JSON:
    """A basic group becomes a supergroup with a new id, once, and says so in both chats."""
    chat = world.chats.get(ask.chat_id)
    if chat["type"] != "group":
        raise ControlError("Only a basic group becomes a supergroup.")
    if chat.get("migrated_to"):
        raise ControlError(f"The group is a supergroup already: {chat['migrated_to']}.")
    new_id = -1_000_000_000_000 - abs(chat["id"])
    new = {**chat, "id": new_id, "type": "supergroup"}
    world.chats.save(new)
    world.chats.save({**chat, "migrated_to": new_id})
    for source, content in ((chat, {"migrate_to_chat_id": new_id}), (new, {"migrate_from_chat_id": chat["id"]})):
        message = {
            "message_id": world.history.next_id(source), "from": world.bot_user, "chat": world.chats.public(source),
            "date": world.clock.today(), **content,
        }  # fmt: skip
        world.history.save(message, {})
        world.updates.put("message", message, owner=source["id"])
    return new


def add_fault(world: World, ask: Ask) -> JSON:
    fault = world.faults.add(ask.values)
    world.updates.duplicates = world.faults.duplicate_modes()
    return {"id": fault.id}


def remove_faults(world: World, ask: Ask) -> JSON:
    number = ask.query.get("id")
    if number:
        world.faults.remove(int(number))
    else:
        world.faults.clear()
    world.updates.duplicates = world.faults.duplicate_modes()
    return {}


def list_faults(world: World, _ask: Ask) -> list[JSON]:
    return world.faults.listing()


def set_clock(world: World, ask: Ask) -> JSON:
    """`{advance: seconds}` moves the time on, `{scale}` shortens the waits between webhook tries."""
    values = ask.values
    world.clock.offset += float(values.get("advance", 0))
    world.clock.scale = float(values.get("scale", world.clock.scale))
    world.updates.expire()
    world.updates.arrived.fire()
    return {"now": world.clock.now(), "offset": world.clock.offset, "scale": world.clock.scale}


def connect_business(world: World, ask: Ask) -> JSON:
    return business.connect(world, ask.values)


def set_abilities(world: World, ask: Ask) -> JSON:
    """What @BotFather switches: `{has_topics_enabled, can_connect_to_business, ...}` of getMe."""
    abilities: JSON = {**(world.db.setting("bot_abilities") or {}), **ask.values}
    world.db.set("bot_abilities", abilities)
    return abilities


def set_server(world: World, ask: Ask) -> JSON:
    """`{local}`: whether files are told as those of a Bot API server that was started with --local."""
    world.db.set("local_server", bool(ask.values.get("local")))
    return {"local": bool(ask.values.get("local"))}


def set_pace(world: World, ask: Ask) -> JSON:
    world.pace.enabled = bool(ask.values.get("enabled"))
    return {"enabled": world.pace.enabled}


def set_topics(world: World, ask: Ask) -> JSON:
    """Whether the bot has topics in private chats: what its owner switches on at @BotFather."""
    world.db.set("topics", bool(ask.values.get("enabled")))
    return {"enabled": world.db.setting("topics")}


def list_updates(world: World, _ask: Ask) -> list[JSON]:
    return world.updates.listing()


def add_update(world: World, ask: Ask) -> JSON:
    """`{update: {...}}`, `{raw: text after the id}`, or `{replay: update_id, new_id: bool}`."""
    values = ask.values
    if "replay" in values:
        try:
            number = world.updates.replay(int(values["replay"]), new_id=bool(values.get("new_id")))
        except KeyError as error:
            raise ControlError("There was no such update.", 404) from error
    elif "raw" in values:
        number = world.updates.put_raw(str(values["raw"]), queue=int(values.get("queue", 0)))
    elif isinstance(values.get("update"), dict) and len(values["update"]) == 1:
        ((kind, payload),) = values["update"].items()
        place: Any = payload.get("chat") or payload.get("from") or {}
        number = world.updates.put(kind, payload, owner=int(place.get("id", 0))) or 0
    else:
        raise ControlError("Give update, raw or replay.")
    return {"update_id": number}


def list_calls(world: World, ask: Ask) -> list[JSON]:
    query = ask.query
    return world.calls.listing(
        method=query.get("method", ""),
        chat_id=query.get("chat_id", ""),
        after=int(query.get("after", 0)),
        limit=int(query.get("limit", 1000)),
    )


def clear_calls(world: World, _ask: Ask) -> JSON:
    world.calls.clear()
    return {}


def reset(world: World, ask: Ask) -> JSON:
    """`{keep_bot: true}` leaves webhook, commands and menu buttons."""
    world.reset(keep_bot=bool(ask.values.get("keep_bot")))
    return {}
