"""From the address to the first data, over HTTP/2 and a network of a phone; and how much comes for it.

Chromium's own emulation delays each request and limits the throughput; it does not delay the TCP and TLS handshakes.
"""

import base64
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from tests.benchmarks.browser.figures import Figure
from tests.benchmarks.browser.stage import LONG_TASK_MS, PATIENCE_MS, PROBES, SLOW_PROCESSOR, median_of
from tests.benchmarks.servers import program
from tests.browser.shell_server import launch
from tests.support.browser import PHONE, chromium
from tests.support.collected import collected_static
from tests.support.running_desk import free_port

KB = 1024
IDS = {"customer": 501, "agent": 601}
FACES = ("customer", "agent")
TICKET = "/app/tickets/142"
# the skeleton is grey areas, which the browser's "first contentful paint" does not count; it appears after a rest
MOMENTS = """
const first = location.pathname === "/app/" ? ".row" : ".chat .message";
bench.data = bench.until(() => document.querySelector(first));
addEventListener("animationstart", ({ target }) => {
  if (target.matches(".bones")) bench.painted().then((moment) => { bench.skeleton ??= moment; });
});
"""


@dataclass(frozen=True)
class Network:
    """Milliseconds of delay of each request; bits per second."""

    name: str
    latency: int
    down: int
    up: int


SLOW_4G = Network("slow 4G", 150, 1_600_000, 750_000)
FAST_4G = Network("4G", 60, 9_000_000, 4_500_000)


@dataclass(frozen=True)
class Start:
    """Moments in milliseconds since the navigation; until the data: compressed bytes, requests, the longest task."""

    skeleton: float
    data: float
    scripts: int
    styles: int
    requests: int
    longest: float


def run(*, rounds: int = 5) -> list[Figure]:
    figures: list[Figure] = []
    with _site() as (url, browser):
        for face in FACES:
            slow = [_start(browser, url, face, SLOW_4G) for _ in range(rounds)]
            fast = [_start(browser, url, face, FAST_4G) for _ in range(rounds)]
            warm = [second for _ in range(rounds) for second in _start_twice(browser, url, face)]
            figures += _figures_of(face, slow, fast, warm)
        chats = [
            _start(browser, url, "customer", network, path=TICKET)
            for network in (SLOW_4G, FAST_4G)
            for _ in range(rounds)
        ]
        figures += _figures_of_a_chat(chats[:rounds], chats[rounds:])
        unknown = [_start(browser, url, "agent", SLOW_4G, known=False) for _ in range(rounds)]
        figures.append(
            Figure(
                "agent in a browser that does not know them, slow 4G", median_of([one.data for one in unknown]), "ms"
            )
        )
    return figures


def _figures_of(face: str, slow: list[Start], fast: list[Start], warm: list[float]) -> list[Figure]:
    first = slow[0]
    return [
        Figure(f"{face}: scripts until the data, gzip", first.scripts / KB, "KB", {"customer": 22, "agent": 38}[face]),
        Figure(f"{face}: styles until the data, gzip", first.styles / KB, "KB", 12),
        Figure(f"{face}: requests until the data", first.requests, "", 28),
        Figure(f"{face}: skeleton, slow 4G", median_of([one.skeleton for one in slow]), "ms", 900),
        Figure(f"{face}: data, slow 4G", median_of([one.data for one in slow]), "ms", 2_000),
        Figure(f"{face}: data, 4G", median_of([one.data for one in fast]), "ms", 1_200),
        Figure(f"{face}: data, 4G, with a warm cache", median_of(warm), "ms", 700),
        Figure(f"{face}: the longest task of a start", median_of([one.longest for one in fast]), "ms", LONG_TASK_MS),
    ]


def _figures_of_a_chat(slow: list[Start], fast: list[Start]) -> list[Figure]:
    what = "customer, by the link to a ticket"
    return [
        Figure(f"{what}: scripts until the messages, gzip", slow[0].scripts / KB, "KB"),
        Figure(f"{what}: requests until the messages", slow[0].requests, ""),
        Figure(f"{what}: messages, slow 4G", median_of([one.data for one in slow]), "ms", 2_000),
        Figure(f"{what}: messages, 4G", median_of([one.data for one in fast]), "ms", 1_200),
        Figure(f"{what}: the longest task", median_of([one.longest for one in fast]), "ms", LONG_TASK_MS),
    ]


@contextmanager
def _site() -> Iterator[tuple[str, Browser]]:
    """Its address, and a browser that takes its certificate as it takes one of an authority: the cache wants that."""
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *subject],
            check=True,
            capture_output=True,
        )
        with collected_static(folder / "static") as static:
            command = [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
            ]
            tls = ["--ssl-keyfile", str(key), "--ssl-certificate", str(certificate)]
            threads = ["--blocking-threads", "4", "--no-ws", "tests.benchmarks.browser.site:application"]
            with (
                program([*command, *tls, *threads], {"STATIC_ROOT": str(static)}, port),
                chromium(f"--ignore-certificate-errors-spki-list={_fingerprint(certificate)}") as browser,
            ):
                yield f"https://localhost:{port}", browser


def _fingerprint(certificate: Path) -> str:
    """Of its public key, as Chromium wants it."""
    public = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True
    )
    lines = public.stdout.decode().split("\n")
    body = base64.b64decode("".join(line for line in lines if not line.startswith("-")))
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@contextmanager
def _page(browser: Browser, url: str, face: str, network: Network, *, known: bool) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    if known:
        context.add_cookies([{"name": "desk_face", "value": face, "url": f"{url}/app/"}])
    page = context.new_page()
    page.add_init_script(PROBES + MOMENTS)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
    session.send("Network.enable")
    limits = {"latency": network.latency, "downloadThroughput": network.down / 8, "uploadThroughput": network.up / 8}
    session.send("Network.emulateNetworkConditions", {"offline": False, **limits})
    try:
        yield page
    finally:
        context.close()


def _start(
    browser: Browser, url: str, face: str, network: Network, *, known: bool = True, path: str = "/app/"
) -> Start:
    with _page(browser, url, face, network, known=known) as page:
        return _go(page, url, face, path)


def _start_twice(browser: Browser, url: str, face: str) -> Iterator[float]:
    """The second start of one browser, after the first has loaded all that comes by itself."""
    with _page(browser, url, face, FAST_4G, known=True) as page:
        _go(page, url, face)
        page.wait_for_timeout(2_000)
        page.goto("about:blank")
        yield _go(page, url, face).data


def _go(page: Page, url: str, face: str, path: str = "/app/") -> Start:
    hashed = launch(None) | {"tgWebAppData": f"user=%7B%22id%22%3A{IDS[face]}%7D&auth_date=1&hash=abc"}
    page.goto(f"{url}{path}#{urlencode(hashed)}", wait_until="commit")
    page.wait_for_selector(".row" if path == "/app/" else ".chat .message")
    data = page.evaluate("bench.data")
    found = page.evaluate(
        """(data) => {
          const before = performance.getEntriesByType("resource").filter(({ startTime }) => startTime < data);
          const sizeOf = (pattern) => before.filter(({ name }) => pattern.test(name))
            .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
          return {
            skeleton: Math.min(bench.skeleton ?? Infinity, data),
            scripts: sizeOf(/static.*[.]js$/),
            styles: sizeOf(/[.]css$/),
            requests: before.length + 1, // the page itself
            longest: Math.max(0, ...bench.longTasks),
          };
        }""",
        data,
    )
    return Start(data=data, **found)
