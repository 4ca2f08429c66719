"""Keys of the whole app by their place on the keyboard, the list of them, and all commands in one field."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, CATEGORIES, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import hold_requests, open_ticket_page, runs, wait_until
from tests.support.browser import DESKTOP, PHONE, PIXEL, browser_marks, picture
from tests.support.everybody import CONTRASTS, PRESSED, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    for minutes, subject in enumerate(("Parcel", "Refund", "Address")):
        ticket = desk.open_ticket(subject, status="open", assignee=ANNA)
        desk.write(ticket, VERA, f"About my {subject.lower()}", minutes_ago=minutes + 1)
    return desk


def russian(page: Page, code: str, key: str) -> None:
    """A key of a Russian layout, which Playwright has no keyboard for."""
    page.evaluate(
        """([code, key]) => document.activeElement.dispatchEvent(
          new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }))""",
        [code, key],
    )


def loads_keys(page: Page) -> bool:
    script = "() => performance.getEntriesByType('resource').some((entry) => entry.name.includes('shortcuts'))"
    loaded: bool = page.evaluate(script)
    return loaded


def test_escape_leaves_the_field_though_it_is_the_first_key_that_is_no_text(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_ticket_page(open_app, desk, next(iter(desk.tickets.values())), viewport=DESKTOP)
    text = page.locator(".composer textarea")
    text.click()
    page.keyboard.type("It comes")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message .text").last).to_have_text("It comes")
    expect(text).to_be_focused()
    assert not loads_keys(page)
    page.keyboard.press("Escape")
    expect(text).not_to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("dialog h2")).to_have_text("Status of the ticket")
    expect(text).to_have_value("")


def test_keys_do_what_the_buttons_do(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, viewport=DESKTOP)
    expect(page.locator(".row")).to_have_count(3)
    assert not loads_keys(page)
    russian(page, "KeyJ", "о")
    expect(page.locator(".row").nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".row").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".chat h1")).to_have_text("Refund")
    page.wait_for_selector(".composer")
    text = page.locator(".composer textarea")
    russian(page, "KeyN", "т")
    expect(text).to_be_focused()
    expect(page.locator(".composer")).to_have_class("composer is-note")
    page.keyboard.type("njaskr?")  # only text while one types
    expect(text).to_have_value("njaskr?")
    page.keyboard.press("Escape")
    expect(text).not_to_be_focused()
    page.keyboard.press("r")
    expect(page.locator(".composer")).to_have_class("composer")
    expect(text).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator("dialog h2")).to_have_text("Status of the ticket")
    page.keyboard.press("z")  # a sheet has keys of its own
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".row").nth(2)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".nothing-chosen")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("input.search")).to_be_focused()
    expect(page.locator("input.search")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog .key-line")).to_have_count(24)
    assert page.evaluate(CONTRASTS) == []
    picture(page, "keys")
    page.keyboard.press("Escape")
    page.evaluate("localStorage.setItem('desk.keys', 'false')")
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("input.search:visible")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_list_of_keys_stays_within_a_narrow_window_and_large_letters(
    open_app: OpenApp, desk: FakeDesk, language: str
) -> None:
    desk.language = language
    page = open_app(desk, "tickets/101", viewport={"width": 360, "height": 640})
    page.wait_for_selector(".composer")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.keyboard.press("?")
    expect(page.locator("dialog .key-line").first).to_be_visible()
    assert sideways(page, "dialog") == []
    beyond = page.evaluate("""() => [...document.querySelectorAll("dialog .key-line dd")]
      .filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent.trim())""")
    assert beyond == []
    picture(page, f"keys-large-{language}")


# What has no button above the ticket: its key by its place and on a Russian layout, and what it opens.
SHEETS = {
    "KeyH": ("р", "Who answers", "Boris Lvov · away", ("assign", "assignee", BORIS["id"])),
    "KeyP": ("з", "Priority of the ticket", "High", ("", "priority", "high")),
    "KeyC": ("с", "Category of the ticket", "Payment", ("", "category", CATEGORIES[1]["id"])),
}


@pytest.mark.parametrize("code", SHEETS)
def test_a_key_of_a_russian_layout_opens_what_only_the_card_has(open_app: OpenApp, desk: FakeDesk, code: str) -> None:
    key, title, choice, (action, field, value) = SHEETS[code]
    page = open_app(desk, "tickets/101")
    page.wait_for_selector(".composer")
    russian(page, code, key)
    expect(page.locator("dialog h2")).to_have_text(title)
    page.click(f"dialog .choice:has-text('{choice}')")
    assert ["haptic.selection"] in page.evaluate("telegramCalls")
    method, path = ("POST", rf"tickets/[\w-]+/{action}/") if action else ("PATCH", r"tickets/[\w-]+/")
    wait_until(page, lambda: desk.calls(method, path))
    assert desk.calls(method, path)[0][field] == value
    expect(page.locator(".toast button")).to_have_text("Undo")


def test_tags_are_changed_in_a_sheet_and_a_colleagues_stay(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = next(iter(desk.tickets.values()))
    ticket["tags"] = ["vip"]
    page = open_ticket_page(open_app, desk, ticket)
    russian(page, "KeyT", "е")
    field = page.locator("dialog input")
    expect(field).to_have_value("vip")
    expect(field).to_be_focused()
    desk.change(ticket, tags=["vip", "late"])
    assert [page.evaluate(CONTRASTS), page.evaluate(PRESSED), sideways(page)] == [[], [], []]
    picture(page, "tags")
    field.fill("vip, Parcel")
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.calls("PATCH", r"tickets/[\w-]+/"))
    assert desk.calls("PATCH", r"tickets/[\w-]+/")[0]["tags"] == ["vip", "late", "parcel"]
    russian(page, "KeyT", "е")
    field.fill("another")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert len(desk.calls("PATCH", r"tickets/[\w-]+/")) == 1


@pytest.mark.parametrize(
    "given",
    ["one, " + "x" * 41, ", ".join(map(str, range(21))), " a b , " * 19 + "x" * 41],
    ids=["long", "many", "many ways to read"],
)
def test_tags_that_the_desk_would_refuse_stay_in_their_field(open_app: OpenApp, desk: FakeDesk, given: str) -> None:
    limits = "At most 20 tags of 40 letters each."
    page = open_ticket_page(open_app, desk, next(iter(desk.tickets.values())))
    page.keyboard.press("t")
    field = page.locator("dialog input")
    field.fill(given)
    page.keyboard.press("Enter")
    assert field.evaluate("(field) => field.validity.patternMismatch")
    expect(field).to_have_value(given)
    wait_until(page, lambda: field.evaluate("(field) => field.validationMessage") == limits)
    field.fill(", ".join(["x" * 40, *map(str, range(19))]) + ", ")
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.calls("PATCH", r"tickets/[\w-]+/"))
    (sent,) = desk.calls("PATCH", r"tickets/[\w-]+/")
    assert len(sent["tags"]) == 20


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["a sheet", "a pane"])
def test_the_card_and_the_number_have_keys(open_app: OpenApp, desk: FakeDesk, viewport: dict[str, int]) -> None:
    page = open_app(desk, "tickets/101", viewport=viewport, permissions=["clipboard-read", "clipboard-write"])
    page.wait_for_selector(".composer")
    if viewport is DESKTOP:
        page.wait_for_selector(".side-card")
    russian(page, "KeyY", "н")
    expect(page.locator(".toast")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "#101"
    russian(page, "KeyI", "ш")
    if viewport is DESKTOP:
        expect(page.locator(".side-card")).to_be_focused()
    else:
        expect(page.locator("dialog .side-card")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_palette_does_what_the_card_does(open_app: OpenApp, desk: FakeDesk, language: str) -> None:
    desk.language = language
    page = open_app(desk, "tickets/101", viewport=DESKTOP)
    page.wait_for_selector(".composer")
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
          { code: "KeyK", key: "л", ctrlKey: true, bubbles: true, cancelable: true }))"""
    )
    expect(page.locator("dialog input")).to_be_focused()
    page.keyboard.type("priority" if language == "en" else "приоритет")
    page.keyboard.press("Enter")
    page.click("dialog .choice >> nth=3")
    wait_until(page, lambda: desk.calls("PATCH", r"tickets/[\w-]+/"))
    assert desk.calls("PATCH", r"tickets/[\w-]+/")[0]["priority"] == "urgent"
    page.keyboard.press("Control+k")
    page.fill("dialog input", "hand" if language == "en" else "передать")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .choice")).to_have_count(2)


def test_a_closed_ticket_is_handed_over_to_nobody(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = next(iter(desk.tickets.values()))
    ticket["status"] = "closed"
    page = open_ticket_page(open_app, desk, ticket)
    page.keyboard.press("Control+k")
    page.fill("dialog input", "hand it")
    expect(page.locator("dialog .saved-hint")).to_have_text("Nothing of that name.")


def test_all_commands_are_found_in_one_field(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "tickets/101", viewport={"width": 320, "height": 700})
    page.wait_for_selector(".composer")
    page.locator(".composer textarea").focus()
    page.keyboard.press("Control+k")
    commands = page.locator("dialog .saved-reply > span")
    expect(commands.first).to_have_text("Mine")
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "palette")
    page.keyboard.type("note")
    expect(commands).to_have_text(["Write a note"])
    page.keyboard.press("Enter")
    expect(page.locator(".composer")).to_have_class("composer is-note")
    page.keyboard.press("Control+k")
    expect(page.locator("dialog input")).to_be_focused()
    page.keyboard.type("vera")
    expect(commands).to_have_text(["Parcel · Vera Ivanova", "Refund · Vera Ivanova", "Address · Vera Ivanova"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chat h1")).to_have_text("Refund")
    page.keyboard.press("Control+k")
    expect(page.locator("dialog input")).to_be_focused()
    page.keyboard.type("nothing like it")
    expect(page.locator("dialog .saved-hint")).to_have_text("Nothing of that name.")
    page.fill("dialog input", "#103")
    page.keyboard.press("Enter")
    expect(page.locator(".chat h1")).to_have_text("Address")
    page.keyboard.press("Control+k")
    page.click("dialog .saved-reply:has-text('Unassigned')")
    expect(page.locator("#tab-unassigned")).to_have_attribute("aria-selected", "true")
    wait_until(page, lambda: page.url.endswith("/app/?tab=unassigned"))


def test_a_ticket_that_left_ones_sight_is_no_command(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "tickets/101", viewport=DESKTOP)
    page.wait_for_selector(".composer")
    wait_until(page, lambda: desk.sockets)
    rows = page.locator(".row")
    expect(rows).to_have_count(3)
    lost = next(ticket for ticket in desk.tickets.values() if ticket["subject"] == "Refund")
    desk.send({"type": "inbox_removed", "ticket": lost["id"]})
    expect(rows).to_have_count(2)
    page.keyboard.press("Control+k")
    page.fill("dialog input", "vera")
    commands = page.locator("dialog .saved-reply > span")
    expect(commands).to_have_text(["Parcel · Vera Ivanova", "Address · Vera Ivanova"])
    page.keyboard.press("Escape")
    desk.change(lost, "ticket_assigned", assignee=ANNA)  # and it is back
    expect(rows).to_have_count(3)
    page.keyboard.press("Control+k")
    page.fill("dialog input", "refund")
    expect(commands).to_have_text(["Refund · Vera Ivanova"])


def test_a_ticket_that_is_not_found_any_more_leaves_the_list(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "tickets/101", viewport=DESKTOP, expected=("404",))
    page.wait_for_selector(".composer")
    lost = next(ticket for ticket in desk.tickets.values() if ticket["subject"] == "Refund")
    desk.fail("GET", rf"tickets/({lost['id']}/messages|{lost['number']})/", 404, times=9)
    page.click(".row:has-text('Refund')")
    expect(page.get_by_text(re.compile("There is no such ticket, or you may not see it"))).to_be_visible()
    expect(page.locator(".row")).to_have_count(2)
    page.keyboard.press("Control+k")
    page.fill("dialog input", "refund")
    expect(page.locator("dialog .saved-hint")).to_have_text("Nothing of that name.")


def test_an_impatient_or_held_key_opens_one_sheet(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = next(iter(desk.tickets.values()))
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    page.wait_for_selector(".staff-tools")
    held = hold_requests(page, "**/api/v1/users/?*")
    for _press in range(3):
        page.keyboard.press("h")
    hold(page, "KeyH")
    wait_until(page, lambda: held)
    page.keyboard.press("p")
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].fallback()
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    for _press in range(3):
        page.keyboard.press("z")
    hold(page, "KeyZ")
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(300)
    expect(page.locator("dialog[open]")).to_have_count(1)


def test_an_answer_that_hangs_does_not_hold_the_other_keys(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = next(iter(desk.tickets.values()))
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    page.wait_for_selector(".staff-tools")
    held = hold_requests(page, "**/api/v1/users/?*")
    page.keyboard.press("h")
    wait_until(page, lambda: held)
    page.keyboard.press("Escape")
    expect(page.locator(".nothing-chosen")).to_be_visible()
    wait_until(page, lambda: page.keyboard.press("?") or page.locator("dialog .key-line").count())


def hold(page: Page, code: str) -> None:
    """As a keyboard repeats a key that is held down."""
    page.evaluate(
        """(code) => { for (let times = 0; times < 4; times++) document.body.dispatchEvent(
          new KeyboardEvent("keydown", { code, key: "x", bubbles: true, cancelable: true, repeat: times > 0 })); }""",
        code,
    )


def test_the_key_to_search_leads_to_a_field_that_is_open_and_closes_nothing(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, viewport=DESKTOP)
    expect(page.locator(".row")).to_have_count(3)
    field = page.locator("[type=search]")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("refund")
    expect(page.locator(".row")).to_have_count(1)
    page.locator(".row").focus()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(field).to_have_value("refund")
    assert "q=refund" in page.url
    page.keyboard.type("parcel")  # what stood there was selected
    expect(field).to_have_value("parcel")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_selecting_text_beyond_the_edge_of_a_sheet_does_not_close_it(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = next(iter(desk.tickets.values()))
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    page.wait_for_selector(".staff-tools")
    page.keyboard.press("t")
    field = page.locator("dialog input")
    field.fill("vip, urgent-case")
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(20, box["y"] + 10, steps=5)
    page.mouse.up()
    page.wait_for_timeout(200)
    expect(field).to_have_value("vip, urgent-case")
    page.mouse.click(20, 20)  # beside it
    expect(page.locator("dialog")).to_have_count(0)


def test_a_press_that_takes_its_button_away_leaves_the_focus_beside_it(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("Nobody's", status="open", assignee=None)
    desk.write(ticket, VERA, "Hello")
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 1400, "height": 800}, expected=("403",))
    page.wait_for_selector(".side-card")
    runs(page, "later.js")

    def press(button: str, hidden: bool = True) -> Locator:
        page.locator(button).focus()
        page.keyboard.press("Enter")
        if hidden:
            expect(page.locator(button)).to_be_hidden()
        return page.locator(":focus")

    expect(press(".side-card [data-action=take]")).to_have_attribute("data-action", "free")
    expect(press(".side-card [data-action=free]")).to_be_visible()
    assert page.evaluate("Boolean(document.activeElement.closest('.side-card'))")
    expect(press(".staff-tools [data-action=take]")).to_have_attribute("data-action", "status")
    text = page.locator(".composer textarea")
    desk.fail("POST", r"tickets/[\w-]+/messages/", 403, times=2, message="No.")
    for action in ("discard", "retry"):
        text.fill("one")
        text.press("Enter")
        page.wait_for_selector(f".is-failed [data-action={action}]")
        press(f".is-failed [data-action={action}]")
        expect(text).to_be_focused()
    for name in ("a.png", "b.png"):
        page.set_input_files(".composer input[type=file]", {"name": name, "mimeType": "image/png", "buffer": PIXEL})
    expect(page.locator(".composer .picked-file")).to_have_count(2)
    press(".composer [data-action=remove] >> nth=0", hidden=False)
    expect(page.locator(".composer .picked-file")).to_have_count(1)
    expect(page.locator(".composer [data-action=remove]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(text).to_be_focused()
