"""The pictures of the README, from a demo desk that was just loaded: `python -m tests.screenshots [name ...]`.

Writes docs/screenshots/*.png. Every picture is of the real desk with its simulated Telegram; only what stands in
`PICTURES` decides who looks at what.
"""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support.browser import DESKTOP, PHONE, chromium
from tests.support.clients import Person
from tests.support.running_desk import PROJECT, Desk
from tests.support.simulator import Simulator, wait_until

FOLDER = PROJECT / "docs/screenshots"
LARGEST = 150_000  # bytes; 256 colours are enough
VERA, DARYA, OLIVER = 1001, 1003, 1004
ANNA, EMILY, MILA = 2001, 2003, 3001
SETTLED_MS = 1_200  # what fades in has faded in


@dataclass(frozen=True)
class Scene:
    """The desk, and a browser to look at it."""

    desk: Desk
    telegram: Simulator
    browser: Browser

    def open(self, url: str, *, language: str, theme: str, size: dict[str, int]) -> Page:
        locale = {"en": "en-GB", "ru": "ru-RU"}[language]
        options: dict[str, Any] = {"viewport": size, "locale": locale, "timezone_id": "Europe/Moscow"}
        page = self.browser.new_context(**options, color_scheme=theme, reduced_motion="reduce").new_page()
        page.goto(url)
        return page

    def open_app(self, person: int, path: str = "", *, language: str, theme: str, size: dict[str, int]) -> Page:
        launched = self.telegram.mini_app_url(person, url=f"{self.desk.url}/app/{path}?lang={language}", theme=theme)
        return self.open(launched, language=language, theme=theme, size=size)

    def number_of(self, person: int, words: str) -> int:
        """The ticket of this person that begins with the words."""
        with Person(self.desk.url, self.telegram, person) as one:
            found = [row for row in one.sign_in().tickets() if row["subject"].startswith(words)]
            return int(found[0]["number"])

    def open_admin(self, path: str, *, language: str, theme: str) -> Page:
        page = self.open(
            f"{self.desk.url}/admin/login/?next=/admin/{quote(path)}", language=language, theme=theme, size=DESKTOP
        )
        page.fill("[name=username]", "demo")
        page.fill("[name=password]", "demo")
        page.press("[name=password]", "Enter")
        page.wait_for_selector("#user-tools")
        return page


def simulator(scene: Scene) -> Page:
    """A customer writes to the bot, an agent has the inbox beside it."""
    for person, command in ((VERA, "/start"), (ANNA, "/start"), (ANNA, "/inbox")):
        _ask_the_bot(scene.telegram, person, command)
    scene.telegram.say(VERA, "Можно ли доставить лампу сегодня вечером?")
    page = scene.open(f"{scene.desk.url}/simulator/#{VERA},{ANNA}", language="ru", theme="light", size=DESKTOP)
    page.wait_for_selector(".pane")
    return page


def _ask_the_bot(telegram: Simulator, person: int, command: str) -> None:
    known = len(telegram.transcript(person))
    telegram.say(person, command)
    wait_until(lambda: len(telegram.transcript(person)) > known + 1, seconds=60, what=f"an answer to {command}")


def agent(scene: Scene) -> Page:
    page = _ticket(scene, EMILY, "Hi, I changed", language="en", theme="dark", size=DESKTOP)
    return _with_all_tickets(page)


def manager(scene: Scene) -> Page:
    page = _ticket(scene, MILA, "Заказ 4417", language="ru", theme="light", size=DESKTOP)
    return _with_all_tickets(page)


def _ticket(scene: Scene, person: int, subject: str, **look: Any) -> Page:
    """The conversation of the ticket whose subject begins so."""
    page = scene.open_app(person, f"tickets/{scene.number_of(person, subject)}", **look)
    page.wait_for_selector(".message")
    return page


def _with_all_tickets(page: Page) -> Page:
    page.click("[data-tab=all]")
    page.wait_for_selector(".row")
    return page


def replies(scene: Scene) -> Page:
    page = _ticket(scene, EMILY, "The parcel arrived", language="en", theme="light", size=PHONE)
    page.locator(".composer textarea").press_sequentially("/")
    return page


def customer_tickets(scene: Scene) -> Page:
    page = scene.open_app(OLIVER, language="en", theme="dark", size=PHONE)
    page.wait_for_selector(".row")
    return page


def customer_chat(scene: Scene) -> Page:
    return _ticket(scene, VERA, "Хочу поменять", language="ru", theme="light", size=PHONE)


def agent_chat(scene: Scene) -> Page:
    return _ticket(scene, ANNA, "Хочу поменять", language="ru", theme="dark", size=PHONE)


def admin_ticket(scene: Scene) -> Page:
    page = scene.open_admin("tickets/ticket/?q=4417", language="en", theme="light")
    page.locator("#result_list a[href*='/change/']").first.click()
    return page


def admin_home(scene: Scene) -> Page:
    page = scene.open_admin("", language="ru", theme="dark")
    for _ in range(60):  # the bot and the schedule take some seconds to begin
        if not page.locator(".light.trouble").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    return page


PICTURES: dict[str, Callable[[Scene], Page]] = {
    "agent-desktop-dark-en": agent,
    "manager-desktop-light-ru": manager,
    "admin-ticket-desktop-light-en": admin_ticket,
    "tickets-phone-dark-en": customer_tickets,
    "chat-phone-light-ru": customer_chat,
    "agent-phone-dark-ru": agent_chat,
    "replies-phone-light-en": replies,
    "simulator-desktop-light-ru": simulator,
    "admin-home-desktop-dark-ru": admin_home,
}


def main() -> None:
    names = sys.argv[1:] or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        sys.exit(f"There is no picture {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}.")
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.start()
        try:
            desk.wait_until_up()
            telegram = Simulator.attach(desk.url, desk.simulator_port, desk.data_dir / "simulator")
            with chromium() as browser:
                for name in names:
                    _take(Scene(desk, telegram, browser), name)
        finally:
            desk.end()


def _take(scene: Scene, name: str) -> None:
    page = PICTURES[name](scene)
    page.wait_for_timeout(SETTLED_MS)
    path = FOLDER / f"{name}.png"
    with Image.open(io.BytesIO(page.screenshot())) as taken:
        taken.convert("RGB").quantize(256, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
    page.context.close()
    size = path.stat().st_size
    print(f"{path.relative_to(PROJECT)}: {size / 1000:.0f} KB", flush=True)
    if size > LARGEST:
        sys.exit(f"{name} is larger than {LARGEST / 1000:.0f} KB.")


if __name__ == "__main__":
    main()
