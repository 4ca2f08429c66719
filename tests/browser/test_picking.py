"""Files on their way into a message: pasted, dropped, picked; seen before they go, taken away, refused as too large."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import PICTURES, expect_in_memory, hold_requests, open_ticket_page, runs, wait_until, write
from tests.support.browser import DESKTOP, PIXEL, browser_marks

pytestmark = browser_marks
POST = r"tickets/[\w-]+/messages/"
PASTE_AND_DROP = """async () => {
  const bytes = await new Promise((made) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
    canvas.getContext("2d").fillRect(0, 0, 64, 48);
    canvas.toBlob(made, "image/png");
  });
  const holding = (...names) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File([bytes], name, { type: "image/png" }));
    return data;
  };
  const area = document.querySelector(".composer");
  const how = { bubbles: true, cancelable: true };
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: holding("pasted.png"), ...how }));
  area.dispatchEvent(new DragEvent("drop", { dataTransfer: holding("one.png", "two.png"), ...how }));
}"""
HAS_PICKED = "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('picked.js'))"


def test_what_is_pasted_dropped_and_picked_is_seen_before_it_goes_and_can_be_taken_away(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.wait_for_function(HAS_PICKED)
    page.evaluate(PASTE_AND_DROP)
    picked = page.locator(".picked-file")
    expect(picked).to_have_count(3)
    page.set_input_files(".composer input[type=file]", {"name": "box.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(picked).to_have_count(4)
    expect(picked).to_contain_text(["pasted.png", "one.png", "two.png", "box.png"])
    widths = "(tiles) => tiles.map((tile) => tile.querySelector('img').naturalWidth)"
    wait_until(page, lambda: picked.evaluate_all(widths) == [64, 64, 64, 1])
    page.get_by_role("button", name="one.png").click()
    expect(picked).to_contain_text(["pasted.png", "two.png", "box.png"])
    page.locator(".composer-row .send").click()
    expect(page.locator(".message.is-own .tick")).to_have_attribute("data-state", "sent")
    (sent,) = desk.calls("POST", POST)
    assert len(sent["attachments"]) == 3


def test_a_photo_of_a_phone_that_is_larger_than_files_may_be_is_named_with_the_limit(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.limits["file_size"] = 1_000_000
    page = open_ticket_page(open_app, desk, ticket)
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 1_200_000  # no browser but Safari can make it smaller
    page.set_input_files(".composer input[type=file]", {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": heic})
    expect(page.locator(".composer-error")).to_have_text("“IMG_1.HEIC” is too large: files may have up to 1 MB.")
    expect(page.locator(".picked-file")).to_have_count(0)
    assert desk.calls("POST", "files/") == []


DROP = """(place) => {
  const data = new DataTransfer();
  data.items.add(new File(["abc"], "log.txt", { type: "text/plain" }));
  return ["dragover", "drop"].map((type) => {
    const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(place).dispatchEvent(event);
    return event.defaultPrevented;
  });
}"""


def test_a_file_dropped_on_the_messages_is_taken_and_elsewhere_refused(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    page.wait_for_function(HAS_PICKED)
    runs(page, "later.js")
    assert page.evaluate(DROP, "#list-pane") == [True, True]  # the browser would open it in the place of the app
    assert page.evaluate(DROP, ".messages-scroll") == [True, True]
    expect(page.locator(".picked-file")).to_contain_text(["log.txt"])
    desk.merge(ticket, desk.open_ticket("Another", status="open"))
    page.wait_for_selector(".closed-foot")
    assert page.evaluate(DROP, ".messages-scroll") == [True, True]
    expect(page.locator(".picked-file")).to_have_count(0)


def test_another_language_waits_until_files_are_up(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    held = hold_requests(page, "**/api/v1/files/")
    page.set_input_files(".composer input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": PIXEL})
    page.wait_for_selector(".picked-file")
    write(page, "With a photo")
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    page.click("[data-path=me]")
    page.select_option("select[data-ref=language]", "ru")
    expect(page.locator(".toast", has_text="The page comes anew once your files are up.")).to_be_visible()
    assert "lang=" not in page.url
    held.pop().fallback()
    page.wait_for_url("**lang=ru**")
    wait_until(page, lambda: desk.calls("POST", POST))
    assert [len(body["attachments"]) for body in desk.calls("POST", POST)] == [1]


SHOWN = (
    "(pictures) => pictures.map(({ src, complete, naturalWidth }) => [src.split(':')[0], complete && naturalWidth > 0])"
)


def test_pictures_leave_the_memory_once_nobody_sees_them(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, before=PICTURES, expected=("400",))
    runs(page, "screens/chat-messages.js")
    picked = page.locator(".picked-file")

    def pick(*names: str) -> None:
        files = [{"name": name, "mimeType": "image/png", "buffer": PIXEL} for name in names]
        page.set_input_files(".composer input[type=file]", files)  # type: ignore[arg-type]

    pick("one.png", "two.png", "three.png")
    expect(picked).to_have_count(3)
    expect_in_memory(page, 3)
    page.get_by_role("button", name="two.png").click()
    expect_in_memory(page, 2)
    write(page, "Two photos")
    expect(page.locator(".message.is-own .tick")).to_have_attribute("data-state", "sent")
    # they are still shown from the phone
    photos = page.locator(".message .photo img")
    wait_until(page, lambda: photos.evaluate_all(SHOWN) == [["blob", True]] * 2)
    expect_in_memory(page, 2)
    # what is refused and deleted goes too
    desk.fail("POST", "files/", 400, code="file_refused")
    pick("four.png")
    page.locator(".composer .send").click()
    page.locator("[data-action=discard]").click()
    expect_in_memory(page, 2)
    # what is picked and waits stays while one looks elsewhere, what was sent does not
    pick("five.png")
    expect(picked).to_have_count(1)
    page.evaluate("telegram.back()")
    expect_in_memory(page, 1)
    page.locator(".row").click()
    wait_until(page, lambda: picked.locator("img").evaluate_all(SHOWN) == [["blob", True]])
    wait_until(page, lambda: photos.evaluate_all(SHOWN) == [["http", True]] * 2)
    page.get_by_role("button", name="five.png").click()
    expect_in_memory(page, 0)
    assert page.evaluate("pictures.made") == 5
