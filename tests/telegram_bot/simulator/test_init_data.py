"""Launch parameters hold against independent checks of Telegram's two signatures."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.support.simulator import TOKEN, Simulator


def fields_of(init_data: str) -> dict[str, str]:
    pairs = parse_qsl(init_data, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def expected_hash(fields: dict[str, str], token: str = TOKEN) -> str:
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "hash")
    secret = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()


@pytest.mark.parametrize("more", [{}, {"start_param": "ticket_42"}, {"signature": False}, {"source": "link"}])
def test_the_hash_is_telegrams(telegram: Simulator, more: dict[str, object]) -> None:
    fields = fields_of(telegram.init_data(1001, **more))
    assert fields["hash"] == expected_hash(fields)
    assert fields["hash"] != expected_hash(fields, "7000000001:other")
    user = json.loads(fields["user"])
    assert (user["id"], user["first_name"], user["language_code"]) == (1001, "Вера", "ru")
    assert abs(int(fields["auth_date"]) - time.time()) < 10


def test_the_signature_holds_against_the_published_test_key(telegram: Simulator) -> None:
    fields = fields_of(telegram.init_data(1001))
    signature = base64.urlsafe_b64decode(fields.pop("signature") + "==")
    fields.pop("hash")
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(telegram.state()["ed25519_public_key"]))
    key.verify(signature, f"7000000001:WebAppData\n{text}".encode())
    with pytest.raises(InvalidSignature):
        key.verify(signature, f"7000000002:WebAppData\n{text}".encode())


def test_the_url_carries_everything_behind_the_hash_mark(telegram: Simulator) -> None:
    url = urlsplit(
        telegram.mini_app_url(1001, start_param="ticket_42", theme="dark", url="http://127.0.0.1:1/app/?lang=ru")
    )
    assert url.query == "lang=ru&tgWebAppStartParam=ticket_42"
    launch = fields_of(url.fragment)
    assert json.loads(launch["tgWebAppThemeParams"])["bg_color"] == "#17212b"
    assert fields_of(launch["tgWebAppData"])["start_param"] == "ticket_42"


def test_reply_keyboards_open_an_app_without_a_person(telegram: Simulator) -> None:
    url = urlsplit(telegram.mini_app_url(1001, url="http://127.0.0.1:1/app/", source="keyboard"))
    assert fields_of(url.fragment)["tgWebAppData"] == ""


def test_an_old_launch_can_be_made(telegram: Simulator) -> None:
    fields = fields_of(telegram.init_data(1001, auth_date=1_600_000_000))
    assert fields["auth_date"] == "1600000000"
    assert fields["hash"] == expected_hash(fields)
