"""What a message was before its edits: a sheet, for staff and for who wrote it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page
from tests.support.browser import browser_marks

pytestmark = browser_marks


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> FakeDesk:
    return FakeDesk(getattr(request, "param", ANNA))


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    return desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)


def an_edited_message(desk: FakeDesk, ticket: dict[str, Any], author: dict[str, Any]) -> dict[str, Any]:
    """Its photo was exchanged, and its text changed twice."""
    message = desk.write(ticket, author, "It comes on Friday", attachments=[desk.file("new.png", "image/png")])
    message["edited_at"] = message["created_at"]
    bold = [{"type": "bold", "offset": 0, "length": 2}]
    former = desk.file("old.png", "image/png")
    desk.versions[message["id"]] = [
        {"text": "It comes", "entities": bold, "attachments": [], "written_at": "2026-01-01T10:00:00+00:00"},
        {"text": "It comes <b>soon</b>", "entities": [], "attachments": [former],
         "written_at": "2026-01-01T11:00:00+00:00"},
    ]  # fmt: skip
    return message


def open_versions(page: Page) -> None:
    page.get_by_role("button", name="edited").click()
    expect(page.locator("dialog.versions")).to_be_visible()


def test_the_versions_stand_in_a_sheet_the_last_first(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    an_edited_message(desk, ticket, VERA)
    page = open_ticket_page(open_app, desk, ticket)
    open_versions(page)
    expect(page.locator(".versions li > p:nth-of-type(1)")).to_have_text(["It comes <b>soon</b>", "It comes"])
    expect(page.locator(".versions b")).to_have_text("It")
    expect(page.locator(".versions img")).to_have_attribute("alt", "old.png")
    expect(page.locator(".versions a")).to_have_attribute("target", "_blank")
    page.locator(".versions").get_by_role("button", name="Close").click()
    expect(page.locator(".versions")).to_have_count(0)
    expect(page.get_by_role("button", name="edited")).to_be_focused()


@pytest.mark.parametrize("desk", [VERA], indirect=True)
def test_a_customer_sees_those_of_their_own_words_only(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    an_edited_message(desk, ticket, ANNA)
    an_edited_message(desk, ticket, VERA)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.get_by_role("button", name="edited").first).to_be_disabled()
    page.get_by_role("button", name="edited").last.click()
    expect(page.locator(".versions li")).to_have_count(2)
