from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError

from config.json import BodyTooLarge, OrjsonParser, OrjsonRenderer, parse_json


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1} x',
        b"{'a': 1}",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": 1, "a": 2}',
        b'{"b": {"a": 1, "a": 2}}',
        b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_what_is_not_plain_json_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_json(body)


def test_plain_json_is_read() -> None:
    assert parse_json('{"text": "Ёлка\\u0000", "list": [1, 2.5, null, true]}'.encode()) == {
        "text": "Ёлка\0",
        "list": [1, 2.5, None, True],
    }


def test_many_brackets_are_fine_where_they_are_not_deep() -> None:
    assert len(parse_json(b"[" + b",".join([b"[]"] * 1000) + b"]")) == 1000


def test_a_body_over_the_limit_is_refused_before_it_is_read_whole() -> None:
    with pytest.raises(BodyTooLarge):
        OrjsonParser().parse(BytesIO(b'"' + b"x" * 1_048_576 + b'"'))


def test_times_ids_and_lazy_texts_have_a_form() -> None:
    data = {"at": datetime(2026, 1, 2, tzinfo=UTC), "id": UUID(int=1), "text": gettext_lazy("Russian")}
    assert (
        OrjsonRenderer()
        .render(data)
        .startswith(b'{"at":"2026-01-02T00:00:00Z","id":"00000000-0000-0000-0000-000000000001","text":"')
    )
    assert OrjsonRenderer().render(None) == b""


def test_what_has_no_form_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        OrjsonRenderer().render({"set": object()})
