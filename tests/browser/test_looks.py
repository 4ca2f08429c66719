"""What only the eye finds: nothing is cut, covered or askew, on a narrow phone and in large text."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import NARROW, THEMES

pytestmark = browser_marks
LARGE = "document.addEventListener('DOMContentLoaded', () => document.documentElement.dataset.size = '130')"
RETURNS = {"en": "Returns and exchanges", "ru": "Возврат и обмен товара"}
# Of words in the font of their field, since what a field shows itself cannot be measured.
WIDTH_OF = """(field) => {
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(field);
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  return canvas.measureText(%s).width;
}"""
WIDTH_OF_PLACEHOLDER = WIDTH_OF % "field.placeholder"
WIDTH_OF_OPTION = WIDTH_OF % "field.selectedOptions[0].text"
ROOM = """(field) => {
  const { paddingLeft, paddingRight } = getComputedStyle(field);
  const arrow = field.matches("select") ? 20 : 0;
  return field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - arrow;
}"""


def box_of(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box is not None
    return {**box, "right": box["x"] + box["width"], "middle": box["y"] + box["height"] / 2}  # type: ignore[dict-item]


def is_whole(locator: Locator) -> bool:
    return bool(locator.evaluate("element => element.scrollWidth <= element.clientWidth"))


def test_large_text_breaks_no_title_and_covers_no_face(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.language = "ru"
    page = open_app(desk, viewport=NARROW, before=LARGE)
    title = page.locator(".inbox h1")
    expect(title).to_have_text("Входящие")
    lines = title.evaluate("title => title.offsetHeight / parseFloat(getComputedStyle(title).lineHeight)")
    assert lines == pytest.approx(1, abs=0.1)
    page.click(".row")
    face, status, card = (
        page.locator(f".staff-tools {name}") for name in (".avatar", ".status-button", ".card-button")
    )
    expect(card).to_be_visible()
    assert box_of(face)["right"] <= box_of(status)["x"]
    assert box_of(card)["middle"] == pytest.approx(box_of(status)["middle"], abs=2)
    picture(page, "large-text")


def test_on_a_full_row_the_tags_give_way(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.language = "ru"
    ticket.update(priority="high", snoozed_until=now(-600), tags=["vip", "late", "spring"])
    page = open_app(desk, "?tab=all", viewport=NARROW)
    expect(page.locator(".row-clock")).not_to_be_empty()
    row = page.locator(".row-meta")
    assert [name for name in ("number", "clock", "assignee") if not is_whole(row.locator(f".row-{name}"))] == []
    assert box_of(row.locator(".row-assignee"))["right"] <= box_of(row)["right"] + 0.5


def test_a_recording_fits_its_bubble(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    file = desk.file("voice.ogg", "audio/ogg", duration=7)
    desk.write(ticket, VERA, "", kind="voice", attachments=[file])
    page = open_ticket_page(open_app, desk, ticket, viewport=NARROW)
    time = page.locator(".player-time")
    expect(time).to_have_text("0:07")
    assert box_of(time)["right"] <= box_of(page.locator(".bubble").last)["right"]


@pytest.mark.parametrize("theme", [None, THEMES["dark"]], ids=["light", "dark"])
def test_the_menu_of_a_recording_covers_neither_its_time_nor_its_end(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], theme: dict[str, str] | None
) -> None:
    for author in (VERA, ANNA):
        file = desk.file("voice.ogg", "audio/ogg", duration=754)
        desk.write(ticket, author, "", kind="voice", attachments=[file])
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, theme=theme)
    for place, name in ((-1, "own"), (-2, "theirs")):
        bubble = page.locator(".bubble").nth(place)
        time = bubble.locator(".player-time")
        expect(time).to_have_text("12:34")
        bubble.hover()
        dots = bubble.locator(".message-more")
        expect(dots).to_have_css("opacity", "1")
        assert box_of(time)["right"] <= box_of(dots)["x"] + 0.5
        assert box_of(bubble.locator("input"))["width"] > 60
        picture(page, f"recording-{name}-{'dark' if theme else 'light'}")


def test_a_rating_and_its_words_fit_a_narrow_phone(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    desk.language = "ru"
    ticket = desk.open_ticket("No parcel", status="resolved", assignee=ANNA)
    desk.write(ticket, ANNA, "It is there")
    page = open_ticket_page(open_app, desk, ticket, viewport=NARROW)
    page.locator(".star").nth(3).click()
    save = page.locator(".rating-form .button")
    expect(save).to_be_visible()
    assert box_of(save)["right"] <= NARROW["width"]
    words = page.locator(".rating-form textarea")
    assert words.evaluate("words => words.scrollHeight <= words.clientHeight + 1")


def test_a_ticket_that_cannot_be_seen_has_its_number_and_a_sentence_in_the_middle(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    page = open_app(desk, "tickets/999", viewport=NARROW, expected=("404",))
    said = page.locator(".chat .empty[role=alert]")
    expect(said).to_be_visible()
    assert box_of(said)["middle"] == pytest.approx(box_of(page.locator(".messages-scroll"))["middle"], abs=20)
    expect(page.locator(".chat h1")).to_have_text("#999")


def test_the_card_ends_its_lines_at_one_edge(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    ticket["snoozed_until"] = now(-600)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    ends = {
        name: box_of(page.locator(f".side-card .card-line [data-action={name}]"))["right"]
        for name in ("status", "assign", "wake", "merge")
    }
    assert max(ends.values()) - min(ends.values()) <= 1, ends


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_large_text_on_a_narrow_phone_shows_all_of_what_the_field_is_for(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], language: str, look: str
) -> None:
    desk.language = language
    page = open_ticket_page(open_app, desk, ticket, viewport=NARROW, before=LARGE, theme=THEMES[look])
    field = page.locator(".composer textarea")
    for mode in ("reply", "note"):
        page.click(f"[data-action={mode}]")
        assert field.evaluate(WIDTH_OF_PLACEHOLDER) <= field.evaluate(ROOM), field.get_attribute("placeholder")
        picture(page, f"composer-large-{mode}-{look}-{language}")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", ["100", "130"])
def test_the_card_shows_the_whole_name_of_the_category(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], language: str, look: str, size: str
) -> None:
    desk.language = language
    ticket["category"] = {"id": str(uuid4()), "names": RETURNS}
    page = open_ticket_page(
        open_app,
        desk,
        ticket,
        viewport=DESKTOP,
        before=LARGE if size == "130" else "",
        theme=THEMES[look],
        color_scheme=look,
    )
    field = page.locator(".side-card select").last
    expect(field).to_be_visible()
    assert field.evaluate("field => field.selectedOptions[0].text") == RETURNS[language]
    assert field.evaluate(WIDTH_OF_OPTION) <= field.evaluate(ROOM)
    picture(page, f"card-fields-{size}-{look}-{language}")
