"""A client of Telegram whose chooser of files opens nothing: the photo goes through the chat with the bot."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_tickets import fill_form
from tests.browser.views import open_ticket_page, wait_until
from tests.support.browser import PIXEL, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks

OFFER = ".bot-offer"
PHOTO = {"name": "parcel.png", "mimeType": "image/png", "buffer": PIXEL}


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, ANNA, "Can you send us a photo?", minutes_ago=5)
    return ticket


def choose_nothing(page: Page) -> None:
    """The chooser is opened, and closed without a choice."""
    with page.expect_file_chooser():
        page.click("[data-action=pick]")

    def is_offered() -> int:
        # what listens comes with the opening
        page.locator("input[type=file]").dispatch_event("cancel")
        return page.locator(OFFER).count()

    wait_until(page, is_offered)


def pick_photo(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.click("[data-action=pick]")
    chooser.value.set_files(PHOTO)
    expect(page.locator(".picked-file")).to_have_count(1)


def chats(page: Page) -> list[str]:
    """The chats of Telegram that the app has left for."""
    return [url for name, url in page.evaluate("telegramCalls.filter(([name]) => name === 'chat')")]


def test_a_chooser_that_gives_nothing_leads_to_the_bot(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "Here it is")
    choose_nothing(page)
    expect(page.locator(OFFER)).to_have_text("No picture chooser? Send the photo to the bot")
    expect(page.locator("#live-polite")).to_contain_text("No picture chooser?")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "photo-offer")
    page.click(f"{OFFER} button")
    sheet = page.locator("dialog")
    expect(sheet).to_contain_text(f"it is added to ticket #{ticket['number']}")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "photo-by-bot")
    sheet.get_by_text("Cancel").click()
    assert chats(page) == []
    page.click(f"{OFFER} button")
    sheet.get_by_text("Go to the bot").click()
    wait_until(page, lambda: chats(page) == [f"https://t.me/desk_bot?start=photo_{ticket['number']}"])
    page.reload()
    expect(page.locator(".composer textarea")).to_have_value("Here it is")
    page.set_viewport_size({"width": 320, "height": 600})
    choose_nothing(page)
    assert sideways(page) == []


def test_the_offer_goes_with_the_first_file(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    choose_nothing(page)
    pick_photo(page)
    expect(page.locator(OFFER)).to_have_count(0)


def test_a_chooser_that_does_not_open_is_noticed(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    page.click("[data-action=pick]")
    expect(page.locator(OFFER)).to_have_count(0)
    wait_until(page, lambda: page.clock.run_for(1_000) or page.locator(OFFER).count())


def test_what_comes_soon_after_the_focus_is_back_is_waited_for(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    choose_nothing(page)
    pick_photo(page)
    page.click(".picked-file .remove")
    with page.expect_file_chooser() as chooser:
        page.click("[data-action=pick]")
    page.evaluate("document.hasFocus = () => false")  # the chooser is open
    page.clock.run_for(30_000)
    page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    page.clock.run_for(500)
    expect(page.locator(OFFER)).to_have_count(0)
    page.clock.run_for(5_000)
    expect(page.locator(OFFER)).to_have_count(1)
    chooser.value.set_files(PHOTO)  # as late as it may be
    expect(page.locator(OFFER)).to_have_count(0)


def test_a_new_ticket_begins_in_the_chat_and_its_draft_stays(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    fill_form(page)
    choose_nothing(page)
    assert page.evaluate(CONTRASTS) == []
    picture(page, "photo-offer-new")
    page.click(f"{OFFER} button")
    expect(page.locator("dialog")).to_contain_text("a ticket begins with it")
    page.click("dialog button:has-text('Go to the bot')")
    wait_until(page, lambda: chats(page) == ["https://t.me/desk_bot?start=new"])
    page.reload()
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    page.set_viewport_size({"width": 320, "height": 600})
    choose_nothing(page)
    assert sideways(page) == []


def test_staff_are_not_sent_to_the_bot(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    page.click(".composer [data-action=pick]")
    page.clock.run_for(5_000)
    expect(page.locator(OFFER)).to_have_count(0)
    assert not page.evaluate("performance.getEntriesByType('resource').some(({ name }) => /photo-by/.test(name))")


def test_what_came_to_the_companys_own_account_is_not_sent_to_the_bot(open_app: OpenApp, desk: FakeDesk) -> None:
    mine, elsewhere = (desk.open_ticket("No parcel", source=source) for source in ("telegram", "business"))
    page = open_ticket_page(open_app, desk, mine)
    choose_nothing(page)  # so that the module is there
    page.evaluate("telegram.back()")
    page.click(f".row:has-text('#{elsewhere['number']}')")
    page.click("[data-action=pick]")
    page.locator("input[type=file]").dispatch_event("cancel")
    expect(page.locator(OFFER)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_looks_well_in_russian(open_app: OpenApp, theme: str) -> None:
    desk = FakeDesk(language="ru")
    ticket = desk.open_ticket("Посылка не пришла", assignee=ANNA, status="open")
    desk.write(ticket, ANNA, "Пришлите, пожалуйста, фото.", minutes_ago=5)
    page = open_ticket_page(open_app, desk, ticket, color_scheme=theme, reduced_motion="reduce")
    choose_nothing(page)
    assert page.evaluate(CONTRASTS) == []
    picture(page, f"photo-offer-ru-{theme}")
    page.click(f"{OFFER} button")
    expect(page.locator("dialog")).to_be_visible()
    assert page.evaluate(CONTRASTS) == []
    picture(page, f"photo-by-bot-ru-{theme}")
    page.set_viewport_size({"width": 1200, "height": 800})
    picture(page, f"photo-by-bot-wide-ru-{theme}")
