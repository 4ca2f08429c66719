"""What messages hold besides plain text: pictures, sound, films, files, places, people, formatted text."""

import io
import re
import wave
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import HIDE, expect_texts, hold_requests, open_ticket_page, wait_until
from tests.support.browser import browser_marks, picture
from tests.support.everybody import CONTRASTS

pytestmark = browser_marks


def silence(seconds: int) -> bytes:
    """A recording that browsers play."""
    made = io.BytesIO()
    with wave.open(made, "wb") as recording:
        recording.setparams((1, 1, 8000, 0, "NONE", ""))
        recording.writeframes(b"\x80" * 8000 * seconds)
    return made.getvalue()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    return desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)


def a_voice(desk: FakeDesk, ticket: dict[str, Any], seconds: int = 20, **more: Any) -> dict[str, Any]:
    file = desk.file("voice.ogg", "audio/ogg", duration=seconds)
    desk.contents[file["id"]] = ("audio/wav", silence(seconds))
    return desk.write(ticket, VERA, "", kind="voice", attachments=[file], **more)


def paused(page: Page) -> list[str]:
    """What the play buttons offer."""
    return [button.get_attribute("aria-label") or "" for button in page.locator(".player-play").all()]


# --- text ---


def test_formatted_text_is_drawn_by_its_entities(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    text = "😀 bold both italic <b>code</b> here t.me/desk @anna"
    at = text.encode("utf-16-le")

    def entity(kind: str, part: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "offset": at.index(part.encode("utf-16-le")) // 2, "length": len(part), **more}

    entities = [
        entity("bold", "bold both"),
        entity("italic", "both"),
        entity("code", "<b>code</b>"),
        entity("text_link", "here", url="https://example.com/a?b=1"),
        entity("url", "t.me/desk"),
        entity("mention", "@anna"),
    ]
    desk.write(ticket, VERA, text, entities=entities)
    page = open_ticket_page(open_app, desk, ticket)
    shown = page.locator(".message .text")
    expect(shown.locator("> b")).to_have_text("bold both")
    expect(shown.locator("b > i")).to_have_text("both")
    expect(shown.locator("code")).to_have_text("<b>code</b>")
    links = [link.get_attribute("href") for link in shown.locator("a").all()]
    assert links == ["https://example.com/a?b=1", "https://t.me/desk", "https://t.me/anna"]
    expect_texts(page, [text])


def test_no_entity_breaks_a_text_or_leads_to_a_script(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    entities = [
        {"type": "text_link", "offset": 0, "length": 3, "url": "javascript:alert(1)"},
        {"type": "bold", "offset": 2, "length": 2},  # half out of the link, and half of a pair of surrogates
        {"type": "italic", "offset": 7, "length": 4000},
        {"type": "bold", "offset": -5, "length": 2},
        {"type": "underline", "offset": 5000, "length": 1},
        {"type": "of_the_future", "offset": 6, "length": 1},
    ]
    text = "one😀two three"
    desk.write(ticket, VERA, text, entities=entities)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".message .text i")).to_have_text("o three")
    expect_texts(page, [text])
    assert page.locator(".message .text").inner_text() == text
    expect(page.locator(".message .text a")).to_have_count(0)


def test_hidden_text_is_shown_when_it_is_asked_for(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, VERA, "The code is 1234", entities=[{"type": "spoiler", "offset": 12, "length": 4}])
    page = open_ticket_page(open_app, desk, ticket)
    spoiler = page.get_by_role("button", name="Hidden text: show it")
    secret = page.locator(".spoiler > span")
    expect(secret).to_be_hidden()
    spoiler.focus()
    page.keyboard.press("Enter")
    expect(secret).to_be_visible()
    desk.write(ticket, VERA, "And one more")
    expect(page.locator(".message")).to_have_count(2)
    expect(secret).to_be_visible()


def test_an_edit_takes_new_entities_and_staff_see_that_it_came_after_the_answer(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    message = desk.write(ticket, VERA, "very bold", entities=[{"type": "bold", "offset": 5, "length": 4}])
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".text b")).to_have_text("bold")
    new = {"text": "plain", "entities": [], "edited_at": message["created_at"], "edited_after_answer": True}
    desk.happen("message_edited", ticket, {**message, **new})
    expect_texts(page, ["plain"])
    expect(page.locator(".text b")).to_have_count(0)
    expect(page.locator(".meta")).to_contain_text("edited after the answer")


def test_without_the_module_the_text_is_still_there(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, VERA, "bold", entities=[{"type": "bold", "offset": 0, "length": 4}])
    lost = [True]

    def static(route: Any) -> None:
        if lost[0] and "contents.js" in route.request.url:
            route.abort("connectionfailed")
        else:
            route.continue_()

    page = open_ticket_page(open_app, desk, ticket, static=static, expected=("contents.js", "ERR_"))
    expect_texts(page, ["bold"])
    expect(page.locator(".text b")).to_have_count(0)


# --- pictures ---


def test_the_viewer_goes_through_the_pictures_of_the_conversation(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    album = [desk.file(f"{number}.png", "image/png") for number in (1, 2)]
    desk.write(ticket, VERA, "Two", kind="photo", attachments=album)
    desk.write(ticket, ANNA, "One more", kind="photo", attachments=[desk.file("3.png", "image/png")])
    page = open_ticket_page(open_app, desk, ticket)
    page.locator(".photo").nth(1).click()
    viewer = page.get_by_role("dialog", name="Photo")
    expect(viewer.get_by_role("img", name="Photo 2.png")).to_be_visible()
    expect(viewer).to_contain_text("2 of 3")
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="Photo 3.png")).to_be_visible()
    expect(viewer.get_by_role("button", name="The next photo")).to_be_hidden()
    viewer.get_by_role("button", name="The photo before").click()
    page.keyboard.press("ArrowLeft")
    expect(viewer.get_by_role("img", name="Photo 1.png")).to_be_visible()
    viewer.get_by_role("img").click()
    expect(viewer.locator(".is-zoomed")).to_be_visible()
    viewer.get_by_role("link", name="Save the photo").click()
    call = next(call for call in page.evaluate("telegramCalls") if call[0] == "download")
    assert call[1]["file_name"] == "1.png"
    assert f"/api/v1/files/{album[0]['id']}/?token=" in call[1]["url"]
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(page.locator(".photo").nth(1)).to_be_focused()


def test_two_fingers_draw_a_picture_larger_and_small_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    album = [desk.file(f"{number}.png", "image/png") for number in (1, 2)]
    desk.write(ticket, VERA, "Two", kind="photo", attachments=album)
    page = open_ticket_page(open_app, desk, ticket, has_touch=True)
    page.locator(".photo").first.tap()
    viewer = page.get_by_role("dialog", name="Photo")
    image = viewer.get_by_role("img", name="Photo 1.png")
    expect(image).to_be_visible()
    touch = page.context.new_cdp_session(page)

    def pinch(begin: float, end: float) -> None:
        def fingers(apart: float) -> list[dict[str, float]]:
            return [{"x": 195 - apart / 2, "y": 400, "id": 0}, {"x": 195 + apart / 2, "y": 400, "id": 1}]

        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers(begin)})
        for step in range(1, 5):
            apart = begin + (end - begin) * step / 4
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": fingers(apart)})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def width() -> float:
        box = image.bounding_box()
        assert box
        return box["width"]

    whole = width()
    pinch(100, 300)
    wait_until(page, lambda: abs(width() - 3 * whole) < 2)
    expect(viewer).to_contain_text("1 of 2")  # it was no swipe
    middle = "(stage) => (stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth"
    assert abs(viewer.locator(".viewer-stage").evaluate(middle) - 0.5) < 0.02
    pinch(50, 350)
    wait_until(page, lambda: abs(width() - 5 * whole) < 2)  # not more
    pinch(350, 30)
    wait_until(page, lambda: abs(width() - whole) < 2)
    expect(viewer.locator(".is-zoomed")).to_have_count(0)
    picture(page, "viewer-after-pinches")


def test_the_keys_stay_with_the_viewer_from_the_first_picture_to_the_last(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    album = [desk.file(f"{number}.png", "image/png") for number in (1, 2)]
    desk.write(ticket, VERA, "Two", kind="photo", attachments=album)
    page = open_ticket_page(open_app, desk, ticket)
    photo, viewer = page.locator(".photo").first, page.get_by_role("dialog", name="Photo")
    photo.click()
    expect(viewer.get_by_role("img", name="Photo 1.png")).to_be_visible()
    page.keyboard.press("Escape")  # the first key of all
    expect(viewer).to_have_count(0)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_be_visible()
    expect(page.locator(".chat")).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    photo.click()
    expect(viewer.get_by_role("img", name="Photo 1.png")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="Photo 2.png")).to_be_visible()
    viewer.get_by_role("button", name="The photo before").click()
    expect(viewer.get_by_role("img", name="Photo 1.png")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="Photo 2.png")).to_be_visible()
    page.evaluate("telegram.back()")
    expect(viewer).to_have_count(0)
    expect(page.locator(".chat")).to_be_visible()


def test_a_finger_turns_the_pictures(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.write(ticket, VERA, "", kind="photo", attachments=[desk.file(f"{n}.png", "image/png") for n in (1, 2)])
    page = open_ticket_page(open_app, desk, ticket, has_touch=True)
    page.locator(".photo").first.click()
    expect(page.get_by_role("dialog").get_by_role("img", name="Photo 1.png")).to_be_visible()
    page.evaluate("""() => {
        const stage = document.querySelector(".viewer-stage");
        const finger = (x) => new Touch({ identifier: 1, target: stage, clientX: x, clientY: 300 });
        stage.dispatchEvent(new TouchEvent("touchstart", { touches: [finger(300)] }));
        stage.dispatchEvent(new TouchEvent("touchend", { changedTouches: [finger(100)] }));
    }""")
    expect(page.get_by_role("dialog").get_by_role("img", name="Photo 2.png")).to_be_visible()


def test_a_picture_that_does_not_come_says_so_and_is_asked_for_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    file = desk.file("1.png", "image/png")
    desk.write(ticket, VERA, "", kind="photo", attachments=[file])
    page = open_ticket_page(open_app, desk, ticket, expected=("500",))
    picture = page.locator(".photo img")
    expect(picture).to_have_js_property("complete", True)
    desk.fail("GET", f"files/{file['id']}/", 500)
    page.locator(".photo").click()
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_text("The photo could not be loaded")).to_be_visible()
    viewer.get_by_role("button", name="Try again").click()
    expect(viewer.get_by_role("img")).to_be_visible()


# --- sound and films ---


def test_one_recording_plays_at_a_time_at_the_chosen_speed(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    a_voice(desk, ticket)
    a_voice(desk, ticket, 30)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".player-time")).to_have_text(["0:20", "0:30"])
    assert not [path for _verb, path, _body in desk.requests if path.startswith("files/")]
    page.locator(".player-play").first.click()
    wait_until(page, lambda: paused(page) == ["Stop playing", "Play"])
    expect(page.locator(".player-time").first).to_have_text("0:01")
    page.locator(".player-play").last.click()
    wait_until(page, lambda: paused(page) == ["Play", "Stop playing"])
    page.locator(".player-speed").last.click()
    expect(page.get_by_role("button", name="Speed 1.5")).to_have_text("1.5×")
    page.locator(".player-speed").last.click()
    expect(page.get_by_role("button", name="Speed 2")).to_have_text("2×")
    page.locator(".player input").last.fill("500")
    expect(page.locator(".player-time").last).to_have_text("0:15")
    page.locator(".player-play").last.click()
    wait_until(page, lambda: paused(page) == ["Play", "Play"])


def test_a_recording_that_cannot_be_played_says_so(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    message = a_voice(desk, ticket)
    desk.contents[message["attachments"][0]["id"]] = ("audio/ogg", b"no sound")
    page = open_ticket_page(open_app, desk, ticket)
    page.locator(".player-play").click()
    expect(page.locator("#toasts")).to_contain_text("This cannot be played here")


def test_films_load_nothing_before_they_are_played(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    for kind in ("video", "video_note"):
        desk.write(ticket, VERA, "", kind=kind, attachments=[desk.file(f"{kind}.mp4", "video/mp4", duration=65)])
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.get_by_role("button", name="Play the video")).to_have_count(2)
    expect(page.locator(".video-duration")).to_have_text(["1:05", "1:05"])
    expect(page.locator(".video.is-round")).to_have_count(1)
    # a film may be kept; a round one is only looked at
    expect(page.locator(".file-name")).to_have_text(["video.mp4"])
    assert not [path for _verb, path, _body in desk.requests if path.startswith("files/")]


# --- the rest ---


def test_places_people_and_polls_are_cards(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    place = {"latitude": 55.75, "longitude": 37.61}
    desk.write(ticket, VERA, "", kind="location", content=place)
    desk.write(ticket, VERA, "", kind="venue", content={**place, "title": "Café", "address": "Arbat 1"})
    desk.write(ticket, VERA, "", kind="contact", content={"first_name": "Oleg", "phone": "79001234567"})
    desk.write(ticket, VERA, "", kind="poll", content={"question": "When?", "options": ["Today", "Tomorrow"]})
    desk.write(ticket, VERA, "Look", kind="unsupported", content={"type": "story"})
    desk.write(ticket, VERA, "", kind="dice", content={"emoji": "🎲", "value": 4})
    desk.write(ticket, VERA, "", kind="of_the_future")
    page = open_ticket_page(open_app, desk, ticket)
    cards = page.locator(".card-body")
    expect(cards).to_have_count(5)
    expect(cards.nth(0)).to_have_text("Location 55.75000, 37.61000", use_inner_text=True)
    expect(cards.nth(0).get_by_role("link")).to_have_attribute(
        "href", "https://www.openstreetmap.org/?mlat=55.75&mlon=37.61#map=16/55.75/37.61"
    )
    expect(cards.nth(1)).to_have_text("Café Arbat 1 55.75000, 37.61000", use_inner_text=True)
    expect(cards.nth(2).get_by_role("link", name="+79001234567")).to_have_attribute("href", "tel:+79001234567")
    expect(cards.nth(3)).to_have_text("When? Poll • Today • Tomorrow", use_inner_text=True)
    expect(cards.nth(4)).to_have_text("This can only be seen in Telegram story", use_inner_text=True)
    expect_texts(page, ["", "", "", "", "Look", "🎲 4", "Attachment"])


def test_a_sticker_says_what_it_stands_for(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    for form, name, content_type in (
        ("static", "sticker.webp", "image/webp"),
        ("video", "sticker.webm", "video/webm"),
        ("animated", "sticker.tgs", "application/gzip"),
    ):
        file = desk.file(name, content_type)
        desk.write(ticket, VERA, "", kind="sticker", content={"format": form, "emoji": "🔥"}, attachments=[file])
    shown = desk.file("shown.tgs", "application/gzip", width=512, height=512)
    shown["thumbnail_url"] = f"{shown['url']}thumbnail/"
    coming = {**desk.file("coming.tgs", "application/gzip"), "state": "pending"}
    form = {"format": "animated", "emoji": "🎉"}
    desk.write(ticket, VERA, "", kind="sticker", content=form, attachments=[shown])
    desk.write(ticket, VERA, "", kind="sticker", content={**form, "emoji": "⏳"}, attachments=[coming])
    page = open_ticket_page(open_app, desk, ticket)
    still = page.get_by_role("img", name="Sticker 🎉")
    expect(still).to_have_attribute("src", re.compile(rf"{shown['url']}thumbnail/"))
    expect(page.locator(".card-body")).to_have_text(["Sticker 🔥", "Sticker ⏳"])
    still.click()
    viewer = page.get_by_role("dialog", name="Photo")
    expect(viewer.get_by_role("img")).to_have_attribute("src", re.compile(rf"{shown['url']}thumbnail/"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("img", name="Sticker 🔥")).to_have_count(1)
    expect(page.get_by_role("group", name="Sticker 🔥")).to_have_count(1)
    expect(page.locator(".file-name")).to_have_count(0)
    page.locator(".message-more").first.click()
    page.get_by_role("button", name="Answer this message").click()
    expect(page.locator(".about-body")).to_contain_text("🔥")


def test_forwarded_messages_say_whose_they_were(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    origin = {"type": "user", "name": "Oleg <i>", "date": "2026-01-01T00:00:00+00:00"}
    message = desk.write(ticket, VERA, "Look", forwarded_from=origin)
    desk.write(ticket, VERA, "And", forwarded_from={**origin, "name": ""})
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".forwarded")).to_have_text(["Forwarded from Oleg <i>", "Forwarded message"])
    desk.happen("message_deleted", ticket, {"id": message["id"]})
    expect(page.locator(".forwarded")).to_have_text(["Forwarded message"])


def test_quotes_show_the_words_that_were_meant_and_whose_they_are(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    first = desk.write(ticket, ANNA, "Two parcels left, one is here")
    desk.write(ticket, VERA, "Which one?", reply_to=first["id"], content={"quote": "one is here"})
    origin = {"type": "channel", "name": "Shop <i>", "date": "2026-01-01T00:00:00+00:00"}
    elsewhere = {**origin, "kind": ""}
    desk.write(ticket, VERA, "So?", content={"quote": "half\nprice", "external_reply": elsewhere})
    desk.write(ticket, VERA, "And?", content={"external_reply": {**origin, "kind": "photo"}})
    desk.write(ticket, VERA, "And?", content={"external_reply": elsewhere})
    own = {"quote": "News of Monday", "external_reply": {**elsewhere, "type": "same_chat"}}
    desk.write(ticket, VERA, "And?", content=own)
    page = open_ticket_page(open_app, desk, ticket)
    quotes = page.locator(".quote:visible")
    expect(quotes).to_have_text(
        [
            "Anna Petrova one is here",
            "Shop <i>, in another chat half\nprice",
            "Shop <i>, in another chat Photo",
            "Shop <i>, in another chat A message of another chat",
            "Shop <i> News of Monday",
        ],
        use_inner_text=True,
    )
    quotes.first.click()
    expect(page.locator(f".is-found[data-id='{first['id']}']")).to_be_visible()
    expect(quotes.nth(1)).to_be_disabled()
    assert page.evaluate(CONTRASTS) == []


def test_files_that_are_not_there_say_why(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    files = [
        desk.file("soon.pdf", "application/pdf", state="pending"),
        desk.file("lost.pdf", "application/pdf", state="failed"),
        desk.file("here.pdf", "application/pdf"),
    ]
    desk.write(ticket, VERA, "", kind="document", attachments=files)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".file-size")).to_have_text(
        ["On its way from Telegram", "The file could not be fetched", "1.2 MB"]
    )
    expect(page.locator(".file[href]")).to_have_count(1)
    page.click("[data-action=again]:visible")
    wait_until(page, lambda: len(desk.calls("POST", r"messages/[\w-]+/retry/")) == 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contents_can_be_read_and_hit(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], scheme: str) -> None:
    everything(desk, ticket)
    page = open_ticket_page(open_app, desk, ticket, color_scheme=scheme)
    page.wait_for_selector(".card")
    assert page.evaluate(CONTRASTS) == []
    for target in page.locator(".player button, .player input, .video button, .card a, .file").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 43.5, target.evaluate("element => element.outerHTML")


def everything(desk: FakeDesk, ticket: dict[str, Any]) -> None:
    """One message of each kind."""
    origin = {"type": "user", "name": "Oleg", "date": "2026-01-01T00:00:00+00:00"}
    text = "Order 12 is late: see the terms. secret"
    marks = [("bold", 0, 8), ("code", 12, 4), ("text_link", 22, 9), ("spoiler", 33, 6)]
    desk.write(
        ticket,
        VERA,
        text,
        forwarded_from=origin,
        entities=[{"type": kind, "offset": at, "length": length, "url": "https://a.b"} for kind, at, length in marks],
    )
    desk.write(ticket, VERA, "", kind="photo", attachments=[desk.file(f"{n}.png", "image/png") for n in range(3)])
    a_voice(desk, ticket)
    desk.write(ticket, VERA, "", kind="video", attachments=[desk.file("film.mp4", "video/mp4", duration=65)])
    desk.write(ticket, VERA, "", kind="video_note", attachments=[desk.file("r.mp4", "video/mp4", duration=5)])
    desk.write(ticket, VERA, "", kind="document", attachments=[desk.file("a.pdf", "application/pdf", state="failed")])
    desk.write(ticket, VERA, "", kind="location", content={"latitude": 55.75, "longitude": 37.61})
    desk.write(ticket, ANNA, "", kind="contact", content={"first_name": "Oleg", "phone": "79001234567"})
    desk.write(ticket, VERA, "", kind="poll", content={"question": "When?", "options": ["Today", "Tomorrow"]})


@pytest.mark.parametrize("telegram", [True, False])
def test_a_file_is_fetched_with_a_token_that_holds_after_a_quiet_while(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], telegram: bool
) -> None:
    desk.write(ticket, VERA, "the bill", attachments=[desk.file("bill.pdf", "application/pdf")])
    desk.links = ["once"]
    desk.refused_tokens.add("files_token1")
    way = {} if telegram else {"telegram": False}
    page = open_app(desk, f"tickets/{ticket['number']}" + ("" if telegram else "#enter=once"), clock=True, **way)
    page.wait_for_selector("a.file")
    page.evaluate(HIDE)  # where somebody looks the keys are renewed in time
    page.clock.fast_forward(12 * 60_000)
    if telegram:
        page.click("a.file")
        page.wait_for_function("() => telegramCalls.some(([name]) => name === 'download')")
        [file] = page.evaluate("telegramCalls.filter(([name]) => name === 'download')")
        assert file[1]["file_name"] == "bill.pdf"
        assert "token=files_token2" in file[1]["url"]
    else:
        with page.expect_popup() as opened, page.context.expect_event("request", _asks_for_file) as asked:
            page.click("a.file")
        assert "token=files_token2" in asked.value.url
        opened.value.wait_for_url("**/api/v1/files/**")
        assert opened.value.evaluate("window.opener") is None
    assert len(desk.calls("POST", "auth/refresh/")) == 1


def test_a_conversation_that_is_known_does_not_wait_for_the_key_to_files(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    film = desk.file("film.mp4", "video/mp4", duration=65)
    film["thumbnail_url"] = f"{film['url']}thumbnail/"
    desk.write(ticket, VERA, "look", attachments=[desk.file("scan.png", "image/png")])
    desk.write(ticket, VERA, "", kind="video", attachments=[film])
    quiet = "window.skip = 0; const real = Date.now; Date.now = () => real() + window.skip;"
    page = open_app(desk, f"tickets/{ticket['number']}", before=quiet, expected=("401",))
    page.wait_for_selector(".message img")
    page.evaluate("telegram.back()")
    page.wait_for_selector(".row")
    desk.refused_tokens.add("files_token1")
    page.evaluate("window.skip = 10 * 60_000")
    held = hold_requests(page, "**/auth/refresh/")
    page.click(".row")
    wait_until(page, lambda: held)
    expect(page.locator(".composer textarea")).to_be_visible()
    expect(page.locator(".message")).to_have_count(len(desk.messages[ticket["id"]]))
    expect(page.locator(".message video")).not_to_have_attribute("poster", re.compile("token"))
    held[0].fallback()
    expect(page.locator(".message video")).to_have_attribute("poster", re.compile("files_token2"))
    page.wait_for_function("document.querySelector('.message img').naturalWidth > 0")
    expect(page.locator(".message .is-broken")).to_have_count(0)
    assert len(desk.calls("POST", "auth/refresh/")) == 1


def test_a_file_opens_after_a_start_without_a_sign_in(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    """The desk was away when the page was loaded anew: it goes on with what the tab has."""
    desk.write(ticket, VERA, "the bill", attachments=[desk.file("bill.pdf", "application/pdf")])
    page = open_app(desk, f"tickets/{ticket['number']}", expected=("ERR_", "503"))
    page.wait_for_selector("a.file")
    desk.fail("POST", "auth/telegram/", 503, times=99)
    page.reload()
    page.click("a.file")
    page.wait_for_function("() => telegramCalls.some(([name]) => name === 'download')")
    [file] = page.evaluate("telegramCalls.filter(([name]) => name === 'download')")
    assert "token=files_token2" in file[1]["url"]


def _asks_for_file(request: Request) -> bool:
    return "/api/v1/files/" in request.url


def test_a_file_whose_token_cannot_be_renewed_says_so(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.write(ticket, VERA, "the bill", attachments=[desk.file("bill.pdf", "application/pdf")])
    page = open_app(desk, f"tickets/{ticket['number']}", clock=True, expected=("ERR_",))
    page.wait_for_selector("a.file")
    page.evaluate(HIDE)
    desk.fail("POST", "auth/refresh/", times=9)
    page.clock.fast_forward(12 * 60_000)
    page.click("a.file")
    expect(page.locator(".toast")).to_contain_text("No answer")
    desk.faults.clear()
    page.click("a.file")
    page.wait_for_function("() => telegramCalls.some(([name]) => name === 'download')")
