"""Files are fetched in turns: two hundred of one chat hold up nobody else's one.

Start-time fair queueing (Goyal, Vin, Cheng 1996): a file's turn follows the last one that its own chat waits for, but
is never before that which is being served. So chats take turns however much each has sent, and nobody starves. Small
files and large ones are queues of their own: how far the ones have come says nothing of the others.
"""

from collections.abc import Sequence

from telegram_bot.models import OutgoingCall
from telegram_bot.models.outgoing_call import FETCHING, UNDONE


def give_turns(bot_id: int, lanes: Sequence[tuple[int, bool] | None]) -> list[int]:
    """The turns of new calls that fetch files, each for its lane (the chat it came from, and whether the file is
    large); 0 where it fetches none.
    """
    fetching = OutgoingCall.objects.filter(bot_id=bot_id, state__in=UNDONE, queue=None, method=FETCHING)
    last: dict[tuple[int, bool], int] = {}
    turns: list[int] = []
    for lane in lanes:
        if lane is None:
            turns.append(0)
            continue
        if lane not in last:
            chat, is_large = lane
            # what is tried again keeps its place; time goes on without it
            waiting = fetching.filter(large=is_large, attempts=0)
            served = waiting.order_by("turn", "id").values_list("turn", flat=True).first()
            own = waiting.filter(lane=chat).order_by("-turn").values_list("turn", flat=True).first()
            last[lane] = max(served or 0, own or 0)
        last[lane] += 1
        turns.append(last[lane])
    return turns
