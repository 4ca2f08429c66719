"""A customer and an agent in their Mini Apps over a real desk: every process, the simulated Telegram, two pages."""

import io
import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import PHONE, Faults, browser_marks, picture
from tests.support.running_desk import Desk

pytestmark = browser_marks
VERA, ANNA, BORIS = 1001, 2001, 2002  # of the demo
OpenMiniApp = Callable[..., Page]
SOON = 1.0  # seconds in which the other side sees it
TIMES = 5
BACK = "postMessage(JSON.stringify({ eventType: 'back_button_pressed' }))"
LOOK = """(state) => {
  Object.defineProperty(document, "visibilityState", { get: () => state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.start()
    try:
        desk.wait_until_up()
        yield desk
    finally:
        desk.end()


@pytest.fixture
def open_mini_app(browser: Browser, desk: Desk) -> Iterator[OpenMiniApp]:
    """The app as the simulated Telegram opens it: `open_mini_app(1001, theme="dark", start_param="ticket_3")`."""
    opened: list[tuple[Page, Faults]] = []

    def open_mini_app(person: int, *, expected: tuple[str, ...] = (), **launch: str) -> Page:
        control = f"http://127.0.0.1:{desk.simulator_port}/control/users/{person}/mini-app"
        url = httpx.post(control, json=launch, trust_env=False, timeout=10).raise_for_status().json()["url"]
        context = browser.new_context(viewport=PHONE, locale="ru-RU")
        context.set_default_timeout(15_000)
        faults = Faults(context)
        faults.expect(*expected)
        page = context.new_page()
        opened.append((page, faults))
        page.goto(url)
        page.wait_for_selector(".row", state="attached")
        return page

    yield open_mini_app
    for page, _faults in opened:
        page.context.close()
    assert [fault for _page, faults in opened for fault in faults.unexpected()] == []


def a_photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (70, 110, 150)).save(file, "JPEG")
    return file.getvalue()


def say(page: Page, text: str) -> None:
    page.fill(".composer textarea", text)
    page.press(".composer textarea", "Control+Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has=page.locator(".text", has_text=text))


def state_of(page: Page, text: str) -> Locator:
    return message(page, text).locator(".tick")


def seconds_until(shown: Locator, act: Callable[[], object]) -> float:
    """From the beginning of what one does until it stands on the page."""
    begun = time.monotonic()
    act()
    shown.wait_for(state="attached")
    return time.monotonic() - begun


def within_a_second(took: list[float]) -> bool:
    """Most of the times: other work on this machine may hold up one or two of five, what is broken holds up more."""
    assert len(took) == TIMES
    return statistics.median(took) < SOON


def open_new_ticket(page: Page, subject: str, text: str) -> str:
    """Its path behind /app/."""
    page.click("[data-path=new]")
    page.select_option("#new-category", index=1)
    page.fill("#new-subject", subject)
    page.fill(".form textarea", text)
    page.set_input_files(".form input[type=file]", {"name": "фото.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    expect(page.locator("[data-action=submit]")).to_be_hidden()  # Telegram's own button is there
    page.evaluate("postMessage(JSON.stringify({ eventType: 'main_button_pressed' }))")
    page.wait_for_selector(".message")
    return page.url.split("/app/")[1].split("?")[0]


def test_a_customer_asks_and_an_agent_answers_live(open_mini_app: OpenMiniApp) -> None:
    vera, anna = open_mini_app(VERA), open_mini_app(ANNA, theme="dark")
    anna.click("[data-tab=unassigned]")
    ticket = open_new_ticket(vera, "Не работает доставка", "Курьер не приехал <b>&</b>")
    anna.click(f"[data-path='{ticket}']")
    expect(message(anna, "Курьер не приехал <b>&</b>")).to_have_count(1)
    expect(anna.locator(".photo img")).to_have_js_property("complete", True)
    expect(state_of(vera, "Курьер")).to_have_attribute("aria-label", "Прочитано")
    anna.click("[data-action=take]")
    expect(vera.locator(".chat-subtitle")).to_contain_text("Анна Павлова")
    changes = vera.locator(".change"), anna.locator(".change")
    expect(changes[0].last).to_contain_text("Вам отвечает Анна Павлова")
    expect(changes[1].last).to_contain_text("Вы: ")

    vera.type(".composer textarea", "Есть")
    expect(anna.locator(".typing")).to_have_text("Вера Соколова печатает…")
    say(vera, "Есть кто-нибудь?")
    expect(message(anna, "Есть кто-нибудь?")).to_have_count(1)

    anna.click("[data-action=note]")
    anna.type(".composer textarea", "проверить")
    anna.wait_for_timeout(300)
    expect(vera.locator(".typing")).to_have_text("")
    say(anna, "проверить адрес")
    expect(message(anna, "проверить адрес")).to_have_class("message is-own is-note is-first is-last")
    anna.click("[data-action=reply]")
    say(anna, "Здравствуйте! Уже едет.")
    expect(message(vera, "Здравствуйте! Уже едет.")).to_have_count(1)
    expect(message(vera, "проверить адрес")).to_have_count(0)
    # once the bot, which starts beside the desk, has brought it to Telegram
    expect(state_of(anna, "Уже едет")).to_have_attribute("aria-label", "Прочитано", timeout=40_000)

    anna.click("[data-action=status]")
    anna.click(".choice:has([data-status=resolved])")
    expect(vera.locator(".composer .hint")).to_be_visible()
    expect(changes[0].last).to_contain_text("Решено")
    picture(vera, "two-faces-customer")
    picture(anna, "two-faces-agent")
    say(vera, "Не приехал")
    expect(anna.locator(".status-button .status")).to_have_attribute("data-status", "open")
    expect(changes[0].last).to_contain_text("Вы: Снова открыто")
    expect(vera.locator(".composer .hint")).to_be_hidden()
    expect(vera.locator(".chat-subtitle .status")).to_have_text("В работе")
    expect(changes[1].last).to_contain_text("Вера Соколова: ")


def test_an_agent_is_told_of_a_ticket_and_notes_something_about_its_customer(open_mini_app: OpenMiniApp) -> None:
    vera, anna = open_mini_app(VERA), open_mini_app(ANNA)
    anna.click("[data-path=notifications]")
    ticket = open_new_ticket(vera, "Возврат", "Хочу вернуть товар")
    told = anna.locator(".notification.is-unread", has_text="Возврат")
    told.click(timeout=30_000)
    expect(message(anna, "Хочу вернуть товар")).to_have_count(1)
    anna.click("[data-action=card]")
    card = anna.get_by_role("dialog")
    expect(card.locator(".other-ticket").first).to_be_visible()
    card.locator(".note-form textarea").fill("Предпочитает звонки вечером")
    card.locator(".note-form button").click()
    note = card.locator(".person-note", has_text="Предпочитает звонки вечером")
    expect(note.get_by_role("button")).to_be_visible()  # it is stored
    picture(anna, "two-faces-card")
    note.get_by_role("button").click()
    anna.locator(".choice").click()
    expect(note).to_have_count(0)
    assert ticket in anna.url


def test_a_customer_and_two_agents_at_once(open_mini_app: OpenMiniApp) -> None:
    """Who looks, who took it, who is writing; and the answer that was too late waits for its author to decide."""
    vera, anna = open_mini_app(VERA), open_mini_app(ANNA)
    boris = open_mini_app(BORIS, theme="dark", expected=("409",))
    for agent in (anna, boris):
        agent.click("[data-tab=all]")
    ticket = open_new_ticket(vera, "Втроём", "Кто мне ответит?")
    for agent in (anna, boris):
        agent.click(f"[data-path='{ticket}']")
        expect(message(agent, "Кто мне ответит?")).to_have_count(1)
    anna.click("[data-action=take]")
    for page in (vera, boris):
        expect(page.locator(".chat")).to_contain_text("Анна Павлова")

    boris.type(".composer textarea", "Здравствуйте! Отвечу")
    expect(vera.locator(".typing")).to_contain_text("печатает…")
    say(anna, "Я уже отвечаю.")
    for page in (vera, boris):
        expect(message(page, "Я уже отвечаю.")).to_have_count(1)
    say(boris, "Здравствуйте! Отвечу я.")
    sheet = boris.locator("dialog[open]")
    expect(sheet).to_contain_text("Я уже отвечаю.")
    assert message(vera, "Отвечу я").count() == 0
    sheet.get_by_role("button", name="Сделать внутренней заметкой").click()
    expect(message(anna, "Отвечу я.")).to_have_count(1)

    say(vera, "Спасибо вам обоим за помощь, но посылки нет")
    for agent in (anna, boris):
        expect(message(agent, "посылки нет")).to_have_count(1)
    expect(message(vera, "Отвечу я")).to_have_count(0)
    order = anna.locator(".message .text").all_inner_texts()
    assert boris.locator(".message .text").all_inner_texts() == order
    seen_by_vera = vera.locator(".message .text").all_inner_texts()
    assert seen_by_vera == [text for text in order if "Отвечу я" not in text]


def test_what_one_does_the_other_sees_within_a_second(open_mini_app: OpenMiniApp) -> None:
    vera, anna = open_mini_app(VERA), open_mini_app(ANNA)
    ticket = open_new_ticket(vera, "Вовремя", "Кто-нибудь здесь?")
    anna.click("[data-tab=unassigned]")
    anna.click(f"[data-path='{ticket}']")
    expect(message(anna, "Кто-нибудь здесь?")).to_have_count(1)
    typing, seen = [], []
    for number in range(TIMES):
        expect(vera.locator(".typing.is-shown")).to_have_count(0)
        anna.wait_for_timeout(1_000)  # the desk passes it on once a second
        typing.append(
            seconds_until(vera.locator(".typing.is-shown"), lambda: anna.type(".composer textarea", "О")),
        )
        vera.evaluate(BACK)
        vera.wait_for_selector(".app[data-pane=list]")
        text = f"Ответ {number}"
        say(anna, text)
        expect(anna.locator(".is-pending")).to_have_count(0)
        read = message(anna, text).locator(".tick[aria-label='Прочитано']")
        expect(read).to_have_count(0)
        seen.append(seconds_until(read, lambda: vera.click(f"[data-path='{ticket}']")))
        expect(vera.locator(".typing.is-shown")).to_have_count(0)  # the message ended it
    assert within_a_second(typing), typing
    assert within_a_second(seen), seen


def test_what_comes_while_the_customer_looks_elsewhere_is_not_seen(open_mini_app: OpenMiniApp) -> None:
    vera, anna = open_mini_app(VERA), open_mini_app(ANNA)
    ticket = open_new_ticket(vera, "В фоне", "Жду ответа")
    anna.click("[data-tab=unassigned]")
    anna.click(f"[data-path='{ticket}']")
    expect(state_of(vera, "Жду ответа")).to_have_attribute("aria-label", "Прочитано")
    vera.evaluate(LOOK, "hidden")
    say(anna, "Уже едет")
    expect(message(vera, "Уже едет")).to_have_count(1)
    vera.wait_for_timeout(SOON * 1000)  # as long as it takes to be seen, and to tell it
    expect(state_of(anna, "Уже едет")).not_to_have_attribute("aria-label", "Прочитано")
    vera.evaluate(LOOK, "visible")
    expect(state_of(anna, "Уже едет")).to_have_attribute("aria-label", "Прочитано")


def test_two_agents_see_each_other_within_a_second(open_mini_app: OpenMiniApp) -> None:
    vera, anna, boris = open_mini_app(VERA), open_mini_app(ANNA), open_mini_app(BORIS)
    ticket = open_new_ticket(vera, "Вдвоём", "Есть кто?")
    for agent in (anna, boris):
        agent.click("[data-tab=all]")
    anna.click(f"[data-path='{ticket}']")
    face = anna.locator(".bar .viewers-there .avatar")
    took = []
    for _time in range(TIMES):
        took.append(seconds_until(face, lambda: boris.click(f"[data-path='{ticket}']")))
        boris.wait_for_selector(".bar .viewers-there .avatar")  # and the other way round
        boris.evaluate(BACK)
        expect(face).to_have_count(0)
    assert within_a_second(took), took
    boris.click(f"[data-path='{ticket}']")
    boris.type(".composer textarea", "Я")
    expect(face).to_have_class("avatar is-writing")
    boris.evaluate(LOOK, "hidden")
    expect(face).to_have_class("avatar is-away", timeout=10_000)  # once nothing has been written for six seconds


def test_how_the_customer_liked_it_stands_in_the_agents_ticket(open_mini_app: OpenMiniApp) -> None:
    vera, anna = open_mini_app(VERA), open_mini_app(ANNA)
    ticket = open_new_ticket(vera, "Оценка", "Где посылка?")
    anna.click("[data-tab=unassigned]")
    anna.click(f"[data-path='{ticket}']")
    expect(vera.locator(".rating")).to_have_count(0)
    anna.click("[data-action=status]")
    anna.click(".choice:has([data-status=resolved])")
    vera.click(".star[data-score='4']")
    given = anna.locator(".rating-shown")
    expect(given).to_contain_text("4")
    vera.fill(".rating-form textarea", "Быстро и <b>вежливо</b>")
    vera.click("[data-action=saveComment]")
    expect(given.locator(".rating-comment")).to_have_text("Быстро и <b>вежливо</b>")
    for page in (vera, anna):
        page.reload()
    expect(vera.locator(".star[data-score='4']")).to_have_attribute("aria-pressed", "true")
    expect(vera.locator(".rating textarea")).to_have_value("Быстро и <b>вежливо</b>")
    expect(given).to_contain_text("4")


def test_a_killed_web_process_costs_no_message(desk: Desk, open_mini_app: OpenMiniApp) -> None:
    refused = ("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket")
    vera, anna = open_mini_app(VERA, expected=refused), open_mini_app(ANNA, expected=refused)
    ticket = open_new_ticket(vera, "Связь", "Проверка связи")
    anna.click("[data-tab=unassigned]")
    anna.click(f"[data-path='{ticket}']")
    expect(message(anna, "Проверка связи")).to_have_count(1)
    for pid in desk.pids("daphne"):
        os.kill(pid, signal.SIGKILL)
    for number in (1, 2):
        say(vera, f"клиент {number}")
        say(anna, f"агент {number}")
    for page in (vera, anna):
        expect(page.locator(".is-pending, .is-failed")).to_have_count(0, timeout=100_000)
        for text in ("клиент 1", "клиент 2", "агент 1", "агент 2"):
            expect(message(page, text)).to_have_count(1, timeout=20_000)
    order = vera.locator(".message .text").all_inner_texts()
    assert order == anna.locator(".message .text").all_inner_texts()
    assert [text for text in order if text.startswith("клиент")] == ["клиент 1", "клиент 2"]


def test_a_deep_link_opens_the_ticket_and_nothing_of_others(open_mini_app: OpenMiniApp) -> None:
    vera = open_mini_app(VERA, start_param="ticket_1")
    vera.wait_for_selector(".message")
    assert vera.url.split("?")[0].endswith("/app/tickets/1")
    stranger = open_mini_app(VERA, expected=("404",), start_param="ticket_10")  # somebody else's
    nobodys = open_mini_app(VERA, expected=("404",), start_param="ticket_987654")
    said = [page.locator(".chat [role=alert]") for page in (stranger, nobodys)]
    for one in said:
        expect(one).to_be_visible()
    assert said[0].inner_text() == said[1].inner_text()
    expect(stranger.locator("#detail-pane h1")).to_have_text("№ 10")
