"""The start: by Telegram, without it, with an ended sign-in; Telegram's colours, buttons and insets."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until, write
from tests.support.browser import browser_marks, picture
from tests.support.everybody import DARK, LIGHT

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    return ticket


def test_one_request_brings_the_first_screen(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk)
    expect(page.locator(".row-title")).to_have_text(["No parcel"])
    assert [path for _method, path, _body in desk.requests] == ["auth/telegram/"]
    assert "tgWebAppData" not in page.url
    assert ["ready"] in page.evaluate("telegramCalls")


def test_a_reload_finds_telegrams_data_again(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk)
    page.reload()
    expect(page.locator(".row-title")).to_have_text(["No parcel"])


def test_without_telegram_there_is_one_clear_screen(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, telegram=False)
    expect(page.locator("h1")).to_have_text("Open this in Telegram")
    expect(page.locator(".notice .button")).to_have_attribute("href", "https://t.me/desk_bot")
    assert desk.requests == []


def test_telegrams_script_may_hang(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk, script=False, expected=("ERR_FAILED",))
    expect(page.locator(".row-title")).to_have_text(["No parcel"])


def test_data_that_has_grown_too_old_asks_to_open_the_app_again(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.signed_in = False
    page = open_app(desk, expected=("401",))
    expect(page.locator("h1")).to_have_text("Please open it again")


def test_old_data_and_a_good_refresh_token_go_on(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk, expected=("401",))
    page.wait_for_selector(".row")
    desk.fail("POST", "auth/telegram/", 401, code="init_data_expired")
    page.reload()
    expect(page.locator(".row-title")).to_have_text(["No parcel"])
    assert desk.calls("POST", "auth/refresh/") == [{"refresh": "refresh1"}]


def test_an_ended_token_is_renewed_unseen(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("401",))
    desk.fail("POST", r"tickets/[\w-]+/messages/", 401, code="token_expired")
    write(page, "Any news?")
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    assert len(desk.calls("POST", "auth/refresh/")) == 1


def test_an_ended_session_signs_in_with_telegrams_data(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("401",))
    desk.fail("POST", r"tickets/[\w-]+/messages/", 401, code="token_expired")
    desk.fail("POST", "auth/refresh/", 401, code="session_ended")
    write(page, "Any news?")
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    assert len(desk.calls("POST", "auth/telegram/")) == 2


def test_where_nothing_is_taken_the_screen_says_so_and_keeps_the_message(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("401",))
    desk.signed_in = False
    desk.fail("POST", r"tickets/[\w-]+/messages/", 401, code="token_expired")
    write(page, "Any news?")
    expect(page.locator("h1:visible")).to_have_text("Please open it again")
    desk.signed_in = True
    page.reload()
    expect_texts(page, ["Where is it?", "Any news?"])
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)  # by itself


@pytest.mark.parametrize("language", ["en", "ru"])
def test_who_is_banned_reads_so_and_whom_to_ask(open_app: OpenApp, language: str) -> None:
    desk = FakeDesk(language=language)
    desk.refuses = "account_disabled"
    page = open_app(desk, theme=DARK if language == "ru" else LIGHT, expected=("403",))
    blocked = {"en": "Your access is blocked", "ru": "Ваш доступ закрыт"}
    expect(page.locator("h1")).to_have_text(blocked[language])
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator(".notice")).to_contain_text({"en": "ask the company", "ru": "спросите компанию"}[language])
    expect(page.locator(".notice .button")).to_have_count(0)  # opening it again helps nobody
    picture(page, f"blocked-{language}")


@pytest.mark.parametrize("telegram", [True, False])
def test_who_is_banned_meanwhile_reads_so_and_sees_nothing_more(open_app: OpenApp, telegram: bool) -> None:
    desk = FakeDesk(ANNA)
    desk.links = ["once"]
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?")
    page = open_app(desk, "" if telegram else "#enter=once", telegram=telegram, expected=("401", "403"))
    page.click(".row")
    page.wait_for_selector(".message")
    desk.refuses = "account_disabled"
    desk.fail("POST", r"tickets/[\w-]+/messages/", 401, code="session_ended")
    with page.expect_event("load"):
        write(page, "Any news?")
    expect(page.locator("h1")).to_have_text("Your access is blocked")
    expect(page.locator(".row, .message")).to_have_count(0)
    page.reload()
    expect(page.locator("h1")).to_have_text("Your access is blocked")
    desk.refuses = ""  # let in again
    page.reload()
    page.wait_for_selector(".message")


def test_data_that_telegram_did_not_sign_for_this_bot_say_more_than_open_it_again(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    desk.refuses = "init_data_invalid"
    page = open_app(desk, expected=("401",))
    expect(page.locator("h1")).to_have_text("Telegram's word for you was not accepted")
    expect(page.locator(".notice .button")).to_have_attribute("href", "https://t.me/desk_bot")


@pytest.mark.parametrize("telegram", [True, False])
def test_a_sign_in_that_ends_leaves_nothing_that_was_private(open_app: OpenApp, telegram: bool) -> None:
    desk = FakeDesk(ANNA)
    desk.links = ["once"]
    tickets = [desk.open_ticket(f"No parcel {number}", assignee=ANNA, status="open") for number in range(3)]
    for ticket in tickets:
        desk.write(ticket, VERA, "I live in Elm Street")
    page = open_app(desk, "" if telegram else "#enter=once", telegram=telegram, expected=("401",))
    for ticket in tickets:
        page.click(f"a[href='/app/tickets/{ticket['number']}']")
        page.wait_for_selector(".message")
        page.evaluate("telegram.back()") if telegram else page.go_back()
        expect(page.locator(".row")).to_have_count(3)
    page.click(f"a[href='/app/tickets/{tickets[0]['number']}']")
    page.wait_for_selector(".composer")
    desk.signed_in = False
    desk.fail("POST", r"tickets/[\w-]+/messages/", 401, code="token_expired")
    desk.fail("POST", "auth/refresh/", 401, code="session_ended")
    with page.expect_event("load"):
        write(page, "Any news?")
    expect(page.locator("h1")).to_have_text("Please open it again")
    for step in (lambda: None, page.go_back, page.go_forward, lambda: page.keyboard.press("Control+K")):
        step()
        expect(page.locator("h1")).to_have_text("Please open it again")
        seen = page.evaluate("[document.title, document.body.innerText].join()")
        assert not {word for word in ("Elm", "parcel", "Vera", "news") if word in seen}
        expect(page.locator("dialog, .row, .message, .toast")).to_have_count(0)
    if telegram:
        assert page.evaluate("telegramCalls.filter(([name]) => name === 'back.show')") == []


def test_a_desk_that_does_not_answer_can_be_tried_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.fail("POST", "auth/telegram/", 503)
    page = open_app(desk, expected=("503",))
    expect(page.locator("h1")).to_have_text("The desk does not answer")
    page.click("[data-action=again]")
    expect(page.locator(".row-title")).to_have_text(["No parcel"])


def test_the_page_comes_in_the_persons_own_language(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.language = "ru"
    page = open_app(desk, locale="en-GB")
    page.wait_for_selector("html[lang=ru] .empty")
    assert len(desk.calls("POST", "auth/telegram/")) == 2


def test_the_reload_into_ones_own_language_keeps_what_the_address_says(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA, language="ru")
    page = open_app(desk, "?tab=all&status=closed", locale="en-GB")
    page.wait_for_selector("html[lang=ru] .tabs")
    assert page.evaluate("location.search") == "?tab=all&status=closed&lang=ru"


def test_a_deep_link_opens_its_ticket(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk, link=f"ticket_{ticket['number']}")
    expect_texts(page, ["Where is it?"])
    page.evaluate("telegram.back()")
    expect(page.locator(".row-title")).to_be_visible()
    page.reload()  # the link has been followed
    expect(page.locator(".row-title")).to_be_visible()
    assert page.evaluate("location.pathname") == "/app/"


def test_a_deep_link_to_a_ticket_that_one_may_not_see_says_so(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, link="ticket_987654", expected=("404",))
    expect(page.locator(".chat [role=alert]")).to_contain_text("There is no such ticket among yours")
    page.get_by_role("button", name="To the tickets").click()
    expect(page.locator(".row-title")).to_have_text(["No parcel"])
    page.reload()
    expect(page.locator(".row-title")).to_be_visible()


def test_a_deep_link_to_something_else_opens_the_list(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, link=f"ticket_{ticket['number']}x")
    expect(page.locator(".row-title")).to_be_visible()
    assert page.evaluate("location.pathname") == "/app/"


def test_back_from_a_ticket_that_was_opened_directly_leads_to_the_list(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    assert ["back.show"] in page.evaluate("telegramCalls")
    page.evaluate("telegram.back()")
    expect(page.locator(".row")).to_be_visible()
    expect(page.locator("#detail-pane .chat")).to_have_count(0)
    assert page.evaluate("telegramCalls.filter(([name]) => name.startsWith('back')).at(-1)") == ["back.hide"]
    page.click(".row")
    page.wait_for_selector(".message")
    page.go_back()
    expect(page.locator(".row")).to_be_focused()


def test_telegrams_colours_are_used_and_followed(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, theme=DARK)
    colour = "getComputedStyle(document.querySelector('.messages-scroll').closest('.pane')).backgroundColor"
    assert page.evaluate(colour) == "rgb(35, 46, 60)"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.fill(".composer textarea", "I was going to say")
    page.evaluate("(colours) => telegram.setTheme(colours)", LIGHT)
    assert page.evaluate(colour) == "rgb(240, 240, 240)"
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    expect(page.locator(".composer textarea")).to_have_value("I was going to say")


FILM = """
window.film = [];
const frame = () => {
  const style = document.body && getComputedStyle(document.body);
  const isReady = (window.telegramCalls ?? []).some(([name]) => name === "ready");
  if (style) film.push([isReady, style.backgroundColor, getComputedStyle(document.documentElement).colorScheme]);
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""


@pytest.mark.parametrize("system", ["light", "dark"])
def test_no_frame_after_ready_has_other_colours_than_telegram(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], system: str
) -> None:
    """Whatever the system wears; and before Telegram has said its colours, those of the system are shown."""
    page = open_app(desk, theme=DARK, before=FILM, color_scheme=system)
    expect(page.locator(".row")).to_be_visible()
    film = page.evaluate("film")
    after = {(colour, scheme) for is_ready, colour, scheme in film if is_ready}
    assert after == {("rgb(35, 46, 60)", "dark")}
    if system == "dark":
        assert "rgb(255, 255, 255)" not in {colour for _ready, colour, _scheme in film}


def test_other_colours_leave_the_conversation_where_it_is(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    for number in range(60):
        desk.write(ticket, VERA, f"Line {number}", minutes_ago=60 - number)
    ticket.update(unread=0, read_sequence=ticket["sequence"])
    page = open_ticket_page(open_app, desk, ticket, theme=DARK)
    page.evaluate("document.querySelector('.messages-scroll').scrollTop -= 300")
    settled = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(settled)
    place = "document.querySelector('.messages-scroll').scrollTop"
    before = page.evaluate(place)
    page.evaluate("(colours) => telegram.setTheme(colours)", LIGHT)
    page.evaluate(settled)
    assert abs(page.evaluate(place) - before) <= 1


def test_outside_telegram_the_system_chooses_dark_or_light(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, telegram=False, color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


INSETS = """() => {
  const { style } = document.documentElement;
  style.setProperty("--tg-content-safe-area-inset-top", "80px");
  style.setProperty("--tg-content-safe-area-inset-bottom", "34px");
}"""


def test_nothing_lies_under_the_insets(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.evaluate(INSETS)
    title, field = page.locator(".chat h1").bounding_box(), page.locator(".composer textarea").bounding_box()
    assert title is not None
    assert field is not None
    assert title["y"] >= 80
    assert field["y"] + field["height"] <= 844 - 34


@pytest.mark.parametrize(
    ("me", "path", "item", "foot"),
    [
        (VERA, "", ".row", ".actions .button"),
        (ANNA, "", ".row", ""),
        (ANNA, "notifications", ".notification", ""),
        (ANNA, "me", ".switch, [data-action=link]", ""),
    ],
)
def test_lists_scroll_under_no_inset(open_app: OpenApp, me: dict[str, Any], path: str, item: str, foot: str) -> None:
    desk = FakeDesk(me)
    tickets = [desk.open_ticket(f"Ticket {number}", VERA, status="open", assignee=ANNA) for number in range(30)]
    for ticket in tickets:
        desk.write(ticket, VERA if me is ANNA else ANNA, "Where is it?")
        if me is ANNA:
            desk.notify(ticket, "Vera has written")
    page = open_app(desk, path)
    pane = page.locator(".pane-detail" if path else ".pane-list")
    items = pane.locator(item)
    expect(items.first).to_be_visible()
    page.evaluate(INSETS)
    title, first = pane.locator("h1").bounding_box(), items.first.bounding_box()
    assert title is not None
    assert first is not None
    assert title["y"] >= 80
    assert first["y"] >= title["y"] + title["height"]
    scroll = pane.locator(".scroll")
    top = scroll.bounding_box()
    assert top is not None
    assert top["y"] >= title["y"] + title["height"]  # what has been read goes under the head, not under the inset
    for _page in range(3):  # rows come as they are reached
        scroll.evaluate("list => list.scrollTop = list.scrollHeight")
        page.wait_for_timeout(100)
    last = (pane.locator(foot) if foot else items.last).bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 844 - 34


FORBID = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
}"""


def test_where_storage_is_forbidden_everything_still_works(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, before=FORBID, script=False, expected=("ERR_FAILED",))
    write(page, "Any news?")
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    expect_texts(page, ["Where is it?", "Any news?"])


def test_where_storage_is_forbidden_a_new_page_is_signed_in_too(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA, language="en")
    ticket = desk.open_ticket("No parcel", VERA, status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.language = "ru"
    page = open_app(desk, before=FORBID, locale="en-GB")
    page.wait_for_selector("html[lang=ru] .row")  # after a reload into the own language
    page.click("[data-tab=all]")
    page.click(".row")
    page.reload()
    expect_texts(page, ["Where is it?"])
    page.evaluate("telegram.back()")
    expect(page.locator("[data-tab=all]")).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(page.locator(".row")).to_be_visible()


def test_where_storage_is_forbidden_a_link_is_followed_once(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, link=f"ticket_{ticket['number']}", before=FORBID)
    expect_texts(page, ["Where is it?"])
    page.evaluate("telegram.back()")
    expect(page.locator(".row")).to_be_visible()
    page.reload()
    expect(page.locator(".row")).to_be_visible()
