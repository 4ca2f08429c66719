"""Pages of the back office in a window of 360 pixels: nothing runs over the edge."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from accounts.models import Team, User
from config.browser_errors import BrowserErrors
from tests.support.browser import browser_marks, chromium, picture

pytestmark = [*browser_marks, pytest.mark.django_db]
NARROW = {"width": 360, "height": 740}

# What leaves the window, or a field its row.
OVER_THE_EDGE = """() => [...document.querySelectorAll("#content *")].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  const row = element.matches("input, select, textarea, .related-widget-wrapper *") && element.closest(".form-row");
  const around = row ? row.getBoundingClientRect() : { left: 0, right: innerWidth };
  const space = row ? parseFloat(getComputedStyle(row).paddingInlineEnd) : 0;
  return width > 1 && element.checkVisibility({ visibilityProperty: true }) &&
    (right > around.right - space + 1 || left < around.left + space - 1);
}).map((element) => `${element.tagName} ${element.id} ${element.className}`)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def open_page(browser: Browser, client: Client, path: str) -> Page:
    """The page as the client gets it, with its styles and scripts from the sources."""
    html = client.get(path).content

    def serve(route: Route) -> None:
        asked = urlsplit(route.request.url).path
        if asked.startswith("/static/"):
            found = finders.find(asked.removeprefix("/static/"))
            route.fulfill(path=Path(str(found))) if found else route.fulfill(status=404)
        elif asked == path:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404)

    context = browser.new_context(viewport=NARROW)
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(f"http://desk.test{path}")
    return page


@pytest.fixture
def team(anna: User) -> Team:
    """Anna's, with a name that is longer than a phone is wide."""
    team = Team.objects.create(name="Deliveries, returns and whatever else happens between us and a doorstep")
    User.objects.filter(pk=anna.pk).update(team=team)
    return team


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("path", ["accounts/user/{anna}/change", "tickets/category/add", "tickets/savedreply/add"])
def test_a_form_fits_a_narrow_phone(browser: Browser, adam: User, anna: User, path: str, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    client.force_login(adam)
    page = open_page(browser, client, f"/admin/{path.format(anna=anna.pk)}/")
    page.locator("#id_team").scroll_into_view_if_needed()
    picture(page, f"admin-{path.split('/')[1]}-{language}")
    found = page.evaluate(OVER_THE_EDGE)
    page.context.close()
    assert found == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_light_holds_its_words_however_long(
    browser: Browser, adam: User, monkeypatch: pytest.MonkeyPatch, width: int, scheme: Literal["light", "dark"]
) -> None:
    told = BrowserErrors(3, ("error: TypeError", f"rejection: {'NotFound' * 7}Gone", "policy: img-src"))
    monkeypatch.setattr("config.desk_state.read_browser_errors", lambda: told)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(adam)
    page = open_page(browser, client, "/admin/")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    light = page.locator(".light.trouble", has_text="Errors in browsers")
    light.scroll_into_view_if_needed()
    picture(page, f"admin-lights-{width}-{scheme}")
    wide = page.locator(".light").evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length")
    found = page.evaluate(OVER_THE_EDGE)
    page.context.close()
    assert (wide, found) == (0, [])
