"""What staff know of a customer besides the ticket in hand: other tickets, ratings, and the notes of the team."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA, now, person
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, LIGHT, PRESSED, sideways

pytestmark = browser_marks
CARD = r"users/[\w-]+/card/"
PARTS = {"en": ("Other tickets", "Notes about the customer"), "ru": ("Другие обращения", "Заметки о клиенте")}


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    desk.ratings = {"count": 2, "average": 4.5}
    desk.note_person(BORIS, "Prefers to be called in the evening")
    return desk


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    for subject, status in (("The first parcel", "closed"), ("Money twice", "open")):
        desk.write(desk.open_ticket(subject, status=status), VERA, "Hello", minutes_ago=90)
    ticket = desk.open_ticket("No parcel", status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def the_card(page: Page) -> Any:
    return page.locator("aside.side-card")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_other_tickets_ratings_and_notes_stand_beside_the_ticket(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], language: str, name: str, theme: dict[str, str]
) -> None:
    desk.language = language
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, theme=theme)
    card = the_card(page)
    for part in PARTS[language]:
        expect(card.get_by_role("heading", name=part)).to_be_visible()
    expect(card.locator(".other-ticket")).to_have_count(2)
    expect(card.locator(".other-ticket").first).to_contain_text("Money twice")
    expect(card.locator(".person-note")).to_contain_text("Prefers to be called in the evening")
    expect(card.locator(".person-note")).to_contain_text("Boris Lvov")
    expect(card.locator("[data-ref=ratings]")).to_have_text(
        {"en": "4.5 of 5 in 2 ratings", "ru": "4,5 из 5, 2 оценки"}[language]
    )
    expect(card.locator("[data-ref=reachable]")).to_have_text(
        {"en": "Reachable in Telegram", "ru": "Сообщения доходят в Telegram"}[language]
    )
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    card.locator("[data-ref=noteForm]").scroll_into_view_if_needed()
    picture(page, f"customer-card-{name}-{language}")


def test_another_ticket_opens_by_a_press_and_its_status_is_the_one_of_now(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    other = the_card(page).locator(".other-ticket").first
    expect(other.locator(".status")).to_have_text("Open")
    desk.change(next(one for one in desk.tickets.values() if one["number"] == 102), status="resolved")
    expect(other.locator(".status")).to_have_text("Resolved")
    other.click()
    expect(page.locator("main h1")).to_have_text("Money twice")
    expect(the_card(page).locator(".other-ticket").first).to_contain_text("No parcel")


def test_what_is_counted_follows_a_new_ticket_an_end_and_a_rating(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = the_card(page)
    totals, ratings = card.locator("[data-ref=totals]"), card.locator("[data-ref=ratings]")
    expect(totals).to_have_text("3 tickets in all, 2 active")
    wait_until(page, lambda: desk.sockets)
    desk.write(desk.open_ticket("A broken lamp"), VERA, "It came broken")
    expect(totals).to_have_text("4 tickets in all, 3 active")
    expect(card.locator(".other-ticket").first).to_contain_text("A broken lamp")
    desk.change(ticket, "ticket_status_changed", status="resolved")
    expect(totals).to_have_text("4 tickets in all, 2 active")
    desk.ratings = {"count": 3, "average": 4.7}
    desk.change(ticket, rating={"score": 5, "comment": "", "rated_at": now(), "changeable_until": None})
    expect(ratings).to_have_text("4.7 of 5 in 3 ratings")
    asked = len(desk.calls("GET", CARD))
    desk.write(ticket, VERA, "Thank you")
    expect(page.locator(".message").last).to_contain_text("Thank you")
    assert len(desk.calls("GET", CARD)) == asked  # a message changes nothing on it


def test_on_a_phone_another_ticket_takes_the_place_of_the_sheet(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, theme=DARK)
    page.click("[data-action=card]")
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".other-ticket")).to_have_count(2)
    sheet.locator(".person-note").scroll_into_view_if_needed()
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(PRESSED) == []
    picture(page, "customer-card-phone-dark")
    sheet.locator(".other-ticket").last.click()
    expect(sheet).to_have_count(0)
    expect(page.locator("main h1")).to_have_text("The first parcel")


def test_a_note_stands_there_at_once_and_its_author_removes_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = the_card(page)
    notes = card.locator(".person-note")
    expect(notes).to_have_count(1)
    expect(notes.get_by_role("button")).to_have_count(0)  # of a colleague
    card.get_by_role("textbox", name="A note about the customer").fill("  Has a dog  ")
    card.get_by_role("button", name="Add a note").click()
    expect(notes.first).to_contain_text("Has a dog")
    expect(notes.first).to_contain_text("You")
    expect(card.locator("textarea")).to_have_value("")
    assert [body["text"] for body in desk.calls("POST", r"users/[\w-]+/notes/")] == ["Has a dog"]
    notes.first.get_by_role("button", name="Remove this note").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(notes).to_have_count(1)
    expect(page.locator(".toast")).to_have_text("The note is removed")


def test_a_note_that_was_refused_goes_back_into_its_field_and_out_under_the_same_key(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("ERR_CONNECTION_FAILED",))
    card = the_card(page)
    expect(card.locator(".person-note")).to_have_count(1)
    desk.fail("POST", r"users/[\w-]+/notes/", lost=True)
    card.locator("textarea").fill("Has a dog")
    card.get_by_role("button", name="Add a note").click()
    expect(card.locator("textarea")).to_have_value("Has a dog")
    expect(card.locator(".person-note")).to_have_count(1)
    page.reload()
    expect(card.locator("textarea")).to_have_value("Has a dog")
    expect(card.locator(".person-note")).to_have_count(2)  # it had arrived
    card.locator("textarea").fill("Has a cat")
    desk.fail("POST", r"users/[\w-]+/notes/", lost=True)
    for _time in range(2):
        card.get_by_role("button", name="Add a note").click()
        expect(page.locator(".toast")).to_be_visible()
    expect(card.locator(".person-note")).to_have_count(3)
    ids = {body["id"] for body in desk.calls("POST", r"users/[\w-]+/notes/") if body["text"] == "Has a cat"}
    assert len(ids) == 1


def test_a_manager_removes_any_note(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.me = person("Mila Orlova", "manager")
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    expect(the_card(page).locator(".person-note").get_by_role("button")).to_be_visible()


def test_what_could_not_be_loaded_is_asked_for_again(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.fail("GET", r"users/[\w-]+/card/", 500, times=3)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("500",))
    card = the_card(page)
    expect(card.get_by_role("alert")).to_contain_text("could not be loaded")
    picture(page, "customer-card-failed")
    desk.faults.clear()
    card.get_by_role("button", name="Try again").click()
    expect(card.locator(".person-note")).to_be_visible()
    expect(card.get_by_role("alert")).to_be_hidden()


def people_changed(desk: FakeDesk) -> None:
    desk.send({"type": "person_changed", "data": {"person": VERA["id"]}})


def looks_away_and_back(page: Page) -> None:
    page.evaluate("Telegram.WebApp.isActive = false; telegram.fire('deactivated')")
    page.evaluate("Telegram.WebApp.isActive = true; telegram.fire('activated')")


@pytest.mark.parametrize("how", ["told", "looked", "connected"])
def test_a_colleagues_note_appears_in_the_open_card(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], how: str
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = the_card(page)
    expect(card.locator(".person-note")).to_have_count(1)
    wait_until(page, lambda: desk.sockets)
    card.locator("textarea").fill("Half a thought")
    desk.note_person(BORIS, "Moves in May")
    if how == "told":
        people_changed(desk)
    elif how == "looked":
        looks_away_and_back(page)
    else:
        desk.drop_sockets()
    expect(card.locator(".person-note")).to_have_count(2)
    expect(card.locator(".person-note").first).to_contain_text("Moves in May")
    expect(card.locator("textarea")).to_have_value("Half a thought")


@pytest.mark.parametrize(
    ("language", "blocked", "reachable"),
    [
        ("en", "Blocked: what they write does not arrive", "Reachable in Telegram"),
        ("ru", "Заблокирован: сообщения клиента не доходят", "Сообщения доходят в Telegram"),
    ],
)
def test_an_open_card_says_while_its_customer_is_blocked(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], language: str, blocked: str, reachable: str
) -> None:
    desk.language = language
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = the_card(page)
    expect(card.get_by_text(reachable)).to_be_visible()
    desk.banned.add(VERA["id"])
    people_changed(desk)
    expect(card.get_by_text(blocked)).to_be_visible()
    expect(card.get_by_text(reachable)).to_be_hidden()
    picture(page, f"customer-card-blocked-{language}")
    desk.banned.clear()
    people_changed(desk)
    expect(card.get_by_text(reachable)).to_be_visible()
    expect(card.get_by_text(blocked)).to_be_hidden()


def test_what_cannot_be_read_anew_goes_on_standing_in_the_card(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("403",))
    card = the_card(page)
    expect(card.locator(".person-note")).to_have_count(1)
    wait_until(page, lambda: desk.sockets)
    desk.fail("GET", CARD, 403, code="forbidden")
    people_changed(desk)
    wait_until(page, lambda: not desk.faults[0].times)
    page.wait_for_timeout(100)
    expect(card.get_by_role("alert")).to_be_hidden()
    expect(card.locator(".person-note")).to_have_count(1)


def test_a_closed_card_is_not_read_anew(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=card]")
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".person-note")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    desk.write(ticket, VERA, "Hello?")
    expect_texts(page, ["Where is it?", "Hello?"])  # by then it is closed for all that listens
    people_changed(desk)
    desk.write(ticket, VERA, "Anybody?")
    expect_texts(page, ["Where is it?", "Hello?", "Anybody?"])  # so the frame before it was heard
    looks_away_and_back(page)
    read = len(desk.calls("GET", CARD))
    assert read == 1
    page.click("[data-action=card]")
    expect(sheet.locator(".person-note")).to_have_count(1)
    wait_until(page, lambda: len(desk.calls("GET", CARD)) > read)
    assert len(desk.calls("GET", CARD)) == read + 1


def test_nothing_known_is_said_in_words(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open")
    desk.write(ticket, VERA, "Where is it?")
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    card = the_card(page)
    for sentence in (
        "This is their only ticket that you may see.",
        "Nobody has written anything down yet.",
        "Has not rated anything yet",
    ):
        expect(card.get_by_text(sentence)).to_be_visible()
