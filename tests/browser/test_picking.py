"""Files on their way into a message: pasted, dropped, picked; seen before they go, taken away, refused as too large."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, wait_until
from tests.support.browser import PIXEL, browser_marks

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
