"""Writing, being written to and reading back in a ticket of 5 000 messages."""

from typing import Any

from playwright.sync_api import Page

from tests.benchmarks.browser.figures import Figure, p95
from tests.benchmarks.browser.stage import QuietDesk, median_of, stage
from tests.browser.fake_answers import ANNA, VERA

KEY_PAUSE_MS = 40
LINES = (
    "Good morning! The parcel has not arrived yet, and the shop says that it left on Monday.",
    "Thank you, I am looking into it.",
    "It is number 4471-B. They said between nine and twelve, nobody came, and nobody called either.",
    "One moment, please.",
)


def run(*, messages: int = 5_000, rounds: int = 3, keys: int = 60, incoming: int = 20, back: int = 400) -> list[Figure]:
    desk = QuietDesk(ANNA)
    ticket = long_ticket(desk, messages)
    with stage() as where:
        page = where.open(desk, f"tickets/{ticket['number']}")
        page.wait_for_selector(".composer textarea")
        fresh = [_write_and_hear(page, desk, ticket, keys, incoming) for _ in range(rounds)]
        frames, shift = _read_back(page, back)
        shown = page.locator(".message").count()
        far = [_write_and_hear(page, desk, ticket, keys, incoming) for _ in range(rounds)]
        return [
            Figure("a key to its paint, p95", median_of([key for key, _ in fresh]), "ms", 32),
            Figure("an incoming message to its paint, p95", median_of([heard for _, heard in fresh]), "ms", 60),
            Figure(f"reading back, {back} messages: shift", shift, "px", 1),
            Figure("the same: the longest frame", max(frames), "ms", 100),
            Figure("the same: frames, p95", p95(frames), "ms"),
            Figure("messages in the page after it", shown, ""),
            Figure("then a key to its paint, p95", median_of([key for key, _ in far]), "ms", 32),
            Figure("then an incoming message to its paint, p95", median_of([heard for _, heard in far]), "ms", 60),
            where.long_tasks(),
        ]


def long_ticket(desk: QuietDesk, messages: int) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    for number in range(messages):
        author = (VERA, VERA, ANNA)[number % 3]
        desk.write(ticket, author, LINES[number % 4], minutes_ago=(messages - number) * 2)
    ticket.update(unread=0, read_sequence=ticket["sequence"])
    desk.happened()
    return ticket


def _write_and_hear(
    page: Page, desk: QuietDesk, ticket: dict[str, Any], keys: int, incoming: int
) -> tuple[float, float]:
    """The slow end (p95) of keys and of incoming messages, in milliseconds."""
    page.locator(".composer textarea").focus()
    page.evaluate("bench.keys.length = 0")
    text = (LINES[0] * 3)[:keys]
    page.keyboard.type(text, delay=KEY_PAUSE_MS)
    page.wait_for_function("count => bench.keys.length >= count", arg=len(text))
    pressed = page.evaluate("bench.keys")
    page.fill(".composer textarea", "")
    heard = []
    for number in range(incoming):
        desk.write(ticket, VERA, f"{LINES[number % 4]} {number}")
        heard.append(page.evaluate("frames => bench.receive(frames)", desk.happened()))
    return p95(pressed), p95(heard)


def _read_back(page: Page, messages: int) -> tuple[list[float], float]:
    """Scrolls back over so many messages: the lengths of the frames, and the greatest shift in pixels."""
    first = "Number(document.querySelector('.message').dataset.sequence)"
    end = f"{first} <= {page.evaluate(first) - messages}"
    found = page.evaluate("end => bench.scroll('.messages-scroll', -120, '.message', end)", end)
    return found["frames"], found["shift"]
