"""Two agents on one ticket: each sees what the other does, and no answer goes out over a colleague's unseen one."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import HeldMessages, expect_texts, open_ticket_page, runs, wait_until, write
from tests.support.browser import DESKTOP, PIXEL, Faults, browser_marks, picture
from tests.support.everybody import CONTRASTS

pytestmark = browser_marks
POST = r"tickets/[\w-]+/messages/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    return ticket


def collide(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> tuple[Page, Locator]:
    """Boris answers while Anna writes; she sends. Her page and its sheet."""
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    page.locator(".composer textarea").press_sequentially("It comes")
    desk.write(ticket, BORIS, "Tomorrow at noon")
    expect_texts(page, ["Where is it?", "Tomorrow at noon"])
    write(page, "It comes tomorrow")
    sheet = page.get_by_role("dialog", name="Boris Lvov has answered meanwhile")
    expect(sheet).to_be_visible()
    return page, sheet


def public(desk: FakeDesk, ticket: dict[str, Any]) -> list[str]:
    return [message["text"] for message in desk.messages[ticket["id"]] if not message["internal"]]


def test_the_sheet_shows_both_answers_and_sends_anyway(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide(open_app, desk, ticket)
    expect(sheet).to_contain_text("Tomorrow at noon")
    expect(sheet).to_contain_text("It comes tomorrow")
    assert public(desk, ticket) == ["Where is it?", "Tomorrow at noon"]
    sheet.get_by_role("button", name="Send anyway").click()
    expect_texts(page, ["Where is it?", "Tomorrow at noon", "It comes tomorrow"])
    wait_until(page, lambda: public(desk, ticket)[-1] == "It comes tomorrow")
    first, second = desk.calls("POST", POST)
    assert first["id"] == second["id"]
    assert [first["expected_sequence"], second["expected_sequence"]] == [1, None]


def test_the_answer_becomes_a_note(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page, sheet = collide(open_app, desk, ticket)
    sheet.get_by_role("button", name="Turn into an internal note").click()
    expect(page.locator(".message.is-note .text")).to_have_text("It comes tomorrow")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    assert public(desk, ticket) == ["Where is it?", "Tomorrow at noon"]


def test_discarding_leaves_one_answer(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page, sheet = collide(open_app, desk, ticket)
    sheet.get_by_role("button", name="Discard").click()
    expect_texts(page, ["Where is it?", "Tomorrow at noon"])
    assert len(desk.calls("POST", POST)) == 1


def test_deciding_later_loses_nothing_even_over_a_reload(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide(open_app, desk, ticket)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator(".message.is-failed .text")).to_have_text("It comes tomorrow")
    expect(page.locator(".failure:visible")).to_contain_text("A colleague has answered meanwhile")
    page.reload()
    # asked again when the ticket is opened again
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    page.click("[data-action=retry]:visible")
    sheet.get_by_role("button", name="Send anyway").click()
    wait_until(page, lambda: public(desk, ticket)[-1] == "It comes tomorrow")


def collide_twice(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> tuple[Page, Locator]:
    """Boris answers while two answers of Anna, the first with a file, are on their way. Her page and her sheets."""
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if route.request.method != "POST" or held:
            route.fallback()
        else:
            held.append(route)

    page.route(re.compile(r"/messages/$"), hold_first)
    page.set_input_files(".composer input[type=file]", {"name": "way.png", "mimeType": "image/png", "buffer": PIXEL})
    write(page, "First")
    wait_until(page, lambda: held)
    write(page, "Second")
    expect_texts(page, ["Where is it?", "First", "Second"])
    desk.write(ticket, BORIS, "Tomorrow at noon")
    expect_texts(page, ["Where is it?", "Tomorrow at noon", "First", "Second"])
    held[0].fallback()
    return page, page.get_by_role("dialog", name="Boris Lvov has answered meanwhile")


def test_several_answers_are_asked_about_one_after_the_other_and_keep_their_order(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide_twice(open_app, desk, ticket)
    expect(sheet).to_contain_text("First")
    expect(sheet).to_contain_text("With files: way.png")
    assert len(desk.calls("POST", POST)) == 1  # nothing behind it is tried before
    assert page.evaluate(CONTRASTS) == []
    picture(page, "conflict-files")
    sheet.get_by_role("button", name="Send anyway").click()
    expect(sheet).to_contain_text("Second")
    expect(sheet.get_by_text("With files:")).to_be_hidden()
    assert public(desk, ticket)[-1] == "First"
    sheet.get_by_role("button", name="Send anyway").click()
    wait_until(page, lambda: public(desk, ticket)[-1] == "Second")
    assert public(desk, ticket) == ["Where is it?", "Tomorrow at noon", "First", "Second"]
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_nothing_overtakes_an_answer_that_is_decided_about_later(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide(open_app, desk, ticket)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    write(page, "And bring your passport")  # after Boris's answer was seen
    expect(sheet).to_contain_text("It comes tomorrow")  # so the first is asked about again
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.get_by_role("button", name="Internal note").click()
    write(page, "He wants it at once")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    assert public(desk, ticket) == ["Where is it?", "Tomorrow at noon"]
    page.reload()
    sheet.get_by_role("button", name="Send anyway").click()
    wait_until(page, lambda: public(desk, ticket)[-1] == "And bring your passport")
    assert public(desk, ticket)[2:] == ["It comes tomorrow", "And bring your passport"]


def test_an_answer_is_decided_about_also_where_the_colleagues_is_no_longer_loaded(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide(open_app, desk, ticket)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    for number in range(90):
        desk.write(ticket, VERA, f"And {number}", silent=True)
    ticket["read_sequence"], ticket["unread"] = ticket["sequence"], 0  # in another window
    page.reload()
    expect(page.locator(".message .text", has_text="And 89")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Send anyway").click()
    wait_until(page, lambda: public(desk, ticket)[-1] == "It comes tomorrow")


def test_what_was_sent_and_what_was_begun_go_along_into_another_ticket_in_their_order(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide_twice(open_app, desk, ticket)
    expect(sheet).to_contain_text("First")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.fill(".composer textarea", "Third")
    target = desk.open_ticket("Where is it", status="open", assignee=ANNA)
    desk.merge(ticket, target)
    page.locator(".closed-foot a").click()
    expect(page.locator("h1").last).to_have_text("Where is it")
    expect(page.locator(".composer textarea")).to_have_value("First\n\nSecond\n\nThird")
    assert len(desk.calls("POST", POST)) == 1  # nothing was tried in the ticket that was left


def test_what_waits_behind_an_answer_goes_out_once_that_is_discarded(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, sheet = collide(open_app, desk, ticket)
    page.keyboard.press("Escape")
    write(page, "And bring your passport")
    sheet.get_by_role("button", name="Discard").click()
    wait_until(page, lambda: public(desk, ticket)[-1] == "And bring your passport")
    assert public(desk, ticket)[2:] == ["And bring your passport"]


def test_an_answer_that_is_sent_anyway_does_not_follow_a_merge(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    other = desk.open_ticket("Another parcel", status="open", assignee=ANNA)
    page, sheet = collide(open_app, desk, ticket)
    desk.merge(ticket, other, silent=True)
    sheet.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".failure")).to_contain_text("Not sent, because the ticket was merged.")
    assert desk.calls("POST", POST)[-1]["expected_sequence"] is None
    assert desk.messages[other["id"]] == []
    page.locator(".closed-foot a").click()
    expect(page.locator("h1").last).to_have_text("Another parcel")
    expect(page.locator(".composer textarea")).to_have_value("It comes tomorrow")


def test_a_note_that_an_answer_became_follows_a_merge(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    other = desk.open_ticket("Another parcel", status="open", assignee=ANNA)
    page, sheet = collide(open_app, desk, ticket)
    desk.merge(ticket, other, silent=True)
    sheet.get_by_role("button", name="Turn into an internal note").click()
    wait_until(page, lambda: bool(desk.messages[other["id"]]))
    assert [(one["text"], one["internal"]) for one in desk.messages[other["id"]]] == [("It comes tomorrow", True)]


def test_an_answer_that_was_seen_before_stops_nothing(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.write(ticket, BORIS, "Tomorrow at noon")
    page = open_ticket_page(open_app, desk, ticket)
    write(page, "And bring your passport")
    wait_until(page, lambda: public(desk, ticket)[-1] == "And bring your passport")
    desk.write(ticket, BORIS, "Or the licence")
    expect(page.locator(".message")).to_have_count(4)
    write(page, "Yes")
    wait_until(page, lambda: public(desk, ticket)[-1] == "Yes")
    assert [body["expected_sequence"] for body in desk.calls("POST", POST)] == [2, 4]


@pytest.fixture
def early(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> tuple[Page, HeldMessages]:
    """A ticket with a colleague's answer, opened from the list; and the requests for its messages, which wait."""
    desk.write(ticket, BORIS, "Tomorrow at noon")
    page = open_app(desk, viewport=DESKTOP, expected=("400", "ERR_"))
    page.wait_for_selector(".row")
    runs(page, "later.js")
    held = HeldMessages(page)
    page.click(".row")
    page.wait_for_selector(".composer textarea")
    wait_until(page, lambda: held.routes)
    return page, held


def test_an_answer_begun_before_the_conversation_has_loaded_can_be_sent(
    desk: FakeDesk, ticket: dict[str, Any], early: tuple[Page, HeldMessages]
) -> None:
    page, held = early
    page.locator(".composer textarea").press_sequentially("And bring your passport")
    held.release()
    expect_texts(page, ["Where is it?", "Tomorrow at noon"])
    page.keyboard.press("Control+Enter")
    wait_until(page, lambda: public(desk, ticket)[-1] == "And bring your passport")
    assert [body["expected_sequence"] for body in desk.calls("POST", POST)] == [2]


def test_an_answer_sent_before_the_conversation_has_loaded_stops_at_a_colleagues(
    desk: FakeDesk, ticket: dict[str, Any], early: tuple[Page, HeldMessages], faults: list[Faults]
) -> None:
    page, _held = early
    faults[0].expect("409")
    expected = ticket["sequence"]
    page.locator(".composer textarea").press_sequentially("It comes")
    desk.write(ticket, BORIS, "Or bring the licence")
    page.keyboard.press("Control+Enter")
    wait_until(page, lambda: desk.calls("POST", POST))
    assert [body["expected_sequence"] for body in desk.calls("POST", POST)] == [expected]
    assert public(desk, ticket)[-1] == "Or bring the licence"


def test_an_answer_to_a_ticket_that_was_opened_without_a_network_goes_out(
    desk: FakeDesk, ticket: dict[str, Any], early: tuple[Page, HeldMessages], faults: list[Faults]
) -> None:
    page, held = early
    page.context.set_offline(True)
    held.release(lost=True)
    desk.fail("POST", POST, times=1)
    page.locator(".composer textarea").press_sequentially("And bring your passport")
    page.keyboard.press("Control+Enter")
    page.context.set_offline(False)
    wait_until(page, lambda: public(desk, ticket)[-1] == "And bring your passport")
    assert {body["expected_sequence"] for body in desk.calls("POST", POST)} == {2}


def test_what_an_earlier_version_expected_is_forgotten_with_the_next_try(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    key = f"desk.draft.{ANNA['id']}.{ticket['id']}.seen"
    page.evaluate("(key) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), value: -1 }))", key)
    desk.fail("POST", POST, 400, code="invalid_input", message="Some of what you sent cannot be used.")
    write(page, "It comes")
    expect(page.locator(".message.is-failed")).to_have_count(1)
    page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.startsWith("desk.outbox."));
          const job = JSON.parse(localStorage.getItem(key));
          localStorage.setItem(key, JSON.stringify({ ...job, expected_sequence: -1 }));
        }"""
    )
    page.reload()
    page.click("[data-action=retry]:visible")
    wait_until(page, lambda: public(desk, ticket)[-1] == "It comes")
    assert [body["expected_sequence"] for body in desk.calls("POST", POST)] == [1, None]


def test_notes_and_customers_expect_nothing(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.get_by_role("button", name="Internal note").click()
    write(page, "He called")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "He called")
    other = FakeDesk()
    own = other.open_ticket("Mine", status="open")
    page = open_ticket_page(open_app, other, own)
    write(page, "Hello")
    wait_until(page, lambda: bool(other.messages[own["id"]]))
    bodies = [*desk.calls("POST", POST), *other.calls("POST", POST)]
    assert [body["expected_sequence"] for body in bodies] == [None, None]


def test_a_colleague_who_writes_is_named_above_the_composer(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    for person, internal in ((VERA, False), (BORIS, True)):
        desk.send({"type": "message_typing", "ticket": ticket["id"], "data": {"user": person, "internal": internal}})
    expect(page.locator(".typing.is-shown")).to_be_visible()
    expect(page.locator(".rival")).to_be_hidden()
    desk.send({"type": "message_typing", "ticket": ticket["id"], "data": {"user": BORIS, "internal": False}})
    expect(page.locator(".rival")).to_have_text("Boris Lvov is writing an answer…")
    desk.write(ticket, BORIS, "Tomorrow")
    expect(page.locator(".rival")).to_be_hidden()


def test_a_ticket_that_leaves_ones_sight_closes_with_a_plain_sentence(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("404",))
    page.fill(".composer textarea", "It comes")
    expect(page.locator(".row")).to_have_count(1)
    said = page.locator(".chat [role=alert]")
    desk.fail("GET", rf"tickets/{ticket['number']}/", 404)
    desk.send({"type": "inbox_removed", "ticket": ticket["id"]})
    expect(said).to_contain_text("There is no such ticket, or you may not see it")
    expect(page.locator(".composer, .message, .assignee, .row, .side-card")).to_have_count(0)
    wait_until(page, lambda: desk.frames[-1] == {"type": "unsubscribe", "ticket": ticket["id"]})
    said.get_by_role("button", name="Try again").click()
    expect_texts(page, ["Where is it?"])
    expect(page.locator(".composer textarea")).to_have_value("It comes")
