"""The network goes and comes back: until the socket lives again, and until what was missed is on the screen.

The desk answers at once here: what is measured is what the app waits by itself.
"""

from playwright.sync_api import Page

from tests.benchmarks.browser.figures import Figure
from tests.benchmarks.browser.stage import Stage, median_of, stage
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import follows

AWAY_MS = 4_000


def run(*, rounds: int = 3, away_ms: int = AWAY_MS) -> list[Figure]:
    with stage() as where:
        back = [_lose_the_network(where, away_ms) for _ in range(rounds)]
        silent = [_lose_the_network(where, away_ms, mute=True) for _ in range(rounds)]
        restarted = [_lose_the_server(where) for _ in range(rounds)]
        return [
            Figure("the network is back: the socket lives", median_of([live for live, _ in back]), "ms", 2_000),
            Figure("the same: what was missed is shown", median_of([shown for _, shown in back]), "ms", 3_000),
            Figure(
                "its socket had died without a word: a new one lives",
                median_of([live for live, _ in silent]),
                "ms",
                2_000,
            ),
            Figure(
                "the same, silent: what was missed is shown", median_of([shown for _, shown in silent]), "ms", 3_000
            ),
            Figure("the server restarts: what was missed is shown", median_of(restarted), "ms", 3_000),
            where.long_tasks(),
        ]


def _open(where: Stage) -> tuple[FakeDesk, dict[str, object], Page]:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("Parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    page = where.open(desk, f"tickets/{ticket['number']}")
    page.wait_for_selector(".composer textarea")
    follows(page, desk, ticket)
    page.evaluate("bench.longTasks.length = 0")  # those of the start have a figure of their own
    return desk, ticket, page


def _lose_the_network(where: Stage, away_ms: int, *, mute: bool = False) -> tuple[float, float]:
    """Milliseconds from the browser's "online" to the new socket, and to the missed message.

    `mute`: the old socket says nothing more, but does not end either, as where a way is lost between two networks.
    """
    desk, ticket, page = _open(where)
    desk.fail("POST", "auth/socket-ticket/", times=1_000)
    page.context.set_offline(True)
    if mute:
        desk.mute_sockets()
    else:
        desk.drop_sockets()
    page.wait_for_timeout(away_ms)
    desk.write(ticket, VERA, "Hello?")
    desk.faults.clear()
    page.evaluate(
        """() => {
          const known = bench.sockets.length;
          addEventListener("online", () => {
            const begun = performance.now();
            bench.back = Promise.all([
              bench.until(() => bench.sockets.length > known && bench.sockets.at(-1).readyState === 1),
              bench.until(() => document.querySelectorAll(".message").length > 1),
            ]).then((ends) => ends.map((end) => end - begun));
          }, { once: true, capture: true });
        }"""
    )
    page.context.set_offline(False)
    page.wait_for_function("() => bench.back")
    live, shown = page.evaluate("bench.back")
    return live, shown


def _lose_the_server(where: Stage) -> float:
    """Nothing but the socket's end tells of it; milliseconds to the missed message."""
    desk, ticket, page = _open(where)
    page.evaluate(
        """() => {
          bench.sockets.at(-1).addEventListener("close", () => {
            const begun = performance.now();
            bench.back = bench.until(() => document.querySelectorAll(".message").length > 1).then((end) => end - begun);
          });
        }"""
    )
    desk.drop_sockets()
    desk.write(ticket, VERA, "Hello?")
    page.wait_for_function("() => bench.back")
    return float(page.evaluate("bench.back"))
