"""The card of a ticket and its customer: a third pane, a sheet on a phone; and the three layouts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, CATEGORIES, VERA, now, refusal, told_of_change
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import follows, hold_requests, open_ticket_page, runs, wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    rating = {"score": 4, "comment": "Quick", "rated_at": now(), "changeable_until": now()}
    ticket = desk.open_ticket("No parcel", status="open", tags=["vip"], rating=rating, unreachable="blocked")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def test_a_ticket_is_handed_to_a_colleague_and_taken_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = page.locator("aside.side-card")
    card.get_by_role("button", name="Hand over…").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".choice")).to_have_text(["Anna Petrova · Away", "Boris Lvov · Away"])
    assert sideways(page) == []
    picture(page, "hand-over")
    sheet.get_by_role("button", name="Boris Lvov").click()
    expect(card).to_contain_text("Boris Lvov")
    expect(page.locator(".toast")).to_contain_text("The ticket is with Boris Lvov")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(card).to_contain_text("Nobody")
    sent = desk.calls("POST", r"tickets/[\w-]+/assign/")
    assert [body["assignee"] for body in sent] == [BORIS["id"], None]


def test_what_was_set_is_undone(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = page.locator("aside.side-card")
    for name, chosen, before in (("priority", "high", "normal"), ("category", "", ticket["category"]["id"])):
        field = card.locator(f"[data-ref={name}]")
        field.select_option(chosen)
        expect(field).to_have_value(chosen)
        undo = page.locator(".toast").get_by_role("button", name="Undo")
        undo.click()
        expect(field).to_have_value(before)
        expect(page.locator(".toast")).to_have_count(1)
        expect(undo).to_have_count(0)
    bodies = desk.calls("PATCH", r"tickets/[\w-]+/")
    assert [{key: body[key] for key in body if key != "expected_sequence"} for body in bodies] == [
        {"priority": "high"},
        {"priority": "normal"},
        {"category": None},
        {"category": ticket["category"]["id"]},
    ]


@pytest.mark.parametrize("first", ["answer", "frame"])
def test_a_category_that_took_the_ticket_out_of_sight_is_undone(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.of_others = {CATEGORIES[1]["id"]}
    before = ticket["category"]["id"]
    page = open_app(desk, f"tickets/{ticket['number']}?tab=all", viewport=DESKTOP, expected=("404",))
    follows(page, desk, ticket)
    expect(page.locator(".row")).to_have_count(1)
    held: list[Route] = []
    told: list[dict[str, Any]] = []

    def on_change(route: Route) -> None:
        if held or route.request.method != "PATCH":
            route.fallback()
        else:
            held.append(route)

    page.route("**/api/v1/tickets/*/", on_change)
    page.locator("aside.side-card [data-ref=category]").select_option(CATEGORIES[1]["id"])
    wait_until(page, lambda: held)
    tell = desk.send
    if first == "answer":
        monkeypatch.setattr(desk, "send", told.append)
    _status, answer = desk.answer("PATCH", f"tickets/{ticket['id']}/", {}, held[0].request.post_data_json)
    gone = page.locator(".chat [role=alert]")
    if first == "frame":
        expect(gone).to_be_visible()
    held[0].fulfill(json=answer)
    undo = page.locator(".toast").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    monkeypatch.undo()
    for frame in told:
        tell(frame)
    expect(gone).to_contain_text("with another team now")
    expect(page.locator(".row")).to_have_count(0)
    undo.click()
    expect(page.locator(".message .text")).to_have_text("Where is it?")
    expect(page.locator("aside.side-card [data-ref=category]")).to_have_value(before)
    expect(page.locator(".row")).to_have_count(1)
    assert (ticket["category"] or {})["id"] == before


def test_a_wide_window_shows_list_conversation_and_card(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = page.locator("aside.side-card")
    expect(card).to_contain_text("Vera Ivanova")
    expect(card).to_contain_text("@vera")
    expect(card.locator("a[href^='tel:']")).to_have_text("+79001234567")
    expect(card).to_contain_text("Russian")
    expect(card).to_contain_text("4 of 5")
    expect(card).to_contain_text("Quick")
    expect(card.locator(".unreachable")).to_be_visible()
    expect(page.locator("#list-pane h1")).to_be_visible()
    expect(page.locator(".card-button")).to_be_hidden()
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    picture(page, "three-panes")
    card.locator("[data-action=take]").click()
    expect(card).to_contain_text("Yours")
    card.locator("select").first.select_option("high")
    expect(page.locator(".toast").last).to_contain_text("Saved")
    card.locator("input").fill("vip, Late")
    card.locator("input").press("Enter")
    expect(page.locator(".row-tags")).to_have_text("vip · late")
    sent = desk.calls("PATCH", r"tickets/[\w-]+/")
    assert [{key: value for key, value in body.items() if key != "expected_sequence"} for body in sent] == [
        {"priority": "high"},
        {"tags": ["vip", "late"]},
    ]


def test_on_a_phone_the_card_is_a_sheet(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator("aside.side-card")).to_have_count(0)
    page.click("[data-action=card]")
    sheet = page.locator("dialog.sheet")
    expect(sheet).to_contain_text("Vera Ivanova")
    picture(page, "card-sheet")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator("[data-action=card]")).to_be_focused()


def test_over_the_sheet_a_press_undoes_as_well(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=card]")
    sheet = page.locator("dialog.sheet")
    sheet.locator("[data-ref=priority]").select_option("high")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    assert page.evaluate(CONTRASTS) == []
    picture(page, "undo-over-sheet")
    undo.click()
    expect(sheet.locator("[data-ref=priority]")).to_have_value("normal")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator("#toasts")).to_have_count(1)
    assert page.evaluate("document.querySelector('#toasts').parentElement.tagName") == "BODY"


def test_undoing_takes_back_nothing_that_a_colleague_has_set_since(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = page.locator("aside.side-card")
    card.locator("[data-ref=priority]").select_option("high")
    undo = page.locator(".toast").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    mine = desk.tickets[ticket["id"]]["sequence"]
    desk.change(desk.tickets[ticket["id"]], "ticket_priority_changed", priority="urgent")
    expect(card.locator("[data-ref=priority]")).to_have_value("urgent")
    undo.click()
    wait_until(page, lambda: len(desk.calls("PATCH", r"tickets/[\w-]+/")) == 2)
    assert desk.calls("PATCH", r"tickets/[\w-]+/")[1]["expected_sequence"] == mine, "which the desk refuses"


def test_tags_of_a_colleague_stay_when_one_writes_ones_own(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    field = page.locator("aside.side-card [data-ref=tags]")
    field.focus()
    desk.change(desk.tickets[ticket["id"]], "ticket_tags_changed", tags=["vip", "theirs"])
    page.wait_for_timeout(300)
    field.fill("vip, mine")
    field.blur()
    wait_until(page, lambda: desk.calls("PATCH", r"tickets/[\w-]+/"))
    assert desk.calls("PATCH", r"tickets/[\w-]+/")[0]["tags"] == ["vip", "theirs", "mine"]
    field.focus()
    field.fill("theirs, mine")  # and what one takes away goes
    field.blur()
    wait_until(page, lambda: len(desk.calls("PATCH", r"tickets/[\w-]+/")) == 2)
    assert desk.calls("PATCH", r"tickets/[\w-]+/")[1]["tags"] == ["theirs", "mine"]


def test_the_first_status_of_a_ticket_is_undone_to_open(open_app: OpenApp, desk: FakeDesk) -> None:
    fresh = desk.open_ticket("Wrong number", status="new")
    page = open_ticket_page(open_app, desk, fresh, viewport=DESKTOP)
    page.click("[data-action=status] >> nth=0")
    page.get_by_role("dialog").get_by_role("button", name="Closed").click()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Open")
    sent = desk.calls("POST", r"tickets/[\w-]+/status/")
    assert [body["status"] for body in sent] == ["closed", "open"]


@pytest.mark.parametrize(
    ("language", "more", "wanted"),
    [
        ("en", {"value": "high"}, r"Boris Lvov set it to “High” \d seconds? ago\."),
        ("ru", {"value": "high"}, r"Теперь здесь «Высокий»: Boris Lvov, \d секунд.? назад\."),
        ("en", {"value": None}, r"Boris Lvov cleared it \d seconds? ago\."),
        ("en", {"value": "high", "person": None}, r"The desk set it to “High” \d seconds? ago\."),
        ("en", {"value": "high", "changed_at": now(125)}, r"Boris Lvov set it to “High” 2 hours ago\."),
    ],
)
def test_a_priority_that_somebody_else_has_set_is_taken_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], language: str, more: dict[str, Any], wanted: str
) -> None:
    desk.language = language
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("409",))
    told = told_of_change(ticket, "ticket_priority_changed", "priority", None, BORIS)
    data = {**told, "changed_at": now(0.05), **more}
    desk.fail("PATCH", r"tickets/[\w-]+/", 409, code="stale", data=data)
    priority = page.locator("aside.side-card select").first
    priority.select_option("urgent")
    expect(page.locator(".toast")).to_have_text(re.compile(wanted))
    expect(priority).to_have_value("normal")
    picture(page, f"faster-{language}")


@pytest.mark.parametrize(("width", "panes"), [(639, 1), (640, 2), (1099, 2), (1100, 3)])
def test_there_are_as_many_panes_as_fit(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], width: int, panes: int
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": width, "height": 800})
    expect(page.locator("#list-pane h1")).to_be_visible(visible=panes >= 2)
    expect(page.locator("aside.side-card")).to_have_count(1 if panes == 3 else 0)
    assert sideways(page) == []


def hold_change(page: Page, path: str) -> list[Route]:
    """What changes a ticket stays on its way."""
    return hold_requests(page, re.compile(rf"/api/v1/tickets/[\w-]+/{path}$"), "POST", "PATCH")


@pytest.mark.parametrize("first", ["assign", "priority"])
@pytest.mark.parametrize("both", [True, False], ids=["both refused", "the second one done"])
def test_a_refusal_takes_back_its_own_change_and_no_other(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], first: str, both: bool
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("403",))
    held = {"assign": hold_change(page, "assign/"), "priority": hold_change(page, "")}
    card = page.locator("aside.side-card")
    priority = card.locator("[data-ref=priority]")
    card.get_by_role("button", name="Take", exact=True).click()
    wait_until(page, lambda: held["assign"])
    priority.select_option("high")
    wait_until(page, lambda: held["priority"])
    second = "priority" if first == "assign" else "assign"
    shown = {
        "assign": lambda yes: expect(card.get_by_role("button", name="Take", exact=True)).to_be_visible(
            visible=not yes
        ),
        "priority": lambda yes: expect(priority).to_have_value("high" if yes else "normal"),
    }
    held[first][0].fulfill(status=403, json=refusal("forbidden", "You may not."))
    shown[first](False)
    shown[second](True)  # it is still on its way
    if both:
        held[second][0].fulfill(status=403, json=refusal("forbidden", "You may not."))
    else:
        held[second][0].fallback()
    shown[second](not both)
    shown[first](False)
    wanted = (
        ANNA if not both and second == "assign" else None,
        "high" if not both and second == "priority" else "normal",
    )
    assert (ticket["assignee"], ticket["priority"]) == wanted


def test_a_window_that_grows_gets_its_card_once(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 900, "height": 800})
    page.wait_for_selector(".staff-tools")
    runs(page, "later.js")
    expect(page.locator(".side-card")).to_have_count(0)
    for _time in range(2):
        page.set_viewport_size({"width": 1400, "height": 800})
        expect(page.locator(".side-card")).to_be_visible()
        page.set_viewport_size({"width": 900, "height": 800})
        expect(page.locator(".side-card:visible")).to_have_count(0)
    expect(page.locator(".side-card")).to_have_count(1)
    page.click("[role=tab][data-tab=all]")
    expect(page.locator(".row")).to_have_attribute("aria-current", "page")


def test_a_window_that_shrinks_before_its_card_is_there_gets_no_sheet(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, f"tickets/{ticket['number']}", viewport={"width": 900, "height": 800})
    held = hold_requests(page, "**/screens/side-card*.js")
    page.wait_for_selector(".staff-tools")
    runs(page, "later.js")
    page.set_viewport_size({"width": 1400, "height": 800})
    wait_until(page, lambda: held)
    page.set_viewport_size({"width": 900, "height": 800})
    held[0].fallback()
    expect(page.locator(".has-card")).to_have_count(1)
    expect(page.locator(".side-card:visible")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_ticket_that_could_not_be_loaded_comes_with_the_connection(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    other = desk.open_ticket("Elsewhere", status="closed", assignee=BORIS)
    desk.write(other, VERA, "Not in the list of mine")
    page = open_app(desk, viewport=DESKTOP, expected=("502",))
    page.wait_for_selector("[role=tab]")
    runs(page, "later.js")
    desk.fail("GET", rf"tickets/{other['number']}/", 502, times=9)
    page.keyboard.press("Control+KeyK")
    page.wait_for_selector("dialog input")
    page.keyboard.type(str(other["number"]))
    page.keyboard.press("Enter")
    expect(page.locator(".chat [data-action=reload]")).to_be_visible(timeout=20_000)
    desk.faults.clear()
    desk.drop_sockets()
    expect(page.locator(".message .text")).to_have_text(["Not in the list of mine"], timeout=15_000)
