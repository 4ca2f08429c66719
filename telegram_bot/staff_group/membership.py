"""Whether a refusal that reads as if the bot had been removed means the group, or one topic in it.

Telegram may say the same of a topic that is locked to a bot without the right to manage topics. So the bot asks for its
own membership, as a step of the refused call: while it is a member, that one topic is meant, and the group's others go
on; where it is not, or Telegram does not say, all that is owed to the group waits.

  @doubted            Telegram's words, which are asked about
"""

from typing import Any

from telegram_bot.bot_api import Request
from telegram_bot.models import OutgoingCall, StaffTopic, Unreachable
from telegram_bot.verdicts import Again, Failed, Sent, Verdict, tells_of_removal

DOUBTED = "@doubted"
STEP_MEMBER = "member"
GROUP_UNREACHABLE = "group_unreachable"
TOPIC_LOCKED = "topic_locked"
_ASKED = "membership_asked"
_LOOK_AGAIN_AFTER = 300.0  # seconds, while the group does not let the bot write
_INSIDE = ("creator", "administrator", "member")  # statuses of a ChatMember (Bot API)
_OF_WHAT_STANDS = ("edit", "delete", "setMessage")  # methods that begin so change a message that is there


def doubt(call: OutgoingCall, topic: StaffTopic | None, verdict: Failed) -> Again | None:
    """Try again at once, with the question first; None: the refusal is not in doubt, as one out of General is not, nor
    one in other words: a bot that may not write, for one, is a member, and its topics are as they were.

    topic: None for a call of no ticket.
    """
    thread = topic.thread_id if topic is not None else call.params.get("message_thread_id")
    is_of_removal = verdict.unreachable == Unreachable.REMOVED and tells_of_removal(verdict.text)
    if not is_of_removal or not (thread or changes_what_stands(call)):
        return None
    call.params[DOUBTED] = verdict.text
    return Again(code=_ASKED, text=verdict.text, delay=0.0)


def changes_what_stands(call: OutgoingCall) -> bool:
    """Whether it goes to a message that may stand in a topic which was given up since. A card is then sent anew."""
    return call.method.startswith(_OF_WHAT_STANDS) and not {"@below", "@card"} & call.params.keys()


def render_question(call: OutgoingCall) -> Request:
    params = {"chat_id": call.queue, "user_id": call.bot_id}
    return Request(method="getChatMember", params=params, step=STEP_MEMBER)


def settle_doubt(call: OutgoingCall, verdict: Verdict) -> Verdict:
    """What the answer makes of the refused call; any verdict on another call stays as it is."""
    if DOUBTED not in call.params or not isinstance(verdict, Sent | Failed):
        return verdict
    refused = Failed(code=TOPIC_LOCKED, text=call.params.pop(DOUBTED))
    return refused if isinstance(verdict, Sent) and _is_inside(verdict.result) else wait_later(refused)


def wait_later(verdict: Failed) -> Again:
    """All that is owed to the group waits behind the call."""
    return Again(code=GROUP_UNREACHABLE, text=verdict.text, delay=_LOOK_AGAIN_AFTER)


def _is_inside(member: Any) -> bool:
    """member: a ChatMember of the Bot API; who is `restricted` may be in the group or not."""
    if not isinstance(member, dict):
        return False
    return member.get("status") in _INSIDE or (member.get("status") == "restricted" and bool(member.get("is_member")))
