"""A message far above the newest ones: it opens with its neighbours, and reading on leads back to the end."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import follows, hold_requests, open_ticket_page, runs, texts, wait_until, write
from tests.support.browser import browser_marks, picture

pytestmark = browser_marks
MANY = 1_300
PAGES = r"tickets/[\w-]+/messages/"
AROUND = re.compile(r"/messages/\?around=")
AFTER = re.compile(r"/messages/\?.*after=")


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", VERA, status="open", assignee=ANNA)
    desk.write(ticket, VERA, "It was a green parcel", minutes_ago=2 * MANY)
    for number in range(1, MANY):
        desk.write(ticket, VERA, f"part {number}", silent=True, minutes_ago=MANY - number)
    ticket["unread"] = 0
    ticket["read_sequence"] = ticket["sequence"]
    return ticket


def open_hit(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], words: str, **options: Any) -> Page:
    page = open_app(desk, f"?q={words.replace(' ', '+')}", **options)
    page.click(".row")
    follows(page, desk, ticket)
    return page


def quote_first(desk: FakeDesk, ticket: dict[str, Any]) -> dict[str, Any]:
    """The newest message answers the very first one."""
    first = desk.messages[ticket["id"]][0]
    desk.write(ticket, VERA, "That one", reply_to=first["id"])
    return first


def scroll_down(page: Page) -> None:
    page.eval_on_selector(".messages-scroll", "place => { place.scrollTop = 0 }")


def numbers(page: Page) -> list[int]:
    return [int(text.removeprefix("part ")) for text in texts(page) if text.startswith("part ")]


def test_a_hit_far_above_opens_and_reading_on_leads_to_the_end_without_a_gap(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_hit(open_app, desk, ticket, "green parcel")
    hit = page.locator(".message.is-found")
    expect(hit).to_contain_text("green")
    expect(hit).to_be_in_viewport()
    expect(page.locator(".jump")).to_be_visible()
    expect(page.locator(".older")).to_have_text("The conversation begins here")
    assert len(desk.calls("GET", PAGES)) <= 4  # the newest, the hit's, at most two that follow it
    picture(page, "far-message")
    met: set[int] = set()

    def has_come_to_the_end() -> bool:
        scroll_down(page)
        shown = numbers(page)
        assert shown == list(range(shown[0], shown[0] + len(shown)))
        met.update(shown)
        return MANY - 1 in met

    wait_until(page, has_come_to_the_end, seconds=40)
    assert met == set(range(1, MANY))
    scroll_down(page)
    expect(page.locator(".jump")).to_be_hidden()
    desk.write(ticket, VERA, "And now?")
    expect(page.locator(".message").last).to_contain_text("And now?")
    expect(page.locator(".message").last).to_be_in_viewport()


def test_what_happens_meanwhile_reaches_both_ends(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    first = quote_first(desk, ticket)
    page = open_ticket_page(open_app, desk, ticket)
    page.locator(".quote:visible").click()
    expect(page.locator(".message.is-found")).to_contain_text("green")
    desk.change(ticket, subject="Found")
    desk.write(ticket, VERA, "It is here")
    first.update(text="It was a blue parcel", edited_at=first["created_at"])
    desk.happen("message_edited", ticket, first)
    expect(page.locator(".message.is-found")).to_contain_text("blue")
    assert "It is here" not in texts(page)
    page.click(".jump")
    expect(page.locator(".message").last).to_contain_text("It is here")
    expect(page.locator(".message").last).to_be_in_viewport()
    expect(page.locator(".jump")).to_be_hidden()
    page.locator(".quote:visible").click()
    expect(page.locator(".message.is-found")).to_contain_text("blue")
    write(page, "Good!")
    expect(page.locator(".message").last).to_contain_text("Good!")
    expect(page.locator(".message").last).to_be_in_viewport()
    assert "It is here" in texts(page)


def test_who_comes_again_finds_the_newest_messages(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_hit(open_app, desk, ticket, "green parcel")
    expect(page.locator(".message.is-found")).to_be_in_viewport()
    page.evaluate("telegram.back()")
    page.fill("input[type=search]", "")
    expect(page.locator(".row mark")).to_have_count(0)
    page.click(".row")
    expect(page.locator(".message").last).to_contain_text(f"part {MANY - 1}")
    expect(page.locator(".message").last).to_be_in_viewport()


def test_a_way_that_takes_long_is_shown_and_one_that_fails_is_told(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    first = quote_first(desk, ticket)
    page = open_ticket_page(open_app, desk, ticket, expected=("404", "422"))
    held = hold_requests(page, AROUND)
    quote = page.locator(".quote:visible")
    quote.click()
    toast = page.locator("#toast")
    expect(toast).to_have_text("Looking for the message…")
    wait_until(page, lambda: held)
    held.pop().fulfill(status=422, json={"error": {"code": "invalid", "message": "Not now, please."}})
    expect(toast).to_have_text("Not now, please.")
    expect(quote).to_be_in_viewport()  # one is where one was
    page.unroute(AROUND)
    desk.messages[ticket["id"]].remove(first)
    quote.click()
    expect(toast).to_have_text("This message was not found.")


def test_a_page_below_that_does_not_come_is_told_and_asked_for_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    quote_first(desk, ticket)
    page = open_ticket_page(open_app, desk, ticket, expected=("500",))
    page.clock.install()
    page.route(AFTER, lambda route: route.fulfill(status=500, json={}))
    page.locator(".quote:visible").click()
    expect(page.locator(".message.is-found")).to_contain_text("green")
    scroll_down(page)
    expect(page.locator("#toast")).to_have_text("Something went wrong here. Try again in a moment.")
    page.unroute(AFTER)
    page.clock.run_for(6_000)
    wait_until(page, lambda: scroll_down(page) or 40 in numbers(page))


def log_cannot_be_continued(desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.send({"type": "reset", "ticket": ticket["id"], "sequence": ticket["sequence"]})


@pytest.mark.parametrize("way", ["a hit", "scrolled", "within the newest page"])
def test_who_reads_above_stays_there_while_the_newest_are_read_anew(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], way: str
) -> None:
    if way == "a hit":
        page = open_hit(open_app, desk, ticket, "green parcel")
        expect(page.locator(".message.is-found")).to_be_in_viewport()
    else:
        page = open_ticket_page(open_app, desk, ticket)
        far = MANY - (200 if way == "scrolled" else 25)
        scroll_up = "place => { place.scrollTop -= 400 }"
        wait_until(page, lambda: page.eval_on_selector(".messages-scroll", scroll_up) or numbers(page)[0] < far - 20)
        cut = "row => { row.scrollIntoView(); row.closest('.messages-scroll').scrollTop += row.offsetHeight / 2 }"
        page.locator(".message", has_text=f"part {far}").evaluate(cut)
    expect(page.locator(".jump")).to_be_visible()
    row = first_on_screen(page)
    message = next(one for one in desk.messages[ticket["id"]] if one["id"] == row["id"])
    message["text"] = "Changed, and nobody told"
    runs(page, "changes.js")
    before = len(desk.calls("GET", PAGES))
    log_cannot_be_continued(desk, ticket)
    changed = page.locator(".message", has_text="Changed, and nobody told")
    expect(changed).to_be_in_viewport()
    now = first_on_screen(page)
    assert (now["id"], now["end"]) == (row["id"], pytest.approx(row["end"], abs=2))
    assert len(desk.calls("GET", PAGES)) >= before + (1 if way == "within the newest page" else 2)
    expect(page.locator(".jump")).to_be_visible()
    expect(page.locator(".message.is-found")).to_have_count(0)
    page.click(".jump")
    expect(page.locator(".message").last).to_contain_text(f"part {MANY - 1}")
    expect(page.locator(".message").last).to_be_in_viewport()
    desk.write(ticket, VERA, "And now?")
    expect(page.locator(".message").last).to_contain_text("And now?")


def first_on_screen(page: Page) -> dict[str, Any]:
    """The id of the first message whose end is on the screen, and where it ends."""
    script = """(scroll) => {
      const { top } = scroll.getBoundingClientRect();
      const end = (row) => row.getBoundingClientRect().bottom;
      const row = [...scroll.querySelectorAll(".message")].find((row) => end(row) > top);
      return { id: row.dataset.id, end: end(row) };
    }"""
    return dict(page.locator(".messages-scroll").evaluate(script))


def test_a_place_that_cannot_be_read_anew_at_once_stands_until_it_can(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_hit(open_app, desk, ticket, "green parcel", expected=("503",))
    expect(page.locator(".message.is-found")).to_be_in_viewport()
    first = desk.messages[ticket["id"]][0]
    first["text"] = "It was a blue parcel"
    page.clock.install()
    lost: list[Route] = []

    def lose(route: Route) -> None:
        lost.append(route)
        route.fulfill(status=503, json={})

    page.route(AROUND, lose)
    log_cannot_be_continued(desk, ticket)
    wait_until(page, lambda: lost)
    expect(page.locator(".message", has_text="green parcel")).to_be_in_viewport()
    page.unroute(AROUND)
    expect(page.locator(".message", has_text="green parcel")).to_be_in_viewport()
    wait_until(page, lambda: page.clock.run_for(1_000) or page.locator(".message", has_text="blue parcel").count())
    expect(page.locator(".message", has_text="blue parcel")).to_be_in_viewport()


def test_a_place_that_does_not_come_gives_way_to_the_newest_messages(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_hit(open_app, desk, ticket, "green parcel")
    expect(page.locator(".message.is-found")).to_be_in_viewport()
    page.clock.install()
    held = hold_requests(page, AROUND)
    log_cannot_be_continued(desk, ticket)
    wait_until(page, lambda: held)
    expect(page.locator(".message", has_text="green parcel")).to_be_in_viewport()
    page.clock.run_for(15_000)
    expect(page.locator(".message").last).to_contain_text(f"part {MANY - 1}")


def was_read_anew(page: Page, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    """Waits for the end of it, where the ticket itself is asked for: more has happened than its row tells."""
    wait_until(page, lambda: desk.calls("GET", f"tickets/{ticket['id']}/"))


def test_who_leaves_while_their_place_is_read_anew_finds_the_newest_messages(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_hit(open_app, desk, ticket, "green parcel")
    expect(page.locator(".message.is-found")).to_be_in_viewport()
    desk.write(ticket, VERA, "And now?", silent=True)
    held = hold_requests(page, AROUND)
    log_cannot_be_continued(desk, ticket)
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    page.fill("input[type=search]", "")
    expect(page.locator(".row mark")).to_have_count(0)
    held[0].fallback()
    was_read_anew(page, desk, ticket)
    page.click(".row")
    expect(page.locator(".message").last).to_contain_text("And now?")
    expect(page.locator(".message").last).to_be_in_viewport()


def test_no_place_is_kept_in_a_conversation_that_is_read_anew_behind_another_one(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    other = desk.open_ticket("Refund", VERA, status="open", assignee=ANNA)
    for number in range(80):
        desk.write(other, VERA, f"part {number}", silent=True)
    page = open_ticket_page(open_app, desk, ticket)
    desk.write(ticket, VERA, "And now?", silent=True)
    held = hold_requests(page, re.compile(rf"/tickets/{ticket['id']}/messages/"))
    log_cannot_be_continued(desk, ticket)
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    page.locator(".row", has_text="Refund").click()
    expect(page.locator(".message").last).to_contain_text("part 79")
    scroll_up = "place => { place.scrollTop -= 400 }"
    jump = page.locator(".jump")
    wait_until(page, lambda: page.eval_on_selector(".messages-scroll", scroll_up) or jump.is_visible())
    held[0].fallback()
    was_read_anew(page, desk, ticket)
    assert [route.request.url for route in held if AROUND.search(route.request.url)] == []
