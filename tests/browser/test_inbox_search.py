"""The search of the inbox: what was found is marked, opens where it stands, and lately searched words are offered."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, GLEB, PAGE_SIZE, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, PRESSED, sideways

pytestmark = browser_marks
FIELD = "input[type=search]"


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    for number, (subject, customer) in enumerate((("No parcel", GLEB), ("Refund", VERA), ("Address", GLEB))):
        ticket = desk.open_ticket(subject, customer, status="open", assignee=ANNA)
        desk.write(ticket, customer, f"It is about my {subject.lower()}, and it is late", minutes_ago=number + 1)
    return desk


def search(page: Page, text: str) -> None:
    if not page.locator(FIELD).is_visible():
        page.click("[data-action=search]")
    page.fill(FIELD, text)


def expect_marks(page: Page, wanted: list[str]) -> None:
    expect(page.locator(".row mark")).to_have_text(wanted)


def test_names_subjects_and_numbers_are_marked_and_let_go_again(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    search(page, "ivan")
    expect_marks(page, ["Ivan"])
    expect(page.locator(".row-title mark")).to_have_text("Ivan")
    search(page, "addr")
    expect_marks(page, ["Addr", "addr"])  # the subject, and the message that says it
    search(page, "#102")
    expect_marks(page, ["102"])
    search(page, "")
    expect(page.locator(".row")).to_have_count(3)
    expect_marks(page, [])


def test_ye_is_marked_with_its_dots_and_without(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.open_ticket("Счёт и счет", VERA, status="open", assignee=ANNA)
    page = open_app(desk)
    search(page, "счёт")
    expect_marks(page, ["Счёт", "счет"])
    search(page, "")
    page.keyboard.press("Control+KeyK")
    page.fill("dialog input", "счёт и счёт")
    expect(page.locator("dialog [role=option]")).to_contain_text(["Счёт и счет"])


def test_the_number_that_was_asked_for_comes_first(open_app: OpenApp, desk: FakeDesk) -> None:
    newest = desk.open_ticket("It is like 102", GLEB, status="open", assignee=ANNA)
    desk.write(newest, GLEB, "Hello")
    page = open_app(desk, "?q=102")
    expect(page.locator(".row-number")).to_have_text(["#102", "#104"])


@pytest.fixture
def found_far_back(desk: FakeDesk) -> dict[str, Any]:
    """In a conversation of several pages the words stand in the first message."""
    ticket = next(iter(desk.tickets.values()))
    for number in range(3 * PAGE_SIZE):
        desk.write(ticket, GLEB, f"More about it, part {number}", silent=True)
    ticket["unread"] = 0
    ticket["read_sequence"] = ticket["sequence"]
    return ticket


def test_what_was_found_in_a_message_opens_there(
    open_app: OpenApp, desk: FakeDesk, found_far_back: dict[str, Any]
) -> None:
    page = open_app(desk, "?q=late")
    page.click(".row:has-text('No parcel')")
    hit = page.locator(".message.is-found")
    expect(hit).to_be_in_viewport()
    expect(hit).to_contain_text("It is about my no parcel")
    picture(page, "search-opened-at-the-message")
    page.evaluate("telegram.back()")
    expect(page.locator(FIELD)).to_have_value("late")
    search(page, "")  # without a search it opens at its end
    expect_marks(page, [])
    page.click(".row:has-text('No parcel')")
    expect(page.locator(".message").last).to_be_in_viewport()
    expect(page.locator(".message.is-found")).to_have_count(0)


def test_beside_the_list_the_open_conversation_goes_to_what_was_found(
    open_app: OpenApp, desk: FakeDesk, found_far_back: dict[str, Any]
) -> None:
    page = open_app(desk, "", viewport=DESKTOP)
    page.click(".row:has-text('No parcel')")
    expect(page.locator(".message").last).to_be_in_viewport()
    search(page, "part 31")
    expect_marks(page, ["part 31"])
    page.click(".row:has-text('No parcel')")
    expect(page.locator(".message.is-found")).to_contain_text("part 31")
    expect(page.locator(".message.is-found")).to_be_in_viewport()
    picture(page, "search-beside-the-list")


def test_what_was_searched_for_lately_is_offered_while_the_field_is_empty(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    page.click("[data-action=search]")
    expect(page.locator(".recent")).to_be_hidden()
    for text in ("refund", "parcel", "Refund", "x"):
        page.fill(FIELD, text)
        page.press(FIELD, "Enter")
    page.fill(FIELD, "")
    expect(page.locator(".recent-list button")).to_have_text(["Refund", "parcel"])
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(PRESSED) == []
    picture(page, "search-recent")
    page.click(".recent-list :text('parcel')")
    expect(page.locator(".row-subject")).to_have_text(["No parcel"])
    expect(page.locator(".recent")).to_be_hidden()
    page.reload()
    page.fill(FIELD, "")
    expect(page.locator(".recent-list button")).to_have_text(["parcel", "Refund"])
    page.click(".recent [data-action=forget]")
    expect(page.locator(".recent")).to_be_hidden()
    expect(page.locator(FIELD)).to_be_focused()
    wait_until(page, lambda: "q=" not in page.url)
    page.reload()
    page.wait_for_selector(".row")
    page.click("[data-action=search]")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(".recent")).to_be_hidden()


def test_nothing_found_says_so_and_where_else_it_may_be(open_app: OpenApp, desk: FakeDesk) -> None:
    other = desk.open_ticket("Lost umbrella", VERA, status="closed")
    desk.write(other, VERA, "It was green")
    page = open_app(desk)
    search(page, "umbrella")
    empty = page.locator(".inbox .empty")
    expect(empty).to_contain_text("Nothing was found for “umbrella”.")
    expect(page.locator("#live-polite")).to_have_text("Nothing was found for “umbrella”.")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "search-nothing")
    empty.locator("[data-action=everywhere]").click()
    expect(page.locator(".row-subject")).to_have_text(["Lost umbrella"])
    assert "tab=all" in page.url
    search(page, "balloon")
    expect(empty).to_contain_text("“balloon”")
    expect(empty.locator("[data-action=everywhere]")).to_be_hidden()
    empty.locator("[data-action=clear]").click()
    expect(page.locator(".row")).to_have_count(4)
    wait_until(page, lambda: "q=" not in page.url)


def test_a_search_in_russian_in_the_dark_on_a_narrow_page(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.language = "ru"
    desk.write(next(iter(desk.tickets.values())), GLEB, "Где моя посылка? Очень жду")
    page = open_app(desk, "", viewport={"width": 320, "height": 700}, theme=DARK)
    for text in ("посылка", "возврат денег за очень длинное название товара", "адрес доставки"):
        search(page, text)
        page.press(FIELD, "Enter")
    picture(page, "search-nothing-ru-dark")
    assert page.evaluate(CONTRASTS) == []
    page.fill(FIELD, "")
    expect(page.locator(".recent-list button")).to_have_count(3)
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    picture(page, "search-recent-ru-dark")


def test_the_same_search_again_finds_what_was_written_meanwhile(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    search(page, "xk77")
    expect(page.locator(".inbox")).to_contain_text("xk77")
    expect(page.locator(".row")).to_have_count(0)
    search(page, "")
    expect(page.locator(".row").first).to_be_visible()
    desk.write(next(iter(desk.tickets.values())), VERA, "My order is xk77")
    search(page, "xk77")
    expect(page.locator(".row")).to_have_count(1)


def test_the_oldest_of_the_last_searches_can_be_gone_back_to(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    for word in ("parcel", "refund", "address", "parce", "refun", "addres", "parcel"):
        search(page, word)
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator(".row")).to_contain_text(word, ignore_case=True)
