"""kill -9 of the web process around a commit: the client sends again with its key, and the message is there once."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.faults.invariants import Expectation
from tests.support.clients import Person
from tests.support.simulator import wait_until
from tests.support.whole_desk import WholeDesk

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.timeout(300)]
WEB = "daphne"


@contextmanager
def valkey_asleep(desk: WholeDesk) -> Iterator[None]:
    """It takes requests and answers none: what the desk tells Redis after a commit hangs until its time-out."""
    pid = desk.service_pid("valkey-server")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def a_taken_ticket(desk: WholeDesk) -> tuple[int, str, Person]:
    customer = desk.new_customer()
    desk.telegram.say(customer, "Hello")
    ticket, agent = desk.ticket_of(customer), desk.agent()
    agent.take(ticket["id"])
    return customer, ticket["id"], agent


def try_to_post(agent: Person, ticket: str, key: UUID, text: str) -> int | None:
    """The status, or None where the connection broke before an answer."""
    try:
        body = {"id": str(key), "text": text}
        return agent.http.post(f"/tickets/{ticket}/messages/", json=body).status_code
    except httpx.TransportError:
        return None


def is_stored(desk: WholeDesk, key: UUID) -> bool:
    with psycopg.connect(desk.services.database) as connection:
        return connection.execute("SELECT 1 FROM tickets_message WHERE id = %s", [key]).fetchone() is not None


def test_killed_after_the_commit_and_before_the_answer(whole_desk: WholeDesk) -> None:
    customer, ticket, agent = a_taken_ticket(whole_desk)
    key, text = uuid4(), "Stored, and nobody was told"
    with ThreadPoolExecutor(1) as pool:
        with valkey_asleep(whole_desk):
            posting = pool.submit(try_to_post, agent, ticket, key, text)
            wait_until(lambda: is_stored(whole_desk, key), seconds=30, what="the commit")
            assert not posting.done(), "the answer was faster than the kill: this test proves nothing"
            whole_desk.kill(WEB)
        assert posting.result(60) is None
    whole_desk.wait_until_ready()
    agent.sign_in()
    assert try_to_post(agent, ticket, key, text) == 200
    assert try_to_post(agent, ticket, key, "Other words") == 409
    expected = Expectation(acknowledged={str(key)}, answers={customer: [text]})
    whole_desk.check(expected)


def test_killed_before_the_commit(whole_desk: WholeDesk) -> None:
    customer, ticket, agent = a_taken_ticket(whole_desk)
    key, text = uuid4(), "Not stored the first time"
    with psycopg.connect(whole_desk.services.database) as connection, ThreadPoolExecutor(1) as pool:
        connection.execute("SELECT 1 FROM tickets_ticket WHERE id = %s FOR UPDATE", [ticket])
        posting = pool.submit(try_to_post, agent, ticket, key, text)
        wait_until(lambda: _somebody_waits(whole_desk), seconds=30, what="the transaction to wait for the ticket")
        whole_desk.kill(WEB)
        assert posting.result(60) is None
    assert not is_stored(whole_desk, key)
    whole_desk.wait_until_ready()
    agent.sign_in()
    assert try_to_post(agent, ticket, key, text) == 201
    whole_desk.check(Expectation(acknowledged={str(key)}, answers={customer: [text]}))


def _somebody_waits(desk: WholeDesk) -> bool:
    with psycopg.connect(desk.services.database) as connection:
        query = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return connection.execute(query).fetchone() is not None


@pytest.mark.campaign
def test_ten_equal_posts_at_once_and_a_kill_among_them(whole_desk: WholeDesk) -> None:
    """Each client sends until it is answered; all are answered with the one message."""
    customer, ticket, agent = a_taken_ticket(whole_desk)
    key, text = uuid4(), "Ten times one"
    killed = threading.Event()

    def insist() -> int:
        with httpx.Client(base_url=agent.http.base_url, headers=agent.http.headers, trust_env=False) as http:
            while True:
                try:
                    status = http.post(f"/tickets/{ticket}/messages/", json={"id": str(key), "text": text}).status_code
                except httpx.TransportError:
                    killed.wait(30)
                else:
                    if status < 500 and status != 429:
                        return status

    with ThreadPoolExecutor(10) as pool:
        posts = [pool.submit(insist) for _ in range(10)]
        wait_until(lambda: is_stored(whole_desk, key), seconds=30, what="the first commit")
        whole_desk.kill(WEB)
        whole_desk.wait_until_ready()
        killed.set()
        statuses = sorted(post.result(60) for post in posts)
    assert set(statuses) <= {200, 201}
    assert statuses.count(201) <= 1
    whole_desk.check(Expectation(acknowledged={str(key)}, answers={customer: [text]}))


@pytest.mark.campaign
def test_two_agents_who_take_one_ticket_again_and_again(whole_desk: WholeDesk) -> None:
    first, second = whole_desk.person(2001).sign_in(), whole_desk.person(2003).sign_in()
    for _round in range(8):
        customer = whole_desk.new_customer()
        whole_desk.telegram.say(customer, "Who takes it?")
        ticket = whole_desk.ticket_of(customer)["id"]

        def take(agent: Person, ticket: str = ticket) -> int:
            return agent.http.post(f"/tickets/{ticket}/assign/", json={"assignee": agent.id}).status_code

        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(take, (first, second)))
        assert statuses == [200, 409]
    whole_desk.check()
