"""What is begun in a conversation and not sent is there again: after a look elsewhere, and mostly after a reload."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_message_menu import menu
from tests.browser.test_two_tabs import another, ready
from tests.browser.views import expect_texts, follows, hold_requests, open_ticket_page, runs, wait_until, write
from tests.support.browser import DESKTOP, PHONE, PIXEL, browser_marks, picture

pytestmark = browser_marks
TEXT = ".composer textarea"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.write(ticket, ANNA, "It comes tomorrow")
    desk.write(desk.open_ticket("Another", status="open", assignee=ANNA), VERA, "And mine?")
    return ticket


def look_elsewhere(page: Page) -> None:
    """To the list, into another ticket, where nothing is begun, and back."""
    for subject in ("Another", "No parcel"):
        row = page.locator(".row", has_text=subject)
        if not row.is_visible():
            page.evaluate("telegram.back()")
        row.click()
        expect(page.locator("h1").last).to_have_text(subject)
        page.wait_for_selector(f"{TEXT}:visible")
        if subject == "Another":
            expect(page.locator(".picked-file, .is-note, .is-editing, .about:visible")).to_have_count(0)


def kept(page: Page, words: str) -> None:
    """Waits until this stands in what the browser keeps for the next page."""
    script = (
        "words => Object.keys(localStorage).some(key => key.endsWith('.begun') && localStorage[key].includes(words))"
    )
    wait_until(page, lambda: page.evaluate(script, words))


@pytest.mark.parametrize("viewport", [None, DESKTOP], ids=["phone", "desktop"])
def test_picked_files_wait_while_one_looks_elsewhere(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], tmp_path: Path, viewport: dict[str, int] | None
) -> None:
    page = open_ticket_page(open_app, desk, ticket, **({"viewport": viewport} if viewport else {}))
    files = page.locator(".picked-file")
    names = [f"photo{number}.png" for number in range(10)]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(PIXEL)
        page.set_input_files("input[type=file]", tmp_path / name)
        expect(files).to_have_count(number + 1)
    files.first.locator("button").click()
    page.fill(TEXT, "All of them")
    look_elsewhere(page)
    expect(files).to_have_count(9)
    expect(page.locator(TEXT)).to_have_value("All of them")
    picture(page, "unfinished-files")
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "All of them")
    assert [one["name"] for one in desk.messages[ticket["id"]][-1]["attachments"]] == names[1:]
    look_elsewhere(page)
    expect(files).to_have_count(0)


def test_the_answered_message_stands_there_again_until_it_was_answered(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "Where is it?", "Answer this message")
    about = page.locator(".about")
    expect(about).to_contain_text("Answer to Vera Ivanova")
    look_elsewhere(page)
    expect(about).to_contain_text("Answer to Vera Ivanova")
    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"  # no keyboard of a phone
    page.reload()
    expect(about).to_contain_text("Where is it?")
    write(page, "On its way")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "On its way")
    assert desk.messages[ticket["id"]][-1]["reply_to"] == desk.messages[ticket["id"]][0]["id"]
    look_elsewhere(page)
    expect(about).to_be_hidden()
    page.reload()
    page.wait_for_selector(TEXT)
    expect(about).to_be_hidden()


def test_a_note_goes_on_as_a_note_and_the_next_visit_begins_with_a_reply(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=note]")
    look_elsewhere(page)
    note = page.locator(".composer.is-note")
    expect(note).to_be_visible()
    page.fill(TEXT, "He calls every week")
    page.reload()
    expect(note).to_be_visible()
    expect(page.locator(TEXT)).to_have_value("He calls every week")
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    expect(note).to_be_visible()
    look_elsewhere(page)
    expect(page.locator(".composer:not(.is-note)")).to_be_visible()


def test_a_change_of_ones_own_message_goes_on(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    field = page.locator(TEXT)
    field.fill("A draft")
    menu(page, "It comes tomorrow", "Edit")
    expect(field).to_have_value("It comes tomorrow")
    field.fill("It comes today")
    look_elsewhere(page)
    editing = page.locator(".composer.is-editing")
    expect(editing).to_be_visible()
    expect(field).to_have_value("It comes today")
    field.fill("It comes today, I think")
    kept(page, "I think")
    page.reload()
    expect(editing).to_be_visible()
    expect(field).to_have_value("It comes today, I think")
    page.click(".composer .send")
    expect_texts(page, ["Where is it?", "It comes today, I think"])
    expect(field).to_have_value("A draft")
    look_elsewhere(page)
    expect(field).to_have_value("A draft")
    expect(editing).to_have_count(0)


def test_what_was_deleted_meanwhile_is_neither_answered_nor_changed(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "Where is it?", "Answer this message")
    kept(page, desk.messages[ticket["id"]][0]["id"])
    begun = "Object.keys(localStorage).filter(key => key.endsWith('.begun')).map(key => localStorage[key]).join()"
    assert "Where is it?" not in page.evaluate(begun)
    desk.answer("DELETE", f"messages/{desk.messages[ticket['id']][0]['id']}/", {}, None)
    expect(page.locator(".message .text", has_text="Where is it?")).to_have_count(0)
    look_elsewhere(page)
    expect(page.locator(".about")).to_be_hidden()


def test_the_words_above_the_field_follow_their_message(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    first = desk.messages[ticket["id"]][0]
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "Where is it?", "Answer this message")
    page.fill(TEXT, "On its way")
    about = page.locator(".about")
    desk.answer("PATCH", f"messages/{first['id']}/", {}, {"text": "Where is my parcel?"})
    expect(about).to_contain_text("Where is my parcel?")
    desk.answer("DELETE", f"messages/{first['id']}/", {}, None)
    expect(about).to_be_hidden()
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "On its way")
    assert desk.messages[ticket["id"]][-1]["reply_to"] is None


def test_new_words_to_a_message_that_is_deleted_meanwhile_stay(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(TEXT, "A draft")
    menu(page, "It comes tomorrow", "Edit")
    page.fill(TEXT, "It comes today")
    page.click("[data-action=forget]")
    page.locator(".undo").get_by_role("button").click()  # whatever it offers from now on is there at once
    expect(page.locator(TEXT)).to_have_value("It comes today")
    desk.answer("DELETE", f"messages/{desk.messages[ticket['id']][1]['id']}/", {}, None)
    expect(page.locator(".composer.is-editing")).to_have_count(0)
    expect(page.locator(TEXT)).to_have_value("A draft\n\nIt comes today")
    expect(page.locator(".undo")).to_have_count(0)


def test_what_is_answered_far_above_stands_there_after_a_reload_without_being_kept(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    first = desk.messages[ticket["id"]][0]
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "Where is it?", "Answer this message")
    kept(page, first["id"])
    for number in range(60):
        desk.write(ticket, ANNA, f"word {number}", silent=True)
    page.reload()
    expect(page.locator(".about")).to_contain_text("Where is it?")
    desk.answer("DELETE", f"messages/{first['id']}/", {}, None)
    expect(page.locator(".about")).to_be_hidden()


def test_the_other_tab_answers_the_same_message(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    one = open_app(desk, "tickets/101")
    other = another(one)
    ready(one, other)
    menu(one, "Where is it?", "Answer this message")
    about = other.locator(".about")
    expect(about).to_contain_text("Where is it?", timeout=10_000)
    one.click("[data-action=forget]")
    expect(about).to_be_hidden(timeout=10_000)


def test_words_to_a_rating_wait_until_they_are_saved(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    rating = {"score": 4, "comment": "", "rated_at": "2020-01-01T00:00:00Z", "changeable_until": "2999-01-01T00:00:00Z"}
    ticket = desk.open_ticket("No parcel", status="resolved", rating=rating)
    desk.write(ticket, ANNA, "Here it is")
    desk.write(desk.open_ticket("Another", status="open"), ANNA, "And this?")
    page = open_ticket_page(open_app, desk, ticket)
    words = page.locator(".rating textarea")
    words.fill("Quick, and")
    look_elsewhere(page)
    expect(words).to_have_value("Quick, and")
    words.fill("Quick, and kind")
    page.reload()
    expect(words).to_have_value("Quick, and kind")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_have_text("Thank you!")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.endsWith('.rating'))") == []


def test_picked_files_and_a_note_go_along_where_their_ticket_is_merged(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(PIXEL)
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=note]")
    page.fill(TEXT, "He calls every week")
    page.set_input_files("input[type=file]", photo)
    expect(page.locator(".picked-file")).to_have_count(1)
    kept(page, "note")
    wait_until(page, lambda: page.evaluate("Object.keys(localStorage).some((key) => key.endsWith('.note'))"))
    desk.merge(ticket, next(one for one in desk.tickets.values() if one["subject"] == "Another"))
    page.click(".closed-foot [data-ref=mergedInto]")
    expect(page.locator("h1").last).to_have_text("Another")
    expect(page.locator(".composer.is-note textarea")).to_have_value("He calls every week")
    expect(page.locator(".picked-file")).to_have_count(1)


def test_the_last_letters_of_a_change_stay_where_its_ticket_is_closed(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "It comes tomorrow", "Edit")
    expect(page.locator(TEXT)).to_have_value("It comes tomorrow")
    page.fill(TEXT, "It comes today")
    kept(page, "today")
    page.fill(TEXT, "It comes today, at noon")
    desk.change(ticket, "ticket_status_changed", status="closed")
    page.wait_for_selector(".closed-foot")
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.locator(".composer.is-editing")).to_be_visible()
    expect(page.locator(TEXT)).to_have_value("It comes today, at noon")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_closed_ticket_takes_notes_alone(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], viewport: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=viewport)
    page.fill(TEXT, "It has come, has it not?")
    page.get_by_role("button", name="Internal note").click()
    page.fill(TEXT, "The courier says it was stolen")
    page.get_by_role("button", name="Reply").click()
    desk.change(ticket, "ticket_status_changed", status="closed")
    said = page.locator(".closed-foot p")
    expect(said).to_have_text("This ticket is closed. What you have written waits here until it is open again.")
    expect(page.locator(TEXT)).to_have_value("The courier says it was stolen")
    expect(page.get_by_role("button", name="Reply")).to_be_hidden()
    picture(page, f"closed-notes-{viewport['width']}")
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    page.reload()
    expect(said).to_contain_text("What you have written waits here")
    expect(page.locator(".composer.is-note")).to_be_visible()
    page.fill(TEXT, "See file 7")
    page.keyboard.press("Control+Shift+Enter")  # resolves nothing either
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "See file 7")
    assert [one["internal"] for one in desk.messages[ticket["id"]][-2:]] == [True, True]
    page.locator(TEXT).blur()
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.locator(TEXT)).to_have_value("It has come, has it not?")
    expect(page.get_by_role("button", name="Reply")).to_be_visible()
    expect(said).to_have_count(0)
    assert desk.calls("POST", r"tickets/[\w-]+/status/") == []


@pytest.mark.parametrize("meanwhile", ["waits", "reload", "note", "in the field"])
def test_what_was_answered_stands_there_again_once_a_closed_ticket_is_open(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], meanwhile: str
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    about = page.locator(".composer .about")
    menu(page, "Where is it?", "Answer this message")
    page.locator(TEXT).press_sequentially("With the courier")
    kept(page, desk.messages[ticket["id"]][0]["id"])
    if meanwhile != "in the field":
        page.locator(TEXT).blur()
    desk.change(ticket, "ticket_status_changed", status="closed")
    expect(page.locator(".composer.is-note")).to_be_visible()
    expect(about).to_be_hidden()
    if meanwhile == "reload":
        page.reload()
        expect(page.locator(".composer.is-note")).to_be_visible()
        follows(page, desk, ticket)
    if meanwhile == "note":
        write(page, "They have found it")
        wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
        assert desk.messages[ticket["id"]][-1]["reply_to"] is None
        kept(page, desk.messages[ticket["id"]][0]["id"])
        page.locator(TEXT).blur()
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(about).to_be_visible()
    expect(about).to_contain_text("Where is it?")
    expect(page.locator(TEXT)).to_have_value("With the courier")
    expect(page.locator(".composer.is-note")).to_have_count(0)
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "With the courier")
    sent = desk.messages[ticket["id"]][-1]
    assert (sent["internal"], sent["reply_to"]) == (False, desk.messages[ticket["id"]][0]["id"])


def test_a_note_that_is_begun_stays_where_the_ticket_opens_again_beside_an_answer(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    about = page.locator(".composer .about")
    menu(page, "Where is it?", "Answer this message")
    page.fill(TEXT, "With the courier")
    desk.change(ticket, "ticket_status_changed", status="closed")
    expect(page.locator(".composer.is-note")).to_be_visible()
    page.fill(TEXT, "They have found it")
    page.locator(TEXT).blur()
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.get_by_role("button", name="Reply")).to_be_visible()
    desk.write(ticket, VERA, "Hello?")
    expect_texts(page, ["Where is it?", "It comes tomorrow", "Hello?"])
    expect(page.locator(".composer.is-note textarea")).to_have_value("They have found it")
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    expect_texts(page, ["Where is it?", "It comes tomorrow", "Hello?", "They have found it"])
    page.keyboard.type("She asks every day")  # not behind the answer
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "She asks every day")
    assert desk.messages[ticket["id"]][-1]["internal"]
    page.get_by_role("button", name="Reply").click()
    expect(about).to_contain_text("Where is it?")
    expect(page.locator(TEXT)).to_have_value("With the courier")
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "With the courier")
    assert desk.messages[ticket["id"]][-1]["reply_to"] == desk.messages[ticket["id"]][0]["id"]


def test_who_writes_notes_goes_on_writing_notes_where_the_ticket_opens_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    page.fill(TEXT, "With the courier. ")
    desk.change(ticket, "ticket_status_changed", status="closed")
    expect(page.locator(".composer.is-note")).to_be_visible()
    page.fill(TEXT, "They have found it")
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.get_by_role("button", name="Reply")).to_be_visible()
    page.keyboard.type("She asks every day")
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "She asks every day")
    assert desk.messages[ticket["id"]][-1]["internal"]


@pytest.mark.parametrize("picked", ["before", "while the chooser is open"])
def test_files_that_are_picked_for_a_note_stay_there_where_the_ticket_opens_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], tmp_path: Path, picked: str
) -> None:
    photo = tmp_path / "passport.png"
    photo.write_bytes(PIXEL)
    ticket["status"] = "closed"
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    expect(page.locator(".composer.is-note")).to_be_visible()
    runs(page, "screens/unfinished.js")
    with page.expect_file_chooser() as chooser:
        page.click(".composer [data-action=pick]")
    if picked == "before":
        chooser.value.set_files(photo)
        expect(page.locator(".picked-file")).to_have_count(1)
    page.locator(".composer [data-action=pick]").blur()
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.get_by_role("button", name="Reply")).to_be_visible()
    if picked != "before":
        chooser.value.set_files(photo)
        expect(page.locator(".picked-file")).to_have_count(1)
    expect(page.locator(".composer.is-note")).to_be_visible()
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["attachments"])
    assert desk.messages[ticket["id"]][-1]["internal"]


@pytest.mark.parametrize("pressed", [False, True], ids=["a note", "a reply by the press"])
def test_files_of_a_note_stand_in_no_reply_after_coming_back_to_a_ticket_that_was_opened_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], tmp_path: Path, pressed: bool
) -> None:
    photo = tmp_path / "passport.png"
    photo.write_bytes(PIXEL)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    menu(page, "Where is it?", "Answer this message")
    page.fill(TEXT, "With the courier")
    kept(page, desk.messages[ticket["id"]][0]["id"])
    desk.change(ticket, "ticket_status_changed", status="closed")
    expect(page.locator(".composer.is-note")).to_be_visible()
    page.set_input_files("input[type=file]", photo)
    expect(page.locator(".picked-file")).to_have_count(1)
    page.locator(".row", has_text="Another").click()
    expect(page.locator("h1").last).to_have_text("Another")
    desk.change(ticket, "ticket_status_changed", status="open")
    page.locator(".row", has_text="No parcel").click()
    expect(page.locator(".picked-file")).to_have_count(1)
    expect(page.locator(".composer.is-note")).to_be_visible()
    if pressed:
        page.get_by_role("button", name="Reply").click()
        expect(page.locator(".about")).to_contain_text("Where is it?")
        expect(page.locator(TEXT)).to_have_value("With the courier")
    page.click(".composer .send")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["attachments"])
    assert desk.messages[ticket["id"]][-1]["internal"] is not pressed
    if not pressed:
        page.get_by_role("button", name="Reply").click()
        expect(page.locator(".about")).to_contain_text("Where is it?")


def test_files_of_a_note_are_no_reply_after_a_change_of_an_answer(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], tmp_path: Path
) -> None:
    photo = tmp_path / "passport.png"
    photo.write_bytes(PIXEL)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    runs(page, "screens/unfinished.js")
    page.click("[data-action=note]")
    page.set_input_files("input[type=file]", photo)
    expect(page.locator(".picked-file")).to_have_count(1)
    menu(page, "It comes tomorrow", "Edit")
    page.fill(TEXT, "It comes today")
    page.press(TEXT, "Enter")
    expect_texts(page, ["Where is it?", "It comes today"])
    expect(page.locator(".composer.is-note")).to_be_visible()
    page.press(TEXT, "Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["attachments"])
    assert desk.messages[ticket["id"]][-1]["internal"]


def test_the_memory_of_a_conversation_that_was_left_is_given_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    page.locator(".row", has_text="Another").click()  # the test itself may hold what it has waited for
    expect(page.locator("h1").last).to_have_text("Another")
    runs(page, "screens/unfinished.js")
    expect(page.locator(".composer")).to_be_visible()
    page.evaluate("() => { window.left = new WeakRef(document.querySelector('.composer')); }")
    for subject in ("No parcel", "Another", "No parcel"):
        page.locator(".row", has_text=subject).click()
        expect(page.locator("h1").last).to_have_text(subject)
        expect(page.locator(".composer")).to_be_visible()
    collector = page.context.new_cdp_session(page)

    def is_free() -> bool:
        collector.send("HeapProfiler.collectGarbage")
        return bool(page.evaluate("!window.left.deref()"))

    wait_until(page, is_free)


def test_nothing_is_written_into_a_change_that_is_on_its_way(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    menu(page, "It comes tomorrow", "Edit")
    held = hold_requests(page, "**/api/v1/messages/*/", "PATCH")
    page.fill(TEXT, "It comes today")
    page.press(TEXT, "Enter")
    wait_until(page, lambda: held)
    page.press(TEXT, "Enter")
    page.locator(TEXT).press_sequentially(" and more")
    expect(page.locator(TEXT)).to_have_value("It comes today")
    assert len(held) == 1
    held.pop().fallback()
    expect(page.locator(".composer.is-editing")).to_have_count(0)
    expect_texts(page, ["Where is it?", "It comes today"])
    page.locator(TEXT).press_sequentially("Next")
    expect(page.locator(TEXT)).to_have_value("Next")
    expect(page.locator(".undo")).to_have_count(0)


@pytest.mark.parametrize("way", ["note", "answer"])
def test_the_new_words_of_a_change_that_one_leaves_come_back_by_undo(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], way: str
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    menu(page, "It comes tomorrow", "Edit")
    page.fill(TEXT, "It comes on Friday, in the morning")
    if way == "note":
        page.click("[data-action=note]")
    else:
        menu(page, "Where is it?", "Answer this message")
    expect(page.locator(TEXT)).to_have_value("")
    notice = page.locator(".undo", has_text="Your change was not saved")
    picture(page, f"edit-left-for-{way}")
    notice.get_by_role("button").click()
    expect(page.locator(".composer.is-editing")).to_be_visible()
    expect(page.locator(TEXT)).to_have_value("It comes on Friday, in the morning")
    page.press(TEXT, "Enter")
    expect_texts(page, ["Where is it?", "It comes on Friday, in the morning"])


MESSAGES = re.compile(r"/messages/(\?|$)")


@pytest.mark.parametrize("begun", ["a change", "a reply"])
def test_what_is_begun_about_a_message_that_is_still_on_its_way_can_be_sent_at_once(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], begun: str
) -> None:
    first, second = desk.messages[ticket["id"]]
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    if begun == "a change":
        menu(page, "It comes tomorrow", "Edit")
        page.fill(TEXT, "It comes on Friday")
        kept(page, "on Friday")
    else:
        menu(page, "Where is it?", "Answer this message")
        kept(page, first["id"])
    held = hold_requests(page, MESSAGES, "GET")
    page.reload()
    wait_until(page, lambda: held)
    about = page.locator(".about")
    expect(about).to_contain_text("Editing the message" if begun == "a change" else "An earlier message")
    picture(page, f"about-on-its-way-{begun.split()[1]}")
    if begun == "a change":
        expect(page.locator(TEXT)).to_have_value("It comes on Friday")
    else:
        page.fill(TEXT, "On its way")
    page.press(TEXT, "Enter")
    expect(about).to_be_hidden()
    if begun == "a change":
        assert desk.calls("PATCH", f"messages/{second['id']}/") == [{"text": "It comes on Friday"}]
    else:
        wait_until(page, lambda: desk.messages[ticket["id"]][-1]["reply_to"] == first["id"])
    for route in held:
        route.fallback()
    expect(page.locator(".message .text").first).to_have_text("Where is it?")
    expect(page.locator(".undo")).to_have_count(0)


def test_the_words_above_the_field_come_with_their_message(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    menu(page, "Where is it?", "Answer this message")
    kept(page, desk.messages[ticket["id"]][0]["id"])
    held = hold_requests(page, MESSAGES, "GET")
    page.reload()
    about = page.locator(".about")
    expect(about).to_contain_text("An earlier message")
    for route in held:
        route.fallback()
    expect(about).to_contain_text("Answer to Vera Ivanova")
    expect(about).to_contain_text("Where is it?")


def test_what_is_begun_about_a_message_that_is_gone_leaves_the_words_alone(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("404",))
    menu(page, "It comes tomorrow", "Edit")
    page.fill(TEXT, "It comes on Friday")
    kept(page, "on Friday")
    desk.messages[ticket["id"]].pop()
    page.reload()
    expect(page.locator(".composer.is-editing")).to_have_count(0)
    expect(page.locator(TEXT)).to_have_value("It comes on Friday")


@pytest.mark.parametrize("begun", ["a change", "a reply"])
def test_what_was_begun_waits_for_its_turn_while_something_else_is_written_already(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], begun: str
) -> None:
    """The module that brings it back arrives only while one writes."""
    first = desk.messages[ticket["id"]][0]
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("ERR_FAILED",))
    if begun == "a change":
        menu(page, "It comes tomorrow", "Edit")
        page.fill(TEXT, "It comes on Friday")
        kept(page, "on Friday")
    else:
        menu(page, "Where is it?", "Answer this message")
        kept(page, first["id"])
    page.route("**/screens/chat-messages.js", lambda route: route.abort())
    page.reload()
    page.locator(TEXT).press_sequentially("Something else")
    page.unroute("**/screens/chat-messages.js")
    desk.write(ticket, VERA, "Hello?")
    runs(page, "screens/chat-messages.js")
    if begun == "a reply":
        expect(page.locator(".about")).to_contain_text("Where is it?")
    expect(page.locator(TEXT)).to_have_value("Something else")
    page.press(TEXT, "Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "Something else")
    if begun == "a reply":
        assert desk.messages[ticket["id"]][-1]["reply_to"] == first["id"]
        return
    expect(page.locator(".composer.is-editing")).to_be_visible()
    expect(page.locator(TEXT)).to_have_value("It comes on Friday")
    page.press(TEXT, "Enter")
    expect_texts(page, ["Where is it?", "It comes on Friday", "Hello?", "Something else"])


def test_a_change_that_one_leaves_on_its_way_comes_back_by_undo_where_it_is_refused(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("409",))
    menu(page, "It comes tomorrow", "Edit")
    held = hold_requests(page, "**/api/v1/messages/*/", "PATCH")
    page.fill(TEXT, "It comes today")
    page.press(TEXT, "Enter")
    wait_until(page, lambda: held)
    page.press(TEXT, "Escape")
    expect(page.locator(TEXT)).to_have_value("")
    desk.fail("PATCH", "messages/.*", 409, code="too_late", message="Not now.")
    held.pop().fallback()
    page.locator(".undo", has_text="Your change was not saved").get_by_role("button").click()
    expect(page.locator(TEXT)).to_have_value("It comes today")
    page.press(TEXT, "Enter")
    wait_until(page, lambda: held)
    held.pop().fallback()
    expect_texts(page, ["Where is it?", "It comes today"])
    expect(page.locator(".composer.is-editing")).to_have_count(0)


def test_drafts_are_kept_for_two_weeks_and_of_a_hundred_tickets(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    day = 86_400_000
    saved = """([person, ages]) => ages.forEach(([name, age]) => {
      const words = { at: Date.now() - age, value: `words of ${name}` };
      localStorage.setItem(`desk.draft.${person}.${name}`, JSON.stringify(words));
    })"""
    standing = """person => Object.keys(localStorage)
      .filter((key) => key.startsWith(`desk.draft.${person}.`)).map((key) => key.split(".").slice(3).join("."))"""
    page = open_app(desk)
    runs(page, "later.js")
    hundred = [[f"{one:03}.reply", 2 * day + one] for one in range(98)]
    fresh = [["about-to-end.reply", 14 * day - 600_000], ["two.note", 3 * day], ["two.reply", 0]]
    old = [["ended.note", 14 * day + 1], ["two.seen", 15 * day]]
    page.evaluate(saved, [ANNA["id"], hundred + fresh + old])
    page.reload()
    wanted = {name for name, _age in hundred + fresh}
    wait_until(page, lambda: set(page.evaluate(standing, ANNA["id"])) == wanted)
    page.evaluate(saved, [ANNA["id"], [["new", day]]])  # one too many: what was written first goes
    page.reload()
    wanted = wanted - {"about-to-end.reply"} | {"new"}
    wait_until(page, lambda: set(page.evaluate(standing, ANNA["id"])) == wanted)
