"""The commands that Telegram offers while one types, and the button beside the input field.

A list for one chat and language does not fall back to another scope (Bot API, BotCommandScope), so what a person's
role may do is set for their own chat.
"""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from accounts.models import Language, Role, User
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Chat
from telegram_bot.notices import send_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.mini_app import mini_app_url

_GROUP = "group"
_EVERYBODY = [
    ("new", gettext_noop("Open a new ticket")),
    ("tickets", gettext_noop("My tickets")),
    ("ticket", gettext_noop("Show a ticket: /ticket 12")),
    ("close", gettext_noop("Close a ticket")),
    ("cancel", gettext_noop("Stop what was begun")),
    ("language", gettext_noop("Change the language")),
    ("phone", gettext_noop("My phone number")),
    ("privacy", gettext_noop("My data")),
    ("help", gettext_noop("What the bot can do")),
]
_AGENTS = [
    ("inbox", gettext_noop("Tickets that wait")),
    ("take", gettext_noop("Take a ticket: /take 12")),
    ("note", gettext_noop("Internal note: /note 12 text")),
    ("available", gettext_noop("I am available")),
    ("away", gettext_noop("I am away")),
]
_MANAGERS = [
    ("stats", gettext_noop("Figures of today and seven days")),
    ("admin", gettext_noop("Enter the back office")),
]
_ADMINISTRATORS = [
    ("role", gettext_noop("Roles of people")),
    ("health", gettext_noop("How the desk is doing")),
]


def list_commands(role: Role) -> list[dict[str, str]]:
    """In the active language, as setMyCommands takes them."""
    by_role = ((Role.AGENT, _AGENTS), (Role.MANAGER, _MANAGERS), (Role.ADMIN, _ADMINISTRATORS))
    commands = [command for lowest, several in by_role if role.includes(lowest) for command in several]
    return [{"command": name, "description": _(text)} for name, text in [*commands, *_EVERYBODY]]


def keep_commands_current(chat: Chat, person: User, *, client: str = "") -> None:
    """The chat's own list, where the person's role or language has changed since it was set.

    client: the language code of their Telegram, by which it chooses among the lists for everybody.
    """
    wanted = f"{person.role} {person.language}"
    if chat.commands_for == wanted:
        return
    first_time, chat.commands_for = not chat.commands_for, wanted
    chat.save(update_fields=["commands_for"])
    if first_time and person.role == Role.CUSTOMER and _language_of_everybodys(client) == person.language:
        return  # what everybody sees suits them
    scope = {"type": "chat", "chat_id": chat.telegram_id}
    with translation.override(person.language):
        calls = [
            CallDraft(method="setMyCommands", params={"commands": list_commands(Role(person.role)), "scope": scope})
        ]
        if (button := build_menu_button()) is not None:
            calls.append(
                CallDraft(method="setChatMenuButton", params={"chat_id": chat.telegram_id, "menu_button": button})
            )
    enqueue(calls)


def _language_of_everybodys(client: str) -> str:
    """Of the list that Telegram shows where the chat has none of its own (default_menus)."""
    code = client.lower().partition("-")[0]
    return code if code in Language.values else Language.ENGLISH.value


def keep_group_commands_current(chat: Chat) -> None:
    """What agents may begin a line with in the staff's group, in the desk's own language: everybody reads the same."""
    wanted = f"{_GROUP} {settings.LANGUAGE_CODE}"
    if chat.commands_for == wanted:
        return
    chat.commands_for = wanted
    chat.save(update_fields=["commands_for"])
    with translation.override(settings.LANGUAGE_CODE):
        commands = [{"command": "note", "description": _("Internal note: /note text")}]
    scope = {"type": "chat", "chat_id": chat.telegram_id}
    enqueue([CallDraft(method="setMyCommands", params={"commands": commands, "scope": scope})])


def keep_commands_current_of(person: User, *, notice: str) -> None:
    """Somebody changed this person's standing: their chats' lists follow at once, and they are told by this notice."""
    chats = Chat.objects.filter(bot_id=current_bot_id(), person=person, unreachable="", type="private")
    for chat in chats:
        keep_commands_current(chat, person)
        with translation.override(person.language):
            send_notice(chat.telegram_id, notice, person=person)


def build_menu_button() -> dict[str, Any] | None:
    """The Mini App beside the input field, in the active language; None where its address would be refused."""
    url = mini_app_url()
    return (
        {"type": "web_app", "text": pgettext("the button beside the input field", "Tickets"), "web_app": {"url": url}}
        if url
        else None
    )


def default_menus() -> list[tuple[str, dict[str, Any]]]:
    """The calls that set what everybody sees; each may be repeated at will."""
    calls: list[tuple[str, dict[str, Any]]] = []
    scope = {"type": "all_private_chats"}
    for language in (None, *Language):
        with translation.override(language or Language.ENGLISH):
            commands = list_commands(Role.CUSTOMER)
            params: dict[str, Any] = {"commands": commands, "scope": scope}
            if language is not None:
                params["language_code"] = language.value
            calls.append(("setMyCommands", params))
    button = build_menu_button()
    calls.append(("setChatMenuButton", {"menu_button": button or {"type": "commands"}}))
    return calls
