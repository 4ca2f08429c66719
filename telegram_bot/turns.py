"""Files are fetched in turns: two hundred of one chat hold up nobody else's one.

Start-time fair queueing (Goyal, Vin, Cheng 1996): a file's turn follows the last one that its own chat waits for, but
is never before that which is being served. So chats take turns however much each has sent, and nobody starves.
"""

from collections.abc import Sequence

from telegram_bot.models import OutgoingCall
from telegram_bot.models.outgoing_call import FETCHING, UNDONE


def give_turns(bot_id: int, lanes: Sequence[int | None]) -> list[int]:
    """The turns of new calls that fetch files, each for its lane (the chat it came from); 0 where it fetches none."""
    waiting = OutgoingCall.objects.filter(bot_id=bot_id, state__in=UNDONE, queue=None, method=FETCHING)
    last: dict[int, int] = {}
    turns: list[int] = []
    for lane in lanes:
        if lane is None:
            turns.append(0)
            continue
        if lane not in last:
            # what is tried again keeps its place; time goes on without it
            served = waiting.filter(attempts=0).order_by("turn", "id").values_list("turn", flat=True).first()
            own = waiting.filter(lane=lane, attempts=0).order_by("-turn").values_list("turn", flat=True).first()
            last[lane] = max(served or 0, own or 0)
        last[lane] += 1
        turns.append(last[lane])
    return turns
