"""For everybody: contrast in Telegram's own palettes, names, focus, small screens, large text."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA, person
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, runs, wait_until
from tests.support.browser import DESKTOP, PHONE, browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, LIGHT, PRESSED, sideways

pytestmark = browser_marks

# Telegram Web's own blue is the palest of all: accent and links, on its grey
WEB = {
    **LIGHT,
    "secondary_bg_color": "#f4f4f5",
    "hint_color": "#707579",
    **dict.fromkeys(("link_color", "button_color", "accent_text_color"), "#3390ec"),
}
# themes that people have made: letters that can hardly be told from what they stand on
YELLOW = {**LIGHT, "button_color": "#f8e71c"}
PINK = {
    **LIGHT,
    **dict.fromkeys(("bg_color", "section_bg_color"), "#ffd7e8"),
    **dict.fromkeys(("link_color", "button_color", "accent_text_color"), "#ff77aa"),
    "secondary_bg_color": "#ffc4dc",
    "text_color": "#8a5a6c",
    "hint_color": "#e8a5c0",
    "destructive_text_color": "#ff5577",
}
GREY = {**DARK, "bg_color": "#3a3a3a", "section_bg_color": "#3a3a3a", "hint_color": "#555555", "link_color": "#606060"}
THEMES = {"light": LIGHT, "dark": DARK, "web": WEB, "yellow": YELLOW, "pink": PINK, "grey": GREY, "none": None}


def a_full_desk(me: dict[str, Any]) -> tuple[FakeDesk, dict[str, Any]]:
    desk = FakeDesk(me)
    for status in ("new", "open", "pending", "resolved", "closed"):
        ticket = desk.open_ticket(f"A ticket that is {status}", status=status, assignee=ANNA)
        desk.write(ticket, VERA, "Where is my parcel? https://example.com/track", minutes_ago=20)
        desk.write(ticket, ANNA, "A note", internal=True) if me is ANNA else None
        desk.write(ticket, ANNA, "It is on its way")
    return desk, ticket


def test_in_an_ordinary_browser_the_colours_follow_the_system(open_app: OpenApp) -> None:
    desk, _closed = a_full_desk(ANNA)
    desk.links.append("mine")
    page = open_app(desk, "#enter=mine", telegram=False, viewport=DESKTOP, color_scheme="light")
    page.click("[data-tab=all]")
    page.click(".row:has-text('that is open')")
    page.wait_for_selector(".side-card")
    runs(page, "contrast.js")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        wait_until(page, lambda: page.evaluate(CONTRASTS) == [])


@pytest.mark.parametrize(
    ("theme", "scheme"),
    [
        *(("light", "dark"), ("dark", "light"), ("none", "light"), ("none", "dark")),
        *(("web", "light"), ("yellow", "light"), ("pink", "light"), ("grey", "dark")),
    ],
)
def test_every_text_has_enough_contrast(open_app: OpenApp, theme: str, scheme: str) -> None:
    desk, _closed = a_full_desk(ANNA)
    for ticket in desk.tickets.values():
        desk.write(ticket, BORIS, "So do I")
    page = open_app(desk, theme=THEMES[theme], color_scheme=scheme)
    runs(page, "later.js")
    page.click("[data-tab=all]")
    expect(page.locator(".row")).to_have_count(5)
    assert page.evaluate(CONTRASTS) == []
    page.click(".row:has-text('that is open')")
    page.wait_for_selector(".message")
    page.click("[data-action=note]")
    page.fill(".composer textarea", "Hm")
    assert page.evaluate(CONTRASTS) == []
    picture(page, f"contrast-{theme}-{scheme}")
    page.go_back()
    page.click("[data-path=me]")
    expect(page.get_by_role("button", name="Make a link")).to_be_visible()
    assert page.evaluate(CONTRASTS) == []


def test_what_can_be_pressed_has_a_name_and_enough_room(open_app: OpenApp) -> None:
    desk, _closed = a_full_desk(ANNA)
    page = open_app(desk, "tickets/102")
    page.wait_for_selector(".message")
    assert page.evaluate(PRESSED) == []


@pytest.mark.parametrize(("width", "percent"), [(320, 100), (390, 200)], ids=["a narrow phone", "text of double size"])
def test_everything_fits_narrow_screens_and_large_text(open_app: OpenApp, width: int, percent: int) -> None:
    desk, _closed = a_full_desk(ANNA)
    desk.language = "ru"
    page = open_app(desk, "tickets/102", viewport={"width": width, "height": 700})
    page.evaluate("(percent) => document.documentElement.style.setProperty('font-size', `${percent}%`)", percent)
    page.wait_for_selector(".message")
    assert sideways(page) == []
    picture(page, f"fits-{width}-{percent}")
    page.evaluate("telegram.back()")
    page.click("[data-tab=all]")
    page.wait_for_selector(".row")
    assert sideways(page) == []


@pytest.mark.parametrize("me", [VERA, ANNA], ids=["customer", "agent"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_page_from_right_to_left_holds(open_app: OpenApp, me: dict[str, Any], viewport: dict[str, int]) -> None:
    desk, _closed = a_full_desk(me)
    right_to_left = "document.addEventListener('DOMContentLoaded', () => document.documentElement.dir = 'rtl')"
    page = open_app(desk, "tickets/102", before=right_to_left, viewport=viewport)
    page.wait_for_selector(".message")
    assert page.evaluate("getComputedStyle(document.querySelector('.composer')).direction") == "rtl"
    assert sideways(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.evaluate(PRESSED) == []
    own, other = (page.locator(f".message{kind} .bubble").last.bounding_box() for kind in (".is-own", ":not(.is-own)"))
    assert own is not None
    assert other is not None
    assert own["x"] < other["x"]  # what one says oneself stands at the end of the line: here at the left
    page.fill(".composer textarea", "שלום")
    page.click(".composer .send")
    expect(page.locator(".message .text").last).to_have_text("שלום")
    picture(page, f"rtl-{me['role']}-{viewport['width']}")
    page.evaluate("telegram.back()")
    page.wait_for_selector(".row")
    assert sideways(page) == []


def test_a_new_screen_takes_the_focus_to_its_heading(open_app: OpenApp) -> None:
    desk, _closed = a_full_desk(VERA)
    page = open_app(desk)
    page.click(".row:has-text('that is open')")
    page.wait_for_selector(".message")
    expect(page.locator(".chat h1")).to_be_focused()
    assert page.title() == "#102 A ticket that is open"


def test_every_screen_has_a_title_of_its_own(open_app: OpenApp) -> None:
    desk, _closed = a_full_desk(ANNA)
    page = open_app(desk)
    expect(page).to_have_title("Inbox · Support")
    for path, title in (("notifications", "Notifications · Support"), ("me", "You and your settings · Support")):
        page.click(f"[data-path={path}]")
        expect(page).to_have_title(title)
        page.evaluate("telegram.back()")
        expect(page).to_have_title("Inbox · Support")
    desk, _closed = a_full_desk(VERA)
    expect(open_app(desk, "new")).to_have_title("New ticket · Support")


def test_the_conversation_is_no_live_region_and_history_is_not_read_aloud(open_app: OpenApp) -> None:
    desk, _closed = a_full_desk(VERA)
    ticket = next(ticket for ticket in desk.tickets.values() if ticket["status"] == "open")
    page = open_ticket_page(open_app, desk, ticket)
    conversation = page.locator("ol.messages")
    expect(conversation).to_have_attribute("aria-label", "Conversation")
    assert conversation.get_attribute("role") is None
    assert conversation.get_attribute("aria-live") is None
    expect(page.locator("#live-polite")).to_have_text("")


def test_less_motion_is_respected(open_app: OpenApp) -> None:
    desk, _closed = a_full_desk(VERA)
    page = open_app(desk, "tickets/102", reduced_motion="reduce")
    page.wait_for_selector(".message")
    assert page.evaluate("getComputedStyle(document.querySelector('.typing')).transitionDuration") == "0s"


def test_what_lies_over_the_page_is_for_everybody_too(open_app: OpenApp) -> None:
    """Sheets and screens of staff on a phone, dark and in Russian."""
    desk, _closed = a_full_desk(person("Mila Orlova", "manager"))
    desk.language = "ru"
    text = "Верните товар."
    filled = {"text": text, "unresolved": []}
    reply = {"id": "1", "title": "Возврат", "shortcut": "", "text": text, "filled": filled, "files": []}
    desk.saved_replies = [reply]
    ticket = next(ticket for ticket in desk.tickets.values() if ticket["status"] == "open")
    ticket["assignee"] = desk.me
    desk.notify(ticket, "Новое сообщение в обращении № 102")
    page = open_ticket_page(open_app, desk, ticket, theme=DARK, color_scheme="dark")
    found: dict[str, Any] = {}

    def look(name: str, place: str) -> None:
        expect(page.locator(place).first).to_be_visible()
        over = page.locator("dialog[open]").count() > 0
        contrasts = page.evaluate(CONTRASTS)
        problems = [*contrasts, *sideways(page, "dialog[open]" if over else ".app"), *page.evaluate(PRESSED)]
        found.update({name: problems} if problems else {})
        picture(page, f"over-{name}")

    for name in ("status", "snooze", "card"):
        page.click(f".staff-tools [data-action={name}]")
        look(name, "dialog[open]")
        if name == "card":
            page.click("dialog [data-action=merge]")
            look("merge", "dialog[aria-labelledby=sheet-title]")
            page.locator("dialog[aria-labelledby=sheet-title] .choice").first.click()
            look("merge-sure", "dialog[aria-labelledby=merge-title]")
            page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
    page.click("[data-action=saved]")
    look("saved", ".saved-reply")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    look("palette", "dialog[open] .saved-reply")
    page.fill("dialog input", "клавиш")
    page.keyboard.press("Enter")
    look("help", "dialog[open] dl")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.fill("dialog input", "настройки")
    page.keyboard.press("Enter")
    look("me", ".me .switch")
    page.keyboard.press("Control+k")
    page.fill("dialog input", "уведомления")
    page.keyboard.press("Enter")
    look("notifications", ".notification")
    assert found == {}
