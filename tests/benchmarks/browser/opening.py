"""Opening a ticket: one that was open before, and one that is fetched."""

from playwright.sync_api import Page

from tests.benchmarks.browser.conversation import LINES
from tests.benchmarks.browser.figures import Figure
from tests.benchmarks.browser.stage import QuietDesk, median_of, stage
from tests.browser.fake_answers import ANNA, VERA

READY = "document.querySelectorAll('.chat .message').length >= 20 && document.querySelector('.composer')"


def run(*, tickets: int = 8, messages: int = 200) -> list[Figure]:
    desk = QuietDesk(ANNA)
    numbers = []
    for number in range(tickets + 1):
        ticket = desk.open_ticket(f"Parcel {number}", status="open", assignee=ANNA)
        for line in range(messages):
            desk.write(ticket, (VERA, ANNA)[line % 2], LINES[line % 4], minutes_ago=messages - line)
        ticket.update(unread=0, read_sequence=ticket["sequence"])
        numbers.append(ticket["number"])
    desk.happened()
    with stage() as where:
        page = where.open(desk)
        page.wait_for_selector(".row")
        page.wait_for_timeout(1500)  # the conversation's modules come at leisure
        uncached, cached = list[float](), list[float]()
        for number in numbers:
            page.evaluate("bench.answers.length = 0")
            _took, painted = _open(page, number)
            answered = page.evaluate("bench.answers.find(([url]) => url.includes('/messages/'))[1]")
            uncached.append(painted - answered)
            cached.append(_open(page, number)[0])
        return [
            Figure("opening a ticket that was open before", median_of(cached[1:]), "ms", 100),
            Figure("opening another, from its answer", median_of(uncached[1:]), "ms", 250),
            where.long_tasks(),
        ]


def _open(page: Page, number: int) -> tuple[float, float]:
    """Opens it and goes back: how long it took, and the moment at which it was painted, in milliseconds."""
    took, painted = page.evaluate("([row, ready]) => bench.press(row, ready)", [f".row[href*='/{number}']", READY])
    page.evaluate("history.back()")
    page.wait_for_function("() => !document.querySelector('.chat')")
    return took, painted
