"""Saved replies: a slash and a few letters instead of typing, on any layout, and never sent by inserting."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_accessibility import CONTRASTS, sideways
from tests.browser.views import open_ticket_page
from tests.support.browser import DESKTOP, browser_marks, picture

pytestmark = browser_marks

REPLIES: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("Hello", "hello", "Hello {customer_name}!", "Hello Vera!", []),
    ("Where the parcel is", "parcel", "It left on {day}, {customer_name}.", "It left on {day}, Vera.", ["day"]),
    ("Возврат", "возврат", "Мы вернём деньги.", "Мы вернём деньги.", []),
)


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    desk.saved_replies = [
        {
            "id": f"00000000-0000-4000-8000-00000000000{number}",
            "title": title,
            "shortcut": shortcut,
            "text": text,
            "filled": {"text": filled, "unresolved": unresolved},
        }
        for number, (title, shortcut, text, filled, unresolved) in enumerate(REPLIES)
    ]
    return desk


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def titles(page: Page, wanted: list[str]) -> None:
    expect(page.locator(".saved-reply b")).to_have_text(wanted)


def test_a_slash_finds_a_reply_and_inserting_never_sends(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    text = page.locator(".composer textarea")
    text.focus()
    page.keyboard.type("Hi. and/or")
    expect(page.locator(".saved-reply")).to_have_count(0)
    page.keyboard.type(" /")
    titles(page, ["Hello", "Where the parcel is", "Возврат"])
    assert page.evaluate(CONTRASTS) == []
    picture(page, "saved-replies")
    page.keyboard.type("PAR")
    titles(page, ["Where the parcel is"])
    page.keyboard.press("Enter")
    expect(text).to_have_value("Hi. and/or It left on {day}, Vera.")
    page.keyboard.type("Monday")  # in the place of what nothing was known for
    expect(text).to_have_value("Hi. and/or It left on Monday, Vera.")
    text.fill("")
    page.keyboard.type("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".saved-reply[aria-selected=true] b")).to_have_text("Возврат")
    page.keyboard.press("Escape")
    expect(page.locator(".saved-replies")).to_be_hidden()
    page.keyboard.type("hel")
    expect(page.locator(".saved-replies")).to_be_hidden()
    text.fill("")
    page.keyboard.type("/nothing")
    expect(page.locator(".saved-hint")).to_have_text("No saved reply fits.")
    page.keyboard.press("Enter")  # meant for the list, so it does not go to the customer
    expect(text).to_have_value("/nothing")
    assert desk.calls("POST", r"tickets/[\w-]+/messages/") == []
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".message.is-own .text")).to_have_text(["/nothing"])


def test_the_key_of_the_slash_on_a_russian_layout_and_the_button(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 320, "height": 700}, expected=("500",))
    desk.fail("GET", "saved-replies/", 500)
    text = page.locator(".composer textarea")
    text.focus()
    text.evaluate(
        """(text) => text.dispatchEvent(
          new KeyboardEvent("keydown", { key: ".", code: "Slash", bubbles: true, cancelable: true }))"""
    )
    expect(text).to_have_value("/")
    expect(page.locator(".saved-hint")).to_have_text("No answer. Check the connection.")
    page.click("[data-action=saved]")
    expect(text).to_have_value("")
    expect(page.locator(".saved-replies")).to_be_hidden()
    page.click("[data-action=saved]")
    titles(page, ["Hello", "Where the parcel is", "Возврат"])
    assert sideways(page) == []
    page.click(".saved-reply:has-text('Hello')")
    expect(text).to_have_value("Hello Vera!")
    expect(text).to_be_focused()
