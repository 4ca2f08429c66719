import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from config import health

pytestmark = pytest.mark.django_db


def test_a_live_process_says_so_without_the_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


def test_a_ready_process_says_what_it_checked(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "redis": "ok"}}
    assert "no-store" in answer["Cache-Control"]


def test_without_redis_the_desk_is_degraded_and_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_key: str) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(cache, "get", refuse)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


def test_without_the_database_the_desk_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(health, "connection", Broken())
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "down")


def test_every_answer_carries_the_id_of_its_request(client: Client) -> None:
    own = client.get("/health/live")["X-Request-ID"]
    assert len(own) == 32
    assert client.get("/health/live", headers={"X-Request-ID": "proxy-1234"})["X-Request-ID"] == "proxy-1234"
    assert client.get("/health/live", headers={"X-Request-ID": "a b\tc; drop"})["X-Request-ID"] != "a b\tc; drop"
