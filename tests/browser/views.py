"""What the tests read from a page, and short ways through it."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

SECONDS = 1000
# remembers which files stand in the page's memory under an address, and how many ever did
PICTURES = """
window.pictures = { standing: new Set(), made: 0 };
const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = (file) => {
  const address = createObjectURL.call(URL, file);
  pictures.made++;
  pictures.standing.add(address);
  return address;
};
URL.revokeObjectURL = (address) => {
  pictures.standing.delete(address);
  revokeObjectURL.call(URL, address);
};
"""
# As where the page is no longer looked at.
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def open_ticket_page(open_app: Callable[..., Page], desk: Any, ticket: dict[str, Any], **options: Any) -> Page:
    """The page of a ticket's conversation, with the socket following it."""
    page: Page = open_app(desk, f"tickets/{ticket['number']}", **options)
    page.wait_for_selector(".composer, .closed-foot")
    follows(page, desk, ticket)
    return page


def follows(page: Page, desk: Any, ticket: dict[str, Any]) -> None:
    """Waits until the page follows the ticket with a known sequence."""
    wait_until(
        page,
        lambda: any(
            frame["type"] == "subscribe" and frame["ticket"] == ticket["id"] and "after" in frame
            for frame in desk.frames
        ),
    )


def caught_up(page: Page, desk: Any, times: int = 1) -> None:
    """Waits until the page has asked for what it has missed, once for each of its connections."""
    wait_until(page, lambda: len([one for one in desk.frames if one["type"] == "catch_up"]) >= times)


def wait_until(page: Page, condition: Callable[[], object], seconds: float = 8) -> None:
    """Lets the page work until the condition holds."""
    for _tenth in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in time")


def runs(page: Page, module: str) -> None:
    """Waits until a module that comes later is there, and what waited for it is done."""
    script = """async (module) => {
      const found = performance.getEntriesByType("resource").find(({ name }) => name.endsWith(`/${module}`));
      return Boolean(found && await import(found.name));
    }"""
    wait_until(page, lambda: page.evaluate(script, module))


def texts(page: Page) -> list[str]:
    """The conversation's texts as they stand on the screen."""
    return page.locator(".message .text").all_inner_texts()


def states(page: Page) -> list[str]:
    """What is said of each message of one's own side."""
    return page.locator(".message.is-own .tick").evaluate_all("ticks => ticks.map(tick => tick.ariaLabel)")  # type: ignore[no-any-return]


def write(page: Page, text: str) -> None:
    page.fill(".composer textarea", text)
    page.click(".composer .send")


def bottom_of(page: Page, selector: str) -> float:
    box = page.locator(selector).last.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def top_of(page: Page, selector: str) -> float:
    box = page.locator(selector).last.bounding_box()
    assert box is not None
    return box["y"]


def expect_texts(page: Page, wanted: list[str]) -> None:
    expect(page.locator(".message .text")).to_have_text(wanted)


def hold_first_upload(page: Page) -> None:
    """It stays on its way for ever; those after it arrive."""
    held: list[Route] = []

    def on_upload(route: Route) -> None:
        if held:
            route.fallback()
        else:
            held.append(route)

    page.route("**/api/v1/files/", on_upload)


def hold_requests(page: Page, address: str | re.Pattern[str], *methods: str) -> list[Route]:
    """What is asked for there from now on, by these methods or by any: each request waits for the test."""
    held: list[Route] = []

    def on_request(route: Route) -> None:
        if methods and route.request.method not in methods:
            route.fallback()
        else:
            held.append(route)

    page.route(address, on_request)
    return held


class HeldMessages:
    """The pages of a conversation's messages wait from now on, until they are released."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        self._waits = True
        page.route("**/api/v1/tickets/*/messages/?*", self._on_request)

    def _on_request(self, route: Route) -> None:
        if self._waits:
            self.routes.append(route)
        else:
            route.fallback()

    def release(self, *, lost: bool = False) -> None:
        """`lost`: those that wait fail for want of a network; later ones arrive."""
        self._waits = False
        for route in self.routes:
            if lost:
                route.abort("internetdisconnected")
            else:
                route.fallback()


def expect_in_memory(page: Page, count: int) -> None:
    """So many files stand in the page's memory, by `PICTURES`."""
    page.wait_for_function("(count) => pictures.standing.size === count", arg=count)
