"""The copies of an album of which Telegram skipped some (Bot API, copyMessages): it does not say which.

Nobody knows then which copy is which. So they are taken back, and each item is copied by itself, as a step of the same
call; one that Telegram does not copy is told in words.

  @taken_back   Telegram's numbers of the copies that go
  @one          which item is to be copied, from 0 on; past the last nothing is left to do
"""

from typing import Any

from telegram_bot.bot_api import Request
from telegram_bot.models import Direction, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.verdicts import Changed
from tickets.models import Message
from tickets.services.albums import items_of

STEP_TAKEN_BACK, STEP_ITEM = "taken_back", "item"
_OF_ONE_ITEM = ("@described", "@piece", "@unanswered")  # what was learned while it was copied


def has_skipped(call: OutgoingCall, result: Any) -> bool:
    """Whether fewer messages were made than were to be copied."""
    return "@places" in call.params and isinstance(result, list) and len(result) != len(call.params["@places"])


def begin_again(call: OutgoingCall, topic: StaffTopic, copies: list[dict[str, Any]]) -> Changed:
    """Of the copies only the ticket is certain. Nothing more joins this call: all of it would come a second time."""
    numbers = [copied["message_id"] for copied in copies]
    for number in numbers:
        link_piece(topic, number)
    call.coalesce_key = ""
    return Changed(code="copies_skipped", params={"@taken_back": numbers, "@one": 0})


def render_taking_back(call: OutgoingCall) -> Request | None:
    """None: there is nothing (more) to take back."""
    numbers = call.params.get("@taken_back")
    if not numbers:
        return None
    return Request(
        method="deleteMessages", params={"chat_id": call.queue, "message_ids": numbers}, step=STEP_TAKEN_BACK
    )


def taken_back(call: OutgoingCall, topic: StaffTopic) -> Changed:
    gone = MessageLink.objects.filter(bot_id=topic.bot_id, chat_id=topic.chat_id)
    gone.filter(telegram_message_id__in=call.params["@taken_back"], message=None).delete()
    return leave_copies(call)


def leave_copies(call: OutgoingCall) -> Changed:
    """Also where Telegram does not take them back."""
    call.attempts = 0
    return Changed(code=f"step_{STEP_TAKEN_BACK}", params={"@taken_back": []})


def is_through(call: OutgoingCall) -> bool:
    return bool(call.params.get("@one", 0) >= len(call.params.get("@places", [])) > 0)


def item_done(call: OutgoingCall, topic: StaffTopic, made: dict[str, Any] | None) -> Changed:
    """It is known which part of the message this is; the next item follows. made: the message; None: there is none."""
    number = call.params["@one"]
    if made is not None:
        link_piece(topic, made["message_id"], call.params["@message"], part=call.params["@items"][number][0])
    for learned in _OF_ONE_ITEM:
        call.params.pop(learned, None)
    call.attempts = 0
    return Changed(code=f"step_{STEP_ITEM}", params={"@one": number + 1})


def find_described_file(call: OutgoingCall, message: Message) -> str | None:
    """The file whose words are told where the call is about one of several."""
    if "@one" not in call.params:
        whole: str | None = call.params.get("@attachment")
        return whole
    place = call.params["@places"][call.params["@one"]]
    return next((str(item.attachment) for item in items_of(message) if item.place == place), None)


def link_piece(topic: StaffTopic, message_id: int, message: str | None = None, *, part: int = 0) -> None:
    """A reply to the card belongs to its ticket, in General too. message: of ours, of which it is a piece."""
    MessageLink.objects.get_or_create(
        bot_id=topic.bot_id,
        chat_id=topic.chat_id,
        telegram_message_id=message_id,
        defaults={
            "ticket": topic.ticket,
            "message": message,
            "part": part,
            "direction": Direction.OUTGOING,
        },
    )
