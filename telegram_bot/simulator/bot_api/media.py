"""sendPhoto and its kin, sendMediaGroup, getFile."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from telegram_bot.simulator.bot_api.composing import caption_content, start_message
from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import BotApiError, bad_request
from telegram_bot.simulator.files import DOWNLOAD_LIMIT, PHOTO_LIMIT
from telegram_bot.simulator.media import KINDS, media_content
from telegram_bot.simulator.world import World

ALBUM_SIZE = (2, 10)
_VOICES = ("voice", "video_note")  # what a Premium user may forbid
_NO_CAPTION = ("video_note", "sticker")
_ALONE_IN_ALBUM = ("document", "audio")


def _sender(kind: str) -> Callable[[World, Call], JSON]:
    def send(world: World, call: Call) -> JSON:
        draft = start_message(world, call)
        person = world.chats.find_user(draft.chat["id"]) or {}
        if kind in _VOICES and person.get("forbids_voices"):
            raise bad_request(f"{kind.removesuffix('_note').upper()}_MESSAGES_FORBIDDEN")
        content = media_of_call(world, call, kind, call.text(kind), dict(call.params))
        caption = {} if kind in _NO_CAPTION else caption_content(call)
        spoiler = {"has_media_spoiler": True} if call.flag("has_spoiler") else {}
        return draft.build({**content, **caption, **spoiler})

    return send


def send_media_group(world: World, call: Call) -> list[JSON]:
    items = call.json("media", list, "media") or []
    draft = start_message(world, call)
    if len(items) > ALBUM_SIZE[1]:
        raise bad_request("Too many messages to send as an album")
    if len(items) < ALBUM_SIZE[0]:
        raise bad_request("Too few messages to send as an album" if items else "There are no messages to send")
    kinds = [str(item.get("type", "")).lower() if isinstance(item, dict) else "" for item in items]
    for kind in kinds:
        if kind not in ("photo", "video", "document", "audio"):
            raise bad_request(f"can't parse InputMedia: type \"{kind}\" can't be used in sendMediaGroup")
        if kind in _ALONE_IN_ALBUM and set(kinds) != {kind}:
            raise bad_request(f"{kind} can't be mixed with other media types")
    contents = [
        media_of_call(world, call, kind, str(item.get("media", "")), item) | caption_content(call, item)
        for kind, item in zip(kinds, items, strict=True)
    ]
    group = str(secrets.randbelow(1 << 53) + (1 << 53))
    return [draft.build(content, media_group_id=group) for content in contents]


def media_of_call(world: World, call: Call, kind: str, reference: str, values: dict[str, Any]) -> JSON:
    """The content for a file that is uploaded, attached or known by its id."""
    upload = call.files.get(reference.removeprefix("attach://")) if reference.startswith("attach://") else None
    upload = upload or (call.files.get(kind) if not reference else None)
    if upload is None:
        return _known(world, kind, reference)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind == "photo" and len(upload.content) > PHOTO_LIMIT:
        raise BotApiError(413, "Request Entity Too Large")
    claims = {name: value for name, value in values.items() if name != "size"}
    return media_content(world.files, kind, upload, claims)


def _known(world: World, kind: str, reference: str) -> JSON:
    if not reference:
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    if reference.startswith("attach://"):
        raise bad_request("can't find the attached file")
    if urlsplit(reference).scheme in ("http", "https"):
        raise bad_request("failed to get HTTP URL content")
    file = world.files.find(reference)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file["kind"] != kind:
        raise bad_request(f"can't use file of type {_title(file['kind'])} as {_title(kind)}")
    content: JSON = file["content"]
    return content


def _title(kind: str) -> str:
    return kind.title().replace("_", "")


def get_file(world: World, call: Call) -> JSON:
    file = world.files.find(call.text("file_id"))
    if not call.text("file_id"):
        raise bad_request("file_id not specified")
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    is_local = bool(world.db.setting("local_server"))
    if file["size"] > DOWNLOAD_LIMIT and not is_local:
        raise bad_request("file is too big")
    return {
        "file_id": file["file_id"],
        "file_unique_id": file["file_unique_id"],
        "file_size": file["size"],
        "file_path": str(world.files.folder.resolve() / file["path"]) if is_local else file["path"],
    }


METHODS: dict[str, Any] = {
    **{f"send{kind.replace('_', '')}": _sender(kind) for kind in KINDS},
    "sendmediagroup": send_media_group,
    "getfile": get_file,
}
