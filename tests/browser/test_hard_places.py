"""Where words get lost or lists stay for ever: background tabs, proxies, full storage, an ended sign-in."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_tickets import fill_form
from tests.browser.test_two_tabs import another, ready
from tests.browser.views import HIDE, open_ticket_page, runs, wait_until, write
from tests.support.browser import PHONE, PIXEL, browser_marks

pytestmark = browser_marks
TEXT = ".composer textarea"
FRAMES = """
window.asleep = false;
const draw = requestAnimationFrame;
window.requestAnimationFrame = (run) => asleep ? 0 : draw(run);
"""


def test_a_tab_that_closes_in_the_background_takes_no_words_of_the_other_along(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    """A browser draws no frame there, so what is written here does not stand there yet."""
    page = open_app(desk, f"tickets/{ticket['number']}", before=FRAMES)
    other = another(page)
    ready(page, other)
    other.evaluate("asleep = true")
    other.evaluate(HIDE)
    page.bring_to_front()
    page.locator(TEXT).press_sequentially("A long answer")
    stored = "Object.entries(localStorage).some(([key, value]) => key.endsWith('.reply') && value.includes('A long'))"
    wait_until(page, lambda: bool(page.evaluate(stored)))
    other.goto("about:blank")
    assert page.evaluate(stored)
    expect(page.locator(TEXT)).to_have_value("A long answer")


def pick(page: Page) -> None:
    page.set_input_files(".composer input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": PIXEL})
    page.wait_for_selector(".picked-file")


def test_the_page_of_a_proxy_in_place_of_an_answer_holds_up_nothing(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    strange = [True]
    page.route(
        "**/api/v1/files/",
        lambda route: (
            route.fulfill(status=200, content_type="text/html", body="<html>Sign in") if strange else route.fallback()
        ),
    )
    pick(page)
    page.click(".composer .send")
    wait_until(page, lambda: page.locator(".message.is-own").count() == 1)
    strange.clear()
    write(page, "Second")
    expect(page.locator(".message.is-own .text")).to_have_text(["", "Second"], timeout=20_000)
    wait_until(page, lambda: len(desk.calls("POST", r"tickets/[\w-]+/messages/")) == 2)


def test_a_file_that_was_lost_with_its_page_is_not_on_its_way(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("ERR_",))
    page.route("**/api/v1/files/", lambda _route: None)
    pick(page)
    page.click(".composer .send")
    wait_until(page, lambda: page.locator(".message.is-own").count() == 1)
    page.reload()
    own = page.locator(".message.is-own")
    expect(own.locator(".failure")).to_contain_text("The photo was lost")
    expect(own).to_contain_text("a.png")
    expect(own).not_to_contain_text("Uploading")


def test_an_upload_waits_as_long_as_the_desk_asks_for(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("429",))
    asked = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        body = '{"error": {"code": "rate_limited", "message": "Too many requests", "data": {}}}'
        route.fulfill(status=429, content_type="application/json", headers={"Retry-After": "60"}, body=body)

    page.route("**/api/v1/files/", refuse)
    pick(page)
    page.click(".composer .send")
    wait_until(page, lambda: len(asked) == 1)
    page.clock.run_for(50_000)
    assert len(asked) == 1
    page.clock.run_for(15_000)
    wait_until(page, lambda: len(asked) == 2)


def test_with_the_sign_in_the_kept_list_ends(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    kept = "Boolean(localStorage.getItem('desk.kept'))"
    page = open_app(desk, expected=("401",))
    wait_until(page, lambda: bool(page.evaluate(kept)))
    desk.fail("GET", r"tickets/[\w-]+/messages/", 401, code="token_ended")
    for path in ("auth/refresh/", "auth/telegram/"):
        desk.fail("POST", path, 401, times=9, code="session_ended")
    page.click(".row")
    expect(page.locator("h1:visible")).to_have_text("Please open it again")
    page.evaluate(HIDE)
    assert not page.evaluate(kept)


def test_a_refused_start_forgets_the_kept_list(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    kept = "Boolean(localStorage.getItem('desk.kept'))"
    page = open_app(desk, expected=("401",))
    wait_until(page, lambda: bool(page.evaluate(kept)))
    for path in ("auth/refresh/", "auth/telegram/"):
        desk.fail("POST", path, 401, times=99, code="token_expired", message="x")
    page.reload()
    wait_until(page, lambda: not page.evaluate(kept))


def test_where_storage_is_full_the_newer_words_are_read_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(TEXT, "Old")
    wait_until(page, lambda: page.evaluate("JSON.stringify({...localStorage}).includes('Old')"))
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.fill(TEXT, "New words")
    page.click("[data-action=note]")
    page.click("[data-action=reply]")
    expect(page.locator(TEXT)).to_have_value("New words")


@pytest.mark.parametrize(("name", "count"), [("proof.png", 1), ("empty.png", 0)])
def test_a_file_that_was_picked_just_before_goes_along_or_holds_the_ticket_back(
    open_app: OpenApp, name: str, count: int
) -> None:
    """What takes it comes with the first file, and may come later than the press."""
    desk = FakeDesk(VERA)
    late: list[Route] = []
    page = open_app(desk, "new", static=lambda route: hold_back(route, late))
    fill_form(page)
    content = PIXEL if count else b""
    page.set_input_files(".form input[type=file]", {"name": name, "mimeType": "image/png", "buffer": content})
    page.click("[data-action=submit]")
    wait_until(page, lambda: bool(late))
    assert not desk.calls("POST", "tickets/")
    for route in late:
        route.fallback()
    if count:
        page.wait_for_selector(".message")
        assert [len(body["attachments"]) for body in desk.calls("POST", "tickets/")] == [count]
    else:
        expect(page.locator(".form")).to_contain_text(name)
        expect(page.locator("[data-action=submit]")).to_be_enabled()
        assert not desk.calls("POST", "tickets/")


def hold_back(route: Route, late: list[Route]) -> None:
    if "form-files" in route.request.url:
        late.append(route)
    else:
        route.fallback()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("width", "height", "percent"), [(320, 640, 200), (360, 340, 130)])
def test_large_text_and_an_open_keyboard_leave_staff_their_conversation(
    open_app: OpenApp, language: str, width: int, height: int, percent: int
) -> None:
    desk = FakeDesk(ANNA, language=language)
    ticket = desk.open_ticket("No parcel", VERA, assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?")
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": width, "height": height})
    page.wait_for_selector(".staff-tools")
    page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
    size = "document.querySelector('.messages-scroll').clientHeight"
    wait_until(page, lambda: page.evaluate(size) >= 96)
    for name in (".composer .send, .composer .voice", "[data-action=note]", "[data-action=card]"):
        box = page.locator(name).locator("visible=true").first.bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.click("[data-action=card]")
    expect(page.locator("dialog.sheet [data-action=status]")).to_be_visible()


def test_a_keyboard_that_lies_over_the_page_leaves_the_app_above_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    runs(page, "ui/keyboard.js")
    whole = page.locator(".app").bounding_box()
    seen = """([height, scale, top]) => {
      const values = { height, scale, offsetTop: top };
      for (const [name, value] of Object.entries(values)) {
        Object.defineProperty(visualViewport, name, { value, configurable: true });
      }
      visualViewport.dispatchEvent(new Event("resize"));
    }"""
    page.evaluate(seen, [PHONE["height"] - 300, 1, 40])
    assert page.locator(".app").bounding_box() == {**(whole or {}), "y": 40, "height": PHONE["height"] - 300}
    box = page.locator(".composer").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"] - 260
    for height, scale in ((PHONE["height"] - 300, 2), (PHONE["height"] - 60, 1), (PHONE["height"], 1)):
        page.evaluate(seen, [height, scale, 0])  # zoomed in, a bar of the browser, all gone
        assert page.locator(".app").bounding_box() == whole


def test_where_not_even_the_field_has_room_the_conversation_scrolls(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 320, "height": 260})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    size = "document.querySelector('.messages-scroll').clientHeight"
    wait_until(page, lambda: page.evaluate(size) == 96)
    page.locator(TEXT).focus()
    expect(page.locator(TEXT)).to_be_in_viewport(ratio=0.9)


def test_the_keys_are_renewed_before_they_end(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk, clock=True)
    page.wait_for_selector(".row")
    wait_until(page, lambda: "desk_face" in page.evaluate("document.cookie"))  # what goes on beside the app is there
    page.clock.run_for(8 * 60_000)
    assert not desk.calls("POST", "auth/refresh/")
    for _step in range(12):  # no request takes so long that its time is over
        page.clock.run_for(10_000)
    wait_until(page, lambda: desk.calls("POST", "auth/refresh/") == [{"refresh": "refresh1"}])
    page.evaluate(HIDE)
    page.clock.run_for(15 * 60_000)
    keys: list[str] = []
    page.on("request", lambda request: keys.append(request.headers.get("authorization", "")))
    page.click(".row")  # nothing is asked for with the key that has ended
    expect(page.locator(".message")).to_have_count(1)
    assert desk.calls("POST", "auth/refresh/") == [{"refresh": "refresh1"}, {"refresh": "refresh2"}]
    assert set(filter(None, keys)) == {"Bearer access3"}
