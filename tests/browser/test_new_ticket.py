"""A new ticket whose answer is slow or lost: what is written and picked meanwhile is never lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_message_menu import menu
from tests.browser.test_tickets import fill_form, pick_photos
from tests.browser.views import (
    PICTURES,
    expect_in_memory,
    expect_texts,
    hold_requests,
    open_ticket_page,
    wait_until,
    write,
)
from tests.support.browser import PIXEL, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks
TEXT = ".composer textarea"
SUBMIT = "[data-action=submit]"
THERE = "This ticket had already been created. What you changed stands below: send it too."
THERE_RU = "Это обращение уже было создано. Что вы изменили, стоит внизу: отправьте и это."
DELIVERY = {"en": "Delivery", "ru": "Доставка"}


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def lose_answers(page: Page, desk: FakeDesk) -> None:
    """The ticket is created, and the form hears nothing of it."""
    desk.fail("POST", "tickets/", lost=True, times=3)
    fill_form(page, category=DELIVERY[desk.language])
    page.click(SUBMIT)
    for tries in (1, 2, 3):
        wait_until(page, lambda wanted=tries: len(desk.calls("POST", "tickets/")) == wanted)  # type: ignore[misc]
        page.wait_for_timeout(100)
        page.clock.run_for(4_100)
    expect(page.locator(".form-error")).to_be_visible()


def hold_posts(page: Page) -> list[Route]:
    """They wait here for their answers."""
    return hold_requests(page, "**/api/v1/tickets/", "POST")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_words_and_files_that_the_ticket_does_not_hold_stand_in_it_as_a_reply(
    open_app: OpenApp, desk: FakeDesk, language: str
) -> None:
    desk.language = language
    page = open_app(desk, "new", expected=("ERR_",), clock=True)
    lose_answers(page, desk)
    page.fill(".form textarea", "It should have come on Friday. My new phone is +7 900 000.")
    pick_photos(page, "proof.png")
    page.click(SUBMIT)
    expect_texts(page, ["It should have come on Friday."])
    expect(page.locator(TEXT)).to_have_value("It should have come on Friday. My new phone is +7 900 000.")
    expect(page.locator(".composer .picked-file")).to_have_count(1)
    expect(page.locator(".toast")).to_have_text(THERE if language == "en" else THERE_RU)
    assert [page.evaluate(CONTRASTS), sideways(page)] == [[], []]
    picture(page, f"already-created-{language}")
    page.click(".composer .send")
    [ticket] = desk.tickets.values()
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    assert [file["name"] for file in desk.messages[ticket["id"]][1]["attachments"]] == ["proof.png"]
    assert len(desk.files) == 1  # it went up once
    page.evaluate("telegram.back()")
    page.click("text=New ticket" if language == "en" else "text=Новое обращение")
    expect(page.locator("#new-subject")).to_have_value("")


def test_another_subject_is_not_lost_either(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", expected=("ERR_",), clock=True)
    lose_answers(page, desk)
    page.fill("#new-subject", "Another subject")
    page.click(SUBMIT)
    expect_texts(page, ["It should have come on Friday."])
    expect(page.locator(TEXT)).to_have_value("Another subject")
    expect(page.locator(".toast")).to_have_text(THERE)
    assert len(desk.tickets) == 1


def test_a_photo_that_is_added_to_the_same_words_stands_there_too(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", expected=("ERR_", "409"), clock=True)
    lose_answers(page, desk)
    desk.fail("POST", "tickets/", 409, code="key_reused", message="Used for something else.")
    pick_photos(page, "proof.png")
    page.click(SUBMIT)
    expect_texts(page, ["It should have come on Friday."])
    expect(page.locator(".composer .picked-file")).to_have_count(1)
    expect(page.locator(TEXT)).to_have_value("")
    expect(page.locator(".toast")).to_have_text(THERE)


def test_nothing_can_be_written_while_it_is_sent_and_the_focus_comes_back(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", expected=("400",))
    held = hold_posts(page)
    fill_form(page)
    page.focus("#new-subject")
    page.keyboard.press("Enter")
    wait_until(page, lambda: held)
    expect(page.locator(".form")).to_have_attribute("aria-busy", "true")
    picture(page, "form-sending")
    page.keyboard.type(" and more")
    fields = ("#new-category", "#new-subject", ".form textarea", ".add-photo")
    assert [one for one in fields if not page.locator(one).evaluate("field => field.closest('[inert]')")] == []
    refuse(held.pop(), 400)
    expect(page.locator(".form-error")).to_have_text("Not now.")
    expect(page.locator("#new-subject")).to_be_focused()
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    expect(page.locator(".form [inert]")).to_have_count(0)


def test_a_file_that_comes_while_it_is_sent_waits_in_the_ticket(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    held = hold_posts(page)
    fill_form(page)
    pick_photos(page, "early.png")
    page.click(SUBMIT)
    wait_until(page, lambda: held)
    late: Any = {"name": "late.png", "mimeType": "image/png", "buffer": PIXEL}
    page.set_input_files(".form input[type=file]", late)  # chosen before, and read only now
    expect(page.locator(".form .picked-file")).to_have_count(2)
    held.pop().fallback()
    expect_texts(page, ["It should have come on Friday."])
    expect(page.locator(".message .photo")).to_have_count(1)
    expect(page.locator(".composer .picked-file")).to_have_count(1)
    page.click(".composer .send")
    expect(page.locator(".message .photo")).to_have_count(2)
    wait_until(page, lambda: [file["name"] for file in desk.files.values()] == ["early.png", "late.png"])


def refuse(route: Route, status: int, retry_after: int = 0) -> None:
    error = {"code": "unexpected", "message": "Not now.", "fields": {}, "data": {}}
    route.fulfill(status=status, headers={"Retry-After": str(retry_after)}, json={"error": error})


def test_the_desks_own_pause_is_kept(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", expected=("429",), clock=True)
    asked: list[Route] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        asked.append(route)
        return refuse(route, 429, retry_after=9 if len(asked) == 1 else 60)

    page.route("**/api/v1/tickets/", answer)
    fill_form(page)
    with page.expect_response("**/api/v1/tickets/"):
        page.click(SUBMIT)
    page.wait_for_timeout(200)
    page.clock.run_for(5_000)
    page.wait_for_timeout(200)
    assert len(asked) == 1
    with page.expect_response("**/api/v1/tickets/"):
        page.clock.run_for(4_500)
    expect(page.locator(".form-error")).to_have_text("Not now.")  # a minute is no wait for a form
    assert len(asked) == 2
    expect(page.locator(SUBMIT)).to_be_enabled()


def test_a_form_that_is_left_while_its_photo_goes_up_is_sent_all_the_same(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    fill_form(page)
    pick_photos(page, "proof.png")
    held = hold_requests(page, "**/api/v1/files/")
    page.click(SUBMIT)
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    going = page.locator("#list-pane", has_text="Your new ticket is being sent…")
    expect(going).to_be_visible()
    picture(page, "form-left-while-sending")
    page.click("[data-path=new]")
    expect(page.locator(".form")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".form .picked-file")).to_have_count(1)
    page.evaluate("telegram.back()")
    expect(going).to_be_visible()
    held.pop().fallback()
    expect(page.locator(".row")).to_contain_text("No parcel")
    expect(going).to_have_count(0)
    expect(page.locator(".toast")).to_have_text("Your ticket has been created")
    assert page.url.endswith("/app/")
    [body] = desk.calls("POST", "tickets/")
    assert len(body["attachments"]) == 1
    page.click("[data-path=new]")
    expect(page.locator("#new-subject")).to_have_value("")
    expect(page.locator(".form .picked-file")).to_have_count(0)


def test_a_form_that_was_left_and_not_sent_tells_so_and_keeps_everything(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", expected=("409",))
    held = hold_posts(page)
    fill_form(page)
    pick_photos(page, "proof.png")
    page.click(SUBMIT)
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    refuse(held.pop(), 409)
    notice = page.locator(".undo", has_text="Your new ticket was not sent.")
    expect(notice).to_be_visible()
    expect(page.locator("#live-assertive")).to_have_text("Your new ticket was not sent.")
    assert [page.evaluate(CONTRASTS), sideways(page)] == [[], []]
    picture(page, "form-left-not-sent")
    notice.get_by_role("button", name="Open").click()
    expect(page.locator(".form-error")).to_have_text("Not now.")
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    expect(page.locator(".form .picked-file")).to_have_count(1)
    page.click(SUBMIT)
    wait_until(page, lambda: held)
    held.pop().fallback()
    expect_texts(page, ["It should have come on Friday."])


def test_what_is_picked_stands_there_after_a_look_at_the_list(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new")
    fill_form(page)
    pick_photos(page, "first.png", "second.png")
    page.evaluate("telegram.back()")
    page.click("[data-path=new]")
    expect(page.locator(".form .picked-file")).to_have_count(2)
    expect(page.locator("#new-subject")).to_have_value("No parcel")
    page.click(SUBMIT)
    expect_texts(page, ["It should have come on Friday."])
    assert len(desk.files) == 2


def test_what_was_being_written_when_the_ticket_closes_goes_into_a_new_one(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("Talk", status="open", assignee=ANNA)
    desk.write(ticket, ANNA, "Hello")
    page = open_ticket_page(open_app, desk, ticket)
    page.set_input_files(".composer input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": PIXEL})
    page.wait_for_selector(".composer .picked-file")
    page.fill(TEXT, "A long explanation")
    desk.change(ticket, "ticket_status_changed", status="closed")
    foot = page.locator(".closed-foot")
    said = "This ticket is closed. What you have written and picked goes into a new one."
    expect(foot.locator("p")).to_have_text(said)
    expect(page.locator("#live-polite")).to_have_text(said)
    expect(foot.locator("a")).to_be_focused()
    assert [page.evaluate(CONTRASTS), sideways(page)] == [[], []]
    picture(page, "closed-with-draft")
    foot.locator("a").click()
    expect(page.locator(".form textarea")).to_have_value("A long explanation")
    expect(page.locator(".form .picked-file")).to_have_count(1)
    page.evaluate("telegram.back()")
    page.evaluate("telegram.back()")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).not_to_contain_text("Draft")
    page.click("[data-path=new]")
    page.select_option("#new-category", label="Delivery")
    page.fill("#new-subject", "It goes on")
    page.click(SUBMIT)
    expect_texts(page, ["A long explanation"])
    assert len(desk.files) == 1


def test_a_begun_change_goes_along_too_and_a_second_press_takes_nothing_twice(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    ticket = desk.open_ticket("Talk", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "It has not come")
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(TEXT, "A long explanation")
    menu(page, "It has not come", "Edit")
    page.fill(TEXT, "It came broken")
    desk.change(ticket, "ticket_status_changed", status="closed")
    link = page.locator(".closed-foot a")
    expect(link).to_be_visible()
    link.evaluate("link => { link.click(); link.click(); }")
    expect(page.locator(".form textarea")).to_have_value("A long explanation\n\nIt came broken")


def test_files_for_which_the_form_has_no_room_stay_and_are_told_of(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("Talk", status="open", assignee=ANNA)
    desk.write(ticket, ANNA, "Hello")
    page = open_app(desk, "new")
    pick_photos(page, *(f"{number}.png" for number in range(6)))
    page.evaluate("telegram.back()")
    page.click(".row")
    files = [{"name": f"late-{number}.png", "mimeType": "image/png", "buffer": PIXEL} for number in range(6)]
    for count, file in enumerate(files, start=1):
        page.set_input_files(".composer input[type=file]", file)  # type: ignore[arg-type]
        expect(page.locator(".composer .picked-file")).to_have_count(count)
    desk.change(ticket, "ticket_status_changed", status="closed")
    page.click(".closed-foot a")
    expect(page.locator(".form .picked-file")).to_have_count(10)
    expect(page.locator(".form [data-ref=filesError]")).to_have_text("No more than 10 files per message.")
    page.evaluate("telegram.back()")
    page.wait_for_selector(".closed-foot")
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.locator(".composer .picked-file")).to_have_count(2)


def test_what_a_closed_ticket_refused_is_copied_or_goes_into_a_new_one(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("Talk", status="open", assignee=ANNA)
    desk.write(ticket, ANNA, "Hello")
    page = open_ticket_page(
        open_app, desk, ticket, expected=("409",), permissions=["clipboard-read", "clipboard-write"]
    )
    messages = r"tickets/[\w-]+/messages/"
    desk.fail("POST", messages, 409, times=9, code="ticket_closed", message="This ticket is closed.")
    write(page, "Too late")
    failure = page.locator(".message.is-failed .failure")
    expect(failure.get_by_role("button")).to_have_text(["Retry", "Edit", "Copy", "Delete"])
    desk.change(ticket, "ticket_status_changed", status="closed")
    expect(failure).to_contain_text("This ticket is closed. A new one can say it.")
    expect(failure.get_by_role("button")).to_have_text(["Copy", "Delete"])
    foot = page.locator(".closed-foot p")
    expect(foot).to_have_text("This ticket is closed. What you have written goes into a new one.")
    picture(page, "refused-by-a-closed-ticket")
    failure.get_by_role("button").first.click()
    wait_until(page, lambda: page.evaluate("navigator.clipboard.readText()") == "Too late")
    page.click(".closed-foot a")
    expect(page.locator(".form textarea")).to_have_value("Too late")
    page.evaluate("telegram.back()")
    expect(page.locator(".message.is-failed")).to_have_count(0)


FOOT = {
    VERA["id"]: {
        "nothing": "This ticket is closed.",
        "an answer": "This ticket is closed. What you have written goes into a new one.",
        "a change": "This ticket is closed. What you have written goes into a new one.",
        "files": "This ticket is closed. The files that you have picked go into a new one.",
    },
    ANNA["id"]: {
        "nothing": "This ticket is closed.",
        "an answer": "This ticket is closed. What you have written waits here until it is open again.",
        "a note": "This ticket is closed.",
        "a change": "This ticket is closed.",
        "files": "This ticket is closed.",
    },
}


@pytest.mark.parametrize("me", [VERA, ANNA], ids=["customer", "agent"])
def test_the_foot_of_a_closed_ticket_says_where_each_thing_goes_that_was_begun_there(
    open_app: OpenApp, me: dict[str, Any]
) -> None:
    desk = FakeDesk(me)
    for begun in FOOT[me["id"]]:
        ticket = desk.open_ticket(begun, status="open", assignee=ANNA)
        desk.write(ticket, me, "It has not come")
    page = open_app(desk)
    for begun, said in FOOT[me["id"]].items():
        ticket = next(one for one in desk.tickets.values() if one["subject"] == begun)
        page.click(f"a[href='/app/tickets/{ticket['number']}']")
        expect(page.locator(".message .text")).to_have_text(["It has not come"])
        begin(page, begun)
        desk.change(ticket, "ticket_status_changed", status="closed")
        expect(page.locator(".closed-foot p")).to_have_text(said)
        picture(page, f"closed-foot-{me['role']}-{begun.split()[-1]}")
        page.evaluate("telegram.back()")
        desk.change(ticket, "ticket_status_changed", status="open")
        expect(page.locator(".chat")).to_have_count(0)


def begin(page: Page, what: str) -> None:
    if what == "files":
        page.set_input_files(".composer input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": PIXEL})
        page.wait_for_selector(".composer .picked-file")
    elif what == "a change":
        menu(page, "It has not come", "Edit")
        page.fill(TEXT, "It came broken")
    elif what == "a note":
        page.click("[data-action=note]")
        page.fill(TEXT, "They call every week")
    elif what == "an answer":
        page.fill(TEXT, "A long explanation")


def test_pictures_of_a_form_leave_the_memory_with_its_conversation(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", before=PICTURES)
    fill_form(page)
    pick_photos(page, "one.png", "two.png")
    expect_in_memory(page, 2)
    page.get_by_role("button", name="two.png").click()
    expect_in_memory(page, 1)
    page.click(SUBMIT)
    photo = page.locator(".message .photo img")
    expect(photo).to_have_attribute("src", re.compile("^blob:"))
    expect_in_memory(page, 1)
    page.evaluate("telegram.back()")
    expect_in_memory(page, 0)


def test_pictures_of_a_form_that_is_sent_unseen_leave_the_memory_at_once(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "new", before=PICTURES)
    held = hold_posts(page)
    fill_form(page)
    pick_photos(page, "one.png")
    page.click(SUBMIT)
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    expect_in_memory(page, 1)
    held.pop().fallback()
    expect(page.locator(".row")).to_be_visible()
    expect_in_memory(page, 0)
