"""The inbox of a desk with 10 000 tickets: its first rows, rows that move, scrolling, also in leaps to its end."""

from playwright.sync_api import Page

from tests.benchmarks.browser.figures import Figure, p95
from tests.benchmarks.browser.stage import QuietDesk, median_of, stage
from tests.browser.fake_answers import ANNA, GLEB, VERA

ROWS = "document.querySelectorAll('.row').length"
STEP_PX = 300
LEAPS = 60


def run(*, tickets: int = 10_000, rounds: int = 5, events: int = 12, frames: int = 200) -> list[Figure]:
    desk = QuietDesk(ANNA)
    for number in range(tickets):
        customer = (VERA, GLEB)[number % 2]
        ticket = desk.open_ticket(f"Parcel {number} has not arrived", customer, status="open", assignee=ANNA)
        desk.write(ticket, customer, "Where is it?", minutes_ago=tickets - number)
    desk.happened()
    with stage() as where:
        page = where.open(desk)
        page.wait_for_selector(".row")
        first = [_show_first_rows(page) for _ in range(rounds)]
        loaded = _load_all(page, tickets)
        moved = [_move_row(page, desk, 20 + number) for number in range(events)]
        page.wait_for_timeout(500)
        scrolled = page.evaluate(
            "([step, frames]) => bench.scroll('#inbox-list', step, '', 'false', frames)", [STEP_PX, frames]
        )
        blank = _leap_to_end(page, loaded)
        return [
            Figure("the first rows, from their answer", median_of(first), "ms", 300),
            Figure("tickets in the list", loaded, ""),
            Figure("a row that moves to the top on an event, median", median_of(moved), "ms", 60),
            Figure("scrolling: frames, p95", p95(scrolled["frames"]), "ms", 50),
            Figure("scrolling to the end in leaps: the longest time without a row", blank, "ms", 200),
            Figure("rows in the page", page.evaluate(ROWS), ""),
            where.long_tasks(),
        ]


def _show_first_rows(page: Page) -> float:
    """A reload, as for somebody who comes; milliseconds from the answer to the painted rows."""
    page.reload(wait_until="commit")
    page.wait_for_function("() => globalThis.bench")
    painted = page.evaluate("() => bench.until(() => document.querySelector('.row'))")
    answers = page.evaluate("bench.answers.map(([url, moment]) => [url, moment])")
    return float(painted - max(moment for url, moment in answers if "auth/telegram" in url and moment <= painted))


def _load_all(page: Page, tickets: int) -> int:
    """Every page of the list, as scrolling to its end would fetch them; how many tickets that are."""
    return int(
        page.evaluate(
            """async (tickets) => {
              const { listOf, loadMore, rows } = await import("/static/miniapp/data/tickets.js");
              const key = "assignee=me&status=new%2Copen%2Cpending&snoozed=false";
              for (let page = 0; listOf(key).next && page < tickets; page++) await loadMore(key);
              await bench.painted();
              return listOf(key).ids.size;
            }""",
            tickets,
        )
    )


def _move_row(page: Page, desk: QuietDesk, place: int) -> float:
    ticket = list(desk.tickets.values())[-place]
    desk.write(ticket, ticket["customer"], "Are you there?")
    frames = [frame for frame in desk.happened() if frame["type"] == "inbox_updated"]
    return float(page.evaluate("frames => bench.receive(frames)", frames))


def _leap_to_end(page: Page, loaded: int) -> float:
    """Turns the wheel from the beginning to the end, each turn over rows that nobody has seen; milliseconds."""
    scroller = page.locator("#inbox-list")
    scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
    page.wait_for_timeout(500)
    box = scroller.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.evaluate("globalThis.blanks = bench.watchBlanks('#inbox-list', '.row')")
    step = scroller.evaluate("scroller => scroller.scrollHeight") / LEAPS
    for _ in range(LEAPS):
        page.mouse.wheel(0, step)
    page.wait_for_function(
        "loaded => document.querySelector('.rows').lastElementChild.ariaPosInSet === String(loaded)", arg=loaded
    )
    return float(page.evaluate("blanks()"))
