"""What agents see and do: the inbox, taking a ticket, its status, and notes that cannot be mistaken for replies."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, GLEB, VERA, now, told_of_change
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, runs, states, wait_until, write
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, NARROW, THEMES, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def test_tabs_show_mine_the_unassigned_and_all(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    mine = desk.open_ticket("Refund", GLEB, status="open", assignee=ANNA)
    desk.write(mine, GLEB, "When?", minutes_ago=3)
    done = desk.open_ticket("Address", GLEB, status="closed", assignee=BORIS)
    desk.write(done, GLEB, "Thanks", minutes_ago=1)
    page = open_app(desk)
    subjects = page.locator(".row-subject")
    expect(subjects).to_have_text(["Refund"])
    page.click("[data-tab=unassigned]")
    expect(subjects).to_have_text(["No parcel"])
    page.click("[data-tab=all]")
    expect(subjects).to_have_text(["Address", "Refund", "No parcel"])
    expect(page.locator(".row-assignee")).to_have_text(["Boris Lvov", "You", ""])
    expect(page.locator("[data-tab=all]")).to_have_attribute("aria-selected", "true")
    runs(page, "calm.js")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-tab=waiting]")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(subjects).to_have_text(["No parcel"])


def test_every_empty_tab_has_its_own_sentence(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    expect(page.locator(".empty")).to_contain_text("No tickets are assigned to you.")
    page.click("[data-tab=unassigned]")
    expect(page.locator(".empty")).to_contain_text("Every ticket has somebody.")


def test_taking_a_ticket_moves_it_to_mine(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".assignee-name")).to_have_text("Nobody yet")
    page.click("[data-action=take]")
    expect(page.locator(".assignee-name")).to_have_text("Yours")
    expect(page.locator("[data-action=take]")).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("The ticket is yours")
    page.evaluate("telegram.back()")
    expect(page.locator(".row-subject")).to_have_text(["No parcel"])


def test_somebody_else_was_faster(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    desk.fail("POST", r"tickets/[\w-]+/assign/", 409, code="conflict", message="Boris Lvov has just taken it.")
    page.click("[data-action=take]")
    expect(page.locator(".toast")).to_have_text("Boris Lvov has just taken it.")
    desk.change(ticket, "ticket_assigned", assignee=BORIS)
    expect(page.locator(".assignee-name")).to_have_text("Boris Lvov")


def test_the_status_is_chosen_from_a_sheet(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=status]")
    sheet = page.locator("dialog.sheet")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator("[data-action=status]")).to_be_focused()
    page.click("[data-action=status]")
    page.click(".choice:has-text('Resolved')")
    expect(page.locator(".status-button .status")).to_have_text("Resolved")
    assert desk.calls("POST", r"tickets/[\w-]+/status/") == [{"status": "resolved", "expected_sequence": 1}]


def test_a_change_is_undone_by_a_press(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=take]")
    page.click(".undo button")
    expect(page.locator(".assignee-name")).to_have_text("Nobody yet")
    expect(page.locator(".toast")).to_have_text("Taken back")
    calls = desk.calls("POST", r"tickets/[\w-]+/assign/")
    assert [call["assignee"] for call in calls] == [ANNA["id"], None]


@pytest.mark.parametrize("status", ["pending", "resolved"])
def test_a_closing_is_undone_to_where_the_ticket_came_from(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], status: str
) -> None:
    ticket["status"] = status
    page = open_ticket_page(open_app, desk, ticket)
    before = page.locator(".status-button .status").inner_text()
    page.click("[data-action=status]")
    page.click(".choice:has-text('Closed')")
    page.click(".undo button")
    expect(page.locator(".toast")).to_have_text("Taken back")
    expect(page.locator(".status-button .status")).to_have_text(before)
    assert ticket["status"] == status


def test_a_closed_ticket_is_offered_what_the_desk_allows(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=status]")
    expect(page.locator(".choice")).to_have_text(["Open", "Waiting for customer", "Resolved", "Closed"])
    page.click(".choice:has-text('Closed')")
    expect(page.locator(".status-button .status")).to_have_text("Closed")
    page.click("[data-action=status]")
    expect(page.locator(".choice")).to_have_text(["Open", "Closed"])


def test_a_change_that_is_refused_is_taken_back_and_says_who_was_faster(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    desk.change(ticket, "ticket_status_changed", status="pending")
    expect(page.locator(".status-button .status")).to_have_text("Waiting for customer")
    data = told_of_change(ticket, "ticket_status_changed", "status", "pending", BORIS)
    desk.fail("POST", r"tickets/[\w-]+/status/", 409, code="stale", data=data)
    page.click("[data-action=status]")
    page.click(".choice:has-text('Resolved')")
    faster = re.compile(r"Boris Lvov set it to “Waiting for customer” \d+ seconds? ago\.")
    expect(page.locator(".toast")).to_have_text(faster)
    expect(page.locator(".status-button .status")).to_have_text("Waiting for customer")


def test_a_note_cannot_be_mistaken_for_a_reply(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    composer = page.locator(".composer")
    background = "(element) => getComputedStyle(element).backgroundColor"
    for_replies = composer.evaluate(background)
    expect(page.locator(".note-hint")).to_be_hidden()
    page.click("[data-action=note]")
    expect(page.locator(".note-hint")).to_have_text("Only your team sees this")
    assert composer.evaluate(background) != for_replies
    write(page, "He calls every week")
    bubble = page.locator(".message.is-note .bubble")
    expect(bubble).to_contain_text("Note · only your team sees this")
    expect(bubble.locator(".tick")).to_be_hidden()
    assert desk.messages[ticket["id"]][-1]["internal"] is True
    picture(page, "note")


def test_reply_and_note_have_drafts_of_their_own(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    field = page.locator(".composer textarea")
    field.fill("to the customer")
    page.click("[data-action=note]")
    expect(field).to_have_value("")
    field.fill("to the team")
    page.click("[data-action=reply]")
    expect(field).to_have_value("to the customer")
    page.reload()
    expect(field).to_have_value("to the customer")
    page.click("[data-action=note]")
    expect(field).to_have_value("to the team")


def test_typing_a_note_is_told_as_a_note(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=note]")
    page.type(".composer textarea", "Hm")
    wait_until(page, lambda: any(frame["type"] == "typing" and frame["internal"] for frame in desk.frames))


def test_ticks_tell_how_far_a_reply_has_come(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    delivery = {"state": "queued", "reason": "", "ambiguous": False, "seen_at": None}
    reply = desk.write(ticket, ANNA, "It comes tomorrow", delivery=delivery)

    def report(**change: Any) -> None:
        data = {"message": reply["id"], "delivery": {**delivery, **change}}
        desk.happen("message_delivery", ticket, data)

    wait_until(page, lambda: states(page) == ["On its way to Telegram"])
    report(state="sent")
    wait_until(page, lambda: states(page) == ["Delivered"])
    report(state="sent", ambiguous=True)
    wait_until(page, lambda: states(page) == ["Perhaps delivered twice: an answer of Telegram was lost"])
    report(state="blocked")
    wait_until(page, lambda: states(page) == ["Customer unreachable"])
    report(state="failed", reason="file_too_big")
    wait_until(page, lambda: states(page) == ["Not delivered to Telegram"])
    expect(page.locator(".delivery")).to_contain_text("The file is too large for Telegram.")
    expect(page.locator(".is-own .tick")).to_have_attribute("data-state", "alert")
    report(state="sent", seen_at="2026-01-01T10:00:00Z")
    wait_until(page, lambda: states(page) == ["Seen"])


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_row_says_that_nothing_reaches_its_customer_for_as_long_as_that_is_so(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], theme: dict[str, str]
) -> None:
    desk.language = "ru"
    ticket.update(unreachable="blocked", priority="high", tags=["vip"], assignee=BORIS, status="open")
    aside = desk.open_ticket("Refund", GLEB, snoozed_until=now(-600), unreachable="blocked")
    page = open_app(desk, "?tab=all", viewport=NARROW, theme=theme)
    clock = page.locator(".row", has_text="No parcel").locator(".row-clock")
    expect(clock).to_have_text("Клиент недоступен")
    expect(page.locator(".row", has_text="Refund").locator(".row-clock")).to_have_text(
        re.compile("^до .* · Клиент недоступен$")
    )
    expect(page.locator(".row-clock[data-tone=unreachable]")).to_have_count(2)
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    picture(page, f"unreachable-rows-{'dark' if theme == THEMES['dark'] else 'light'}")
    desk.change(aside, unreachable="")
    expect(page.locator(".row-clock[data-tone=unreachable]")).to_have_count(1)
    page.set_viewport_size(DESKTOP)
    picture(page, f"unreachable-rows-desktop-{'dark' if theme == THEMES['dark'] else 'light'}")
    page.click("text=No parcel")
    expect(page.locator(".chat .unreachable").first).to_contain_text("Клиент заблокировал бота.")


def test_on_a_wide_window_inbox_and_ticket_stand_side_by_side(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, viewport=DESKTOP)
    expect(page.locator(".nothing-chosen")).to_be_visible()
    page.click("[data-tab=all]")
    page.click(".row")
    expect_texts(page, ["Where is it?"])
    expect(page.locator(".row")).to_be_visible()
    expect(page.locator(".row[aria-current]")).to_have_count(1)
    desk.write(ticket, VERA, "Hello?")
    expect_texts(page, ["Where is it?", "Hello?"])
    expect(page.locator(".row-preview")).to_contain_text("Hello?")
