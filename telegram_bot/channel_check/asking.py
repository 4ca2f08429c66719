"""The facts that Telegram tells."""

import asyncio
import time
from typing import Any

from django.utils.translation import gettext as _
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from accounts import clock
from accounts.masking import mask_secrets
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_check.facts import CommandList, Probe, Setup, StaffChat, TelegramFacts
from telegram_bot.channel_check.outside import look_from_outside
from telegram_bot.customer_chat.menus import default_menus


async def ask_telegram(api: BotApi, setup: Setup, *, probe: int | None = None) -> TelegramFacts:
    """probe: a chat to write to, and to delete the message in again. What is not answered leaves the rest known."""
    outside = asyncio.create_task(look_from_outside(setup))
    try:
        me = await api.ask("getMe")
    except InvalidToken:
        return TelegramFacts(refusal="token", **await outside)
    except TelegramError:
        return TelegramFacts(refusal="silence", **await outside)
    asked_at = clock.now()
    skew = (asked_at - api.answered_at).total_seconds() if api.answered_at is not None else None
    questions = _Questions(api)
    more: dict[str, Any] = {
        "webhook": await questions.ask("getWebhookInfo"),
        "menu_button": await questions.ask("getChatMenuButton"),
        "commands": await _ask_commands(questions),
        "staff": await _ask_staff(questions, setup.staff_chat_id, me["id"]),
    }
    if probe is not None:
        more["probe"] = await _probe(api, probe)
    return TelegramFacts(me=me, clock_skew=skew, unanswered=tuple(questions.unanswered), **more, **await outside)


class _Questions:
    """Asks one after another and remembers which were not answered."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self.unanswered: list[str] = []

    async def ask(self, method: str, **params: Any) -> Any:
        """None: not answered."""
        try:
            return await self._api.ask(method, **params)
        except TelegramError as error:
            self._note(method, error)
            return None

    async def ask_about_chat(self, method: str, **params: Any) -> dict[str, Any] | None:
        """Empty: Telegram refuses, for the bot is not there. None: not answered."""
        try:
            found: dict[str, Any] = await self._api.ask(method, **params)
        except (BadRequest, Forbidden):
            return {}
        except TelegramError as error:
            self._note(method, error)
            return None
        return found

    def _note(self, method: str, error: TelegramError) -> None:
        self.unanswered.append(f"{method}: {mask_secrets(str(error))[:200]}")


async def _ask_commands(questions: _Questions) -> tuple[CommandList, ...] | None:
    lists = []
    for method, params in default_menus():
        if method == "setMyCommands":
            asked = {name: value for name, value in params.items() if name != "commands"}
            given = await questions.ask("getMyCommands", **asked)
            if given is None:
                return None
            language = params.get("language_code", "")
            lists.append(CommandList(language=language, given=given, wanted=params["commands"]))
    return tuple(lists)


async def _ask_staff(questions: _Questions, chat_id: int | None, bot_id: int) -> StaffChat | None:
    if chat_id is None:
        return None
    chat = await questions.ask_about_chat("getChat", chat_id=chat_id)
    member = await questions.ask_about_chat("getChatMember", chat_id=chat_id, user_id=bot_id)
    if chat is None or member is None:
        return None
    return StaffChat(chat=chat or None, member=member or None)


async def _probe(api: BotApi, chat_id: int) -> Probe:
    begun = time.perf_counter()
    try:
        text = _("The desk looks whether its messages arrive. This one disappears at once.")
        message = await api.ask("sendMessage", chat_id=chat_id, text=text, disable_notification=True)
        await api.ask("deleteMessage", chat_id=chat_id, message_id=message["message_id"])
    except TelegramError as error:
        return Probe(error=mask_secrets(str(error))[:200])
    return Probe(error="", milliseconds=round((time.perf_counter() - begun) * 1000))
