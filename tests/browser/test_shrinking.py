"""Photos on their way up: those of many pixels go smaller, in their own format; what else is large goes as it is."""

from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page
from tests.support.browser import browser_marks

pytestmark = browser_marks
# remembers what is handed to the network
UPLOADED = """
window.uploaded = [];
const { send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.send = function (form) {
  uploaded.push(form.get("file"));
  return send.call(this, form);
};
"""
LOOK = """async () => {
  const [file] = uploaded;
  const picture = await createImageBitmap(file);
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  const place = canvas.getContext("2d");
  place.drawImage(picture, 0, 0);
  const { type, name, size } = file;
  const alpha = place.getImageData(2, 2, 1, 1).data[3];
  return { type, name, size, sides: [picture.width, picture.height], alpha };
}"""
LARGE = 1_500_000  # WORTH_SHRINKING of data/uploads.js


def noise(width: int, height: int, mode: str = "RGBA") -> Image.Image:
    """No format makes it much smaller; a corner shines through where the mode can (such a picture is half as high)."""
    height //= 2 if mode == "RGBA" else 1
    picture = Image.frombytes(mode, (width, height), Random(1).randbytes(width * height * len(mode)))
    if mode == "RGBA":
        picture.paste((0, 0, 0, 0), (0, 0, 40, 40))
    return picture


def encoded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    place = BytesIO()
    picture.save(place, kind, **how)
    assert place.tell() > LARGE
    return place.getvalue()


def uploaded(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], kind: str, content: bytes) -> dict[str, Any]:
    """What goes up of a picked picture, and how it looks."""
    page = open_ticket_page(open_app, desk, ticket, before=UPLOADED)
    file = {"name": f"box.{kind}", "mimeType": f"image/{kind}", "buffer": content}
    page.set_input_files(".composer input[type=file]", file)
    expect(page.locator(".picked-file")).to_have_count(1)
    page.click(".composer-row .send")
    page.wait_for_function("() => uploaded.length === 1")
    found: dict[str, Any] = page.evaluate(LOOK)
    assert (found["type"], found["name"]) == (f"image/{kind}", f"box.{kind}")
    return found


@pytest.mark.parametrize(
    ("kind", "mode", "how"),
    [("jpeg", "RGB", {"quality": 100}), ("png", "RGBA", {}), ("webp", "RGBA", {"lossless": True, "method": 0})],
    ids=["jpeg", "png", "webp"],
)
def test_a_photo_of_many_pixels_goes_smaller_and_stays_what_it_is(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], kind: str, mode: str, how: dict[str, Any]
) -> None:
    content = encoded(noise(3000, 300, mode), kind, **how)
    found = uploaded(open_app, desk, ticket, kind, content)
    assert found["sides"] == [2560, 128 if mode == "RGBA" else 256]
    assert found["size"] < len(content)
    assert found["alpha"] == (0 if mode == "RGBA" else 255)


@pytest.mark.parametrize(
    ("kind", "mode", "how"),
    [("jpeg", "RGB", {"quality": 100}), ("png", "RGBA", {}), ("webp", "RGBA", {"lossless": True, "method": 0})],
    ids=["jpeg", "png", "webp"],
)
def test_what_is_no_larger_than_the_limit_goes_as_it_was_picked(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], kind: str, mode: str, how: dict[str, Any]
) -> None:
    content = encoded(noise(2560, 360, mode), kind, **how)
    found = uploaded(open_app, desk, ticket, kind, content)
    assert found["sides"] == [2560, 180 if mode == "RGBA" else 360]
    assert found["size"] == len(content)


@pytest.mark.parametrize(("kind", "how"), [("png", {}), ("webp", {"lossless": True, "method": 0})], ids=["png", "webp"])
def test_what_moves_goes_as_it_was_picked(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], kind: str, how: dict[str, Any]
) -> None:
    picture = noise(3000, 160)
    content = encoded(picture, kind, save_all=True, append_images=[picture.rotate(180)], duration=200, **how)
    found = uploaded(open_app, desk, ticket, kind, content)
    assert found["sides"] == [3000, 80]
    assert found["size"] == len(content)
