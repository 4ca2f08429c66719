"""Files from Telegram: fetched in the background, by an owed `getFile`, into an attachment that waits for them."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from accounts.actors import Actor
from accounts.errors import HelpDeskError, NotFound
from telegram_bot import bridge
from telegram_bot.bot_api import FILE_TIME_LIMIT, BotApi
from telegram_bot.models import OutgoingCall, TelegramFile
from telegram_bot.models.outgoing_call import FETCHING
from telegram_bot.notices import send_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.keyboards import mini_app_button
from telegram_bot.verdicts import Again, Failed, Sent, Verdict, judge
from tickets.errors import StorageFull
from tickets.models import AttachmentFailure
from tickets.selectors.tickets import get_attachment_for
from tickets.services.attachments import give_up_reserved, store_preview, store_reserved

PREVIEW = "@preview"  # in `params`: what is fetched is Telegram's small picture of the file
_GETTING_READY = 140.0  # seconds in which Telegram answers getFile
_IN_MEMORY = 2 * 2**20
_LARGE = 5 * 2**20  # bytes; beyond it a file may not hold up all others


@dataclass(frozen=True, kw_only=True)
class FileRequest:
    """Fetch this file of Telegram's into this attachment of ours, or as the small picture of it."""

    attachment_id: UUID
    file_id: str
    is_preview: bool = False


def owe_fetching(
    bot_id: int,
    *,
    attachment_id: UUID,
    file_id: str,
    unique_id: str,
    kind: str,
    size: int,
    preview_id: str = "",
    chat_id: int = 0,
    tell: int | None = None,
) -> bool:
    """Remember where the attachment's content is, and owe the call that fetches it.

    size: bytes, 0 where unknown; preview_id: of Telegram's own small picture of it, fetched by a call of its own, whose
    failure is nobody's business; chat_id: where it came from, whose files take their turns; tell: the chat that learns
    it where such a file turns out too large.
    False: Telegram would refuse a file so large, so it has failed at once.
    """
    known = {"file_id": file_id, "unique_id": unique_id, "kind": kind, "preview_id": preview_id}
    _row, created = TelegramFile.objects.get_or_create(bot_id=bot_id, attachment=attachment_id, defaults=known)
    if size > settings.TELEGRAM_DOWNLOAD_LIMIT:
        give_up_reserved(attachment_id=attachment_id, failure=AttachmentFailure.TOO_LARGE)
        return False
    if created:
        previews = [_draft_preview(attachment_id, lane=chat_id)] if preview_id else []
        enqueue([_draft(attachment_id, size, lane=chat_id, tell=None if size else tell), *previews])
    return True


def tell_too_large(chat_id: int, name: str) -> None:
    """In the active language."""
    limit = settings.TELEGRAM_DOWNLOAD_LIMIT // 2**20
    send_notice(chat_id, "file_too_big", name=name, limit=limit, markup=mini_app_button())


def draft_fetching(attachment_id: UUID) -> list[CallDraft]:
    """The calls that fetch a known file once more; where Telegram's name for it is gone, so is the file."""
    known = TelegramFile.objects.filter(attachment=attachment_id)
    if known.exists():
        attachment = get_attachment_for(Actor.system(), attachment_id)
        needs_preview = not attachment.thumbnail_key and known.exclude(preview_id="").exists()
        return [_draft(attachment_id, attachment.size), *([_draft_preview(attachment_id)] if needs_preview else [])]
    give_up_reserved(attachment_id=attachment_id, failure=AttachmentFailure.GONE)
    return []


def _draft(attachment_id: UUID, size: int, *, lane: int = 0, tell: int | None = None) -> CallDraft:
    params = {"@attachment": str(attachment_id), **({} if tell is None else {"@tell": tell})}
    return CallDraft(method=FETCHING, params=params, lane=lane, large=size > _LARGE)


def _draft_preview(attachment_id: UUID, *, lane: int = 0) -> CallDraft:
    return CallDraft(method=FETCHING, params={"@attachment": str(attachment_id), PREVIEW: True}, lane=lane)


def render_fetching(call: OutgoingCall) -> FileRequest | Failed:
    """What an owed call that fetches is to fetch."""
    attachment_id, is_preview = UUID(call.params["@attachment"]), PREVIEW in call.params
    known = TelegramFile.objects.filter(bot_id=call.bot_id, attachment=attachment_id).first()
    file_id = known and (known.preview_id if is_preview else known.file_id)
    if not file_id:
        return Failed(code="file_missing")
    return FileRequest(attachment_id=attachment_id, file_id=file_id, is_preview=is_preview)


async def fetch_file(api: BotApi, request: FileRequest) -> Verdict:
    """Ask where the file is, download it, store it. Storing twice stores once.

    A Bot API server of one's own may fetch it before it answers (--local), and then names a path on its disk.
    """
    try:
        async with asyncio.timeout(FILE_TIME_LIMIT):
            described = await api.ask("getFile", seconds=_GETTING_READY, file_id=request.file_id)
            if PurePath(described["file_path"]).is_absolute():
                return await bridge.run(_store_from_disk, request, described["file_path"])
            with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
                if not await api.download(described["file_path"], file, limit=settings.TELEGRAM_DOWNLOAD_LIMIT):
                    return Failed(code="file_too_big")
                return await bridge.run(_store, request, cast(BinaryIO, file))
    except Exception as error:
        return judge(error)


def _store_from_disk(request: FileRequest, path: str) -> Verdict:
    """Only out of the folder that the settings name: what the server says is believed no further."""
    folder: Path | None = settings.TELEGRAM_FILES_DIR
    if folder is None:
        return Failed(code="files_elsewhere", text="The Bot API server runs with --local: set TELEGRAM_FILES_DIR")
    file = Path(path).resolve()
    if not file.is_relative_to(folder.resolve()):
        return Failed(code="files_elsewhere", text="The Bot API server named a file outside of TELEGRAM_FILES_DIR")
    if not file.is_file():
        return Failed(code="files_elsewhere", text="The Bot API server's file is not in TELEGRAM_FILES_DIR")
    with file.open("rb") as content:
        return _store(request, content)


def _store(request: FileRequest, file: BinaryIO) -> Verdict:
    try:
        if request.is_preview:
            store_preview(attachment_id=request.attachment_id, file=file)
        else:
            store_reserved(attachment_id=request.attachment_id, file=file, limit=settings.TELEGRAM_DOWNLOAD_LIMIT)
    except StorageFull as error:
        return Again(code=error.code, counts=True)
    except NotFound:
        return Failed(code="attachment_gone")
    except HelpDeskError as error:
        return Failed(code=error.code, text=str(error))
    return Sent(result=None)
