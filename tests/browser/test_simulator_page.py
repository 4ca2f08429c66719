"""The page of the simulated Telegram: people write, press, react, and open Mini Apps that speak with their client."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from tests.support.browser import DESKTOP, PHONE, Faults, browser_marks, picture
from tests.support.simulator import Simulator, free_port, wait_until
from tests.support.simulator_control import picture as photo

pytestmark = browser_marks

MINI_APP = """<!doctype html><title>App</title><script src="/simulator/telegram-web-app.js"></script><h1>App</h1>"""
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    port = free_port()
    with Simulator(port=port, desk_url=f"http://127.0.0.1:{port}") as simulator:
        yield simulator


@pytest.fixture
def telegram(running: Simulator) -> Simulator:
    running.reset()
    return running


@pytest.fixture
def call(telegram: Simulator) -> Callable[..., Any]:
    """The bot's side: `call("sendMessage", chat_id=1001, text="Hi")`."""

    def call(method: str, **params: Any) -> Any:
        answer = httpx.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params, trust_env=False).json()
        assert answer["ok"], answer
        return answer["result"]

    return call


@pytest.fixture
def open_page(browser: Browser, telegram: Simulator) -> Iterator[OpenPage]:
    contexts: list[tuple[BrowserContext, Faults]] = []

    def open_page(*people: int, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(8_000)
        context.route("**/app/**", lambda route: route.fulfill(content_type="text/html", body=MINI_APP))
        contexts.append((context, Faults(context)))
        page = context.new_page()
        page.goto(f"{telegram.url}/simulator/#{','.join(map(str, people))}")
        expect(page.locator(".pane")).to_have_count(len(people))
        return page

    yield open_page
    for context, faults in contexts:
        context.close()
        assert faults.unexpected() == []


def pane(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def button(text: str, **action: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, **action}]]}


def test_a_customer_starts_writes_and_presses(
    telegram: Simulator, open_page: OpenPage, call: Callable[..., Any]
) -> None:
    page = open_page(1001, 2001)
    vera = pane(page, "Вера")
    vera.get_by_role("button", name="Start").click()
    expect(vera.get_by_text("/start")).to_be_visible()
    call(
        "sendMessage",
        chat_id=1001,
        text="<b>Hello</b>",
        parse_mode="HTML",
        reply_markup=button("Go", callback_data="go"),
    )
    expect(vera.locator("strong", has_text="Hello")).to_be_visible()
    vera.get_by_role("button", name="Go").click()
    presses = wait_until(lambda: [u["update"] for u in telegram.updates() if "callback_query" in u["update"]])
    call("answerCallbackQuery", callback_query_id=presses[0]["callback_query"]["id"], text="Done")
    expect(vera.get_by_role("status").filter(has_text="Done")).to_be_visible()
    vera.get_by_label("Message").fill("Привет, это я")
    vera.get_by_label("Message").press("Enter")
    expect(vera.get_by_text("Привет, это я")).to_be_visible()
    assert telegram.transcript(1001)[-1]["text"] == "Привет, это я"
    picture(page, "simulator")


def test_files_replies_edits_reactions_and_blocking(
    telegram: Simulator, open_page: OpenPage, call: Callable[..., Any]
) -> None:
    question = call("sendMessage", chat_id=1001, text="Which floor?")
    page = open_page(1001)
    vera = pane(page, "Вера")
    with page.expect_file_chooser() as chooser:
        vera.get_by_role("button", name="Attach").click()
        page.get_by_role("menuitem", name="Photo").click()
    chooser.value.set_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(400, 300)}])
    expect(vera.get_by_role("img", name="Photo")).to_be_visible()

    def choose(text: str, item: str) -> None:
        message = vera.locator(".message").filter(has_text=text).last
        message.hover()
        message.get_by_role("button", name="More").click()
        page.get_by_role("button", name=item).or_(page.get_by_role("menuitem", name=item)).click()

    choose("Which floor?", "Reply")
    vera.get_by_label("Message").fill("Secnd")
    vera.get_by_role("button", name="Send").click()
    choose("Secnd", "Edit")
    vera.get_by_label("Message").fill("Second")
    vera.get_by_role("button", name="Send").click()
    expect(vera.get_by_text("edited")).to_be_visible()
    choose("Second", "🔥")
    expect(vera.locator(".chip")).to_have_text("🔥")
    written = telegram.transcript(1001)[-1]
    assert (written["text"], written["reply_to_message"]["message_id"]) == ("Second", question["message_id"])

    vera.locator(".chat-bar").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Block the bot").click()
    expect(vera.get_by_role("button", name="Unblock")).to_be_visible()
    assert httpx.post(
        f"{telegram.url}/bot{telegram.token}/sendMessage", json={"chat_id": 1001, "text": "x"}, trust_env=False
    ).status_code == 403  # fmt: skip


def test_a_customer_writes_to_a_companys_own_account(
    telegram: Simulator, open_page: OpenPage, call: Callable[..., Any]
) -> None:
    page = open_page(1001, 3001)
    vera, owner = pane(page, "Вера"), page.locator(".pane").nth(1)

    def switch(item: str) -> None:
        more = owner.locator(".chat-bar").get_by_role("button", name="More")
        found = page.get_by_role("menuitem", name=item)
        # a pane that is still being drawn takes its menu away
        wait_until(lambda: found.is_visible() or more.click(), what="the menu")
        found.click()

    def write(text: str) -> None:
        vera.get_by_label("Message").fill(text)
        vera.get_by_label("Message").press("Enter")

    switch("Connect my account to the bot")
    vera.get_by_role("tab").nth(1).click()
    expect(vera.locator(".chat-bar")).to_contain_text("a company's own account")
    expect(vera.get_by_role("button", name="Attach")).to_be_hidden()
    write("Are you opn?")
    vera.locator(".message").filter(has_text="Are you opn?").hover()
    vera.locator(".message").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Edit").click()
    write("Are you open?")
    expect(vera.get_by_text("edited")).to_be_visible()
    kinds = ["business_connection", "business_message", "edited_business_message"]
    told = wait_until(lambda: [u["update"] for u in telegram.updates() if kinds[-1] in u["update"]])[0]
    assert [kind for u in telegram.updates() for kind in kinds if kind in u["update"]] == kinds
    connection = told["edited_business_message"]["business_connection_id"]
    call("sendMessage", chat_id=1001, business_connection_id=connection, text="Until six")
    expect(vera.get_by_text("Until six")).to_be_visible()
    picture(page, "simulator-account")
    vera.locator(".message").filter(has_text="Are you open?").hover()
    vera.locator(".message").get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(vera.get_by_text("Are you open?")).to_be_hidden()
    assert wait_until(lambda: [u for u in telegram.updates() if "deleted_business_messages" in u["update"]])
    vera.get_by_role("tab").nth(0).click()
    expect(vera.get_by_text("Until six")).to_be_hidden()
    switch("Take my account from the bot")
    expect(vera.get_by_role("tab")).to_have_count(0)


def open_app(page: Page, name: str) -> FrameLocator:
    person = pane(page, name)
    person.locator(".chat-bar").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Open the Mini App").click()
    frame = person.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="App")).to_be_visible()
    return frame


def ask(frame: FrameLocator, script: str) -> Any:
    return frame.locator("html").evaluate(f"(_root) => {{ const app = window.Telegram.WebApp; {script} }}")


def test_each_mini_app_knows_its_own_person_also_after_a_reload(open_page: OpenPage) -> None:
    page = open_page(1001, 2001)
    vera, anna = open_app(page, "Вера"), open_app(page, "Анна")
    for frame in (vera, anna):
        ask(
            frame, "app.ready(); history.replaceState(null, '', location.pathname); setTimeout(() => location.reload())"
        )
    page.wait_for_timeout(300)
    for frame, person in ((vera, 1001), (anna, 2001)):
        expect(frame.get_by_role("heading", name="App")).to_be_visible()
        assert ask(frame, "return app.initDataUnsafe.user.id") == person
        assert ask(frame, "return [app.version, app.platform]") == ["9.5", "web"]


def test_an_app_speaks_with_its_client(open_page: OpenPage) -> None:
    page = open_page(1001, color_scheme="dark")
    vera = pane(page, "Вера")
    frame = open_app(page, "Вера")
    ask(frame, "app.ready(); window.heard = []; app.onEvent('themeChanged', () => heard.push(app.colorScheme))")
    assert ask(frame, "return app.colorScheme") == "dark"
    background = "return getComputedStyle(document.documentElement).getPropertyValue('--tg-theme-bg-color')"
    assert ask(frame, background) == "#17212b"
    page.get_by_role("button", name="Theme").click()
    wait_until(lambda: ask(frame, "return heard") == ["light"], what="themeChanged")
    assert ask(frame, background) == "#ffffff"

    ask(frame, "app.BackButton.onClick(() => { heard.push('back'); app.BackButton.hide(); }).show()")
    vera.get_by_role("button", name="Back").click()
    expect(vera.locator(".mini-app").get_by_role("button", name="Close")).to_be_visible()

    ask(frame, "app.MainButton.setText('Save').onClick(() => heard.push('main')).show()")
    vera.get_by_role("button", name="Save").click()
    ask(frame, "app.showConfirm('Sure?', (sure) => heard.push(sure))")
    vera.get_by_role("alertdialog").get_by_role("button", name="OK").click()
    wait_until(lambda: ask(frame, "return heard") == ["light", "back", "main", True], what="what the app heard")
    assert ask(frame, "return app.viewportHeight === innerHeight")
    picture(page, "simulator-mini-app")

    ask(frame, "app.enableClosingConfirmation(); app.close()")
    expect(vera.locator(".mini-app")).to_have_count(0)


def test_a_link_in_the_app_starts_the_bot_with_its_payload(telegram: Simulator, open_page: OpenPage) -> None:
    page = open_page(1001)
    frame = open_app(page, "Вера")
    ask(frame, "app.openTelegramLink('https://t.me/help_desk_demo_bot?start=photo_42')")
    expect(pane(page, "Вера").get_by_text("/start")).to_be_visible()
    assert telegram.transcript(1001)[-1]["text"] == "/start photo_42"


def test_outside_telegram_newer_methods_throw(open_page: OpenPage, telegram: Simulator, browser: Browser) -> None:
    context = browser.new_context()
    context.route("**/app/**", lambda route: route.fulfill(content_type="text/html", body=MINI_APP))
    page = context.new_page()
    page.goto(f"{telegram.url}/app/")
    found = page.evaluate(
        """() => {
          const app = window.Telegram.WebApp;
          try { app.showPopup({ message: "x" }); } catch (error) {
            return [app.initData, app.version, app.platform, error.message];
          }
        }"""
    )
    assert found == ["", "6.0", "unknown", "WebAppMethodUnsupported"]
    context.close()


def test_troubles_are_switched_on_and_off(telegram: Simulator, open_page: OpenPage) -> None:
    page = open_page(1001)
    page.get_by_role("button", name="Troubles").click()
    page.get_by_role("switch", name="Telegram is away").check()
    wait_until(lambda: [fault["kind"] for fault in telegram.state()["faults"]] == ["outage"])
    page.get_by_role("switch", name="Telegram is away").uncheck()
    wait_until(lambda: telegram.state()["faults"] == [])


def test_a_phone_shows_one_person_at_a_time_in_russian(telegram: Simulator, open_page: OpenPage) -> None:
    telegram.say(1001, "Здравствуйте")
    page = open_page(1001, 2001, viewport=PHONE, locale="ru-RU", has_touch=True)
    assert page.title() == "Симулятор Telegram"
    box = pane(page, "Вера").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, PHONE["width"])
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    pane(page, "Вера").get_by_text("Здравствуйте").tap()
    expect(page.get_by_role("menuitem", name="Ответить")).to_be_visible()
    picture(page, "simulator-phone")
