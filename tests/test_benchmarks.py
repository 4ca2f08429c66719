"""The benchmarks run, small: what they measure here means nothing, but none of them may rot."""

from pathlib import Path

import pytest
from django.db import connection

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import accepted, depth, fan_out, flow, latency, rest
from tests.benchmarks.browser import __main__ as in_browser
from tests.benchmarks.browser import conversation, inbox, opening, reconnect, soak, start
from tests.benchmarks.browser.figures import Figure, p95, table_of
from tests.benchmarks.tables import Spread, table

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs/performance.md").read_text()


def numbers_of(printed: str) -> list[list[str]]:
    """The rows of a table without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()[2:]]


@pytest.mark.campaign
@pytest.mark.django_db(transaction=True)
def test_the_hot_endpoints_are_measured_against_the_bare_limit() -> None:
    rows = numbers_of(rest.run(rounds=1, count=8))
    assert [row[0] for row in rows] == ["list", "messages", "POST"]
    assert all(float(row[1]) > 0 and float(row[4]) > 0 for row in rows)


@pytest.mark.campaign
@pytest.mark.django_db(transaction=True)
def test_depth_is_measured_on_two_desks_that_are_gone_afterwards() -> None:
    rows = numbers_of(depth.run(small=20, large=60, rounds=1, count=8))
    assert [row[0] for row in rows] == list(depth.READS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname IN ('depth_20', 'depth_60')")
        assert cursor.fetchall() == []


@pytest.mark.campaign
@pytest.mark.django_db(transaction=True)
def test_one_event_reaches_every_socket() -> None:
    rows = numbers_of(fan_out.run(sizes=(10,), events=2))
    assert [row[0] for row in rows] == ["10"]


@pytest.mark.campaign
@pytest.mark.django_db(transaction=True)
def test_every_accepted_message_reaches_the_socket() -> None:
    rows = numbers_of(accepted.run(seconds=1, per_second=10))
    assert all(float(row[1]) > 0 for row in rows)


@pytest.mark.campaign  # a whole desk for each
@pytest.mark.timeout(400)
def test_the_ways_through_a_whole_desk_are_measured() -> None:
    rows = numbers_of(latency.run(count=4))
    assert all(float(row[1]) > 0 for row in rows)


@pytest.mark.campaign  # a whole desk for each
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True)
def test_what_goes_through_the_bot_is_measured() -> None:
    # more than one batch of getUpdates
    rows = numbers_of(flow.run(chats=6, messages=20, answers=1, brought=80))
    fetched, brought, handled, sent, _share, refused = rows
    assert float(fetched[1]) > 0
    assert float(brought[1].split()[0]) > 0
    assert float(handled[1]) > 0
    assert float(sent[1]) > 0
    assert refused[1] == "0"


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_every_budget_of_the_mini_app_is_measured_in_a_browser() -> None:
    figures = [
        *start.run(rounds=1),
        *conversation.run(messages=120, rounds=1, keys=5, incoming=3, back=40),
        *opening.run(tickets=2, messages=60),
        *inbox.run(tickets=120, rounds=1, events=2, frames=20),
        *reconnect.run(rounds=1, away_ms=500),
        *soak.run(rounds=5, tickets=2, messages=90),
    ]
    assert len([figure for figure in figures if figure.budget is not None]) >= 30
    assert all(figure.reached >= 0 for figure in figures if figure.unit in {"ms", "KB", "MB"})


def test_a_budget_is_kept_or_it_is_not() -> None:
    exact, more, told = Figure("a", 2, "ms", 2), Figure("b", 2.04, "ms", 2), Figure("c", 70.4, "px")
    assert [one.is_kept for one in (exact, more, told)] == [True, False, True]
    rows = numbers_of(table_of([exact, more, told]))
    assert rows == [["a", "2 ms", "2 ms", "yes"], ["b", "2.0 ms", "2 ms", "**no**"], ["c", "70 px", "", ""]]


def test_95_of_100_do_not_exceed_the_95th_percentile() -> None:
    assert p95(range(1, 101)) == 95
    assert p95([3.0]) == 3


def test_every_benchmark_is_described() -> None:
    for name in (*benchmarks.BENCHMARKS, *in_browser.BENCHMARKS):
        assert f"`{name}`" in DOCUMENT


def test_tables_are_markdown() -> None:
    assert table("a", "b", rows=[[1, "x"]]) == "| a | b |\n| --- | --- |\n| 1 | x |"


def test_a_spread_is_in_milliseconds() -> None:
    assert Spread.of([0.5, 0.5, 0.5]) == Spread(median=500, p99=500)
