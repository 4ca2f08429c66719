"""A company's own account: what the bot is told of it, and how it may write in its name."""

from typing import Any

import httpx
import pytest

from tests.support.simulator import Simulator

VERA, OWNER, SHOP = 1001, 3001, "shop-1"
DAY = 86_400


@pytest.fixture
def shop(telegram: Simulator) -> Simulator:
    telegram.connect_business(SHOP, OWNER)
    telegram.write_to_business(VERA, SHOP, "Do you deliver?")
    return telegram


def send(api: httpx.Client, method: str = "sendMessage", **params: Any) -> dict[str, Any]:
    defaults = {"business_connection_id": SHOP, "chat_id": VERA, "text": "Tomorrow"}
    answer: dict[str, Any] = api.post(f"/{method}", json={**defaults, **params}).json()
    return answer


def test_the_bot_is_told_of_connections_messages_edits_and_deletions(shop: Simulator) -> None:
    (message,) = shop.business_transcript(VERA)
    shop.edit_in_business(VERA, message["message_id"], "Do you deliver today?")
    shop.delete_in_business(VERA, SHOP, message["message_id"])
    told = [next(kind for kind in one["update"] if kind != "update_id") for one in shop.updates()]
    assert told == ["business_connection", "business_message", "edited_business_message", "deleted_business_messages"]
    assert shop.business_transcript(VERA) == []


def test_what_the_account_says_by_itself_is_marked_and_comes_from_its_owner(shop: Simulator) -> None:
    shop.write_to_business(VERA, SHOP, "We are away", automatic=True)
    asked, told = [one["update"]["business_message"] for one in shop.updates() if "business_message" in one["update"]]
    assert (told["from"]["id"], told["is_from_offline"]) == (OWNER, True)
    assert "is_from_offline" not in asked


def test_the_bot_writes_edits_and_deletes_in_the_accounts_name(shop: Simulator, api: httpx.Client) -> None:
    sent = send(api)["result"]
    assert (sent["from"]["id"], sent["sender_business_bot"]["is_bot"]) == (OWNER, True)
    assert send(api, "editMessageText", message_id=sent["message_id"], text="On Monday")["ok"]
    assert shop.business_transcript(VERA)[-1]["text"] == "On Monday"
    assert send(api, "deleteBusinessMessages", message_ids=[sent["message_id"]])["ok"]
    assert len(shop.business_transcript(VERA)) == 1


def test_telegram_refuses_after_a_day_without_the_right_and_when_disconnected(
    shop: Simulator, api: httpx.Client
) -> None:
    shop.advance_clock(DAY + 1)
    assert send(api)["description"] == "Bad Request: BUSINESS_PEER_USAGE_MISSING"
    shop.write_to_business(VERA, SHOP, "Hello?")
    assert send(api)["ok"]
    shop.connect_business(SHOP, OWNER, can_reply=False)
    assert send(api)["description"] == "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED"
    shop.connect_business(SHOP, OWNER, is_enabled=False)
    assert send(api)["description"] == "Bad Request: BUSINESS_CONNECTION_INVALID"
    before = len(shop.updates())
    shop.write_to_business(VERA, SHOP, "Is anybody there?")
    assert len(shop.updates()) == before


def test_connected_again_it_has_another_connection_and_the_same_chats(shop: Simulator, api: httpx.Client) -> None:
    sent = send(api)["result"]
    shop.connect_business("shop-2", OWNER)
    told = [one["update"]["business_connection"] for one in shop.updates() if "business_connection" in one["update"]]
    assert [(one["id"], one["is_enabled"]) for one in told] == [("shop-1", True), ("shop-1", False), ("shop-2", True)]
    assert send(api)["description"] == "Bad Request: BUSINESS_CONNECTION_INVALID"
    assert send(api, business_connection_id="shop-2")["ok"], "the customer has written to the account"
    assert sent["message_id"] in [one["message_id"] for one in shop.business_transcript(VERA)]
