"""Old clients of Telegram and slow networks: what a client does not know is left alone, what is slow works."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, wait_until, write
from tests.support.browser import DESKTOP, PIXEL, browser_marks, picture

pytestmark = browser_marks

# The first client with Mini Apps: Telegram's script is the newest one and knows later calls, but refuses each of them.
FIRST_VERSION = """
(() => {
  const refuse = (name) => () => { throw new Error(`WebAppMethodUnsupported: ${name}`); };
  const later = ["setHeaderColor", "setBackgroundColor", "enableClosingConfirmation", "disableClosingConfirmation",
    "disableVerticalSwipes", "enableVerticalSwipes", "downloadFile", "hideKeyboard"];
  let telegram;
  Object.defineProperty(window, "Telegram", {
    configurable: true,
    get: () => telegram,
    set: ({ WebApp }) => {
      const app = { ...WebApp, version: "6.0", isActive: undefined, isVersionAtLeast: () => false };
      for (const name of later) app[name] = refuse(name);
      for (const name of ["BackButton", "HapticFeedback", "SettingsButton", "SecondaryButton"]) {
        app[name] = new Proxy({}, { get: (_target, method) => refuse(`${name}.${String(method)}`) });
      }
      telegram = { WebApp: app };
    },
  });
})();
"""

# What browsers have learnt since the oldest engine that docs/miniapp.md names.
OLD_ENGINE = """
delete URLSearchParams.prototype.size;
delete Element.prototype.checkVisibility;
delete AbortSignal.any;
delete AbortSignal.timeout;
delete Promise.withResolvers;
delete URL.canParse;
delete Object.groupBy;
delete window.requestIdleCallback;
delete window.scheduler;
delete document.startViewTransition;
for (const name of ["toSorted", "toReversed", "toSpliced", "with"]) delete Array.prototype[name];
for (const name of ["map", "filter", "some", "find", "every", "toArray"]) delete Iterator.prototype[name];
for (const name of ["union", "difference", "intersection"]) delete Set.prototype[name];
"""


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(VERA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, ANNA, "Can you send us a photo?", attachments=[desk.file("map.png", "image/png")])
    return ticket


def test_the_first_client_with_mini_apps_does_all_of_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, before=FIRST_VERSION)
    page.click(".row")
    page.wait_for_selector(".photo")
    picture(page, "old-client")
    page.set_input_files("input[type=file]", {"name": "p.png", "mimeType": "image/png", "buffer": PIXEL})
    write(page, "Here it is")
    expect(page.locator(".message.is-own .tick")).to_have_attribute("aria-label", "Sent")
    page.locator(".photo").first.click()
    page.wait_for_selector("dialog[open] img")
    page.keyboard.press("Escape")
    page.locator(".bubble").first.hover()
    page.locator("[data-action=menu]").first.click()
    page.wait_for_selector("dialog[open]")
    page.get_by_role("button", name="👍").click()
    expect(page.locator(".reaction")).to_have_count(1)
    page.click(".chat [data-action=back]")  # the client has no button of its own
    page.click("[data-path=new]")
    page.wait_for_selector(".form")
    page.locator("[data-action=back]").locator("visible=true").click()
    expect(page.locator(".row").first).to_be_visible()
    assert page.evaluate("Telegram.WebApp.version") == "6.0"


def test_staff_work_in_it_too(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", VERA, assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?")
    page = open_app(desk, before=FIRST_VERSION)
    page.click(".row")
    write(page, "It is on its way")
    expect_texts(page, ["Where is it?", "It is on its way"])
    page.click("[data-action=status]")
    page.click(".choice:has([data-status=resolved])")
    wait_until(page, lambda: ticket["status"] == "resolved")
    page.click(".chat [data-action=back]")
    expect(page.locator(".inbox h1")).to_be_visible()


def test_staff_work_in_the_oldest_engine(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    for subject in ("Parcel", "Refund"):
        desk.write(desk.open_ticket(subject, VERA, status="open", assignee=ANNA), VERA, f"About my {subject.lower()}")
    desk.open_ticket("Nobody's", VERA, status="open")
    page = open_app(desk, viewport=DESKTOP, before=OLD_ENGINE)
    expect(page.locator(".row")).to_have_count(2)
    page.click("[data-tab=all]")
    expect(page.locator(".row")).to_have_count(3)
    assert page.evaluate("location.search") == "?tab=all"
    page.keyboard.press("j")
    expect(page.locator(".row").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(".composer")
    page.keyboard.press("r")
    expect(page.locator(".composer textarea")).to_be_focused()
    write(page, "It is on its way")
    expect(page.locator(".message.is-own .tick")).to_have_attribute("data-state", "sent")


def throttle(page: Page, latency: int, kilobytes: int) -> None:
    """The network of a phone at the edge of what there is. Milliseconds, and kilobytes a second."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    speed = kilobytes * 1024
    conditions = {"offline": False, "latency": latency, "downloadThroughput": speed, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", conditions)


def test_on_a_slow_network_the_page_says_what_it_waits_for_and_loses_nothing(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk)
    page.wait_for_selector(".row")
    throttle(page, 800, 40)
    page.reload()
    expect(page.locator(".row, .skeleton, .rows-loading, [class*=skeleton]").first).to_be_visible(timeout=20_000)
    page.locator(".row").click(timeout=30_000)
    page.wait_for_selector(".composer", timeout=30_000)
    write(page, "I am in the metro")
    expect(page.locator(".message.is-own .text")).to_have_text(["I am in the metro"])  # at once
    expect(page.locator(".message.is-own .tick")).to_have_attribute("aria-label", "Sent", timeout=30_000)
    assert len(desk.calls("POST", r"tickets/[\w-]+/messages/")) == 1
