"""One's own screen: availability, language, notifications; a link into an ordinary browser, and calling back."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA, person
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until, write
from tests.support.browser import browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def test_ones_own_screen_changes_what_the_desk_knows(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, expected=("500",))
    page.click("[data-path=me]")
    expect(page.locator(".me b")).to_have_text("Anna Petrova")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "me")
    available = page.get_by_role("switch", name="I am there for new tickets")
    available.uncheck()
    expect(page.locator(".toast")).to_have_text("Saved")
    desk.fail("PATCH", "me/", 500)
    telegram = page.get_by_role("switch", name="Messages of the bot in Telegram")
    telegram.click()
    expect(page.locator(".toast")).to_contain_text("Something went wrong here.")
    expect(telegram).to_be_checked()  # what is refused stands there as it was
    telegram.click()
    expect(telegram).not_to_be_checked()
    changes = desk.calls("PATCH", "me/")
    assert changes == [{"availability": "away"}, *[{"preferences": {"telegram": False}}] * 2]
    page.set_viewport_size({"width": 320, "height": 700})
    assert sideways(page) == []
    page.select_option(".me select >> nth=0", "ru")
    expect(page.locator(".pane-detail h1")).to_have_text("Вы и ваши настройки")
    expect(page.get_by_role("switch").first).not_to_be_checked()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_ones_own_screen_fits_a_narrow_page_in_large_letters(open_app: OpenApp, language: str) -> None:
    page = open_app(FakeDesk(ANNA, language=language), "me", viewport={"width": 320, "height": 700})
    expect(page.get_by_role("switch").first).to_be_visible()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page) == []
    picture(page, f"me-large-{language}")


def test_a_link_leads_into_an_ordinary_browser_once(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk, "me", permissions=["clipboard-read", "clipboard-write"])
    page.click("[data-action=link]")
    link = page.locator(".me input[readonly]")
    expect(link).to_have_value("https://desk.example/app/#enter=once1")
    page.click("[data-action=copy]")
    expect(page.locator(".toast")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://desk.example/app/#enter=once1"
    other = open_app(desk, "#enter=once1", telegram=False)
    expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    assert "#" not in other.url
    other.reload()  # without Telegram, by the refresh token
    expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    assert desk.calls("POST", "auth/browser/") == [{"token": "once1"}]
    assert desk.calls("POST", "auth/refresh/")
    third = open_app(desk, "", telegram=False, expected=("404",))
    expect(third.locator("h1")).to_have_text("Open this in Telegram")
    third.evaluate("location.hash = '#enter=once1'")  # a link opened where the page is already
    expect(third.locator("h1")).to_have_text("This link is used up")
    assert "#" not in third.url


def test_what_was_sent_is_called_back_in_time(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    page.evaluate("localStorage.setItem('desk.hold', '10')")
    sent = r"tickets/[\w-]+/messages/"
    write(page, "It left yesterday.")
    expect_texts(page, ["Where is it?", "It left yesterday."])
    page.fill(".composer textarea", "And more")
    page.click("[data-action=callBack]:visible")
    expect(page.locator(".composer textarea")).to_have_value("It left yesterday.\nAnd more")
    expect_texts(page, ["Where is it?"])
    page.click(".composer .send")
    page.clock.run_for(9_000)
    assert desk.calls("POST", sent) == []
    page.clock.run_for(2_000)
    wait_until(page, lambda: len(desk.calls("POST", sent)) == 1)
    expect(page.locator("[data-action=callBack]:visible")).to_have_count(0)
    write(page, "Bye")
    page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden" });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )  # whoever leaves the page may close it
    wait_until(page, lambda: len(desk.calls("POST", sent)) == 2)


def test_what_could_still_be_called_back_goes_out_within_the_pages_last_event(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    """A frame that its page takes away runs nothing afterwards, not even what already waits to run."""
    page = open_ticket_page(open_app, desk, ticket)
    page.evaluate(
        """() => {
          localStorage.setItem("desk.hold", "10");
          const before = window.fetch;
          window.asked = [];
          window.fetch = (url, options) => {
            window.asked.push([options.method, options.keepalive, options.body]);
            return before(url, options);
          };
        }"""
    )
    write(page, "It left yesterday.")
    write(page, "It comes tomorrow.")  # it could overtake the first
    expect(page.locator("[data-action=callBack]:visible")).to_have_count(2)
    asked = page.evaluate(
        """() => {
          window.asked.length = 0;
          dispatchEvent(new PageTransitionEvent("pagehide"));
          return window.asked.filter(([method]) => method === "POST");
        }"""
    )
    assert [keepalive for _method, keepalive, _body in asked if "left" in _body] == [True]
    assert not [body for *_, body in asked if "tomorrow" in body]
    wait_until(page, lambda: len(desk.calls("POST", r"tickets/[\w-]+/messages/")) >= 2)
    expect_texts(page, ["Where is it?", "It left yesterday.", "It comes tomorrow."])


def test_what_is_called_back_while_another_message_is_changed_stays_out_of_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.write(ticket, ANNA, "It leaves today.")
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    page.evaluate("localStorage.setItem('desk.hold', '10')")
    write(page, "It left yesterday.")
    page.wait_for_selector("[data-action=callBack]:visible")
    page.locator(".message", has_text="It leaves today.").locator("[data-action=menu]").click(force=True)
    page.get_by_role("button", name="Edit").click()
    expect(page.locator(".composer textarea")).to_have_value("It leaves today.")
    page.click("[data-action=callBack]:visible")
    expect(page.locator(".composer textarea")).to_have_value("It left yesterday.")
    expect(page.locator(".composer")).not_to_have_class(re.compile("is-editing"))
    page.click(".composer .send")
    page.clock.run_for(11_000)
    wait_until(page, lambda: len(desk.calls("POST", r"tickets/[\w-]+/messages/")) == 1)
    assert desk.calls("PATCH", r"messages/[\w-]+/") == []


def test_whoever_may_goes_from_the_list_into_the_admin(open_app: OpenApp, desk: FakeDesk) -> None:
    expect(open_app(desk).get_by_role("button", name="Open the admin")).to_have_count(0)
    page = open_app(FakeDesk(person("Mila Orlova", "manager")), viewport={"width": 320, "height": 700})
    page.get_by_role("button", name="Open the admin").click()
    opened = ["link", "https://desk.example/admin/enter/once/"]
    wait_until(page, lambda: opened in page.evaluate("telegramCalls"))
    assert sideways(page) == []
    page.keyboard.press("Control+k")
    page.fill("dialog input", "admin")
    expect(page.locator("dialog .saved-reply > span").first).to_have_text("Open the admin")


def test_the_size_of_the_text_and_what_enter_does_are_ones_own_choice(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    root = "getComputedStyle(document.documentElement).fontSize"
    page = open_app(desk, "me", viewport={"width": 1000, "height": 800})
    page.get_by_label("Size of the text").select_option("130")
    page.get_by_role("switch", name="Enter sends").uncheck()
    assert page.evaluate(root) == "20.8px"
    assert sideways(page) == []
    page.goto(page.url.replace("/me", f"/tickets/{ticket['number']}"))
    page.fill(".composer textarea", "One")
    assert page.evaluate(root) == "20.8px"  # after a reload too
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    expect(page.locator(".composer textarea")).to_have_value("One\nTwo")
    page.keyboard.press("Control+Enter")
    expect_texts(page, ["Where is it?", "One\nTwo"])
