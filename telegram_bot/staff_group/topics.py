"""The topic of a ticket: made when something is first said in it."""

from typing import Any
from uuid import UUID

from telegram_bot.identity import current_bot_id
from telegram_bot.models import StaffTopic
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.staff_group.chat import GENERAL, find_staff_chat_id, follow_setting, remember_chat

_SUPERGROUPS = 10**12  # a supergroup's id is this and its number, negative (Bot API, dialog ids)


def get_topic(ticket_id: UUID) -> StaffTopic | None:
    """None: the desk has no group."""
    bot_id, chat_id = current_bot_id(), find_staff_chat_id()
    if chat_id is None:
        return None
    topic, created = StaffTopic.objects.get_or_create(bot_id=bot_id, ticket=ticket_id, defaults={"chat_id": chat_id})
    if created:
        remember_chat(bot_id, chat_id)
    if topic.chat_id != chat_id:
        follow_setting(bot_id, old=topic.chat_id, new=chat_id)
        topic.refresh_from_db()
    return topic


def link_to_topic(ticket_id: UUID) -> str:
    """For members of the group; empty where the ticket has no topic of its own."""
    topic = StaffTopic.objects.filter(bot_id=current_bot_id(), ticket=ticket_id, thread_id__gt=GENERAL).first()
    return link_into_group(topic.chat_id, topic.thread_id or GENERAL) if topic is not None else ""


def link_into_group(chat_id: int, number: int) -> str:
    """To a topic or a message, for members of the group; empty where it is no supergroup: others have none."""
    return f"https://t.me/c/{-chat_id - _SUPERGROUPS}/{number}" if chat_id < -_SUPERGROUPS else ""


def draft_in_topic(topic: StaffTopic, method: str, params: dict[str, Any], *, key: str = "") -> CallDraft:
    """A call to the topic; what is sent belongs to its ticket."""
    own = {"@topic": str(topic.ticket), "@ticket": str(topic.ticket)}
    return CallDraft(method=method, params={**own, **params}, queue=topic.chat_id, coalesce_key=key)


def draft_card(topic: StaffTopic) -> CallDraft:
    """The ticket's card as it is when this is sent; several that wait are one."""
    return draft_in_topic(topic, "editMessageText", {"@card": True}, key=f"card:{topic.ticket}")


def draft_closing(topic: StaffTopic) -> CallDraft:
    """Nothing more comes there. Never one for several: what waits between two may open the topic again."""
    return draft_in_topic(topic, "closeForumTopic", {"@close": True})


def owe_card(topic: StaffTopic) -> None:
    enqueue([draft_card(topic)])


def owe_in_topic(topic: StaffTopic, text: str, *, reply_to: int) -> None:
    """The bot's own words below a message in the topic."""
    reply = {"message_id": reply_to, "allow_sending_without_reply": True}
    enqueue([draft_in_topic(topic, "sendMessage", {"text": text, "reply_parameters": reply})])
