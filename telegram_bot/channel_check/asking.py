"""The facts that Telegram tells."""

import asyncio
import time
from typing import Any

from django.utils.translation import gettext as _
from telegram.error import InvalidToken, TelegramError

from accounts import clock
from accounts.masking import mask_secrets
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_check.facts import CommandList, Probe, Setup, StaffChat, TelegramFacts
from telegram_bot.channel_check.outside import look_from_outside
from telegram_bot.menus import default_menus


async def ask_telegram(api: BotApi, setup: Setup, *, probe: int | None = None) -> TelegramFacts:
    """probe: a chat to write to, and to delete the message in again."""
    outside = asyncio.create_task(look_from_outside(setup))
    try:
        me = await api.ask("getMe")
        asked_at = clock.now()
        skew = (asked_at - api.answered_at).total_seconds() if api.answered_at is not None else None
        more: dict[str, Any] = {
            "me": me,
            "clock_skew": skew,
            "webhook": await api.ask("getWebhookInfo"),
            "menu_button": await api.ask("getChatMenuButton"),
            "commands": await _ask_commands(api),
            "staff": await _ask_staff(api, setup.staff_chat_id, me["id"]),
        }
        if probe is not None:
            more["probe"] = await _probe(api, probe)
    except InvalidToken:
        more = {"refusal": "token"}
    except TelegramError:
        more = {"refusal": "silence"}
    return TelegramFacts(**more, **await outside)


async def _ask_commands(api: BotApi) -> tuple[CommandList, ...]:
    lists = []
    for method, params in default_menus():
        if method == "setMyCommands":
            asked = {name: value for name, value in params.items() if name != "commands"}
            given = await api.ask("getMyCommands", **asked)
            language = params.get("language_code", "")
            lists.append(CommandList(language=language, given=given, wanted=params["commands"]))
    return tuple(lists)


async def _ask_staff(api: BotApi, chat_id: int | None, bot_id: int) -> StaffChat | None:
    if chat_id is None:
        return None
    return StaffChat(
        chat=await _ask_or_none(api, "getChat", chat_id=chat_id),
        member=await _ask_or_none(api, "getChatMember", chat_id=chat_id, user_id=bot_id),
    )


async def _ask_or_none(api: BotApi, method: str, **params: Any) -> dict[str, Any] | None:
    """None: Telegram refuses. That it does not answer is another matter, and shows in what else is asked."""
    try:
        found: dict[str, Any] = await api.ask(method, **params)
    except TelegramError:
        return None
    return found


async def _probe(api: BotApi, chat_id: int) -> Probe:
    begun = time.perf_counter()
    try:
        text = _("The desk looks whether its messages arrive. This one disappears at once.")
        message = await api.ask("sendMessage", chat_id=chat_id, text=text, disable_notification=True)
        await api.ask("deleteMessage", chat_id=chat_id, message_id=message["message_id"])
    except TelegramError as error:
        return Probe(error=mask_secrets(str(error))[:200])
    return Probe(error="", milliseconds=round((time.perf_counter() - begun) * 1000))
