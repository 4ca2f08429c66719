"""Saved replies: a slash and a few letters instead of typing, on any layout, and never sent by inserting."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, runs, wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

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
            "files": [],
        }
        for number, (title, shortcut, text, filled, unresolved) in enumerate(REPLIES)
    ]
    return desk


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def kept_drafts(page: Page) -> list[str]:
    kept: list[str] = page.evaluate("Object.values(localStorage)")
    return kept


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
    runs(page, "screens/send-and.js")
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


def test_what_is_not_filled_in_is_selected_one_after_the_other_and_asked_about_before_it_goes(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    text = "Order {order_number}, {track}, {город}."
    filled = {"text": text, "unresolved": ["order_number", "track"]}
    desk.saved_replies = [desk.saved_replies[0] | {"title": "Track", "text": text, "filled": filled}]
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    field = page.locator(".composer textarea")
    selected = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    field.focus()
    page.keyboard.type("/")
    titles(page, ["Track"])
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_have_text("Fill in before you send: {order_number}, {track}, {город}")
    assert field.evaluate(selected) == "{order_number}"
    page.keyboard.type("77")
    page.keyboard.press("Tab")
    assert field.evaluate(selected) == "{track}"
    page.keyboard.press("Tab")
    assert field.evaluate(selected) == "{город}"
    page.keyboard.type("Omsk")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_have_text("{track} is not filled in. Send once more to send it as it is.")
    picture(page, "saved-replies-unfilled")
    assert field.evaluate(selected) == "{track}"
    page.keyboard.type("RB{x}")
    page.click(".composer .send")  # another text: asked about anew
    expect(page.locator(".toast")).to_have_text("{x} is not filled in. Send once more to send it as it is.")
    expect(page.locator(".message.is-own")).to_have_count(0)
    wait_until(page, lambda: any("RB{x}" in text for text in kept_drafts(page)))
    page.reload()
    expect(field).to_have_value("Order 77, RB{x}, Omsk.")
    runs(page, "ui/saved-replies.js")
    field.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_have_text("{x} is not filled in. Send once more to send it as it is.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.is-own .text")).to_have_text(["Order 77, RB{x}, Omsk."])


@pytest.fixture
def with_files(desk: FakeDesk) -> list[dict[str, Any]]:
    """The first reply brings a picture and a document along."""
    files = [desk.file("map.png", "image/png"), desk.file("How to find us.pdf", "application/pdf", 240_000)]
    text = "Hello Vera!\n\nHere is how to find us: the second door.\nWe are open from nine to six.\nYours, Anna"
    desk.saved_replies[0] |= {"files": files, "text": text, "filled": {"text": text, "unresolved": []}}
    return files


def test_a_reply_brings_its_files_along_and_each_message_gets_its_own(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], with_files: list[dict[str, Any]]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=saved]")
    option = page.locator(".saved-reply").first
    expect(option.locator(".saved-files")).to_contain_text("map.png, How to find us.pdf")
    expect(option.locator(".saved-text")).to_contain_text("We are open from nine to six.")
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "saved-replies-files")
    option.click()
    expect(page.locator(".picked-name")).to_have_text(["map.png · 1.2 MB", "How to find us.pdf · 240 KB"])
    picture(page, "saved-replies-picked")
    assert desk.calls("POST", r"files/.*") == []  # nothing is copied for what is not sent
    page.click(".composer .send")
    expect(page.locator(".message.is-own")).to_have_count(1)
    wait_until(page, lambda: desk.calls("POST", r"tickets/[\w-]+/messages/"))
    (sent,) = desk.calls("POST", r"tickets/[\w-]+/messages/")
    assert sent["text"].startswith("Hello Vera!")
    originals = {file["id"] for file in with_files}
    assert [desk.files[key]["name"] for key in sent["attachments"]] == ["map.png", "How to find us.pdf"]
    assert not originals & set(sent["attachments"])
    expect(page.locator(".message.is-own")).to_contain_text("How to find us.pdf")


def test_one_may_be_taken_out_and_the_rest_survives_a_reload(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], with_files: list[dict[str, Any]]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("Failed to load", "500"))
    page.click("[data-action=saved]")
    page.locator(".saved-reply").first.click()
    page.locator(".picked [data-action=remove]").first.wait_for()
    page.locator(".picked [data-action=remove]").first.click()
    desk.fail("POST", "files/.*/copy/", 500, times=4)
    page.click(".composer .send")
    wait_until(page, lambda: desk.calls("POST", r"files/.*/copy/"))
    page.reload()
    expect(page.locator(".message.is-own")).to_contain_text("How to find us.pdf")
    wait_until(page, lambda: desk.calls("POST", r"tickets/[\w-]+/messages/"), seconds=30)
    (sent,) = desk.calls("POST", r"tickets/[\w-]+/messages/")
    assert [desk.files[key]["name"] for key in sent["attachments"]] == ["How to find us.pdf"]


def test_where_a_file_is_gone_the_rest_can_go_without_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], with_files: list[dict[str, Any]]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("404",))
    page.click("[data-action=saved]")
    page.locator(".saved-reply").first.click()
    page.locator(".picked [data-action=remove]").first.wait_for()
    desk.files.pop(with_files[0]["id"])
    page.click(".composer .send")
    failed = page.locator(".message.is-own")
    expect(failed).to_contain_text("A file of the saved reply is gone. Retry sends the rest.")
    failed.locator("[data-action=retry]").click()
    wait_until(page, lambda: desk.calls("POST", r"tickets/[\w-]+/messages/"))
    (sent,) = desk.calls("POST", r"tickets/[\w-]+/messages/")
    assert [desk.files[key]["name"] for key in sent["attachments"]] == ["How to find us.pdf"]


def test_a_name_is_found_with_letters_left_out_and_the_nearest_comes_first(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    text = page.locator(".composer textarea")
    for letters, found in (
        ("prcl", ["Where the parcel is"]),
        ("Взрт", ["Возврат"]),
        ("h", ["Hello", "Where the parcel is"]),
        ("вернём", ["Возврат"]),
        ("xyz", []),
    ):
        text.fill(f"/{letters}")
        titles(page, found)
