"""A conversation on the screen: days, groups, what is new, who writes, who has read, and nothing that jumps."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import (
    SECONDS,
    bottom_of,
    expect_texts,
    open_ticket_page,
    runs,
    states,
    texts,
    top_of,
    wait_until,
    write,
)
from tests.support.browser import browser_marks, picture

pytestmark = browser_marks
READ = r"tickets/[\w-]+/read/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    return desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)


def typing(desk: FakeDesk, ticket: dict[str, Any], person: dict[str, Any], *, internal: bool = False) -> None:
    data = {"user": person, "internal": internal}
    desk.send({"type": "message_typing", "ticket": ticket["id"], "data": data})


def has_read(desk: FakeDesk, ticket: dict[str, Any], person: dict[str, Any]) -> None:
    data = {"user": person, "sequence": ticket["sequence"]}
    desk.send({"type": "message_read", "ticket": ticket["id"], "data": data})


def fill(desk: FakeDesk, ticket: dict[str, Any], count: int) -> None:
    for number in range(count):
        desk.write(ticket, VERA, f"message {number}", minutes_ago=count - number)


def test_days_and_groups_are_told_apart(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, ANNA, "yesterday", minutes_ago=24 * 60)
    desk.write(ticket, ANNA, "today", minutes_ago=10)
    desk.write(ticket, ANNA, "at once after", minutes_ago=9)
    desk.write(ticket, ANNA, "later", minutes_ago=1)
    desk.write(ticket, BORIS, "somebody else", minutes_ago=1)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".day")).to_have_text(["Yesterday", "Today"])
    firsts = page.locator(".message.is-first .text")
    expect(firsts).to_have_text(["yesterday", "today", "later", "somebody else"])
    # what waits may carry the time of a clock that was set back
    desk.write(ticket, ANNA, "yesterday again", minutes_ago=24 * 60)
    expect(page.locator(".message .text").last).to_have_text("yesterday again")
    expect(page.locator(".day")).to_have_text(["Yesterday", "Today"])


def test_a_message_appears_as_it_is_written(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, VERA, "Where is it?")
    page = open_ticket_page(open_app, desk, ticket)
    desk.write(ticket, ANNA, "<b>It</b> comes & goes")
    expect_texts(page, ["Where is it?", "<b>It</b> comes & goes"])
    expect(page.locator("#live-polite")).to_have_text("Anna Petrova: <b>It</b> comes & goes")


def test_edits_and_deletions_are_seen(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    message = desk.write(ticket, ANNA, "It comes tomorow")
    page = open_ticket_page(open_app, desk, ticket)
    desk.happen("message_edited", ticket, {**message, "text": "It comes tomorrow", "edited_at": message["created_at"]})
    expect_texts(page, ["It comes tomorrow"])
    expect(page.locator(".meta").first).to_contain_text("edited")
    desk.happen("message_deleted", ticket, {"id": message["id"]})
    expect_texts(page, ["Message deleted"])


def test_the_divider_stands_above_what_is_new_until_the_ticket_is_opened_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    fill(desk, ticket, 20)
    desk.tickets[ticket["id"]]["read_sequence"] = ticket["sequence"]
    for number in range(30):
        desk.write(ticket, ANNA, f"new {number}")
    page = open_ticket_page(open_app, desk, ticket)
    below = page.locator(".unread-divider + .message .text")
    expect(below).to_have_text("new 0")
    scroller = page.locator(".messages-scroll").bounding_box()
    assert scroller is not None
    assert 0 <= top_of(page, ".unread-divider") - scroller["y"] < 60
    desk.write(ticket, ANNA, "newer still")
    wait_until(page, lambda: "newer still" in texts(page))
    expect(below).to_have_text("new 0")
    page.click(".jump")
    wait_until(page, lambda: ticket["unread"] == 0)
    page.evaluate("telegram.back()")
    page.click(".row")
    page.wait_for_selector(".message")
    expect(page.locator(".unread-divider")).to_have_count(0)


def test_a_quote_of_what_is_not_loaded_follows_its_message(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    secret = desk.write(ticket, VERA, "card 4111 1111")
    fill(desk, ticket, 60)
    desk.write(ticket, VERA, "see above", reply_to=secret["id"])
    page = open_ticket_page(open_app, desk, ticket, expected=("404",))
    quote = page.locator(".quote:visible").last
    expect(quote).to_contain_text("card 4111")
    secret["text"] = "card ending in 11"
    desk.happen("message_edited", ticket, {**secret, "edited_at": secret["created_at"]})
    expect(quote).to_contain_text("card ending in 11")
    secret.update(text="", deleted_at=secret["created_at"])
    desk.fail("GET", rf"messages/{secret['id']}/", 404)
    desk.happen("message_deleted", ticket, {"id": secret["id"]})
    expect(quote).not_to_contain_text("card")


def test_a_quote_of_what_was_removed_meanwhile_is_not_shown_when_its_ticket_is_opened_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    into = desk.open_ticket("Another", VERA)
    secret = desk.write(into, VERA, "card 4111 1111")
    desk.write(ticket, VERA, "as I said", reply_to=secret["id"])
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".quote:visible")).to_contain_text("card 4111")
    page.evaluate("telegram.back()")
    page.wait_for_selector(".quote", state="detached")
    secret.update(text="", deleted_at=secret["created_at"])
    page.click(".row:has-text('parcel')")
    page.wait_for_selector(".quote:visible")
    expect(page.locator(".quote:visible")).not_to_contain_text("card")


def read_and_leave(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> Page:
    """A conversation that is known to the page, which shows the list now."""
    fill(desk, ticket, 25)
    desk.write(ticket, ANNA, "known")
    page = open_ticket_page(open_app, desk, ticket)
    wait_until(page, lambda: ticket["unread"] == 0)
    page.evaluate("telegram.back()")
    gone = {"type": "unsubscribe", "ticket": ticket["id"]}
    wait_until(page, lambda: gone in desk.frames)
    return page


def miss(page: Page, desk: FakeDesk, ticket: dict[str, Any], count: int) -> None:
    """Of what comes then the list alone hears."""
    for number in range(count):
        desk.write(ticket, ANNA, f"new {number}")
    expect(page.locator(".row .badge")).to_have_text(str(count))


def test_what_came_while_the_ticket_was_closed_stands_under_a_divider_when_it_is_opened_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = read_and_leave(open_app, desk, ticket)
    miss(page, desk, ticket, 30)
    page.click(".row")
    below = page.locator(".unread-divider + .message .text")
    expect(below).to_have_text("new 0")
    scroller = page.locator(".messages-scroll").bounding_box()
    assert scroller is not None
    assert 0 <= top_of(page, ".unread-divider") - scroller["y"] < 60
    expect(page.locator(".jump .badge")).to_have_text("")
    wait_until(page, lambda: ticket["unread"] < 30)
    assert ticket["unread"]  # what lies below the screen
    desk.write(ticket, ANNA, "newer still")
    page.click(".jump")
    wait_until(page, lambda: "newer still" in texts(page) and ticket["unread"] == 0)
    expect(below).to_have_text("new 0")


def test_the_divider_moves_nobody_who_has_begun_to_read(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = read_and_leave(open_app, desk, ticket)
    miss(page, desk, ticket, 7)
    desk.resumes = False
    page.click(".row")
    page.wait_for_selector(".message")
    page.locator(".messages-scroll").evaluate("scroller => { scroller.scrollTop = -400; }")
    before = top_of(page, ".message:has-text('message 20')")
    for event in desk.log[ticket["id"]][-7:]:
        desk.send(event)
    expect(page.locator(".unread-divider")).to_have_count(1)
    assert abs(top_of(page, ".message:has-text('message 20')") - before) < 2


@pytest.mark.parametrize("percent", [100, 200])
def test_the_day_that_stays_in_sight_does_not_cover_the_divider(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], percent: int
) -> None:
    fill(desk, ticket, 20)
    desk.tickets[ticket["id"]]["read_sequence"] = ticket["sequence"]
    for number in range(30):
        desk.write(ticket, ANNA, f"new {number}")
    large = (
        f"document.addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{percent}%')"
    )
    page = open_ticket_page(open_app, desk, ticket, before=large)
    expect(page.locator(".unread-divider")).to_be_in_viewport()
    days = page.locator(".day span")
    pills = [box for box in map(Locator.bounding_box, days.all()) if box]
    divider = top_of(page, ".unread-divider")
    assert pills
    assert max(pill["y"] + pill["height"] for pill in pills if pill["y"] < divider) <= divider
    picture(page, f"day-above-divider-{percent}")
    # scrolled on, the day passes behind the divider: their words never lie over each other
    onto = """() => {
      const divider = document.querySelector(".unread-divider");
      const middle = (element) => element.getBoundingClientRect().top + element.offsetHeight / 2;
      const pill = divider.parentElement.querySelector(".day:has(~ .unread-divider) span");
      pill.style.pointerEvents = "auto"; // so that the point finds it where it lies above
      document.querySelector(".messages-scroll").scrollTop += middle(divider) - middle(pill);
      const { left, width } = divider.getBoundingClientRect();
      return divider.contains(document.elementFromPoint(left + width / 2, middle(divider)));
    }"""
    assert page.evaluate(onto)
    picture(page, f"day-behind-divider-{percent}")


def test_only_what_was_on_the_screen_is_read(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    for number in range(40):
        desk.write(ticket, ANNA, f"new {number}")
    page = open_ticket_page(open_app, desk, ticket)
    wait_until(page, lambda: desk.calls("POST", READ))
    page.wait_for_timeout(500)
    assert 0 < ticket["read_sequence"] < 40
    assert ticket["unread"] == 40 - ticket["read_sequence"]
    page.click(".jump")
    wait_until(page, lambda: ticket["read_sequence"] == 40)
    marks = [body["sequence"] for body in desk.calls("POST", READ)]
    assert marks == sorted(set(marks))


def test_what_is_seen_within_a_moment_is_told_by_one_request(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    for number in range(5):
        desk.write(ticket, ANNA, f"new {number}")
    page = open_ticket_page(open_app, desk, ticket)
    wait_until(page, lambda: not ticket["unread"])
    assert desk.calls("POST", READ) == [{"sequence": ticket["sequence"]}]


@pytest.mark.parametrize("end", ["dispatchEvent(new Event('pagehide'))", "telegram.back()"])
def test_what_was_just_seen_is_told_where_the_page_or_the_visit_ends(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], end: str
) -> None:
    # the moment that is waited for never passes
    note = """window.lasting = [];
      const { fetch, setTimeout } = window;
      window.fetch = (url, options) => {
        if (options.keepalive) window.lasting.push(String(url));
        return fetch(url, options);
      };
      window.setTimeout = (run, wait, ...more) =>
        wait === 200 ? (window.isSeen = true) : setTimeout(run, wait, ...more);"""
    desk.write(ticket, ANNA, "new")
    page = open_ticket_page(open_app, desk, ticket, before=note)
    wait_until(page, lambda: page.evaluate("window.isSeen"))
    assert desk.calls("POST", READ) == []
    page.evaluate(end)
    wait_until(page, lambda: not ticket["unread"])
    assert page.evaluate("window.lasting.some((url) => url.endsWith('/read/'))")


def test_a_message_taller_than_the_screen_is_read_at_its_end(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    """Told when it comes below what one reads, and not before its last line is there."""
    fill(desk, ticket, 40)
    page = open_ticket_page(open_app, desk, ticket)
    scroll = page.locator(".messages-scroll")
    scroll.evaluate("box => { box.scrollTop = -700 }")
    page.wait_for_timeout(100)
    desk.write(ticket, ANNA, "a line of a log\n" * 100)
    expect(page.locator(".jump .badge")).to_have_text("1")
    scroll.evaluate("box => { box.scrollTop = -300 }")
    page.wait_for_timeout(600)
    assert ticket["read_sequence"] < ticket["sequence"]
    scroll.evaluate("box => { box.scrollTop = 0 }")
    wait_until(page, lambda: ticket["read_sequence"] == ticket["sequence"])


def test_what_comes_while_nobody_looks_is_not_read(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, ANNA, "seen")
    page = open_ticket_page(open_app, desk, ticket)
    wait_until(page, lambda: ticket["read_sequence"] == 1)
    page.evaluate("Telegram.WebApp.isActive = false; telegram.fire('deactivated')")
    desk.write(ticket, ANNA, "not seen")
    wait_until(page, lambda: len(texts(page)) == 2)
    page.wait_for_timeout(600)
    assert ticket["read_sequence"] == 1
    page.evaluate("Telegram.WebApp.isActive = true; telegram.fire('activated')")
    wait_until(page, lambda: ticket["read_sequence"] == 2)


def test_who_is_typing_is_shown_until_the_message_comes(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.write(ticket, VERA, "Where is it?")
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    typing(desk, ticket, ANNA)
    line = page.locator(".typing")
    expect(line).to_have_text("Anna Petrova is typing…")
    desk.write(ticket, ANNA, "Here")
    expect(line).to_have_text("")
    typing(desk, ticket, ANNA)
    typing(desk, ticket, BORIS)
    expect(line).to_have_text("2 people are typing…")
    page.clock.run_for(6_200)
    expect(line).to_have_text("")
    typing(desk, ticket, VERA)  # one's own other device
    page.clock.run_for(200)
    expect(line).to_have_text("")


def test_typing_is_told_at_most_every_three_seconds(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True)

    def told() -> list[dict[str, Any]]:
        return [frame for frame in desk.frames if frame["type"] == "typing"]

    page.type(".composer textarea", "Hello")
    wait_until(page, lambda: len(told()) == 1)
    assert told()[0] == {"type": "typing", "ticket": ticket["id"], "internal": False}
    page.clock.run_for(3_100)
    page.type(".composer textarea", " again")
    wait_until(page, lambda: len(told()) == 2)


def test_a_message_is_marked_as_seen_once_the_desk_has_read_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    write(page, "Where is it?")
    wait_until(page, lambda: states(page) == ["Sent"])
    has_read(desk, ticket, VERA)  # oneself does not count
    page.wait_for_timeout(100)
    assert states(page) == ["Sent"]
    has_read(desk, ticket, BORIS)
    wait_until(page, lambda: states(page) == ["Seen"])


def test_reading_further_up_is_not_disturbed(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    fill(desk, ticket, 40)
    page = open_ticket_page(open_app, desk, ticket)
    page.evaluate("document.querySelector('.messages-scroll').scrollTop = -700")
    page.wait_for_timeout(100)
    row = page.get_by_text("message 20", exact=True)  # beside which stands an hour
    before = row.bounding_box()
    for number in range(4):
        desk.write(ticket, ANNA, f"new {number}\nwith a second line")
    wait_until(page, lambda: texts(page)[-1].startswith("new 3"))
    after = row.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 1
    expect(page.locator(".jump .badge")).to_have_text("4")
    expect(page.locator(".jump")).to_have_attribute("aria-label", "4 new messages")
    page.click(".jump")
    expect(page.locator(".jump")).to_be_hidden()
    wait_until(page, lambda: page.evaluate("document.querySelector('.messages-scroll').scrollTop") == 0)


def test_older_pages_come_without_moving_what_is_read(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    fill(desk, ticket, 130)
    page = open_ticket_page(open_app, desk, ticket)
    wait_until(page, lambda: len(texts(page)) == 40)
    row = page.get_by_text("message 100", exact=True)
    row.evaluate("row => row.scrollIntoView()")
    before = row.bounding_box()
    wait_until(page, lambda: len(texts(page)) >= 60)
    after = row.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 1
    scroll = page.locator(".messages-scroll")
    wait_until(page, lambda: scroll.evaluate("box => { box.scrollTop = -1e6 }") or len(texts(page)) == 130)
    assert texts(page)[0] == "message 0"
    expect(page.locator(".older")).to_have_text("The conversation begins here")


@pytest.mark.parametrize(("status", "after"), [(500, 0), (429, 60)], ids=["failure", "too many"])
def test_older_pages_that_do_not_come_are_asked_for_after_a_pause_or_by_a_press(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], status: int, after: int
) -> None:
    fill(desk, ticket, 60)
    page = open_app(desk, f"tickets/{ticket['number']}", clock=True, expected=(str(status),))
    asked: list[str] = []

    def refuse(route: Route) -> None:
        if "before=" not in route.request.url:
            return route.fallback()
        asked.append(route.request.url)
        return route.fulfill(status=status, headers={"Retry-After": str(after)}, json={"error": {}})

    page.route("**/api/v1/tickets/*/messages/**", refuse)
    wait_until(page, lambda: len(texts(page)) == 40)
    scroll = page.locator(".messages-scroll")
    scroll.evaluate("box => { box.scrollTop = -1e6 }")
    expect(page.locator(".older[role=status]")).to_contain_text("Older messages could not be loaded.")
    page.clock.run_for(1_000)
    page.wait_for_timeout(300)
    assert len(asked) == 1
    page.clock.run_for(1_500)
    if after:
        page.wait_for_timeout(300)
        assert len(asked) == 1
        page.clock.run_for(after * SECONDS)
    wait_until(page, lambda: len(asked) == 2)
    page.unroute("**/api/v1/tickets/*/messages/**")
    page.locator(".older").get_by_role("button", name="Try again").click()
    wait_until(page, lambda: page.clock.run_for(100) or len(texts(page)) == 60)
    expect(page.locator(".older")).to_have_text("The conversation begins here")
    expect(scroll).to_be_focused()


def test_a_long_conversation_keeps_a_window_of_it_in_the_page(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    fill(desk, ticket, 450)
    page = open_ticket_page(open_app, desk, ticket)
    scroll, jump = page.locator(".messages-scroll"), page.locator(".jump")

    def to_the_first() -> bool:
        scroll.evaluate("element => { element.scrollTop = -1e6 }")
        return texts(page)[0] == "message 0"

    wait_until(page, to_the_first)
    shown = texts(page)
    assert len(shown) <= 200
    assert shown == [f"message {number}" for number in range(len(shown))]
    # what comes meanwhile is counted, and is not in the page
    desk.write(ticket, ANNA, "while you were reading")
    expect(jump).to_have_text("1")
    assert texts(page) == shown
    # downwards it comes back, row by row, without a hole
    wait_until(page, lambda: scroll.evaluate("element => { element.scrollBy(0, 500) }") or jump.is_hidden())
    shown = texts(page)
    assert shown == [*(f"message {number}" for number in range(451 - len(shown), 450)), "while you were reading"]
    assert len(shown) <= 200
    # and with one press from anywhere
    wait_until(page, to_the_first)
    jump.click()
    expect(page.locator(".message").last).to_be_in_viewport()
    assert texts(page)[-1] == "while you were reading"
    write(page, "Thank you")
    wait_until(page, lambda: texts(page)[-1] == "Thank you")


def test_the_last_message_stays_above_the_composer(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    fill(desk, ticket, 30)
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "one\ntwo\nthree\nfour\nfive\nsix")
    page.set_viewport_size({"width": 390, "height": 544})  # the keyboard opens
    page.wait_for_timeout(100)
    assert bottom_of(page, ".message:last-child .bubble") <= top_of(page, ".composer") + 1
    assert bottom_of(page, ".composer") <= 544
    desk.write(ticket, ANNA, "and one more")
    wait_until(page, lambda: texts(page)[-1] == "and one more")
    assert bottom_of(page, ".message:last-child .bubble") <= top_of(page, ".composer") + 1


def test_a_resolved_ticket_says_how_to_reopen_it(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    desk.change(ticket, "ticket_status_changed", status="resolved")
    expect(page.locator(".composer .hint")).to_be_visible()
    expect(page.locator(".chat-subtitle .status")).to_have_text("Resolved")
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.locator(".composer .hint")).to_be_hidden()


def test_a_closed_ticket_is_only_read(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, ANNA, "Done")
    page = open_ticket_page(open_app, desk, ticket)
    desk.change(ticket, "ticket_status_changed", status="closed")
    expect(page.locator(".composer")).to_have_count(0)
    page.click(".closed-foot .button")
    expect(page.locator("#detail-pane h1")).to_have_text("New ticket")


def test_from_a_closed_ticket_one_comes_to_the_form_though_a_module_is_missing(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    def serve(route: Route) -> None:
        missing = route.request.url.endswith("/screens/chat-messages.js")
        route.abort() if missing else route.fallback()

    ticket["status"] = "closed"
    page = open_app(desk, f"tickets/{ticket['number']}", static=serve, expected=("ERR_",))
    runs(page, "screens/new-ticket.js")
    page.evaluate("window.lives = true")
    page.click(".closed-foot .button")
    expect(page.locator("#detail-pane h1")).to_have_text("New ticket")
    assert page.evaluate("window.lives")
    assert page.evaluate("location.pathname") == "/app/new"


def test_a_ticket_that_one_may_not_see_is_told_in_words_with_a_way_to_the_list(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, "tickets/999", expected=("404",))
    said = page.locator(".chat .empty p")
    expect(said).to_have_text("There is no such ticket among yours. It may belong to another Telegram account.")
    picture(page, "no-such-ticket")
    page.get_by_role("button", name="To the tickets").click()
    expect(page.locator(".row")).to_be_visible()
    assert page.evaluate("location.pathname") == "/app/"


def test_a_conversation_that_does_not_load_can_be_tried_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.write(ticket, ANNA, "Here")
    desk.fail("GET", r"tickets/[\w-]+/messages/", 503, times=3)
    page = open_app(desk, f"tickets/{ticket['number']}", expected=("503",))
    page.click(".chat .empty [data-action=reload]")
    expect_texts(page, ["Here"])


def test_links_in_a_text_open_outside(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, ANNA, "See https://example.com/a?b=1, then javascript:alert(1)")
    page = open_ticket_page(open_app, desk, ticket)
    links = page.locator(".text a")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://example.com/a?b=1")
    expect(links).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.parametrize("up", [300, 1500])
def test_what_one_sends_is_seen_though_one_reads_further_up(open_app: OpenApp, desk: FakeDesk, up: int) -> None:
    ticket = desk.open_ticket("Long", status="open", assignee=ANNA)
    for number in range(30):
        desk.write(ticket, VERA, f"Line {number} " + "and more of it " * 8)
    page = open_ticket_page(open_app, desk, ticket)
    page.locator(".messages-scroll").evaluate(
        "(scroll, up) => scroll.scrollTo({ top: -up, behavior: 'instant' })", arg=up
    )
    expect(page.locator(".jump")).to_be_visible()
    page.fill(".composer textarea", "Here I am")
    page.locator(".composer .send").click()
    mine = page.locator(".message", has_text="Here I am")
    expect(mine).to_be_in_viewport()
    expect(page.locator(".jump")).to_be_hidden()
