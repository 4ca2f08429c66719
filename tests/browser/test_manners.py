"""What the Mini App asks of Telegram's client, and that it asks only for what the client has."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_tickets import fill_form
from tests.browser.views import expect_texts, hold_first_upload, open_ticket_page, wait_until, write
from tests.support.browser import PIXEL, browser_marks, picture

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


def test_a_conversation_cannot_be_pulled_down_with_the_app(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    wait_until(page, lambda: calls(page, "swipes.off", "swipes.on") == [["swipes.off"]])
    page.evaluate("telegram.back()")
    wait_until(page, lambda: calls(page, "swipes.off", "swipes.on") == [["swipes.off"], ["swipes.on"]])


def test_what_is_sent_and_what_is_refused_can_be_felt(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    write(page, "It left yesterday.")
    wait_until(page, lambda: calls(page, "haptic.impact") == [["haptic.impact", "light"]])
    assert calls(page, "haptic.notification") == []
    desk.fail("POST", r"tickets/[\w-]+/messages/", 409, code="ticket_closed", message="It is closed.")
    write(page, "And today?")
    wait_until(page, lambda: calls(page, "haptic.notification") == [["haptic.notification", "error"]])


def test_a_window_that_telegram_has_half_opened_shows_the_whole_app(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    """Android's client tells the height in a variable of its own: the page itself reaches below the screen."""
    page = open_ticket_page(open_app, desk, ticket)
    page.evaluate("document.documentElement.style.setProperty('--tg-viewport-height', '400px')")
    box = page.locator(".composer").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 400


def test_a_weak_device_moves_and_fades_nothing(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk, f"tickets/{ticket['number']}")
    expect_texts(page, ["Where is it?"])
    moving = """() => [...document.querySelectorAll("*")].some((element) =>
      getComputedStyle(element).transitionDuration.split(", ").some((length) => length !== "0s"))"""
    assert page.evaluate(moving)
    page.evaluate("document.documentElement.dataset.power = 'low'")
    assert not page.evaluate(moving)


def test_in_the_systems_few_colours_lines_tell_what_fills_told(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, forced_colors="active")
    outline = "(element) => getComputedStyle(element).outlineStyle"
    for chosen in ("[role=tab][aria-selected=true]", ".modes [aria-pressed=true]", ".row[aria-current]"):
        wait_until(page, lambda: page.locator(chosen).evaluate(outline) == "solid")  # noqa: B023
    for other in ("[role=tab][aria-selected=false] >> nth=0", ".modes [aria-pressed=false]"):
        assert page.locator(other).evaluate(outline) == "none"
    picture(page, "forced-colors")
    page.click("[data-path=me]")
    page.get_by_role("switch").first.wait_for()
    assert page.get_by_role("switch").first.evaluate("(field) => getComputedStyle(field).appearance") == "auto"
    picture(page, "forced-colors-me")
