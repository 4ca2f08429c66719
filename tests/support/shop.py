"""A company's own Telegram account that is connected to the bot, from Telegram's side."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts import clock
from accounts.models import User
from telegram_bot.business import business_key
from telegram_bot.delivery.rendering import render_call
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Approval, BusinessConnection, Chat, OutgoingCall
from tests.support.inbox import JSON, Inbox

OWNER = {"id": 9000, "is_bot": False, "first_name": "The", "last_name": "Shop"}
WRITTEN_AT = datetime.fromtimestamp(1_795_000_000, UTC)  # the date of the inbox's messages


def let_in(owner: int = OWNER["id"]) -> None:
    """This account was approved once: each connection of it is the company's own."""
    BusinessConnection.objects.create(
        bot_id=current_bot_id(), connection_id=f"before-{owner}", owner_id=owner, is_enabled=False,
        approval=Approval.APPROVED, changed_at=WRITTEN_AT,
    )  # fmt: skip


class Shop:
    def __init__(self, inbox: Inbox, connection: str = "conn-1") -> None:
        self.inbox = inbox
        self.connection = connection

    def connect(self, *, is_enabled: bool = True, can_reply: bool = True) -> None:
        told = {
            "id": self.connection,
            "user": OWNER,
            "user_chat_id": 9000,
            "date": 1_795_000_000,
            "is_enabled": is_enabled,
            "rights": {"can_reply": True} if can_reply else {},
        }
        self.put(business_connection=told)

    def put(self, **content: Any) -> None:
        self.inbox.put(self.inbox.update(**content))
        self.inbox.work()

    def hears(self, user: User, text: str | None = None, **fields: Any) -> JSON:
        """The customer writes to the account."""
        message = self.inbox.message(user, text, business_connection_id=self.connection, **fields)
        self.put(business_message=message)
        return message

    def says(self, user: User, text: str | None = None, **fields: Any) -> JSON:
        """Its owner writes to the customer, without the desk."""
        return self.hears(user, text, **{"from": OWNER, **fields})

    def loses(self, user: User, *message_ids: int) -> None:
        chat = {"id": user.telegram_id, "type": "private"}
        told = {"business_connection_id": self.connection, "chat": chat, "message_ids": list(message_ids)}
        self.put(deleted_business_messages=told)

    def chat(self, user: User) -> Chat:
        return Chat.objects.get(telegram_id=self.key(user))

    def key(self, user: User) -> int:
        return business_key(self.connection, user.telegram_id or 0)


def rendered(call: OutgoingCall, *, hours: float = 1) -> Any:
    """As the sender would make it, so long after the customer wrote."""
    with clock.standing_at(WRITTEN_AT + timedelta(hours=hours)):
        return render_call(call)
