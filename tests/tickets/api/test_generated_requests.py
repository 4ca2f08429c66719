"""Requests made out of the schema, good and bad: never a 500, and only what the schema documents."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import rate_limits
from accounts.models import User
from accounts.services.sessions import start_session
from config.wsgi import application
from tests.support.api_world import World, a_world
from tests.support.routes import API

pytestmark = pytest.mark.django_db

EXAMPLES = 4  # for each operation, mode and person
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_OTHERS = ("schema/", "docs/")  # of the library


@pytest.fixture
def world(vera: User, gleb: User, anna: User, boris: User, mila: User, adam: User) -> World:
    return a_world({"vera": vera, "gleb": gleb, "anna": anna, "boris": boris, "mila": mila, "adam": adam})


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The test's transaction stays open between requests, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(
    ("who", "mode"),
    [("vera", GenerationMode.POSITIVE), ("adam", GenerationMode.POSITIVE), ("adam", GenerationMode.NEGATIVE)],
)
def test_every_answer_is_a_documented_one(
    who: str, mode: GenerationMode, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "_take", lambda limit, identity: None)
    schema = schemathesis.openapi.from_wsgi(f"/{API}schema/?format=json", application, config=SchemathesisConfig())
    token = start_session(world.people[who]).access
    for result in schema.get_all_operations():
        operation = result.ok()
        if not operation.path.endswith(_OTHERS):
            ask(operation.as_strategy(generation_mode=mode), world, token)


def ask(cases: Any, world: World, token: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, exists=st.booleans())
    def run(case: Case, exists: bool) -> None:
        if exists:
            case.path_parameters |= {name: str(world.ids.get(name, uuid4())) for name in case.path_parameters}
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    run()
