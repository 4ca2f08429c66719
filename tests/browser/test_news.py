"""What tells an agent of something new: a sound for what waits for them alone, colleagues and time on rows."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp, launch
from tests.browser.fake_answers import ANNA, BORIS, GLEB, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, runs, wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks

# counts the notes that are played, two a sound
COUNTING = """
window.notes = 0;
window.AudioContext = class {
  state = "suspended";
  currentTime = 0;
  resume() { this.state = "running"; }
  createGain() { return { gain: {}, connect() {} }; }
  createOscillator() { return { frequency: {}, connect() {}, start() { window.notes += 1; }, stop() {} }; }
};
"""


# switched on before the page begins; a tab that is still empty has no storage
RINGING = "if (location.protocol === 'http:') localStorage.setItem('desk.sound', 'true');"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


def sounds(page: Page) -> float:
    notes: int = page.evaluate("window.notes")
    return notes / 2


def test_a_sound_for_what_waits_for_me_and_nothing_else(open_app: OpenApp, desk: FakeDesk) -> None:
    mine = desk.open_ticket("Mine", VERA, assignee=ANNA, status="open")
    other = desk.open_ticket("Of another", GLEB, assignee=BORIS, status="open")
    page = open_app(desk, "me", viewport=DESKTOP, before=COUNTING, clock=True)
    wait_until(page, lambda: desk.sockets)
    desk.write(mine, VERA, "Before it is on")
    page.get_by_role("switch", name="A sound for messages of customers").check()
    assert sounds(page) == 1  # so that one knows it

    def rings(text: str) -> float:
        """The sounds since the switch, once the text has arrived and a rest has passed."""
        expect(page.locator(".row-preview", has_text=text)).to_have_count(1)
        for milliseconds in (200, 3_000):
            page.clock.run_for(milliseconds)
            page.evaluate("navigator.locks.query()")  # what was asked of the locks before has been answered
        return sounds(page) - 1

    page.click("#tab-all")
    desk.write(mine, VERA, "Mine rings")
    assert rings("Mine rings") == 1
    desk.change(mine, priority="high")  # the same message once more
    desk.write(other, GLEB, "Not mine")
    assert rings("Not mine") == 1
    desk.write(mine, ANNA, "My own")
    desk.write(mine, BORIS, "A note", internal=True)
    assert rings("A note") == 1
    desk.write(desk.open_ticket("New", GLEB), GLEB, "Nobody has it")
    assert rings("Nobody has it") == 2
    page.click(".row:has-text('Mine')")
    expect(page.locator(".chat h1")).to_have_text("Mine")
    desk.write(mine, VERA, "Read at once")
    assert rings("Read at once") == 2
    page.click("[data-path=me]")
    page.get_by_role("switch", name="I am there for new tickets").uncheck()
    expect(page.locator(".toast")).to_contain_text("Saved")
    desk.write(desk.open_ticket("Newer", GLEB), GLEB, "Nobody has this one")
    assert rings("Nobody has this one") == 2
    desk.write(mine, VERA, "Mine, though away")
    assert rings("Mine, though away") == 3
    page.evaluate("localStorage.setItem('desk.sound', 'false')")
    desk.write(other, GLEB, "Quiet")
    desk.change(other, "ticket_assigned", assignee=ANNA)
    desk.write(other, GLEB, "Mine, but quiet")
    assert rings("Mine, but quiet") == 3


def test_several_tabs_ring_once_and_none_for_what_one_of_them_shows(open_app: OpenApp, desk: FakeDesk) -> None:
    mine = desk.open_ticket("Mine", VERA, assignee=ANNA, status="open")
    first = open_ticket_page(open_app, desk, mine, before=COUNTING + RINGING)
    second = first.context.new_page()
    second.goto(f"{first.url.split('/app/')[0]}/app/#{urlencode(launch(None))}")
    tabs = (first, second)
    wait_until(second, lambda: len(desk.sockets) == 2)
    for tab in tabs:
        runs(tab, "sounding.js")
        tab.keyboard.press("Shift")  # browsers want a press before the first sound

    def rings(text: str) -> float:
        for tab in tabs:
            expect(tab.locator(".row-preview", has_text=text)).to_have_count(1)
        second.wait_for_timeout(400)
        return sum(sounds(tab) for tab in tabs)

    desk.write(mine, VERA, "It is in front")
    assert rings("It is in front") == 0
    first.keyboard.press("Escape")
    expect(first.locator(".chat")).to_have_count(0)
    desk.write(mine, VERA, "In no tab")
    assert rings("In no tab") == 1


def test_colleagues_and_the_time_that_is_left_stand_on_rows(open_app: OpenApp, desk: FakeDesk) -> None:
    soon = desk.open_ticket("Soon", VERA, assignee=ANNA, status="open", sla={"due_at": now(-25.9)})
    late = desk.open_ticket("Late", GLEB, assignee=ANNA, status="open", sla={"due_at": now(125.1)})
    desk.open_ticket("Whenever", GLEB, assignee=ANNA, status="open")
    now_due = desk.open_ticket("Now", VERA, assignee=ANNA, status="open", sla={"due_at": now(0.2)})
    for ticket, author in ((now_due, VERA), (late, GLEB), (soon, VERA)):
        desk.write(ticket, author, "Hello")
    # a phone whose clock is two hours behind
    behind = "{ const real = Date.now; Date.now = () => real() - 7200000; }"
    page = open_ticket_page(open_app, desk, soon, viewport=DESKTOP, before=behind)
    expect_texts(page, ["Hello"])
    clocks = page.locator(".row .row-clock")
    expect(clocks).to_have_text(["25 min left", "late by 2 hr 5 min", "late by 1 min", ""])
    expect(page.locator(".staff-tools .row-clock")).to_have_text("25 min left")
    about = {"type": "user_viewing", "ticket": late["id"]}
    desk.send({**about, "data": {"user": BORIS, "state": "viewing"}})
    row = page.locator(".row", has_text="Late")
    expect(row.locator(".viewers-there .avatar")).to_have_text("BL")
    expect(page.get_by_role("link", name="Boris Lvov is viewing this ticket")).to_have_count(1)
    assert page.evaluate(CONTRASTS) == []
    picture(page, "rows")
    desk.send({**about, "data": {"user": BORIS, "state": "gone"}})
    expect(row.locator(".viewers-there .avatar")).to_have_count(0)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page) == []


def test_a_new_version_is_told_and_nothing_reloads_by_itself(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("Mine", VERA, assignee=ANNA, status="open")
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "Not yet sent")
    beat = {"server_time": now(), "tickets": {}, "version": desk.version}
    desk.send({"type": "heartbeat", "data": beat})
    desk.send({"type": "heartbeat", "data": {**beat, "version": "9.9.9"}})
    desk.send({"type": "heartbeat", "data": {**beat, "version": "9.9.9"}})
    bar = page.locator(".update")
    expect(bar).to_have_text(re.compile(r"A new version is ready\s+Reload"), use_inner_text=True)
    expect(page.locator(".composer textarea")).to_have_value("Not yet sent")
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "update")
    bar.get_by_role("button", name="Reload").click()
    page.wait_for_selector(".composer")
    expect(bar).to_have_count(0)
    expect(page.locator(".composer textarea")).to_have_value("Not yet sent")
    desk.version = "9.9.9"  # an old page of a browser's memory
    page.reload()
    expect(bar).to_have_count(1)


def test_a_sound_needs_no_lock(open_app: OpenApp, desk: FakeDesk) -> None:
    mine = desk.open_ticket("Mine", VERA, assignee=ANNA, status="open")
    denied = "navigator.locks && (navigator.locks.request = () => Promise.reject(new DOMException('denied')));"
    page = open_app(desk, "me", viewport=DESKTOP, before=COUNTING + denied)
    wait_until(page, lambda: desk.sockets)
    page.get_by_role("switch", name="A sound for messages of customers").check()
    assert sounds(page) == 1
    desk.write(mine, VERA, "Mine rings")
    wait_until(page, lambda: sounds(page) == 2)
