"""Every screen, notice and sheet of staff, in both themes: names, references, headings, contrast, room for a finger."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import wait_until, write
from tests.support.browser import DESKTOP, browser_marks
from tests.support.everybody import NARROW, THEMES, in_theme, problems_of, ready

pytestmark = browser_marks
UNSEEN = "another team's"
LONG = "A parcel that was promised for Friday and of which nobody knows anything at all"


@pytest.fixture
def desk() -> FakeDesk:
    """Anna's desk: a ticket in each status, one put aside, and one with all that stands between messages."""
    desk = FakeDesk(ANNA)
    for status in ("new", "open", "pending", "resolved", "closed"):
        ticket = desk.open_ticket(f"A ticket that is {status}", status=status, assignee=ANNA, tags=["vip", "late"])
        desk.write(ticket, VERA, "Where is my parcel? https://example.com/track", minutes_ago=20)
        desk.write(ticket, ANNA, "It is on its way", minutes_ago=10)
    full = find(desk, "open")
    full.update(priority="urgent", snoozed_until=now(-600))
    desk.write(full, BORIS, "They called about it", internal=True, minutes_ago=8)
    edited = desk.write(full, VERA, LONG, minutes_ago=6, edited_at=now())
    former = desk.file("old.png", "image/png")
    desk.versions[edited["id"]] = [
        {"text": "A parcel", "entities": [], "attachments": [former], "written_at": "2026-01-01T10:00:00+00:00"}
    ]
    lost = desk.write(full, ANNA, "Here it is", attachments=[desk.file("a.pdf", "application/pdf")], minutes_ago=4)
    desk.deliver(lost, "failed", "gave_up")
    desk.say_change(full, BORIS, "Boris Lvov set the priority to urgent")
    reply = {"id": "1", "title": "Refund", "shortcut": "refund", "text": "Send it back.", "files": []}
    desk.saved_replies = [{**reply, "filled": {"text": "Send it back.", "unresolved": []}}]
    desk.notify(full, "New message in ticket #102")
    desk.note_person(BORIS, "Prefers to be called in the evening")
    return desk


def find(desk: FakeDesk, status: str) -> dict[str, Any]:
    return next(ticket for ticket in desk.tickets.values() if ticket["subject"] == f"A ticket that is {status}")


def path_of(desk: FakeDesk, status: str) -> str:
    """Of a ticket in this status, or of one that Anna may not see."""
    return "tickets/999" if status == UNSEEN else f"tickets/{find(desk, status)['number']}"


def leave(page: Page) -> None:
    """Out of all sheets."""
    dialogs = page.locator("dialog[open]")
    while count := dialogs.count():
        page.keyboard.press("Escape")
        expect(dialogs).to_have_count(count - 1)


# --- in the list, one after the other ---


def a_list(page: Page, desk: FakeDesk) -> None:
    page.click("[data-tab=all]")
    expect(page.locator(".row")).to_have_count(5)


def an_empty_list(page: Page, desk: FakeDesk) -> None:
    page.click("[data-tab=unassigned]")
    ready(page, ".empty")


def filters(page: Page, desk: FakeDesk) -> None:
    page.click("[data-action=filter]")
    ready(page, "dialog[open] fieldset")


def a_search(page: Page, desk: FakeDesk) -> None:
    page.click("[data-tab=mine]")
    page.click("[data-action=search]")
    page.fill("input.search", "parcel")
    ready(page, ".row mark")


def a_search_for_nothing(page: Page, desk: FakeDesk) -> None:
    page.fill("input.search", "nothing like it")
    ready(page, ".empty")


def notifications(page: Page, desk: FakeDesk) -> None:
    page.click("[data-path=notifications]")
    ready(page, ".notification")


def ones_own_settings(page: Page, desk: FakeDesk) -> None:
    page.evaluate("telegram.back()")
    page.click("[data-path=me]")
    ready(page, ".me .switch")
    page.click("[data-action=link]")
    ready(page, ".me input[readonly]")


# --- in a conversation, one after the other ---


def a_conversation(page: Page, desk: FakeDesk) -> None:
    for part in (".message .file", ".change", ".delivery"):
        ready(page, part)


def versions(page: Page, desk: FakeDesk) -> None:
    page.click("[data-action=versions]")
    ready(page, "dialog.versions li")


def press(page: Page, code: str, selector: str = "dialog[open] .choice") -> None:
    page.keyboard.press(code)
    ready(page, selector)


def statuses(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyS")


def colleagues(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyH")


def priorities(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyP")


def categories(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyC")


def tags(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyT", "dialog[open] input")


def a_card(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyI", ".side-card .person-note")


def putting_aside(page: Page, desk: FakeDesk) -> None:
    press(page, "KeyZ")


def all_commands(page: Page, desk: FakeDesk) -> None:
    press(page, "Control+KeyK", "dialog[open] [role=option]")


def keys(page: Page, desk: FakeDesk) -> None:
    press(page, "Shift+Slash", "dialog[open] dl")


def merging(page: Page, desk: FakeDesk) -> None:
    all_commands(page, desk)
    page.fill("dialog input", {"en": "merge", "ru": "присоединить"}[desk.language])
    press(page, "Enter")


def a_menu(page: Page, desk: FakeDesk) -> None:
    page.locator(".bubble").last.hover()
    page.locator("[data-action=menu]").last.click()
    ready(page, "dialog[open]")


def saved_replies(page: Page, desk: FakeDesk) -> None:
    page.click("[data-action=saved]")
    ready(page, ".saved-reply")


def a_note(page: Page, desk: FakeDesk) -> None:
    page.click("[data-action=note]")
    page.fill(".composer textarea", "They called")


def a_conflict(page: Page, desk: FakeDesk) -> None:
    page.click("[data-action=reply]")
    page.fill(".composer textarea", "")
    page.locator(".composer textarea").press_sequentially("It comes")
    desk.write(find(desk, "open"), BORIS, "Tomorrow at noon")
    ready(page, ".message:has-text('Tomorrow at noon')")
    write(page, "It comes tomorrow")
    ready(page, "dialog.conflict")


# --- each in a page of its own ---


def a_list_as_it_was(page: Page, desk: FakeDesk) -> None:
    desk.fail("GET", "tickets/", 503, times=9)
    page.click("[data-tab=all]")
    ready(page, ".rows-late")


def a_list_that_does_not_come(page: Page, desk: FakeDesk) -> None:
    desk.fail("GET", "tickets/", 503, times=9)
    go_to(page, "?tab=all&tag=nobody")
    ready(page, ".empty[role=alert]")


def a_closed_one(page: Page, desk: FakeDesk) -> None:
    ready(page, ".closed-foot")


def older_messages_that_do_not_come(page: Page, desk: FakeDesk) -> None:
    ticket = find(desk, "new")
    for number in range(50):
        desk.write(ticket, VERA, f"Message {number}", silent=True, minutes_ago=9)
    ticket.update(unread=0, read_sequence=ticket["sequence"])
    page.route("**/messages/?*before=*", lambda route: route.abort())
    go_to(page, path_of(desk, "new"))
    ready(page, ".message:has-text('Message 49')")
    page.evaluate("() => { document.querySelector('.messages-scroll').scrollTop = -1e6; }")
    ready(page, ".older button")


def a_conversation_that_does_not_come(page: Page, desk: FakeDesk) -> None:
    desk.fail("GET", r"tickets/[\w-]+/messages/", 503, times=9)
    go_to(page, path_of(desk, "open"))
    ready(page, ".chat .empty")


def a_ticket_of_another_team(page: Page, desk: FakeDesk) -> None:
    ready(page, ".chat [role=alert]")


def a_screen_that_does_not_come(page: Page, desk: FakeDesk) -> None:
    page.route("**/screens/me*.js", lambda route: route.abort())
    page.click("[data-path=me]")
    ready(page, ".notice[role=alert]")


def a_used_link(page: Page, desk: FakeDesk) -> None:
    page.evaluate("location.hash = '#enter=long-ago'")
    ready(page, ".notice[role=alert]")


def outside_telegram(page: Page, desk: FakeDesk) -> None:
    page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
    go_to(page, "?outside")
    ready(page, ".notice a")


def go_to(page: Page, path: str) -> None:
    page.goto(f"{page.evaluate('location.origin')}/app/{path}")


Screen = Callable[[Page, FakeDesk], None]
IN_LIST: tuple[Screen, ...] = (
    a_list,
    an_empty_list,
    filters,
    a_search,
    a_search_for_nothing,
    notifications,
    ones_own_settings,
)
IN_CONVERSATION: tuple[Screen, ...] = (
    a_conversation,
    versions,
    statuses,
    colleagues,
    priorities,
    categories,
    tags,
    a_card,
    putting_aside,
    all_commands,
    keys,
    merging,
    a_menu,
    saved_replies,
    a_note,
    a_conflict,
)
# Where the page is opened, "" for the list or a ticket's status, and what is looked at there; sheets are left after it.
WALKS: dict[str, tuple[str, tuple[Screen, ...]]] = {
    "the list": ("", IN_LIST),
    "a conversation": ("open", IN_CONVERSATION),
    "a list as it was": ("", (a_list_as_it_was,)),
    "no list": ("", (a_list_that_does_not_come,)),
    "a closed ticket": ("closed", (a_closed_one,)),
    "no older messages": ("", (older_messages_that_do_not_come,)),
    "no conversation": ("", (a_conversation_that_does_not_come,)),
    "another team": (UNSEEN, (a_ticket_of_another_team,)),
    "no screen": ("", (a_screen_that_does_not_come,)),
    "a used link": ("", (a_used_link,)),
    "outside of Telegram": ("", (outside_telegram,)),
}
FAULTS = ("404", "409", "503", "ERR_FAILED")


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize(("width", "language"), [("phone", "ru"), ("desktop", "en")])
def test_it_is_for_everybody(open_app: OpenApp, desk: FakeDesk, walk: str, width: str, language: str) -> None:
    desk.language = language
    place, screens = WALKS[walk]
    page = open_app(
        desk,
        path_of(desk, place) if place else "",
        viewport={"phone": NARROW, "desktop": DESKTOP}[width],
        expected=FAULTS,
        reduced_motion="reduce",
    )
    page.wait_for_selector(".row", state="attached")
    wait_until(page, lambda: desk.sockets)
    found: dict[str, Any] = {}
    for screen in screens:
        screen(page, desk)
        for look in THEMES:
            in_theme(page, look)
            problems = problems_of(page, f"agent-{screen.__name__}-{width}-{look}-{language}")
            found.update({f"{screen.__name__}, {look}": problems} if problems else {})
        leave(page)
    assert found == {}
