"""Sending: on the screen at once, under one key until the desk has it, in order, over breaks and reloads."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA, refusal
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_message_menu import menu
from tests.browser.views import (
    HeldMessages,
    bottom_of,
    expect_texts,
    hold_first_upload,
    open_ticket_page,
    runs,
    states,
    top_of,
    wait_until,
    write,
)
from tests.support.browser import PIXEL, browser_marks, picture
from tests.support.everybody import sideways

pytestmark = browser_marks
POST = r"tickets/[\w-]+/messages/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?", minutes_ago=10)
    return ticket


def keys(desk: FakeDesk) -> list[str]:
    return [body["id"] for body in desk.calls("POST", POST)]


def test_a_message_is_painted_at_once_and_then_sent(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "Any news?")
    painted = page.evaluate(
        """async () => {
          const begun = performance.now();
          document.querySelector(".composer .send").click();
          while (document.querySelectorAll(".message").length < 2) await new Promise(requestAnimationFrame);
          return performance.now() - begun;
        }"""
    )
    assert painted < 300  # 100 where the machine is not shared
    expect(page.locator(".message").last.locator(".tick")).to_have_attribute("aria-label", "Sent")
    expect_texts(page, ["Where is it?", "Any news?"])
    assert page.input_value(".composer textarea") == ""
    assert len(keys(desk)) == 1


@pytest.mark.parametrize("failed", [False, True], ids=["loading", "failed"])
def test_a_message_in_a_conversation_that_has_not_loaded_is_painted_too(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], failed: bool
) -> None:
    page = open_app(desk, expected=("ERR_", "500"))
    page.wait_for_selector(".row")
    runs(page, "later.js")
    held = HeldMessages(page)
    page.click(".row")
    page.wait_for_selector(".composer textarea")
    wait_until(page, lambda: held.routes)
    if failed:
        for route in held.routes:
            route.fulfill(status=500, json=refusal("unexpected"))
        expect(page.locator(".chat .empty")).to_be_visible()
    desk.fail("POST", POST)
    write(page, "Any news?")
    expect_texts(page, ["Any news?"])
    expect(page.locator(".message.is-pending")).to_have_count(1)
    expect(page.locator(".message").last).to_be_in_viewport()
    assert 0 <= top_of(page, ".composer") - bottom_of(page, ".message") < 40
    picture(page, f"sent-early-{'failed' if failed else 'loading'}")
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    expect(page.locator(".message.is-pending")).to_have_count(0)
    expect_texts(page, ["Any news?"])
    if failed:
        held.routes.clear()
        page.click("[data-action=reload]")
        wait_until(page, lambda: held.routes)
    held.release()
    expect_texts(page, ["Where is it?", "Any news?"])


def test_after_three_repeats_a_message_waits_for_the_person_and_keeps_its_key(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.fail("POST", POST, 500, times=4)
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("500",))
    write(page, "Any news?")
    for attempt, seconds in enumerate((1, 4, 15), start=1):
        wait_until(page, lambda attempt=attempt: len(keys(desk)) == attempt)
        expect(page.locator(".message.is-pending")).to_have_count(1)
        page.wait_for_timeout(100)
        page.clock.run_for(seconds * 1000 + 100)
    expect(page.locator(".failure:visible")).to_contain_text("Something went wrong")
    assert len(keys(desk)) == 4
    page.click("[data-action=retry]:visible")
    expect(page.locator(".message.is-failed")).to_have_count(0)
    wait_until(page, lambda: states(page)[-1] == "Sent")
    assert len(set(keys(desk))) == 1
    assert [message["text"] for message in desk.messages[ticket["id"]]] == ["Where is it?", "Any news?"]


def test_what_failed_while_the_server_was_away_goes_out_once_it_is_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("502", "409"))
    desk.fail("POST", POST, 409, code="ticket_closed", message="This ticket is closed.")
    write(page, "refused")
    expect(page.locator(".message.is-failed")).to_have_count(1)
    desk.fail("POST", POST, 502, times=4)
    for text in ("one", "two"):
        write(page, text)
    for attempt, seconds in enumerate((1, 4, 15), start=2):  # after the refused one
        wait_until(page, lambda attempt=attempt: len(keys(desk)) == attempt)
        page.wait_for_timeout(100)
        page.clock.run_for(seconds * 1000 + 100)
    expect(page.locator(".message.is-failed")).to_have_count(2)
    expect(page.locator(".message.is-pending")).to_have_count(1)  # the second does not overtake the first
    assert len(keys(desk)) == 5
    desk.drop_sockets()
    page.clock.run_for(5_000)
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 3)
    assert [message["text"] for message in desk.messages[ticket["id"]]] == ["Where is it?", "one", "two"]
    expect(page.locator(".message.is-failed")).to_have_count(1)  # what was refused waits for its author


def test_what_stood_behind_a_message_goes_out_once_the_socket_has_confirmed_that(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("502",))
    desk.fail("POST", POST, 502, times=4)
    for text in ("one", "two"):
        write(page, text)
    for attempt, seconds in enumerate((1, 4, 15), start=1):
        wait_until(page, lambda attempt=attempt: len(keys(desk)) == attempt)
        page.wait_for_timeout(100)
        page.clock.run_for(seconds * 1000 + 100)
    expect(page.locator(".message.is-failed")).to_have_count(1)
    desk.write(ticket, VERA, "one", id=keys(desk)[-1])  # it had arrived, though no answer said so
    wait_until(page, lambda: [message["text"] for message in desk.messages[ticket["id"]]][1:] == ["one", "two"])


def test_a_lost_answer_does_not_double_the_message(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.fail("POST", POST, lost=True, times=2)
    page = open_ticket_page(open_app, desk, ticket, expected=("ERR_",))
    write(page, "Any news?")
    expect_texts(page, ["Where is it?", "Any news?"])
    wait_until(page, lambda: states(page)[-1] == "Sent")
    assert len(desk.messages[ticket["id"]]) == 2


@pytest.mark.parametrize(("status", "code"), [(400, "invalid_input"), (403, "unexpected"), (413, "body_too_large")])
def test_a_refusal_without_a_sentence_is_told_in_plain_words(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], status: int, code: str
) -> None:
    desk.fail("POST", POST, status, code=code)
    page = open_ticket_page(open_app, desk, ticket, expected=(str(status),))
    write(page, "Any news?")
    expect(page.locator(".failure:visible")).to_contain_text("Something went wrong here.")
    expect(page.locator(".failure:visible")).not_to_contain_text(code)


@pytest.mark.parametrize(("language", "words"), [("en", "“photo.png” is too large"), ("ru", "«photo.png» слишком")])
def test_a_file_that_a_proxy_refuses_as_too_large_is_named(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], language: str, words: str
) -> None:
    desk.language = language
    desk.fail("POST", "files/", 413, code="file_too_large")
    page = open_ticket_page(open_app, desk, ticket, expected=("413",))
    page.set_input_files(".composer input[type=file]", {"name": "photo.png", "mimeType": "image/png", "buffer": PIXEL})
    page.click(".composer .send")
    expect(page.locator(".failure:visible")).to_contain_text(words)
    expect(page.locator(".failure:visible")).not_to_contain_text("{")


def test_a_refusal_is_told_at_once_and_the_message_can_be_deleted(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.fail("POST", POST, 409, code="ticket_closed", message="This ticket is closed.")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    write(page, "Any news?")
    expect(page.locator(".failure:visible")).to_contain_text("Not sent")
    assert len(keys(desk)) == 1
    page.click("[data-action=discard]:visible")
    expect_texts(page, ["Where is it?"])
    page.reload()
    expect_texts(page, ["Where is it?"])


def test_what_a_closed_ticket_refused_goes_out_once_it_is_open_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.fail("POST", POST, 409, code="ticket_closed", message="This ticket is closed.")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    write(page, "Any news?")
    desk.change(ticket, "ticket_status_changed", status="closed")
    failure = page.locator(".failure:visible")
    expect(failure.get_by_role("button")).to_have_text(["Copy", "Delete"])
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(failure.get_by_role("button")).to_have_text(["Retry", "Edit", "Copy", "Delete"])
    expect(failure).not_to_contain_text("closed")
    failure.get_by_role("button", name="Retry").click()
    expect_texts(page, ["Where is it?", "Any news?"])
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "Any news?")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_was_not_sent_can_be_copied_and_written_on(open_app: OpenApp, language: str) -> None:
    desk = FakeDesk(ANNA, language=language)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    question = desk.write(ticket, VERA, "Where is it?")
    desk.fail("POST", POST, 400, code="invalid_input", message="Some of what you sent cannot be used.")
    page = open_ticket_page(
        open_app, desk, ticket, expected=("400",), permissions=["clipboard-read", "clipboard-write"]
    )
    menu(page, "Where is it?", "Answer this message" if language == "en" else "Ответить")
    page.set_input_files(".composer input[type=file]", {"name": "photo.png", "mimeType": "image/png", "buffer": PIXEL})
    page.wait_for_selector(".picked-file")
    write(page, "It comes tomorow")
    failure = page.locator(".failure:visible")
    ways = {
        "en": ["Retry", "Edit", "Copy", "Delete"],
        "ru": ["Повторить", "Изменить", "Скопировать", "Удалить"],
    }
    expect(failure.get_by_role("button")).to_have_text(ways[language])
    assert sideways(page) == []
    picture(page, f"not-sent-{language}")
    failure.get_by_role("button", name=ways[language][2]).click()
    wait_until(page, lambda: page.evaluate("navigator.clipboard.readText()") == "It comes tomorow")
    page.fill(".composer textarea", "As I said")
    failure.get_by_role("button", name=ways[language][1]).click()
    field = page.locator(".composer textarea")
    expect(field).to_have_value("It comes tomorow\nAs I said")
    expect(field).to_be_focused()
    expect(page.locator(".about")).to_contain_text("Where is it?")
    expect(page.locator(".picked-file")).to_have_count(1)
    expect(page.locator(".message.is-failed")).to_have_count(0)
    write(page, "It comes tomorrow")
    expect_texts(page, ["Where is it?", "It comes tomorrow"])
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    sent = desk.messages[ticket["id"]][-1]
    assert (sent["reply_to"], len(sent["attachments"])) == (question["id"], 1)
    assert len(desk.files) == 1  # it went up once


def test_a_note_that_was_not_sent_is_written_on_as_a_note(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.fail("POST", POST, 400, code="invalid_input", message="Some of what you sent cannot be used.")
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    page.click("[data-action=note]")
    write(page, "They call every week")
    page.click(".composer [data-action=reply]")
    page.click("[data-action=editFailed]:visible")
    expect(page.locator(".composer.is-note textarea")).to_have_value("They call every week")


def test_an_agent_reads_that_a_closed_ticket_is_to_be_opened_again(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.fail("POST", POST, 409, code="ticket_closed", message="This ticket is closed.")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    write(page, "It comes tomorrow")
    desk.change(ticket, "ticket_status_changed", status="closed")
    failure = page.locator(".failure:visible")
    expect(failure).to_contain_text("This ticket is closed. Once it is open again, this can be sent.")


def test_a_note_that_failed_in_a_closed_ticket_is_written_on_there(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="closed", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.fail("POST", POST, 400, code="invalid_input", message="Some of what you sent cannot be used.")
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    page.wait_for_selector(".composer.is-note")
    write(page, "It was stolen")
    failure = page.locator(".failure:visible")
    failure.get_by_role("button", name="Edit").click()
    expect(page.locator(".composer.is-note textarea")).to_have_value("It was stolen")
    expect(failure).to_have_count(0)
    write(page, "It was stolen, file 7")
    wait_until(page, lambda: len(desk.messages[ticket["id"]]) == 2)
    assert (desk.messages[ticket["id"]][-1]["text"], desk.messages[ticket["id"]][-1]["internal"]) == (
        "It was stolen, file 7",
        True,
    )


def test_a_note_that_failed_in_a_merged_ticket_is_not_written_on(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.fail("POST", POST, 400, code="invalid_input", message="Some of what you sent cannot be used.")
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    page.get_by_role("button", name="Internal note").click()
    write(page, "It was stolen")
    buttons = page.locator(".failure:visible button:visible")
    expect(buttons).to_have_text(["Retry", "Edit", "Copy", "Delete"])
    desk.merge(ticket, desk.open_ticket("Another", status="open", assignee=ANNA))
    expect(buttons).to_have_text(["Retry", "Copy", "Delete"])


def test_what_was_written_offline_survives_a_reload_and_arrives_once_and_in_order(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("ERR_",))
    desk.fail("POST", POST, times=50)
    page.context.set_offline(True)
    for text in ("one", "two", "three"):
        write(page, text)
    expect(page.locator(".message.is-pending")).to_have_count(3)
    assert states(page)[-1] == "Will be sent when you are online"
    expect(page.locator("#connection")).to_have_text("No connection. What you send will go out later.")
    page.context.set_offline(False)
    desk.faults.clear()
    page.reload()
    expect_texts(page, ["Where is it?", "one", "two", "three"])
    expect(page.locator(".message.is-pending")).to_have_count(0)
    assert [message["text"] for message in desk.messages[ticket["id"]]] == ["Where is it?", "one", "two", "three"]


def test_the_network_coming_back_sends_at_once(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("ERR_",))
    desk.fail("POST", POST, times=1)
    page.context.set_offline(True)
    write(page, "Any news?")
    wait_until(page, lambda: len(keys(desk)) == 1 or states(page)[-1].startswith("Will"))
    page.context.set_offline(False)
    wait_until(page, lambda: states(page)[-1] == "Sent", seconds=5)


def test_the_socket_may_be_faster_than_the_answer(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.fail("POST", POST, lost=True)
    page = open_ticket_page(open_app, desk, ticket, expected=("ERR_",))
    write(page, "Any news?")
    wait_until(page, lambda: states(page)[-1] == "Sent", seconds=0.9)  # before the first repeat
    expect_texts(page, ["Where is it?", "Any news?"])


def test_a_photo_is_previewed_uploaded_and_shown(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    files = [{"name": f"box{number}.png", "mimeType": "image/png", "buffer": PIXEL} for number in (1, 2)]
    page.set_input_files(".composer input[type=file]", files[0])
    page.set_input_files(".composer input[type=file]", files[1])  # one after the other, as on Android
    expect(page.locator(".picked-file")).to_have_count(2)
    page.click(".picked-file:last-child .remove")
    expect(page.locator(".picked-file")).to_have_count(1)
    write(page, "The box")
    expect(page.locator(".message").last.locator(".photo img")).to_have_count(1)
    wait_until(page, lambda: states(page)[-1] == "Sent")
    assert len(desk.calls("POST", "files/")) == 1
    assert desk.calls("POST", POST)[0]["attachments"] == list(desk.files)
    expect(page.locator(".photo-progress:visible")).to_have_count(0)
    page.click(".message:last-child .photo")
    expect(page.locator("dialog.viewer img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.viewer")).to_have_count(0)


def test_a_picture_whose_token_has_ended_is_fetched_with_a_new_one(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.store_file(b'filename="box.png"\r\nContent-Type: image/png\r\n')
    desk.write(ticket, ANNA, "", kind="photo", attachments=list(desk.files.values()))
    desk.refused_tokens.add("files_token1")
    page = open_ticket_page(open_app, desk, ticket, expected=("401",))
    picture = page.locator(".photo img")
    wait_until(page, lambda: "files_token2" in (picture.get_attribute("src") or ""), seconds=10)
    wait_until(page, lambda: picture.evaluate("(image) => image.naturalWidth") == 1)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"x" * 3000}, "“film.mov” is too large"),
        ({"name": "nothing.txt", "mimeType": "text/plain", "buffer": b""}, "“nothing.txt” is empty."),
        ({"name": "game.scr", "mimeType": "", "buffer": b"MZ\x90\x00"}, "“game.scr” is a program"),
    ],
)
def test_a_file_that_cannot_go_is_refused_before_any_upload(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], file: Any, sentence: str
) -> None:
    desk.limits["file_size"] = 2000
    page = open_ticket_page(open_app, desk, ticket)
    page.set_input_files(".composer input[type=file]", file)
    expect(page.locator(".composer-error")).to_contain_text(sentence)
    expect(page.locator(".picked-file")).to_have_count(0)
    assert desk.calls("POST", "files/") == []


UPLOADS = """
  window.uploads = [];
  window.XMLHttpRequest = class {
    upload = {};
    open() {}
    setRequestHeader() {}
    send() { uploads.push(this); }
    abort() {
      this.aborted = true;
      this.onabort();
      this.onloadend();
    }
    progress(loaded, total) { this.upload.onprogress({ loaded, total }); }
    answer(status, body) {
      Object.assign(this, { status, responseText: JSON.stringify(body) });
      this.onload();
      this.onloadend();
    }
  };
"""


def test_a_slow_upload_ends_only_where_it_does_not_get_on(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, before=UPLOADS)
    film = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * 3000}
    page.set_input_files(".composer input[type=file]", film)
    write(page, "The film")
    page.wait_for_function("() => uploads.length === 1")
    for percent in range(10):  # 400 s
        page.evaluate("percent => uploads[0].progress(percent, 100)", percent)
        page.clock.run_for(40_000)
        assert not page.evaluate("uploads[0].aborted")
    page.clock.run_for(6_000)
    assert page.evaluate("uploads[0].aborted")
    page.clock.run_for(1_100)  # the next try
    page.wait_for_function("() => uploads.length === 2")
    page.evaluate("uploads[1].progress(100, 100)")
    page.evaluate("uploads[1].upload.onload()")
    page.clock.run_for(100_000)  # the desk has it, and works
    page.evaluate("file => uploads[1].answer(201, file)", desk.file("film.mp4", "video/mp4"))
    wait_until(page, lambda: desk.calls("POST", POST))
    assert desk.calls("POST", POST)[0]["attachments"] == list(desk.files)
    assert page.evaluate("uploads.length") == 2


def test_an_upload_can_be_called_off_and_nothing_of_its_message_is_lost(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    hold_first_upload(page)
    files = [{"name": f"box{number}.png", "mimeType": "image/png", "buffer": PIXEL} for number in (1, 2)]
    page.set_input_files(".composer input[type=file]", files)
    write(page, "The boxes")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/files/")):
        page.click(".message:last-child [data-action=callBack]")
    expect_texts(page, ["Where is it?"])
    expect(page.locator(".composer textarea")).to_have_value("The boxes")
    page.click(".picked-file:last-child .remove")
    page.click(".composer [data-ref=send]")
    wait_until(page, lambda: desk.calls("POST", POST))
    [sent] = desk.calls("POST", POST)
    assert (sent["text"], sent["attachments"]) == ("The boxes", list(desk.files))
    assert len(desk.files) == 1


def test_pasted_and_dropped_files_are_picked(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    with_its_module = "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('picked.js'))"
    page = open_ticket_page(open_app, desk, ticket)
    page.wait_for_function(with_its_module)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["abc"], "pasted.txt", { type: "text/plain" }));
          const area = document.querySelector(".composer");
          area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
          area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator(".picked-file")).to_have_count(2)


def test_a_draft_survives_a_reload_and_is_shown_in_the_list(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "I was going to say")
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator(".composer textarea")).to_have_value("I was going to say")
    page.evaluate("telegram.back()")
    expect(page.locator(".row-preview")).to_have_text("Draft: I was going to say")


def test_enter_sends_with_a_keyboard(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "one")
    page.press(".composer textarea", "Shift+Enter")
    page.type(".composer textarea", "two")
    page.press(".composer textarea", "Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "one\ntwo")


def test_enter_makes_a_new_line_on_a_phone(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, has_touch=True, is_mobile=True)
    page.fill(".composer textarea", "one")
    page.press(".composer textarea", "Enter")
    page.type(".composer textarea", "two")
    assert page.input_value(".composer textarea") == "one\ntwo"
    page.press(".composer textarea", "Control+Enter")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "one\ntwo")


def test_enter_that_chooses_a_word_of_an_input_method_sends_nothing(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "にほん")
    page.dispatch_event(".composer textarea", "keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    page.wait_for_timeout(200)
    assert keys(desk) == []


def test_a_text_that_is_too_long_says_by_how_much(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.limits["text"] = 10
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "twelve chars")
    expect(page.locator(".composer-error")).to_have_text("2 characters too many")
    expect(page.locator(".composer .send")).to_be_disabled()
    page.fill(".composer textarea", "short")
    expect(page.locator(".composer-error")).to_be_hidden()
