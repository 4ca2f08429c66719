"""Every screen, notice and sheet of a customer: names, references, headings, contrast, room for a finger."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_photo_by_bot import choose_nothing
from tests.support.browser import browser_marks
from tests.support.everybody import NARROW, THEMES, problems_of, ready

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    """A customer with a ticket in each status, the first of them with all that a message can hold."""
    desk = FakeDesk(VERA)
    for status in ("open", "new", "pending", "resolved", "closed"):
        ticket = desk.open_ticket(f"A ticket that is {status}", status=status, assignee=ANNA)
        question = desk.write(ticket, VERA, "Where is my parcel? https://example.com/track", minutes_ago=20)
        desk.write(ticket, ANNA, "It is on its way", reply_to=question["id"], minutes_ago=10)
    full = next(iter(desk.tickets.values()))
    for kind, content_type in (("photo", "image/png"), ("document", "application/pdf"), ("voice", "audio/ogg")):
        file = desk.file(f"{kind}.bin", content_type, duration=7 if kind == "voice" else None)
        desk.write(full, ANNA, "" if kind == "voice" else "Look", kind=kind, attachments=[file], minutes_ago=5)
    place = {"latitude": 55.75, "longitude": 37.62, "title": "The shop", "address": "Arbat 1"}
    desk.write(full, ANNA, "", kind="venue", content=place, minutes_ago=4)
    desk.react(desk.messages[full["id"]][1], VERA, "👍")
    return desk


def a_list(page: Page, desk: FakeDesk) -> None:
    ready(page, ".row")


def an_empty_list(page: Page, desk: FakeDesk) -> None:
    desk.tickets.clear()
    page.reload()
    ready(page, ".empty")


def a_conversation(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "open")
    ready(page, ".photo")
    ready(page, ".player")


def open_ticket(page: Page, status: str) -> None:
    page.click(f".row:has-text('that is {status}')")
    ready(page, ".message")


def a_resolved_one(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "resolved")
    page.locator(".star").nth(3).click()
    ready(page, ".rating textarea")


def a_rated_one(page: Page, desk: FakeDesk) -> None:
    ticket = next(one for one in desk.tickets.values() if one["status"] == "resolved")
    ticket["rating"] = {"score": 4, "comment": "Quick", "rated_at": now(3000), "changeable_until": now(1500)}
    page.reload()
    open_ticket(page, "resolved")
    expect(page.locator(".chat")).to_contain_text("Quick")


def a_closed_one(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "closed")
    ready(page, ".closed-foot")


def a_menu(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "new")
    page.locator(".bubble").last.hover()
    page.locator("[data-action=menu]").last.click()
    ready(page, "dialog[open]")


def a_photo(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "open")
    page.locator(".photo").first.click()
    ready(page, "dialog[open] img")


def picked_files(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "new")
    page.set_input_files("input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    page.fill(".composer textarea", "Here")
    ready(page, ".picked-file")


def the_way_by_the_bot(page: Page, desk: FakeDesk) -> None:
    open_ticket(page, "new")
    choose_nothing(page)
    page.click(".bot-offer")
    ready(page, "dialog[open]")


def a_new_ticket(page: Page, desk: FakeDesk) -> None:
    page.click("[data-path=new]")
    ready(page, ".form")


def an_incomplete_form(page: Page, desk: FakeDesk) -> None:
    a_new_ticket(page, desk)
    page.click("[data-action=submit]")
    ready(page, ".field-error")


def a_ticket_of_somebody_else(page: Page, desk: FakeDesk) -> None:
    origin = page.evaluate("location.origin")
    page.goto(f"{origin}/app/tickets/999")
    ready(page, ".chat [role=alert]")


def an_old_sign_in(page: Page, desk: FakeDesk) -> None:
    desk.signed_in = False
    page.reload()
    ready(page, ".notice h1")


def no_answer(page: Page, desk: FakeDesk) -> None:
    desk.fail("POST", "auth/telegram/", 503, times=9)
    page.add_init_script("localStorage.removeItem('desk.kept')")  # nor a list as it was
    page.reload()
    ready(page, ".notice [data-action=again]")


SCREENS: dict[str, Callable[[Page, FakeDesk], None]] = {
    screen.__name__: screen
    for screen in (
        a_list,
        an_empty_list,
        a_conversation,
        a_resolved_one,
        a_rated_one,
        a_closed_one,
        a_menu,
        a_photo,
        picked_files,
        the_way_by_the_bot,
        a_new_ticket,
        an_incomplete_form,
        a_ticket_of_somebody_else,
        an_old_sign_in,
        no_answer,
    )
}
FAULTS = ("404", "401", "503")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("look", THEMES)
def test_it_is_for_everybody(open_app: OpenApp, desk: FakeDesk, name: str, look: str) -> None:
    desk.language = "en" if look == "light" else "ru"
    options: dict[str, Any] = {"theme": THEMES[look], "color_scheme": look, "viewport": NARROW}
    page = open_app(desk, expected=FAULTS, reduced_motion="reduce", **options)
    ready(page, ".row")
    SCREENS[name](page, desk)
    assert problems_of(page, f"screen-{name}-{look}") == []
