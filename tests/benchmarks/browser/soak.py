"""An hour of an agent's work, shortened: tickets are opened, messages come and go; what stays in the page.

One round is what happens in about half a minute of a busy hour, so that 120 are an hour. The processor is not slowed
down, because nothing is timed.
"""

from playwright.sync_api import CDPSession, Page

from tests.benchmarks.browser.conversation import LINES
from tests.benchmarks.browser.figures import Figure
from tests.benchmarks.browser.stage import QuietDesk, stage
from tests.browser.fake_answers import ANNA, VERA

MB = 1_000_000
WARM = 4  # the part of the rounds, one of so many, after which growth counts


def run(*, rounds: int = 120, tickets: int = 60, messages: int = 120) -> list[Figure]:
    desk = QuietDesk(ANNA)
    opened = []
    for number in range(tickets):
        ticket = desk.open_ticket(f"Parcel {number}", status="open", assignee=ANNA)
        for line in range(messages):
            desk.write(ticket, (VERA, ANNA)[line % 2], LINES[line % 4], minutes_ago=messages - line)
        ticket.update(unread=0, read_sequence=ticket["sequence"])
        opened.append(ticket)
    desk.happened()
    with stage() as where:
        page = where.open(desk, processor=1)
        session = page.context.new_cdp_session(page)
        page.locator(".row").first.wait_for()
        early = (0.0, 0.0)
        for number in range(rounds):
            _work(page, desk, opened[number % tickets])
            if number == rounds // WARM:
                early = _weigh(page, session)
        nodes, heap = _weigh(page, session)
        return [
            Figure(f"DOM nodes after {rounds} tickets", nodes, "", 3_000),
            Figure("JavaScript heap", heap / MB, "MB", 30),
            Figure("growth of nodes since a quarter of it", (nodes / early[0] - 1) * 100, "%", 10),
            Figure("growth of the heap since then", (heap / early[1] - 1) * 100, "%", 10),
        ]


def _work(page: Page, desk: QuietDesk, ticket: dict[str, object]) -> None:
    """One ticket: opened, read back, written in, answered, left. No handle is kept, it would keep its whole screen."""
    page.evaluate("number => document.querySelector(`.row[href*='/${number}']`)?.click()", ticket["number"])
    if not page.evaluate("location.pathname.includes('/tickets/')"):  # its row is out of sight
        page.evaluate(
            "number => import('/static/miniapp/core/router.js').then(({ go }) => go(`tickets/${number}`))",
            ticket["number"],
        )
    page.locator(".composer textarea").first.wait_for()
    page.wait_for_function("() => document.querySelectorAll('.message').length >= 20")
    page.wait_for_function(
        "() => { document.querySelector('.messages-scroll').scrollTop = -1e6; "
        "return document.querySelectorAll('.message').length >= 80; }"
    )
    page.evaluate("document.querySelector('.messages-scroll').scrollTop = 0")
    for text in LINES:
        desk.write(ticket, VERA, text)
        page.evaluate("frames => bench.receive(frames)", desk.happened())
    page.fill(".composer textarea", "On its way")
    page.click(".composer .send")
    page.wait_for_function("() => document.querySelector('.composer textarea').value === ''")
    page.wait_for_timeout(50)
    page.evaluate("frames => bench.receive(frames)", desk.happened())
    page.evaluate("history.back()")
    page.wait_for_function("() => !document.querySelector('.chat')")


def _weigh(page: Page, session: CDPSession) -> tuple[float, float]:
    """DOM nodes of the page and bytes of its heap, after what is no longer needed has been collected."""
    session.send("HeapProfiler.enable")
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(200)
    nodes = session.send("Memory.getDOMCounters")["nodes"]
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(nodes), float(metrics["JSHeapUsedSize"])
