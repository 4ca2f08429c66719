"""Control endpoints that act as a person: `/control/users/...`."""

from collections.abc import Callable
from typing import Any

from telegram_bot.simulator import acting, business
from telegram_bot.simulator.bot_api.editing import callback_answer
from telegram_bot.simulator.control.bodies import Ask
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import ControlError
from telegram_bot.simulator.files import Upload
from telegram_bot.simulator.launching import open_mini_app
from telegram_bot.simulator.media import KINDS
from telegram_bot.simulator.world import World

DEFAULT_NAMES = {
    "photo": ("photo.jpg", "image/jpeg"),
    "document": ("file.bin", "application/octet-stream"),
    "voice": ("voice.ogg", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "animation": ("animation.mp4", "video/mp4"),
    "video_note": ("note.mp4", "video/mp4"),
    "sticker": ("sticker.webp", "image/webp"),
}


def create_user(world: World, ask: Ask) -> JSON:
    """`{id, first_name, last_name, username, language_code, is_premium, forbids_voices, state}`."""
    values = dict(ask.values)
    state = str(values.pop("state", "open"))
    if not isinstance(values.get("id"), int) or values["id"] <= 0:
        raise ControlError("A person needs a positive numeric id.")
    return world.chats.add_user({"is_bot": False, "first_name": f"Person {values['id']}", **values}, state=state)


def send_message(world: World, ask: Ask) -> list[JSON]:
    return acting.say(world, ask.user_id, ask.values)


def send_files(world: World, ask: Ask) -> list[JSON]:
    """`kind`, one or more files, `caption`, `reply_to`, `size` (a claim); several files become an album."""
    values = dict(ask.values)
    kind = str(values.get("kind") or "document")
    if kind not in KINDS:
        raise ControlError(f"kind takes one of: {', '.join(KINDS)}.")
    name, content_type = DEFAULT_NAMES[kind]
    uploads = ask.uploads or [Upload(str(values.get("name") or name), content_type, b"simulated")]
    if values.get("size"):
        values["size"] = int(values["size"])
    if len(uploads) > 1 and not values.get("media_group_id"):
        values["media_group_id"] = str(world.db.next("album", lambda: 13_500_000_000_000_000))
    # The caption of an album is usually on its first item.
    captions = [values.get("caption", "")] + [""] * (len(uploads) - 1)
    return [
        acting.send_file(world, ask.user_id, kind, upload, {**values, "caption": caption})
        for upload, caption in zip(uploads, captions, strict=True)
    ]


def send_other(world: World, ask: Ask) -> JSON:
    """Any content as the Bot API shows it: `{content: {...}}`; contact and location have short forms."""
    if ask.values.get("kind") == "contact":
        return acting.share_contact(world, ask.user_id, ask.values)
    if ask.values.get("kind") == "location":
        return acting.share_location(world, ask.user_id, ask.values)
    if not isinstance(ask.values.get("content"), dict):
        raise ControlError("Give kind (contact, location) or content.")
    return acting.send(world, ask.user_id, ask.values["content"], ask.values)


def press(world: World, ask: Ask) -> JSON:
    return acting.press(world, ask.user_id, ask.values)


def get_answer(world: World, ask: Ask) -> JSON:
    return {"answer": callback_answer(world, ask.path["query"])}


def react(world: World, ask: Ask) -> JSON:
    acting.set_reaction(world, ask.user_id, ask.values)
    return {}


def edit(world: World, ask: Ask) -> JSON:
    return acting.edit(world, ask.user_id, ask.values)


def exchange_file(world: World, ask: Ask) -> JSON:
    """`message_id`, `kind` and one file."""
    kind = str(ask.values.get("kind") or "photo")
    return acting.exchange_file(world, ask.user_id, kind, ask.uploads[0], ask.values)


def move_location(world: World, ask: Ask) -> JSON:
    return acting.move_location(world, ask.user_id, ask.values)


def delete(world: World, ask: Ask) -> JSON:
    acting.delete(world, ask.user_id, ask.values)
    return {}


def change_topic(world: World, ask: Ask) -> JSON:
    return acting.change_topic(world, ask.user_id, ask.values)


def block(world: World, ask: Ask) -> JSON:
    acting.block(world, ask.user_id)
    return {}


def unblock(world: World, ask: Ask) -> JSON:
    acting.unblock(world, ask.user_id)
    return {}


def mini_app(world: World, ask: Ask) -> JSON:
    return open_mini_app(world, ask.user_id, ask.values)


def transcript(world: World, ask: Ask) -> list[JSON]:
    chat_id = int(ask.query.get("chat_id") or ask.user_id)
    world.chats.get(chat_id)
    return world.history.transcript(chat_id, deleted=ask.query.get("deleted") == "1")


def write_to_business(world: World, ask: Ask) -> JSON:
    return business.write(world, ask.user_id, ask.values)


def edit_in_business(world: World, ask: Ask) -> JSON:
    return business.edit(world, ask.user_id, ask.values)


def delete_in_business(world: World, ask: Ask) -> JSON:
    return business.delete(world, ask.user_id, ask.values)


ACTIONS: dict[str, Callable[[World, Ask], Any]] = {
    "messages": send_message,
    "files": send_files,
    "content": send_other,
    "press": press,
    "react": react,
    "edit": edit,
    "exchange": exchange_file,
    "move": move_location,
    "delete": delete,
    "topic": change_topic,
    "block": block,
    "unblock": unblock,
    "mini-app": mini_app,
    "business": write_to_business,
    "business-edit": edit_in_business,
    "business-delete": delete_in_business,
}
