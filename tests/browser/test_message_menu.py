"""What one does with a message: react, answer, change, remove, copy; by mouse, thumb and keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until, write
from tests.support.browser import browser_marks, picture

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.write(ticket, ANNA, "It comes tomorrow")
    return ticket


def menu(page: Page, text: str, choice: str) -> None:
    page.locator(".bubble", has_text=text).click(button="right")
    page.get_by_role("dialog").get_by_role("button", name=choice, exact=True).click()
    if choice == "Edit":  # what does it comes with the first press
        expect(page.locator(".composer.is-editing textarea")).to_have_value(re.compile(re.escape(text)))


def test_a_reaction_is_given_changed_and_taken_back(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    question = desk.messages[ticket["id"]][0]
    menu(page, "Where is it?", "👀")
    chip = page.get_by_role("button", name="👀, 1 person")
    expect(chip).to_have_attribute("aria-pressed", "true")
    desk.react(question, VERA, "👀")
    expect(page.locator(".reaction")).to_have_attribute("aria-label", "👀, 2 people")
    page.locator(".reaction").click()
    expect(page.locator(".reaction")).to_have_attribute("aria-pressed", "false")
    assert desk.calls("POST", r"messages/[\w-]+/react/") == [{"emoji": "👀"}, {"emoji": None}]
    desk.react(question, VERA, None)
    expect(page.locator(".reaction")).to_have_count(0)


def test_no_reaction_is_offered_where_telegram_could_not_show_it(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA, source="business")
    desk.write(ticket, VERA, "Where is it?")
    desk.write(ticket, ANNA, "She calls every week", internal=True)
    page = open_ticket_page(open_app, desk, ticket)
    signs = page.get_by_role("group", name="Reactions")
    for text, offered in (("Where is it?", 0), ("She calls every week", 1)):
        page.locator(".bubble", has_text=text).click(button="right")
        expect(page.get_by_role("button", name="Answer this message")).to_be_visible()
        expect(signs).to_have_count(offered)
        picture(page, f"menu-business-{offered}")
        page.get_by_role("button", name="Cancel").click()


def test_an_answer_points_at_its_message_and_leads_there(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    for number in range(130):
        desk.write(ticket, VERA, f"Line {number}", silent=True)
    ticket.update(unread=0, read_sequence=ticket["sequence"])
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "Line 129", "Answer this message")
    expect(page.locator(".about")).to_contain_text("Answer to Vera Ivanova")
    write(page, "That one?")
    expect(page.locator(".about")).to_be_hidden()
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "That one?")
    assert desk.messages[ticket["id"]][-1]["reply_to"] == desk.messages[ticket["id"]][-2]["id"]
    desk.write(ticket, VERA, "As I said at first", reply_to=desk.messages[ticket["id"]][0]["id"])
    page.locator(".quote", has_text="Where is it?").click()
    expect(page.locator(".message.is-found .text")).to_have_text("Where is it?")
    expect(page.locator(".message.is-found")).to_be_in_viewport()


def test_ones_own_message_is_changed_and_what_was_being_written_waits(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    page.fill(".composer textarea", "A draft")
    menu(page, "It comes tomorrow", "Edit")
    field = page.locator(".composer textarea")
    expect(field).to_have_value("It comes tomorrow")
    desk.fail("PATCH", r"messages/[\w-]+/", 409, code="too_late_in_telegram", message="It was sent too long ago.")
    write(page, "It comes today")
    expect(page.locator("#toasts")).to_have_text("It was sent too long ago.")
    expect(field).to_have_value("It comes today")
    page.click(".composer .send")
    expect_texts(page, ["Where is it?", "It comes today"])
    expect(page.locator(".message.is-own .meta")).to_contain_text("edited")
    expect(field).to_have_value("A draft")


def test_a_message_is_removed_after_asking_and_others_messages_are_not_offered(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.locator(".bubble", has_text="Where is it?").click(button="right")
    expect(page.get_by_role("dialog").get_by_role("button", name="Copy the text")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="Delete")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    menu(page, "It comes tomorrow", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert not desk.calls("DELETE", r"messages/[\w-]+/")
    menu(page, "It comes tomorrow", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect_texts(page, ["Where is it?", "Message deleted"])


def test_the_menu_opens_by_keyboard_and_by_a_long_press(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.get_by_role("button", name="More with this message").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    box = page.locator(".bubble").first.bounding_box()
    assert box is not None
    at = {"clientX": box["x"] + 20, "clientY": box["y"] + 10, "pointerType": "touch", "isPrimary": True}
    page.locator(".bubble").first.dispatch_event("pointerdown", {**at, "bubbles": True})
    expect(page.get_by_role("dialog")).to_be_visible()


def test_back_closes_what_is_open_before_the_screen(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    sheet = page.get_by_role("dialog")
    page.locator(".bubble", has_text="Where is it?").click(button="right")
    expect(sheet).to_be_visible()
    page.evaluate("telegram.back()")
    expect(sheet).to_have_count(0)
    expect(page.locator(".chat")).to_be_visible()
    page.click("[data-action=status]")
    expect(sheet).to_be_visible()
    page.evaluate("telegram.back()")
    expect(sheet).to_have_count(0)
    page.evaluate("telegram.back()")
    expect(page.locator(".chat")).to_have_count(0)
    expect(page.locator(".row")).to_be_visible()


def test_a_screen_that_is_left_takes_its_sheets_along(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk)
    page.click(".row")
    for opener in ("[data-action=status]", "[data-action=menu]"):
        page.locator(opener).first.dispatch_event("click")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.go_back()
        expect(page.locator(".chat")).to_have_count(0)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.click(".row")


NO_CLIPBOARDS = {
    "none": "Object.defineProperty(navigator, 'clipboard', { value: undefined });",
    "denied": "navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));",
}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", NO_CLIPBOARDS)
def test_where_nothing_can_be_copied_it_says_so(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], kind: str, language: str
) -> None:
    desk.language = language
    # a tab that is still empty has no clipboard
    before = f"if (location.protocol === 'http:') {{ {NO_CLIPBOARDS[kind]} }}"
    page = open_ticket_page(open_app, desk, ticket, before=before)
    menu(page, "Where is it?", "Copy the text" if language == "en" else "Скопировать текст")
    words = {
        "en": "Copying does not work here. Select it and copy it by hand.",
        "ru": "Здесь копирование не работает. Выделите и скопируйте вручную.",
    }
    expect(page.locator(".toast")).to_have_text(words[language])
