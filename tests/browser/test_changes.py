"""Who changed what stands between the messages of a conversation, at its moment."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until
from tests.support.browser import DESKTOP, PHONE, browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, LIGHT, sideways

pytestmark = browser_marks
CHANGES = r"tickets/[\w-]+/changes/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    return ticket


def rows(page: Page) -> list[str]:
    """Messages and changes as they follow each other, without times."""
    found = page.locator(".messages > .message .text, .messages > .change").all_inner_texts()
    return [text.partition(" · ")[0] for text in found]


@pytest.mark.parametrize(
    ("name", "theme", "size", "language"),
    [("light", LIGHT, PHONE, "ru"), ("dark", DARK, DESKTOP, "en"), ("dark", DARK, PHONE, "en")],
)
def test_a_change_stands_between_the_messages_that_were_around_it(
    open_app: OpenApp,
    desk: FakeDesk,
    ticket: dict[str, Any],
    name: str,
    theme: dict[str, str],
    size: dict[str, int],
    language: str,
) -> None:
    desk.language = language
    desk.say_change(ticket, ANNA, "Status changed from “Open” to “Resolved”", status="resolved")
    desk.say_change(ticket, VERA, "Status changed from “Resolved” to “Open”", status="open")
    desk.write(ticket, VERA, "It is still not here")
    desk.say_change(ticket, None, "Put aside until 30.11.2026 09:00")
    page = open_ticket_page(open_app, desk, ticket, theme=theme, viewport=size)
    wanted = [
        "Where is it?",
        {"en": "You: ", "ru": "Вы: "}[language] + "Status changed from “Open” to “Resolved”",
        "Vera Ivanova: Status changed from “Resolved” to “Open”",
        "It is still not here",
        "Put aside until 30.11.2026 09:00",
    ]
    wait_until(page, lambda: rows(page) == wanted)
    expect(page.locator(".message.is-first")).to_have_count(2)  # a change ends a group
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    picture(page, f"changes-{name}-{size['width']}")


def test_until_when_it_was_put_aside_is_said_by_the_readers_clock(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.say_change(ticket, ANNA, "Put aside until 30.11.2024 09:00", until="2024-11-30T09:00:00Z")
    page = open_ticket_page(open_app, desk, ticket, timezone_id="Europe/Moscow")
    wait_until(page, lambda: any(re.search(r"You: Put aside until .*\b12:00", row) for row in rows(page)))


def test_a_change_comes_at_once_and_is_nobodys_news(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    for number in range(30):
        desk.write(ticket, VERA, f"Line {number}")
    page = open_ticket_page(open_app, desk, ticket)
    page.locator(".messages-scroll").evaluate("scroll => scroll.scrollTo({ top: -900, behavior: 'instant' })")
    expect(page.locator(".jump")).to_be_visible()
    desk.say_change(ticket, BORIS, "Priority changed from “Normal” to “High”", priority="high")
    wait_until(page, lambda: len(desk.calls("GET", CHANGES)) == 2)
    expect(page.locator(".jump .badge")).to_have_text("")
    page.locator(".jump").click()
    expect(page.locator(".messages > li").last).to_contain_text("Boris Lvov: Priority changed from “Normal” to “High”")
    desk.write(ticket, VERA, "And now?")
    expect(page.locator(".message .text").last).to_have_text("And now?")
    assert len(desk.calls("GET", CHANGES)) == 2  # a message is no change


def test_what_was_missed_comes_with_the_connection(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    expect_texts(page, ["Where is it?"])
    desk.drop_sockets()
    desk.say_change(ticket, BORIS, "Assigned to Boris Lvov", assignee=BORIS)
    expect(page.locator(".change")).to_contain_text("Assigned to Boris Lvov", timeout=15_000)


def test_changes_of_older_pages_come_with_them_and_the_window_stays_small(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.page_of_changes = 20
    for number in range(150):
        desk.write(ticket, VERA, f"Line {number}", minutes_ago=150 - number)
        desk.say_change(ticket, BORIS, f"Change {number}")
    ticket.update(unread=0, read_sequence=ticket["sequence"])
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".change").last).to_contain_text("Change 149")
    assert len(desk.calls("GET", CHANGES)) < 150 / 20  # as far as the messages are loaded
    counts = []

    def is_at_its_beginning() -> bool:
        page.locator(".messages-scroll").evaluate("scroll => scroll.scrollTo({ top: -1e6, behavior: 'instant' })")
        counts.append(page.locator(".messages > .message, .messages > .change").count())
        return rows(page)[:4] == ["Where is it?", "Line 0", "Boris Lvov: Change 0", "Line 1"]

    wait_until(page, is_at_its_beginning, seconds=20)
    assert max(counts) <= 180


def test_a_customer_reads_the_words_of_the_desk(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.say_change(ticket, None, "Anna Petrova answers you")
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".change")).to_contain_text("Anna Petrova answers you")
    desk.say_change(ticket, None, "Resolved", status="resolved")
    expect(page.locator(".change").last).to_contain_text("Resolved")
    picture(page, "changes-customer")


def test_without_them_the_conversation_is_there(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.say_change(ticket, BORIS, "Change")
    desk.fail("GET", CHANGES, 400)
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    expect_texts(page, ["Where is it?"])
    desk.write(ticket, VERA, "Hello?")
    expect(page.locator(".change")).to_contain_text("Boris Lvov: Change")
