"""What the Mini App asks of Telegram's client, and that it asks only for what the client has."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_tickets import fill_form
from tests.browser.views import expect_texts, hold_first_upload, wait_until
from tests.support.browser import PIXEL, browser_marks

pytestmark = browser_marks
DESKTOP = {"width": 1000, "height": 800}
CLOSING = ["closing.ask", "closing.free"]


def calls(page: Page, *names: str) -> list[list[Any]]:
    """Of Telegram's script, in their order."""
    return [call for call in page.evaluate("telegramCalls") if call[0] in names]


def test_telegrams_own_button_sends_a_new_ticket_on_a_phone(open_app: OpenApp) -> None:
    desk = FakeDesk()
    page = open_app(desk, "new", before="window.hasMainButton = true")
    wait_until(page, lambda: bool(calls(page, "main")))
    assert calls(page, "main") == [["main", {"text": "Send", "is_visible": True, "is_active": True}]]
    expect(page.locator("[data-action=submit]")).to_be_hidden()
    page.evaluate("telegram.main()")
    expect(page.locator("#new-subject-error")).to_have_text("Say in a few words what it is about.")
    fill_form(page)
    page.evaluate("telegram.main()")
    expect_texts(page, ["It should have come on Friday."])
    assert ["main", {"text": "Send", "is_visible": True, "is_active": False}] in calls(page, "main")
    wait_until(page, lambda: calls(page, "main", "main.hide")[-1] == ["main.hide"])
    page.wait_for_timeout(300)  # whatever still comes
    assert calls(page, "main", "main.hide")[-1] == ["main.hide"]
    page.evaluate("telegram.main()")  # a press that comes late
    assert len(desk.calls("POST", "tickets/")) == 1


def test_beside_the_list_ones_own_button_stays(open_app: OpenApp) -> None:
    page = open_app(FakeDesk(), "new", before="window.hasMainButton = true", viewport=DESKTOP)
    expect(page.locator("[data-action=submit]")).to_be_visible()
    assert calls(page, "main") == []


def test_whoever_opened_a_ticket_is_asked_whether_the_bot_may_write(open_app: OpenApp) -> None:
    page = open_app(FakeDesk(), "new")
    fill_form(page)
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    wait_until(page, lambda: calls(page, "write access") == [["write access"]])


def test_closing_is_asked_about_only_while_a_file_is_on_its_way(open_app: OpenApp) -> None:
    desk = FakeDesk()
    page = open_app(desk, "new")
    fill_form(page)
    page.set_input_files(".form input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(page.locator(".form .picked-file")).to_have_count(1)
    assert calls(page, *CLOSING) == []
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    assert calls(page, *CLOSING) == [["closing.ask"], ["closing.free"]]


def test_a_file_that_is_removed_while_it_goes_up_stops_there(open_app: OpenApp) -> None:
    desk = FakeDesk()
    page = open_app(desk, "new")
    fill_form(page)
    for name in ("slow.png", "fast.png"):
        page.set_input_files(".form input[type=file]", {"name": name, "mimeType": "image/png", "buffer": PIXEL})
    expect(page.locator(".form .picked-file")).to_have_count(2)
    hold_first_upload(page)
    with page.expect_request("**/api/v1/files/"):
        page.click("[data-action=submit]")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/files/")):
        page.click(".form .picked-file:first-child .remove")
    expect_texts(page, ["It should have come on Friday."])
    assert [file["name"] for file in desk.files.values()] == ["fast.png"]
