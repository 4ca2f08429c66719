"""The one client of the Bot API: a long-lived python-telegram-bot `Bot` whose transport tells failures apart.

What the library calls NetworkError may mean "never left", "perhaps delivered" or "refused"; the outbox has to know
which, because Telegram has no key against doubled messages.
"""

import asyncio
import contextlib
import os
import warnings
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from django.conf import settings
from telegram import (
    Bot,
    InputFile,
    InputMedia,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
)
from telegram.error import NetworkError
from telegram.request import BaseRequest, HTTPXRequest
from telegram.warnings import PTBUserWarning

from telegram_bot.verdicts import NotSent, Sent, ServerFailed, Verdict, judge

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

TIME_LIMIT = 25.0  # seconds for a whole call; shorter than its lease (outbox.LEASE)
FILE_TIME_LIMIT = 160.0

# seconds as a timedelta, which the library will make the only way
os.environ.setdefault("PTB_TIMEDELTA", "true")
# do_api_request advises to use the typed methods; calls are data here
warnings.filterwarnings("ignore", message="Please use 'Bot", category=PTBUserWarning)


_MEDIA: dict[str, Any] = {
    "animation": InputMediaAnimation,
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "document": InputMediaDocument,
    "audio": InputMediaAudio,
}


class _Transport(HTTPXRequest):
    """Keeps what the library loses: whether the request left, the status of the answer, and when Telegram gave it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(httpx_kwargs={"event_hooks": {"response": [self._note_date]}}, **more)
        self.answered_at: datetime | None = None

    async def _note_date(self, answer: httpx.Response) -> None:
        with contextlib.suppress(ValueError):
            self.answered_at = parsedate_to_datetime(answer.headers.get("Date", ""))

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            status, body = await super().do_request(*args, **kwargs)
        except NetworkError as error:
            if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
                raise NotSent(str(error)) from error
            raise
        if status >= 500:
            raise ServerFailed(f"Telegram answered {status}")
        return status, body


class BotApi:
    """Calls methods by name, with plain parameters, and judges what came of it."""

    def __init__(self) -> None:
        transport = _Transport(
            connection_pool_size=64, connect_timeout=5, read_timeout=15, write_timeout=15, media_write_timeout=120
        )
        self.bot = Bot(
            settings.TELEGRAM_BOT_TOKEN,
            base_url=f"{settings.TELEGRAM_API_URL}/bot",
            base_file_url=f"{settings.TELEGRAM_API_URL}/file/bot",
            request=transport,
            get_updates_request=transport,
        )
        self._transport = transport
        self._files = httpx.AsyncClient(timeout=httpx.Timeout(15, read=30))

    @property
    def answered_at(self) -> datetime | None:
        """When Telegram gave its last answer, by its own clock in whole seconds."""
        return self._transport.answered_at

    async def close(self) -> None:
        await self._files.aclose()
        await self._transport.shutdown()

    async def download(self, file_path: str, into: "SupportsWrite[bytes]", *, limit: int) -> bool:
        """Stream a file of Telegram's; False: it is larger than `limit` bytes. Raises httpx.HTTPError."""
        url = f"{settings.TELEGRAM_API_URL}/file/bot{settings.TELEGRAM_BOT_TOKEN}/{quote(file_path)}"
        received = 0
        async with self._files.stream("GET", url) as answer:
            answer.raise_for_status()
            async for chunk in answer.aiter_bytes():
                received += len(chunk)
                if received > limit:
                    return False
                into.write(chunk)
        return True

    async def ask(self, method: str, *, seconds: float | None = None, **params: Any) -> Any:
        """The method's result as plain JSON. seconds: to wait for it, if it may take longer. Raises TelegramError."""
        patience = BaseRequest.DEFAULT_NONE if seconds is None else seconds
        return await self.bot.do_api_request(method, api_kwargs=params or None, read_timeout=patience)

    async def call(self, request: "Request") -> Verdict:
        """Make the call and judge it. Never raises but for cancellation."""
        arguments = dict(request.params)
        if "media" in arguments:  # the one parameter that the library wants as its own objects
            media = arguments["media"]
            arguments["media"] = [_media_of(item) for item in media] if isinstance(media, list) else _media_of(media)
        for file in request.files:
            arguments[file.field] = InputFile(file.content, filename=file.name)
        limit = FILE_TIME_LIMIT if request.files else TIME_LIMIT
        try:
            async with asyncio.timeout(limit):
                return Sent(result=await self.ask(request.method, **arguments))
        except Exception as error:
            return judge(error)


def _media_of(item: dict[str, Any]) -> InputMedia:
    values = {name: value for name, value in item.items() if name != "type"}
    if "caption_entities" in values:
        values["caption_entities"] = MessageEntity.de_list(values["caption_entities"])
    media: InputMedia = _MEDIA[item["type"]](**values)
    return media


class Upload:
    """A file that goes along with a call, in the parameter `field`."""

    __slots__ = ("content", "field", "name")

    def __init__(self, *, field: str, name: str, content: bytes) -> None:
        self.field = field
        self.name = name
        self.content = content


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call of the Bot API. A file of an album, or one that is exchanged, is named `attach://<field>` in its media.

    step: it only makes ready for the owed call, which is rendered again afterwards.
    """

    method: str
    params: dict[str, Any]
    files: tuple[Upload, ...] = ()
    step: str = ""
