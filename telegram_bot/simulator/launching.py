"""How a person comes into the Mini App: from which button, with which theme, to which signed address."""

from typing import Any

from telegram_bot.simulator.bot_api.profile import menu_button_for
from telegram_bot.simulator.chats import public_user
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import ControlError
from telegram_bot.simulator.init_data import CLIENT_VERSION, Launch
from telegram_bot.simulator.world import World

# The colours of Telegram's own clients (theme parameters of telegram-web-app.js).
LIGHT = {
    "bg_color": "#ffffff", "text_color": "#000000", "hint_color": "#707579", "link_color": "#3390ec",
    "button_color": "#3390ec", "button_text_color": "#ffffff", "secondary_bg_color": "#f4f4f5",
    "header_bg_color": "#ffffff", "bottom_bar_bg_color": "#ffffff", "accent_text_color": "#3390ec",
    "section_bg_color": "#ffffff", "section_header_text_color": "#3390ec", "section_separator_color": "#e7e7e7",
    "subtitle_text_color": "#707579", "destructive_text_color": "#df3f40",
}  # fmt: skip
DARK = {
    "bg_color": "#17212b", "text_color": "#f5f5f5", "hint_color": "#708499", "link_color": "#6ab3f3",
    "button_color": "#5288c1", "button_text_color": "#ffffff", "secondary_bg_color": "#232e3c",
    "header_bg_color": "#17212b", "bottom_bar_bg_color": "#17212b", "accent_text_color": "#6ab2f2",
    "section_bg_color": "#17212b", "section_header_text_color": "#6ab3f3", "section_separator_color": "#0f1822",
    "subtitle_text_color": "#708499", "destructive_text_color": "#ec3942",
}  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}


def open_mini_app(world: World, user_id: int, values: JSON) -> JSON:
    """`{url, init_data, title}`; `values`: button (text), url, start_param, theme, auth_date, overrides, source ..."""
    user = world.chats.user(user_id)
    address, source = _address(world, user_id, values)
    launch = Launch(
        user=public_user(user),
        source=str(values.get("source") or source),
        start_param=str(values.get("start_param") or ""),
        auth_date=values.get("auth_date"),
        signature=bool(values.get("signature", True)),
        overrides={str(name): str(value) for name, value in (values.get("overrides") or {}).items()},
        platform=str(values.get("platform") or "web"),
        version=str(values.get("version") or CLIENT_VERSION),
        theme=_theme(values.get("theme")),
        fullscreen=bool(values.get("fullscreen")),
    )
    url = world.signer.url(address, launch)
    return {"url": url, "init_data": world.signer.sign(launch), "theme": launch.theme}


def _theme(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return value
    return THEMES.get(str(value or "light"), LIGHT)


def _address(world: World, user_id: int, values: JSON) -> tuple[str, str]:
    """Where the app is, and how it is opened: a given URL, a button, the menu button, or the desk's `/app/`."""
    if values.get("url"):
        return str(values["url"]), "inline"
    if values.get("button"):
        return _from_button(world, user_id, str(values["button"]))
    if values.get("start_param"):
        return f"{world.options.desk_url}/app/", "link"
    menu = menu_button_for(world, user_id)
    if menu["type"] == "web_app":
        return str(menu["web_app"]["url"]), "menu"
    return f"{world.options.desk_url}/app/", "menu"


def _from_button(world: World, user_id: int, text: str) -> tuple[str, str]:
    for message in reversed(world.history.transcript(user_id)):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if button["text"] == text and "web_app" in button:
                    return str(button["web_app"]["url"]), "inline"
    raise ControlError(f"No message has a Mini App button {text!r}.", 404)
