import pytest
from django.test import Client
from django.urls import path
from pytest_django import Settings

from config import urls


def fail(_request: object) -> None:
    raise RuntimeError("postgres://desk:secret@db/desk")


class Failing:
    """The URLs of the desk, and one that fails."""

    urlpatterns = [path("api/v1/failing/", fail), path("failing/", fail), *urls.urlpatterns]
    handler404 = urls.handler404
    handler500 = urls.handler500


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_of_the_api_answers_in_the_apis_form(settings: Settings, debug: bool, method: str) -> None:
    settings.DEBUG = debug
    answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/nowhere/")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_an_unknown_page_says_so_plainly(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert b"<h1>404</h1>" in answer.content


def test_a_failure_tells_nothing_about_itself(settings: Settings) -> None:
    settings.ROOT_URLCONF = Failing
    client = Client(raise_request_exception=False)
    for address in ("/api/v1/failing/", "/failing/"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert b"secret" not in answer.content
        assert b"Traceback" not in answer.content
    assert client.get("/api/v1/failing/").json()["error"]["code"] == "internal_error"


@pytest.mark.django_db
def test_metrics_count_requests_by_route(client: Client) -> None:
    client.get("/health/live")
    text = client.get("/metrics").content.decode()
    assert 'desk_request_seconds_count{method="GET",route="health/live",status="200"}' in text
    assert "process_resident_memory_bytes" in text


@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("8.8.8.8", 404), ("::1", 200)])
def test_metrics_are_for_the_inside(client: Client, address: str, status: int) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


def test_odd_methods_do_not_grow_the_metrics(client: Client) -> None:
    client.generic("BREW", "/health/live")
    assert 'method="other"' in client.get("/metrics").content.decode()
