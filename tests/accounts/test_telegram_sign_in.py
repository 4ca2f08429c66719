"""Mini App launches: public vectors, age, doubled keys, and strings that somebody changed."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.telegram_sign_in import (
    PRODUCTION_KEY,
    TEST_KEY,
    InitDataExpired,
    InitDataInvalid,
    _parse,
    check_init_data,
    check_telegram_signature,
    is_signed_with,
)

VECTORS = json.loads((Path(__file__).parent / "vectors/init_data.json").read_text(encoding="utf-8"))["vectors"]
TOKEN = "7000000001:secret"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FOREVER = timedelta(days=25_000)
USER: dict[str, Any] = {"id": 1001, "first_name": "Vera", "language_code": "ru"}


def signed(token: str = TOKEN, **pairs: object) -> str:
    fields = {"auth_date": str(int(NOW.timestamp())), "user": json.dumps(USER), "signature": "x"} | {
        name: str(value) for name, value in pairs.items()
    }
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return urlencode({**fields, "hash": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()})


def is_signed(text: str, token: str) -> bool:
    try:
        return is_signed_with(token, _parse(text))
    except InitDataInvalid:
        return False


def verdict(check: Any, *arguments: object, **more: object) -> bool:
    try:
        check(*arguments, **more)
    except InitDataExpired:
        raise
    except InitDataInvalid:
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_public_vectors_are_judged_as_expected(vector: dict[str, Any]) -> None:
    text = vector["init_data"]
    if vector["expect_hmac_valid"] is not None:
        assert is_signed(text, vector["bot_token"]) == vector["expect_hmac_valid"]
        with pytest.raises(InitDataExpired if vector["expect_hmac_valid"] else InitDataInvalid):
            check_init_data(text, bot_token=vector["bot_token"], now=NOW)
    if vector["expect_ed25519_valid"] is not None:
        verdicts = [
            verdict(check_telegram_signature, text, bot_id=vector["bot_id"], now=NOW, max_age=FOREVER, public_key=key)
            for key in (PRODUCTION_KEY, TEST_KEY)
        ]
        assert any(verdicts) == vector["expect_ed25519_valid"]


def test_only_verified_values_come_out() -> None:
    launch = check_init_data(signed(start_param="ticket_17"), bot_token=TOKEN, now=NOW)
    assert (launch.profile.telegram_id, launch.profile.first_name, launch.start_param) == (1001, "Vera", "ticket_17")


@pytest.mark.parametrize(
    ("seconds", "error"), [(-901, InitDataExpired), (61, InitDataInvalid), (-899, None), (59, None)]
)
def test_the_age_is_limited_both_ways(seconds: int, error: type[Exception] | None) -> None:
    text = signed(auth_date=int(NOW.timestamp()) + seconds)
    if error is None:
        assert check_init_data(text, bot_token=TOKEN, now=NOW)
        return
    with pytest.raises(error):
        check_init_data(text, bot_token=TOKEN, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hash=",
        "user={}&hash=x",
        signed() + "&user=%7B%22id%22%3A4001%7D",
        "user=%7B%22id%22%3A4001%7D&" + signed(),
        signed(token="7000000001:other"),
        signed().replace("1001", "4001"),
        signed(user="[]"),
        signed(user='{"id": "1001"}'),
        signed(user='{"id": true}'),
        signed(user='{"id": -5}'),
        signed(user='{"id": 1001, "first_name": {}}'),
        signed(auth_date="later"),
        signed(auth_date="9" * 11),
        signed() + "&x=\ud800",
        "a=" + "b" * 9000,
        "%ff=%ff",
    ],
)
def test_what_telegram_did_not_sign_is_refused(text: str) -> None:
    with pytest.raises(InitDataInvalid):
        check_init_data(text, bot_token=TOKEN, now=NOW)
