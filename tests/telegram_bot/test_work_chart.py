"""The figures of two weeks as a picture: what it shows, to whom, and that the outbox holds none of them."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from accounts import clock
from accounts.models import Role, User
from telegram_bot.bot_api import Request
from telegram_bot.delivery.rendering import render_call
from telegram_bot.documents import work_chart
from telegram_bot.verdicts import Failed, Sent
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.models import TicketStatus
from tickets.selectors.desk import read_days
from tickets.services.workflow import change_status


@pytest.fixture
def busy_days(vera: User, anna: User) -> None:
    """A ticket three days ago, answered in half an hour and resolved the day after; two today, of which one waits."""
    noon = clock.now().replace(hour=12, minute=0)
    with clock.standing_at(noon - timedelta(days=3)):
        ticket = a_ticket_of(vera)
    with clock.standing_at(noon - timedelta(days=3, minutes=-30)):
        a_reply_by(anna, ticket)
    with clock.standing_at(noon - timedelta(days=2)):
        change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    with clock.standing_at(noon - timedelta(days=14)):
        a_ticket_of(vera)  # too long ago
    with clock.standing_at(noon):
        a_reply_by(anna, a_ticket_of(vera))
        a_ticket_of(vera)


def test_each_day_has_its_own_figures(busy_days: None, mila: User) -> None:
    with clock.standing_at(clock.now().replace(hour=13)):
        days = read_days(acting(mila), count=14)
    assert [(day.opened, day.resolved) for day in days] == [(0, 0)] * 10 + [(1, 0), (0, 1), (0, 0), (2, 0)]
    assert [day.first_answer for day in days[-4:]] == [timedelta(minutes=30), None, None, timedelta()]
    assert (days[-1].date - days[0].date).days == 13


def test_the_picture_comes_after_the_words_in_the_readers_language(inbox: Inbox, busy_days: None, mila: User) -> None:
    mila.language = "ru"
    mila.save()
    with clock.standing_at(clock.now().replace(hour=13)):
        inbox.says(mila, "/stats")
        inbox.says(mila, "/stats")
        words, *_again = inbox.owed(mila, "sendMessage")
        [call] = inbox.owed(mila, "sendPhoto")
        request = render_call(call)
    assert call.id > words.id
    assert call.params == {"@work_chart": str(mila.pk)}, "the outbox holds no figure"
    assert isinstance(request, Request)
    assert "🟦 открыто, 🟩 решено" in request.params["caption"]
    [file] = request.files
    with Image.open(io.BytesIO(file.content)) as image:
        assert image.size == (work_chart.WIDTH, work_chart.HEIGHT)
        drawn = image.convert("RGB")
    # one, none and two tickets opened: half of the bars' height, nothing, all of it
    assert [_height_of(drawn, place, (0x24, 0x81, 0xCC)) for place in (10, 11, 13)] == [150, 0, 300]
    assert _height_of(drawn, 11, (0x31, 0xA2, 0x4C)) == 150


def _height_of(image: Image.Image, place: int, colour: tuple[int, int, int]) -> int:
    """The tallest bar of a colour in the column of a day, in pixels, to the nearest ten."""
    width = (image.width - 88) / 14
    columns = range(round(64 + place * width) + 1, round(64 + (place + 1) * width) - 1)
    near = [
        sum(
            max(abs(a - b) for a, b in zip(image.getpixel((x, y)), colour, strict=True)) < 8
            for y in range(image.height)
        )
        for x in columns
    ]
    return round(max(near), -1)


def test_where_nothing_happened_nothing_is_drawn_and_who_may_not_see_it_gets_nothing(inbox: Inbox, mila: User) -> None:
    inbox.says(mila, "/stats")
    [call] = inbox.owed(mila, "sendPhoto")
    assert isinstance(render_call(call), Sent)
    mila.role = Role.AGENT
    mila.save()
    assert isinstance(render_call(call), Failed)
    assert inbox.told(mila), "the words were there already"
