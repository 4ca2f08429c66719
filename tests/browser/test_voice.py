"""Voice messages: recorded, listened to, deleted or sent; with the microphone refused, taken away or not there."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA, Answer
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import PICTURES, expect_in_memory, open_ticket_page, wait_until
from tests.support.browser import DESKTOP, browser_marks, chromium, picture
from tests.support.everybody import CONTRASTS, DARK, sideways

pytestmark = browser_marks
PICKED = ".composer .picked > *"
POST = r"tickets/[\w-]+/messages/"
# remembers the microphone, and refuses it where the test says so
MICROPHONE = """
if (navigator.mediaDevices) {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (window.refusal) throw new DOMException("", window.refusal);
    return window.microphone = await real(wanted);
  };
}"""
# a second recorder of the same sound: once it has some, the app's own has at least as much
HAS_SOUND = """() => new Promise((heard) => {
  const recorder = new MediaRecorder(window.microphone);
  let size = 0;
  recorder.ondataavailable = ({ data }) => {
    size += data.size;
    if (size > 2000 && recorder.state === "recording") { recorder.stop(); heard(); }
  };
  recorder.start(50);
})"""
IS_ON = "() => window.microphone.getTracks()[0].readyState === 'live'"
SECONDS_OF = """async (sound) => {
  const bytes = Uint8Array.from(atob(sound), (letter) => letter.charCodeAt(0));
  return (await new AudioContext().decodeAudioData(bytes.buffer)).duration;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as running:
        yield running


def a_ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    return ticket


def is_on(page: Page) -> bool:
    on: bool = page.evaluate(IS_ON)
    return on


def test_a_recording_is_listened_to_and_sent_as_a_voice_message(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FakeDesk(ANNA, language="ru")
    uploads: list[bytes] = []
    store = desk.store_file

    def keep(body: bytes) -> Answer:
        uploads.append(body)
        return store(body)

    monkeypatch.setattr(desk, "store_file", keep)
    page = open_ticket_page(
        open_app, desk, a_ticket(desk), theme=DARK, color_scheme="dark", before=MICROPHONE + PICTURES
    )
    voice, send = page.get_by_role("button", name="Записать голосовое сообщение"), page.locator(".composer-row .send")
    expect(voice).to_be_visible()
    expect(send).to_be_hidden()
    page.fill(".composer textarea", "Привет")
    expect(voice).to_be_hidden()
    expect(send).to_be_visible()
    page.fill(".composer textarea", "")
    voice.click()
    stop = page.get_by_role("button", name="Остановить")
    expect(stop).to_be_focused()
    expect(page.get_by_role("timer")).to_have_text("0:01")
    assert is_on(page)
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "voice-recording")
    stop.click()
    sending = page.locator(".recorder .send")
    expect(sending).to_be_focused()
    expect(page.locator("#live-polite")).to_contain_text("Записано, 0:0")
    assert not is_on(page)
    page.get_by_role("button", name="Воспроизвести").click()
    expect(page.locator(".recorder .player-time")).not_to_have_text("")
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "voice-recorded")
    sending.click()
    expect(page.locator(".message.is-own .player")).to_have_count(1)
    expect(page.locator(".message.is-own .player-time")).to_have_text(re.compile(r"^0:(0[1-9]|[1-5]\d)$"))
    expect(page.locator(".composer textarea")).to_be_focused()
    (sent,) = desk.calls("POST", POST)
    assert (sent["kind"], sent["text"], len(sent["attachments"])) == ("voice", "", 1)
    (upload,) = uploads
    sound = upload[upload.index(b"OggS") : upload.rindex(b"\r\n--")]
    assert b'filename="voice.ogg"' in upload
    expect_in_memory(page, 0)
    assert page.evaluate("pictures.made") == 1
    assert 0.8 < page.evaluate(SECONDS_OF, base64.b64encode(sound).decode()) < 30


def test_what_is_deleted_left_or_refused_gives_the_microphone_back(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    page = open_ticket_page(open_app, desk, a_ticket(desk), before=MICROPHONE, clock=True)
    voice, error = page.get_by_role("button", name="Record a voice message"), page.locator(".composer-error")
    for refusal, said in {
        "NotAllowedError": "The microphone is not allowed.",
        "NotFoundError": "No microphone was found.",
    }.items():
        page.evaluate("(name) => { window.refusal = name; }", refusal)
        voice.click()
        expect(error).to_contain_text(said)
    page.evaluate("window.refusal = ''")
    voice.click()
    page.wait_for_selector(".recorder")
    expect(error).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".recorder")).to_have_count(0)
    expect(page.locator(".composer textarea")).to_be_focused()
    assert not is_on(page)
    voice.click()
    page.wait_for_selector(".recorder")
    page.evaluate(HAS_SOUND)
    page.clock.fast_forward(600_000)
    expect(error).to_have_text("A voice message has at most 10 minutes.")
    expect(page.locator(".recorder .player-time")).to_have_text("10:00")
    page.get_by_role("button", name="Delete the recording").click()
    voice.click()
    page.wait_for_selector(".recorder")
    assert is_on(page)
    page.evaluate("history.pushState({ depth: 1 }, '', '/app/new'); dispatchEvent(new PopStateEvent('popstate'))")
    wait_until(page, lambda: not is_on(page))
    assert desk.calls("POST", POST) == []


def is_kept_when_reopened(page: Page, desk: FakeDesk, ticket: dict[str, Any]) -> bool:
    """The last piece of a recording comes when it comes, and nothing of it shows in a closed ticket."""
    desk.change(ticket, "ticket_status_changed", status="open")
    page.wait_for_selector(".composer")
    if page.locator(PICKED, has_text="voice.ogg").count():
        return True
    desk.change(ticket, "ticket_status_changed", status="closed")
    page.wait_for_selector(".closed-foot")
    return False


def test_a_ticket_that_is_left_while_the_browser_asks_spoils_no_later_recording(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = a_ticket(desk)
    desk.write(desk.open_ticket("Another", status="open", assignee=ANNA), VERA, "Hello")
    asks = """
    if (navigator.mediaDevices) {
      const allowed = navigator.mediaDevices.getUserMedia;
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        await new Promise((allow) => window.allow = allow);
        return allowed(wanted);
      };
    }"""
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=MICROPHONE + asks)
    voice = page.get_by_role("button", name="Record a voice message")
    voice.click()
    page.wait_for_function("() => Boolean(window.allow)")
    page.locator(".row", has_text="Another").click()
    expect(page.locator("h1").last).to_have_text("Another")
    page.evaluate("allow(); window.allow = null")
    page.wait_for_function("() => window.microphone?.getTracks()[0].readyState === 'ended'")
    voice.click()
    page.wait_for_function("() => Boolean(window.allow)")
    page.evaluate("allow()")
    expect(page.locator(".recorder")).to_be_visible()


def test_a_ticket_that_closes_under_a_recording_gives_the_microphone_back_and_keeps_what_was_said(
    open_app: OpenApp,
) -> None:
    desk = FakeDesk(VERA)
    ticket = a_ticket(desk)
    page = open_ticket_page(open_app, desk, ticket, before=MICROPHONE)
    voice = page.get_by_role("button", name="Record a voice message")
    for stopped in (False, True):
        voice.click()
        page.wait_for_selector(".recorder")
        page.evaluate(HAS_SOUND)
        if stopped:
            page.get_by_role("button", name="Stop").click()
            page.wait_for_selector(".recorder.is-done")
        desk.change(ticket, "ticket_status_changed", status="closed")
        page.wait_for_selector(".closed-foot")
        wait_until(page, lambda: not is_on(page))
        wait_until(page, lambda: is_kept_when_reopened(page, desk, ticket))
        page.locator(".composer-row .send").click()
        expect(page.locator(PICKED)).to_have_count(0)
    wait_until(page, lambda: len(desk.calls("POST", POST)) == 2)
    assert [sent["kind"] for sent in desk.calls("POST", POST)] == ["voice", "voice"]


def test_a_recording_that_is_meant_as_a_note_stays_one_where_its_ticket_opens_again(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = a_ticket(desk)
    ticket["status"] = "closed"
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=MICROPHONE)
    page.wait_for_selector(".composer.is-note")
    page.get_by_role("button", name="Record a voice message").click()
    page.wait_for_selector(".recorder")
    page.evaluate(HAS_SOUND)
    desk.change(ticket, "ticket_status_changed", status="open")
    expect(page.locator(".closed-foot")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector(".recorder.is-done")
    page.locator(".recorder .send").click()
    wait_until(page, lambda: desk.calls("POST", POST))
    assert [(sent["kind"], sent["internal"]) for sent in desk.calls("POST", POST)] == [("voice", True)]
    expect(page.locator(".composer.is-note")).to_be_visible()


# a recorder's last piece comes once the test says so
LATE = """
const { stop } = MediaRecorder.prototype;
MediaRecorder.prototype.stop = function () { window.finish = () => stop.call(this); };
"""


@pytest.mark.parametrize("how", ["recording", "stopped", "late"])
def test_a_recording_waits_among_the_files_where_its_ticket_is_left(open_app: OpenApp, how: str) -> None:
    desk = FakeDesk(ANNA)
    ticket = a_ticket(desk)
    desk.write(desk.open_ticket("Another", status="open", assignee=ANNA), VERA, "Hello")
    before = MICROPHONE + (LATE if how == "late" else "")
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=before)
    page.get_by_role("button", name="Record a voice message").click()
    page.wait_for_selector(".recorder")
    page.evaluate(HAS_SOUND)
    if how == "stopped":
        page.get_by_role("button", name="Stop").click()
        page.wait_for_selector(".recorder.is-done")
    page.locator(".row", has_text="Another").click()
    expect(page.locator("h1").last).to_have_text("Another")
    assert not is_on(page)
    expect(page.locator(PICKED)).to_have_count(0)
    page.locator(".row", has_text=ticket["subject"]).click()
    page.wait_for_selector(".message")
    if how == "late":
        page.evaluate("finish()")
    expect(page.locator(PICKED)).to_contain_text(["voice.ogg"])
    page.locator(".composer-row .send").click()
    wait_until(page, lambda: desk.calls("POST", POST))
    assert [(sent["kind"], len(sent["attachments"])) for sent in desk.calls("POST", POST)] == [("voice", 1)]
    expect(page.locator(PICKED)).to_have_count(0)


def test_without_a_recorder_there_is_no_button(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    page = open_ticket_page(open_app, desk, a_ticket(desk), before="delete window.MediaRecorder;")
    page.wait_for_selector(".message")
    expect(page.locator(".composer-row .send")).to_be_visible()
    expect(page.locator(".voice")).to_be_hidden()
