"""Who else looks at a ticket: circles in its head and its row, faint while they are away, ringed while they write."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA, person
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, wait_until
from tests.support.browser import DESKTOP, PHONE, browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, LIGHT, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived, and nobody answers the telephone", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    return ticket


def looks(desk: FakeDesk, ticket: dict[str, Any], who: dict[str, Any], state: str) -> None:
    desk.send({"type": "user_viewing", "ticket": ticket["id"], "data": {"user": who, "state": state}})


def test_one_says_that_one_looks_and_when_one_looks_away(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    about = {"type": "viewing", "ticket": ticket["id"]}
    wait_until(page, lambda: {**about, "state": "viewing"} in desk.frames)
    page.evaluate("Telegram.WebApp.isActive = false; telegram.fire('deactivated')")
    wait_until(page, lambda: desk.frames[-1] == {**about, "state": "away"})
    page.evaluate("Telegram.WebApp.isActive = true; telegram.fire('activated')")
    wait_until(page, lambda: desk.frames[-1] == {**about, "state": "viewing"})
    page.evaluate("telegram.back()")
    wait_until(page, lambda: desk.frames[-1] == {"type": "unsubscribe", "ticket": ticket["id"]})
    assert desk.frames[-2] == {"type": "viewing", "ticket": None, "state": "away"}


def test_a_colleague_is_a_circle_in_the_head(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    circles, words = page.locator(".bar .viewers-there .avatar"), page.locator(".chat [data-ref=viewing]")
    looks(desk, ticket, BORIS, "viewing")
    expect(circles).to_have_text(["BL"])
    expect(words).to_have_text("Boris Lvov is viewing this ticket")
    looks(desk, ticket, BORIS, "away")
    expect(circles).to_have_class("avatar is-away")
    expect(words).to_have_text("Boris Lvov has this ticket open, but looks elsewhere")
    desk.send({"type": "message_typing", "ticket": ticket["id"], "data": {"user": BORIS, "internal": False}})
    expect(circles).to_have_class("avatar is-writing")
    looks(desk, ticket, BORIS, "gone")
    expect(circles).to_have_count(0)
    expect(words).to_have_text("")


@pytest.mark.parametrize(
    ("name", "theme", "size", "language"),
    [("light", LIGHT, PHONE, "ru"), ("dark", DARK, DESKTOP, "en"), ("dark", DARK, PHONE, "en")],
)
def test_many_leave_room_for_the_subject(
    open_app: OpenApp,
    desk: FakeDesk,
    ticket: dict[str, Any],
    name: str,
    theme: dict[str, str],
    size: dict[str, int],
    language: str,
) -> None:
    desk.language = language
    page = open_ticket_page(open_app, desk, ticket, theme=theme, viewport=size)
    looks(desk, ticket, BORIS, "viewing")
    for colleague in ("Clara Zeta", "Dora Ypsilon", "Egor Xenakis"):
        looks(desk, ticket, person(colleague, "agent"), "away")
    desk.send({"type": "message_typing", "ticket": ticket["id"], "data": {"user": BORIS, "internal": False}})
    circles = page.locator(".bar .viewers-there .avatar")
    expect(circles).to_have_text(["BL", "CZ", "+2"])
    expect(circles.first).to_have_class("avatar is-writing")
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    picture(page, f"viewers-{name}-{size['width']}")
