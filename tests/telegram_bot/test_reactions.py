"""Signs that people give in Telegram: also those that the desk does not know are kept, and never look like none."""

from typing import Any

import pytest

from accounts.models import User
from telegram_bot.models import MessageLink
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.inbox import Inbox
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
PICTURE = {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"}
STAR = {"type": "paid"}


def sign(emoji: str) -> dict[str, str]:
    return {"type": "emoji", "emoji": emoji}


class Told:
    """A message of the ticket in somebody's chat, to which they react."""

    def __init__(self, inbox: Inbox, user: User, message: Message) -> None:
        self.inbox, self.user, self.message = inbox, user, message
        MessageLink.objects.create(
            bot_id=inbox.bot_id, chat_id=user.telegram_id, telegram_message_id=70, message=message.pk, direction="out"
        )

    def gets(self, *new: dict[str, str]) -> list[str]:
        """The signs that the message has then."""
        chat = {"id": self.user.telegram_id, "type": "private"}
        change: dict[str, Any] = {"chat": chat, "message_id": 70, "date": 1, "old_reaction": [], "new_reaction": new}
        self.inbox.put(self.inbox.update(message_reaction={**change, "user": self.inbox.account(self.user)}))
        self.inbox.work()
        self.message.refresh_from_db()
        return [one["emoji"] for one in self.message.reactions]


@pytest.fixture
def ticket(vera: User) -> Ticket:
    return a_ticket_of(vera)


def test_a_sign_that_the_desk_does_not_know_is_kept(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    answer = Told(inbox, vera, a_reply_by(anna, ticket))
    assert answer.gets(sign("👍")) == ["👍"]
    assert answer.gets(sign("👍"), PICTURE) == ["👍"], "one of Telegram's own comes first"
    assert answer.gets(PICTURE) == ["⭐"], "no picture is a sign, but it is one to the answer"
    assert answer.gets(sign("🦖")) == ["🦖"], "one that Telegram has got meanwhile"
    assert answer.gets(PICTURE, sign("🦖")) == ["🦖"]
    assert answer.gets(STAR) == ["⭐"]
    assert answer.gets() == []


def test_an_agent_learns_that_the_customer_would_not_see_it(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    question = Told(inbox, anna, ticket.messages.get())
    assert question.gets(sign("👍")) == ["👍"]
    assert question.gets(PICTURE) == ["👍"], "which the customer still sees"
    assert "would not see this sign" in inbox.told(anna)[-1]
