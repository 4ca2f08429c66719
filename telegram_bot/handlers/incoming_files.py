"""The files of what people send: a place of the desk's for each, which is filled later."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from django.conf import settings

from accounts.errors import RateLimited
from accounts.rate_limits import large_files
from telegram_bot.files import owe_fetching, tell_too_large
from telegram_bot.handlers.contents import IncomingFile
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import TelegramFile
from tickets.models import Attachment
from tickets.services.attachments import reserve_attachment

# A message's key follows from where it stands in Telegram, so that a repeated update writes nothing twice.
_NAMESPACE = UUID("6f1c3a52-6f0e-4a55-9d60-0f2f1f4f7c10")


def message_key(bot_id: int, chat_id: int, message_id: int, *parts: object) -> UUID:
    return uuid5(_NAMESPACE, ":".join(map(str, (bot_id, chat_id, message_id, *parts))))


def reserve_file(incoming: Incoming, key: UUID, file: IncomingFile) -> None:
    """A place for the file, which is fetched later. One that is too large for bots is said so."""
    reserve_attachment(
        actor=incoming.actor,
        attachment_id=key,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        duration=file.duration,
        sides=file.sides,
    )
    is_fetched = owe_fetching(
        incoming.row.bot_id,
        attachment_id=key,
        file_id=file.file_id,
        unique_id=file.unique_id,
        kind=file.kind,
        preview_id=file.preview_id,
        size=file.size,
        chat_id=incoming.chat_id,
        tell=incoming.chat_id if _is_told_of_files(incoming) else None,
    )
    if not is_fetched:
        tell_if_too_large(incoming, file)


def tell_if_too_large(incoming: Incoming, file: IncomingFile) -> None:
    """That bots may not fetch it, once: what was held is known already, and of a flood the first such file is named."""
    is_told = incoming.row.outcome == Outcome.HELD
    if file.size <= settings.TELEGRAM_DOWNLOAD_LIMIT or is_told or not _is_told_of_files(incoming):
        return
    if incoming.flooded:
        try:
            large_files(incoming.person.pk)
        except RateLimited:
            return
    tell_too_large(incoming.chat_id, file.name)


def _is_told_of_files(incoming: Incoming) -> bool:
    """The bot itself speaks neither in a company's own account nor, of what an agent sends, in the staff's group."""
    return not (incoming.chat.is_business or incoming.chat.is_of_staff)


def find_incoming(bot_id: int, attachment: Attachment) -> IncomingFile:
    """The file as it came, for another message that it goes into."""
    known = TelegramFile.objects.get(bot_id=bot_id, attachment=attachment.pk)
    return IncomingFile(
        kind=known.kind,
        file_id=known.file_id,
        unique_id=known.unique_id,
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        duration=attachment.duration,
        sides=(attachment.width, attachment.height) if attachment.width and attachment.height else None,
        preview_id=known.preview_id,
    )


def is_known(bot_id: int, attachments: Iterable[UUID], file: IncomingFile) -> bool:
    """Whether one of these is the same file, by the name that never changes (Bot API, file_unique_id)."""
    known = TelegramFile.objects.filter(bot_id=bot_id, attachment__in=list(attachments))
    return known.filter(unique_id=file.unique_id).exists()
