"""The last two weeks of the desk as a picture for those who lead it, drawn when it is sent: the outbox holds no figure.

The picture holds digits only, so that it reads alike in every language; the caption says what its colours are.
"""

import io
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from accounts.actors import Actor, Source
from accounts.errors import PermissionDenied
from accounts.permissions import Capability, require
from accounts.selectors.people import get_person
from telegram_bot.bot_api import Request, Upload
from telegram_bot.models import OutgoingCall
from telegram_bot.notices import place_in
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.verdicts import Failed
from tickets.selectors.desk import Day, read_days

DAYS = 14
WIDTH, HEIGHT = 1000, 560
_SCALE = 2  # drawn larger and made smaller: Pillow's lines have no smooth edges
_LEFT, _RIGHT, _GAP = 64, 24, 10
_COUNTS = (28, 330)  # from the top to the bottom of the bars
_WAITS = (390, 536)
_PAPER, _LINE, _INK = "#ffffff", "#e3e7eb", "#4a5560"
_OPENED, _RESOLVED, _WAITED = "#2481cc", "#31a24c", "#e8890c"

Box = tuple[int, int]


def owe_chart(actor: Actor, chat_id: int) -> None:
    """Owe the picture; where one waits already, it stands for both."""
    params = {"@work_chart": str(actor.user_id), **place_in(chat_id)}
    key = f"work_chart:{actor.user_id}"
    enqueue([CallDraft(method="sendPhoto", params=params, queue=chat_id, coalesce_key=key)])


def render_chart(call: OutgoingCall) -> Request | Failed | None:
    """None: there is nothing to draw. Raises NotFound: the person is no longer known."""
    person = get_person(UUID(call.params["@work_chart"]))
    actor = Actor.of(person, Source.TELEGRAM)
    try:
        require(actor, Capability.SEE_STATISTICS)
    except PermissionDenied as error:
        return Failed(code=error.code)
    days = read_days(actor, count=DAYS)
    if not any(day.opened or day.resolved for day in days):
        return None
    with translation.override(person.language):
        caption = _("Fourteen days. 🟦 opened, 🟩 resolved; below 🟧 the first answer, median (h:mm of working time).")
    params = {name: value for name, value in call.params.items() if not name.startswith("@")}
    upload = Upload(field="photo", name="stats.png", content=draw_chart(days))
    return Request(method=call.method, params={**params, "chat_id": call.queue, "caption": caption}, files=(upload,))


def draw_chart(days: Sequence[Day]) -> bytes:
    """A PNG of WIDTH x HEIGHT pixels: bars of what was opened and resolved, under them the waits for an answer."""
    image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), _PAPER)
    pen = _Pen(ImageDraw.Draw(image), len(days))
    most = _round_up(max(max(day.opened, day.resolved) for day in days))
    pen.rule(_COUNTS, [(count, str(count)) for count in sorted({0, most // 2, most})], most)
    longest = max((day.first_answer for day in days if day.first_answer is not None), default=None)
    scale = max(longest or timedelta(), timedelta(minutes=1))
    if longest is not None:
        pen.rule(_WAITS, [(0, "0:00"), (1, say_wait(scale))], 1)
    for place, day in enumerate(days):
        pen.bar(place, 0, _COUNTS, day.opened / most, _OPENED)
        pen.bar(place, 1, _COUNTS, day.resolved / most, _RESOLVED)
        if day.first_answer is not None:
            pen.bar(place, None, _WAITS, day.first_answer / scale, _WAITED)
        pen.write(pen.middle(place), _COUNTS[1] + 20, f"{day.date:%d.%m}", "mm")
    content = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(content, "PNG", optimize=True)
    return content.getvalue()


def say_wait(time: timedelta) -> str:
    """Hours and minutes, which no language has to decline."""
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _round_up(count: int) -> int:
    """To an even number, so that half of it is one too."""
    return max(2, count + count % 2)


class _Pen:
    """Draws in the pixels of the finished picture."""

    def __init__(self, draw: ImageDraw.ImageDraw, days: int) -> None:
        self._draw = draw
        self._font = ImageFont.load_default(19 * _SCALE)
        self._width = (WIDTH - _LEFT - _RIGHT) / days

    def middle(self, place: int) -> float:
        return _LEFT + (place + 0.5) * self._width

    def rule(self, area: Box, marks: Sequence[tuple[float, str]], most: float) -> None:
        """Lines across, each with what it stands for."""
        top, bottom = area
        for value, text in marks:
            y = bottom - (bottom - top) * value / most
            self._rectangle(_LEFT, y - 0.5, WIDTH - _RIGHT, y + 0.5, _LINE)
            self.write(_LEFT - 10, y, text, "rm")

    def bar(self, place: int, side: int | None, area: Box, share: float, colour: str) -> None:
        """side: 0 the left half of the day, 1 the right one, None all of it; share: of the area's height."""
        top, bottom = area
        half = self._width / 2 - _GAP / 2
        left = self.middle(place) - half + (half if side == 1 else 0)
        right = left + (2 * half if side is None else half - 1)
        if share > 0:
            self._rectangle(left, min(bottom - (bottom - top) * share, bottom - 2), right, bottom, colour)

    def write(self, x: float, y: float, text: str, anchor: str) -> None:
        self._draw.text((x * _SCALE, y * _SCALE), text, _INK, self._font, anchor=anchor)

    def _rectangle(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._draw.rectangle([round(at * _SCALE) for at in (left, top, right, bottom)], colour)
