"""A customer's list, and opening a ticket: what was typed is never lost, and no ticket is opened twice."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, CATEGORIES, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, hold_first_upload, wait_until
from tests.support.browser import PIXEL, browser_marks, picture
from tests.support.everybody import CONTRASTS, PRESSED, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def fill_form(
    page: Page,
    *,
    category: str = "Delivery",
    subject: str = "No parcel",
    text: str = "It should have come on Friday.",
) -> None:
    page.select_option("#new-category", label=category)
    page.fill("#new-subject", subject)
    page.fill(".form textarea", text)


def test_the_list_shows_what_matters(open_app: OpenApp, desk: FakeDesk) -> None:
    old = desk.open_ticket("Refund", status="resolved")
    desk.write(old, VERA, "Thank you", minutes_ago=3000)
    new = desk.open_ticket("No parcel", status="pending", assignee=ANNA)
    desk.write(new, ANNA, "Which address?", minutes_ago=5)
    page = open_app(desk)
    expect(page.locator(".row-title")).to_have_text(["No parcel", "Refund"])
    expect(page.locator(".row-preview").first).to_have_text("Anna Petrova: Which address?")
    expect(page.locator(".row .status")).to_have_text(["Waiting for your answer", "Resolved"])
    expect(page.locator(".row .badge:visible")).to_have_text(["1"])
    expect(page.locator(".row .badge").first).to_have_attribute("aria-label", "1 unread message")


def test_the_list_follows_what_happens(open_app: OpenApp, desk: FakeDesk) -> None:
    first = desk.open_ticket("No parcel")
    desk.write(first, VERA, "Where is it?", minutes_ago=10)
    second = desk.open_ticket("Refund")
    desk.write(second, VERA, "When?", minutes_ago=5)
    page = open_app(desk)
    expect(page.locator(".row-title")).to_have_text(["Refund", "No parcel"])
    wait_until(page, lambda: desk.sockets)
    desk.write(first, ANNA, "It is on its way")
    expect(page.locator(".row-title")).to_have_text(["No parcel", "Refund"])
    expect(page.locator(".row").first.locator(".badge")).to_have_text("1")
    desk.send({"type": "inbox_updated", "ticket": first["id"], "sequence": 1, "data": {**first, "sequence": 1}})
    expect(page.locator(".row").first.locator(".badge")).to_have_text("1")


def test_an_empty_list_says_what_to_do(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    expect(page.locator(".empty")).to_contain_text("You have not asked us anything yet.")
    page.click("text=New ticket")
    expect(page.locator("#detail-pane h1")).to_have_text("New ticket")


def test_an_empty_form_names_what_is_missing_and_clears_nothing(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    page.fill("#new-subject", "No parcel")
    page.click("[data-action=submit]")
    errors = page.locator(".field-error:visible")
    expect(errors).to_have_text(["Choose what it is about.", "Describe what happened."])
    expect(page.locator("#new-category")).to_be_focused()
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    page.select_option("#new-category", label="Payment")
    assert ["haptic.selection"] in page.evaluate("telegramCalls")
    expect(errors).to_have_text(["Describe what happened."])
    assert desk.calls("POST", "tickets/") == []


def test_a_new_ticket_opens_its_conversation_and_back_leads_to_the_list(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    page.click("text=New ticket")
    fill_form(page)
    for number in (1, 2, 3):
        page.set_input_files(
            ".form input[type=file]", {"name": f"{number}.png", "mimeType": "image/png", "buffer": PIXEL}
        )
    expect(page.locator(".form .picked-file")).to_have_count(3)
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    expect(page.locator(".photo")).to_have_count(3)
    body = desk.calls("POST", "tickets/")[0]
    assert body["category"] == CATEGORIES[0]["id"]
    assert body["attachments"] == list(desk.files)
    page.evaluate("telegram.back()")
    expect(page.locator(".row-title")).to_have_text(["No parcel"])
    assert page.evaluate("location.pathname") == "/app/"
    page.click("text=New ticket")
    expect(page.locator("#new-subject")).to_have_value("")


def test_what_is_open_of_the_category_already_is_offered(open_app: OpenApp, desk: FakeDesk) -> None:
    delivery, other = CATEGORIES[0], CATEGORIES[1]
    late = desk.open_ticket("A late parcel", category=delivery, status="open", assignee=ANNA)
    desk.open_ticket("Another matter", category=other, status="open")
    desk.open_ticket("An old parcel", category=delivery, status="resolved")
    page = open_app(desk)
    page.click("text=New ticket")
    fill_form(page, text="Where is my parcel?")
    expect(page.locator(".similar a")).to_have_text([f"#{late['number']} A late parcel"])
    assert page.evaluate(CONTRASTS) == []
    picture(page, "similar")
    page.select_option("#new-category", label="Payment")
    expect(page.locator(".similar a")).to_have_count(1)
    page.select_option("#new-category", index=0)
    expect(page.locator(".similar")).to_be_hidden()
    page.select_option("#new-category", label="Delivery")
    page.click(".similar a")
    expect(page.locator(".subject, .chat h1").first).to_have_text("A late parcel")
    page.evaluate("telegram.back()")
    expect(page.locator(".form textarea")).to_have_value("Where is my parcel?")  # kept, to be written there or here


def test_a_draft_is_restored_after_the_app_was_closed(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    fill_form(page)
    page.reload()
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    expect(page.locator(".form textarea")).to_have_value("It should have come on Friday.")
    expect(page.locator("#new-category")).to_have_value(CATEGORIES[0]["id"])
    expect(page.locator(".restored")).to_have_text("Draft restored")
    page.set_input_files(".form input[type=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    expect(page.locator(".picked-file")).to_have_count(1)
    page.reload()
    expect(page.locator(".restored")).to_have_text("Draft restored, without its files: pick them again.")
    page.fill("#new-subject", "No parcel at all")
    page.reload()
    expect(page.locator(".restored")).to_have_text("Draft restored")


def test_a_lost_answer_opens_no_second_ticket(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.fail("POST", "tickets/", lost=True)
    page = open_app(desk, "new", expected=("ERR_",))
    fill_form(page)
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    assert len(desk.tickets) == 1
    assert len({body["id"] for body in desk.calls("POST", "tickets/")}) == 1


def test_a_failure_loses_nothing_and_the_key_survives_a_reload(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.fail("POST", "tickets/", lost=True, times=3)
    page = open_app(desk, "new", expected=("ERR_",), clock=True)
    fill_form(page)
    page.click("[data-action=submit]")
    for _try in range(3):
        page.wait_for_timeout(150)
        page.clock.run_for(4_100)
    expect(page.locator(".form-error")).to_have_text("No answer. Check the connection.")
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    page.reload()
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    assert len(desk.tickets) == 1


def test_a_form_changed_after_a_lost_answer_finds_the_ticket_that_was_opened(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.fail("POST", "tickets/", lost=True, times=3)
    page = open_app(desk, "new", expected=("ERR_",), clock=True)
    fill_form(page)
    page.click("[data-action=submit]")
    for _try in range(3):
        page.wait_for_timeout(150)
        page.clock.run_for(4_100)
    expect(page.locator(".form-error")).to_be_visible()
    page.select_option("#new-category", label="Payment")
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    expect(page.locator(".toast")).to_contain_text("What you changed stands below")
    expect(page.locator(".composer textarea")).to_have_value("It is about “Payment”.")
    assert len(desk.tickets) == 1


def test_the_desks_own_errors_stand_under_their_fields(open_app: OpenApp, desk: FakeDesk) -> None:
    fields: dict[str, Any] = {"subject": ["Say it shorter."]}
    desk.fail("POST", "tickets/", 400, code="invalid_input", message="Please check.", fields=fields)
    page = open_app(desk, "new", expected=("400",))
    fill_form(page)
    page.click("[data-action=submit]")
    expect(page.locator(".field-error:visible")).to_have_text(["Say it shorter."])
    expect(page.locator("#new-subject")).to_be_focused()


def pick_photos(page: Page, *names: str) -> None:
    files: list[Any] = [{"name": name, "mimeType": "image/png", "buffer": PIXEL} for name in names]
    page.set_input_files(".form input[type=file]", files)
    expect(page.locator(".form .picked-file")).to_have_count(len(names))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_photo_that_does_not_arrive_is_named_and_tried_again_alone(
    open_app: OpenApp, desk: FakeDesk, language: str
) -> None:
    desk.language = language
    page = open_app(desk, "new", expected=("ERR_", "503"))
    fill_form(page, category="Delivery" if language == "en" else "Доставка")
    pick_photos(page, "first.png", "second.png", "third.png")
    refuse_uploads(page, "second.png")
    page.click("[data-action=submit]")
    lost = page.locator(".form .picked-file").nth(1)
    why = "“second.png” was not sent. No answer." if language == "en" else "«second.png» не отправлен. Нет ответа."
    expect(page.locator(".form [data-ref=filesError]")).to_contain_text(why)
    again = page.locator(".form [data-action=again]")
    expect(again).to_have_count(1)
    assert lost.locator("[data-action=again]").count() == 1
    assert [file["name"] for file in desk.files.values()] == ["first.png", "third.png"]  # the others went on
    assert desk.calls("POST", "tickets/") == []
    assert [page.evaluate(CONTRASTS), page.evaluate(PRESSED), sideways(page)] == [[], [], []]
    picture(page, f"form-file-lost-{language}")
    page.unroute("**/api/v1/files/")
    again.click()
    expect(page.locator(".form [data-ref=filesError]")).to_be_hidden()
    wait_until(page, lambda: len(desk.files) == 3)
    assert desk.calls("POST", "tickets/") == []  # it waits for the press that sends
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    names = {key: file["name"] for key, file in desk.files.items()}
    sent = [names[key] for key in desk.calls("POST", "tickets/")[0]["attachments"]]
    assert sent == ["first.png", "second.png", "third.png"]  # in their order, each once


def test_a_photo_that_does_not_arrive_can_be_left_out(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", expected=("ERR_",))
    fill_form(page)
    pick_photos(page, "first.png", "second.png")
    refuse_uploads(page, "first.png")
    page.click("[data-action=submit]")
    page.click(".form .picked-file:has([data-action=again]) .remove")
    expect(page.locator(".form [data-ref=filesError]")).to_be_hidden()
    page.click("[data-action=submit]")
    expect_texts(page, ["It should have come on Friday."])
    assert [file["name"] for file in desk.files.values()] == ["second.png"]


def test_each_photo_shows_how_far_it_is(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    fill_form(page)
    pick_photos(page, "first.png", "second.png")
    rings = page.locator(".form .photo-progress:visible")
    expect(rings).to_have_count(0)
    hold_first_upload(page)
    page.click("[data-action=submit]")
    expect(rings).to_have_count(1)
    expect(page.locator(".form .picked-file").first.locator(".photo-progress")).to_have_attribute(
        "aria-label", re.compile(r"Uploading \d+%")
    )
    picture(page, "form-uploading")


def refuse_uploads(page: Page, name: str) -> None:
    """The file of that name does not arrive; the others do."""

    def on_upload(route: Route) -> None:
        if name.encode() in (route.request.post_data_buffer or b""):
            route.abort("connectionfailed")
        else:
            route.fallback()

    page.route("**/api/v1/files/", on_upload)


CLOSED = "We are closed at the moment. Your message is kept, and we answer as soon as we are back."


@pytest.mark.parametrize(
    ("opens_at", "within", "words"),
    [
        (..., None, ""),
        (..., 1800, "We usually answer within 30 minutes."),
        (
            timedelta(days=3),
            7200,
            "We are closed at the moment and back {opens_at:%a}, 07:00. We usually answer within 2 hours.",
        ),
        (None, None, CLOSED),
        (datetime(2026, 1, 1, tzinfo=UTC), 86400, "We usually answer within 1 day."),  # open meanwhile
    ],
)
def test_a_customer_learns_when_an_answer_comes(
    open_app: OpenApp, desk: FakeDesk, opens_at: Any, within: int | None, words: str
) -> None:
    is_open = opens_at is ...
    if isinstance(opens_at, timedelta):
        opens_at = (datetime.now(UTC) + opens_at).replace(hour=7, minute=0)
        words = words.format(opens_at=opens_at)
    at = None if is_open or opens_at is None else opens_at.isoformat()
    desk.expected_answer |= {"open": is_open, "opens_at": at, "within": within}
    ticket = desk.open_ticket("No parcel", status="new")
    page = open_app(desk, "new", timezone_id="UTC")
    expect(page.locator(".form .hint")).to_have_text(words)
    page = open_app(desk, f"tickets/{ticket['number']}", timezone_id="UTC")
    page.wait_for_selector(".composer")
    expect(page.locator(".composer .hint")).to_have_text(words)
    later = re.sub(r" ?We usually.*", "", words)  # of a ticket that was taken, only that the desk is closed
    for status in ("open", "pending"):
        desk.change(ticket, "ticket_status_changed", status=status)
        expect(page.locator(".composer .hint")).to_have_text(later, use_inner_text=True)
        expect(page.locator(".composer .hint")).to_be_visible(visible=bool(later))


@pytest.mark.parametrize("place", ["a taken ticket", "a new one"])
def test_a_page_that_stays_open_knows_of_closing_and_of_opening(open_app: OpenApp, desk: FakeDesk, place: str) -> None:
    ticket = desk.open_ticket("No parcel")
    closes_at, reopens_at = (datetime.now(UTC) + timedelta(hours=hours) for hours in (2, 14))
    turns = {"closes_at": closes_at.isoformat(), "reopens_at": reopens_at.isoformat()}
    desk.expected_answer |= {"open": True, "within": 7200, **turns}
    is_taken = place == "a taken ticket"
    page = open_app(desk, f"tickets/{ticket['number']}" if is_taken else "new", timezone_id="UTC", clock=True)
    hint = page.locator(".composer .hint" if is_taken else ".form .hint")
    expect(hint).to_have_text("We usually answer within 2 hours.")
    if is_taken:
        desk.change(ticket, "ticket_status_changed", status="open")
        expect(hint).to_have_text("")
    page.clock.fast_forward(7_260_000)
    expect(hint).to_have_text(re.compile(rf"^We are closed at the moment and back .*{reopens_at:%H:%M}\.$"))
    page.clock.fast_forward(43_200_000)
    expect(hint).to_have_text("")
