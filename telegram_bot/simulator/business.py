"""A company's own account that is connected to the bot, and what its customers write to it (Bot API, Business).

Its messages stand in the same history as the customer's chat with the bot, marked by `business_connection_id`.
"""

from telegram_bot.simulator.chats import public_user
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import ControlError, bad_request
from telegram_bot.simulator.formatting.given import formatted
from telegram_bot.simulator.world import World

REPLY_SECONDS = 86_400


def find_connection(world: World, connection_id: str) -> JSON | None:
    connection: JSON | None = world.db.setting(f"business:{connection_id}")
    return connection


def list_connections(world: World) -> list[JSON]:
    """Whose accounts the bot is or was connected to: `{id, owner, name, is_enabled}`."""
    found = [value for name, value in world.db.settings() if name.startswith("business:")]
    return [
        {
            "id": one["id"],
            "owner": one["user"]["id"],
            "name": one["user"]["first_name"],
            "is_enabled": one["is_enabled"],
        }
        for one in found
    ]


def connect(world: World, values: JSON) -> JSON:
    """`{id, user_id, is_enabled, can_reply}`: connects an account, or changes its connection.

    An account has one connection to a bot: with another id it was removed first, and Telegram tells of both.
    """
    for former in list_connections(world):
        if former["owner"] == int(values["user_id"]) and former["is_enabled"] and former["id"] != str(values["id"]):
            connect(world, {"id": former["id"], "user_id": former["owner"], "is_enabled": False})
    connection: JSON = {
        "id": str(values["id"]),
        "user": public_user(world.chats.user(int(values["user_id"]))),
        "user_chat_id": int(values["user_id"]),
        "date": world.clock.today(),
        "is_enabled": bool(values.get("is_enabled", True)),
        "rights": {"can_reply": True} if values.get("can_reply", True) else {},
    }
    world.db.set(f"business:{connection['id']}", connection)
    world.changes.record()
    world.updates.put("business_connection", connection, owner=connection["user_chat_id"])
    return connection


def write(world: World, user_id: int, values: JSON) -> JSON:
    """`{connection, text}` or `{connection, content}`: the customer writes to the account, or `by_owner` it to them.

    `automatic`: by its greeting, its away message or its schedule.
    """
    connection = _connection(world, values)
    automatic = bool(values.get("automatic"))
    by_owner = bool(values.get("by_owner")) or automatic
    message: JSON = {
        "business_connection_id": connection["id"],
        "message_id": world.history.next_id(world.chats.get(user_id)),
        "from": connection["user"] if by_owner else public_user(world.chats.user(user_id)),
        "chat": world.chats.public(world.chats.get(user_id)),
        "date": world.clock.today(),
    }
    if automatic:
        message["is_from_offline"] = True
    message |= values["content"] if "content" in values else {"text": formatted(str(values["text"]), "", None).text}
    world.history.save(message, {})
    if not by_owner:
        world.db.set(_last_key(connection, user_id), message["date"])
    if connection["is_enabled"]:
        world.updates.put("business_message", message, owner=user_id, date=message["date"])
    return message


def edit(world: World, user_id: int, values: JSON) -> JSON:
    message = world.history.get(user_id, int(values["message_id"]))
    edited = {**message, "text" if "text" in message else "caption": str(values["text"])}
    edited["edit_date"] = world.clock.today()
    world.history.save(edited)
    world.updates.put("edited_business_message", edited, owner=user_id, date=world.clock.now())
    return edited


def delete(world: World, user_id: int, values: JSON) -> JSON:
    """`{connection, message_ids}`: the customer deletes messages; of these Telegram does tell."""
    connection = _connection(world, values)
    for message_id in values["message_ids"]:
        world.history.delete(user_id, int(message_id))
    chat = world.chats.public(world.chats.get(user_id))
    told = {"business_connection_id": connection["id"], "chat": chat, "message_ids": values["message_ids"]}
    world.updates.put("deleted_business_messages", told, owner=user_id)
    return told


def require_answerable(world: World, connection_id: str, chat_id: int) -> JSON:
    """The connection through which the bot may write to this customer now; refuses as Telegram does."""
    connection = find_connection(world, connection_id)
    if connection is None or not connection["is_enabled"]:
        raise bad_request("BUSINESS_CONNECTION_INVALID")
    if not connection["rights"].get("can_reply"):
        raise bad_request("BUSINESS_CONNECTION_NOT_ALLOWED")
    if world.clock.now() - (world.db.setting(_last_key(connection, chat_id)) or 0) > REPLY_SECONDS:
        raise bad_request("BUSINESS_PEER_USAGE_MISSING")
    return connection


def _last_key(connection: JSON, chat_id: int) -> str:
    """When the customer last wrote to the account, through whichever connection."""
    return f"business_last:{connection['user']['id']}:{chat_id}"


def _connection(world: World, values: JSON) -> JSON:
    connection = find_connection(world, str(values["connection"]))
    if connection is None:
        raise ControlError("There is no such connection.", 404)
    return connection
