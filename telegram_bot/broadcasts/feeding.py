"""How a broadcast goes out: a few calls at a time into the outbox, so that answers never wait behind it."""

from django.db import transaction
from django.utils import translation

from accounts import clock
from telegram_bot.broadcasts.audience import list_still_willing, text_for
from telegram_bot.models import (
    Broadcast,
    BroadcastRecipient,
    BroadcastState,
    CallState,
    OutgoingCall,
    RecipientState,
    Unreachable,
)
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.keyboards import stop_news_button

EVERY = 1.0  # seconds between two portions
PORTION = 20  # calls on their way at a time: two thirds of what Telegram allows in a second, the rest is for answers


def feed_broadcasts(bot_id: int) -> int:
    """Note what arrived and owe the next portion; by the process that sends. Returns how many calls were added."""
    running = Broadcast.objects.filter(bot_id=bot_id, state=BroadcastState.RUNNING)
    unsettled = Broadcast.objects.filter(bot_id=bot_id, recipients__state=RecipientState.QUEUED)
    ids = sorted({*running.values_list("pk", flat=True), *unsettled.order_by().values_list("pk", flat=True)})
    room = PORTION
    added = 0
    for broadcast_id in ids:
        under_way, new = _feed(broadcast_id, room)
        room -= under_way + new
        added += new
    return added


@transaction.atomic
def _feed(broadcast_id: int, room: int) -> tuple[int, int]:
    """(calls still on their way, calls added)."""
    broadcast = Broadcast.objects.select_for_update(no_key=True).get(pk=broadcast_id)
    under_way = _note_results(broadcast)
    if broadcast.state != BroadcastState.RUNNING:
        return under_way, 0
    waiting = broadcast.recipients.filter(state=RecipientState.WAITING).select_related("person")
    people = list(waiting.order_by("pk")[: max(0, room - under_way)])
    _owe(broadcast, people)
    if not people and not under_way and not waiting.exists():
        broadcast.state, broadcast.finished_at = BroadcastState.DONE, clock.now()
        broadcast.save(update_fields=["state", "finished_at"])
    return under_way, len(people)


def _owe(broadcast: Broadcast, recipients: list[BroadcastRecipient]) -> None:
    """The call and its recipient's state commit together: a kill leaves nobody out and nobody twice."""
    reachable = []
    willing = list_still_willing(recipient.person_id for recipient in recipients)
    for recipient in recipients:
        if recipient.person.telegram_id is None or recipient.person_id not in willing:  # erased meanwhile, or refuses
            recipient.state, recipient.finished_at = RecipientState.SKIPPED, clock.now()
        else:
            reachable.append(recipient)
    calls = enqueue([_call_to(broadcast, recipient) for recipient in reachable])
    for recipient, call in zip(reachable, calls, strict=True):
        recipient.state, recipient.call = RecipientState.QUEUED, call.pk
    BroadcastRecipient.objects.bulk_update(recipients, ["state", "call", "finished_at"])


def take_back(broadcast: Broadcast) -> None:
    """Who is owed the message, and whom it surely has not reached, waits again. The broadcast's row is locked."""
    queued = broadcast.recipients.filter(state=RecipientState.QUEUED)
    owed = OutgoingCall.objects.filter(pk__in=queued.values("call"), state=CallState.PENDING, ambiguous=False)
    calls = list(owed.select_for_update().values_list("pk", flat=True))
    OutgoingCall.objects.filter(pk__in=calls).delete()
    queued.filter(call__in=calls).update(state=RecipientState.WAITING, call=None)


def _call_to(broadcast: Broadcast, recipient: BroadcastRecipient) -> CallDraft:
    person = recipient.person
    return build_call(person.telegram_id or 0, person.language, text_for(broadcast, person.language))


def build_call(chat_id: int, language: str, text: str) -> CallDraft:
    """The message with its button to refuse further ones."""
    with translation.override(language):
        params = {"text": text, "reply_markup": stop_news_button()}
    return CallDraft(method="sendMessage", params=params, queue=chat_id)


def _note_results(broadcast: Broadcast) -> int:
    """What became of the calls under way; returns how many still are. Those to erased people are gone."""
    queued = {one.call or 0: one for one in broadcast.recipients.filter(state=RecipientState.QUEUED)}
    calls = {call.pk: call for call in OutgoingCall.objects.filter(pk__in=queued)}
    ended = []
    for number, recipient in queued.items():
        call = calls.get(number)
        if call is None:
            recipient.state, recipient.finished_at = RecipientState.SKIPPED, clock.now()
            ended.append(recipient)
            continue
        if call.state not in (CallState.SENT, CallState.FAILED):
            continue
        recipient.state, recipient.reason = _state_of(call), call.error_code if call.state == CallState.FAILED else ""
        recipient.ambiguous, recipient.finished_at = call.ambiguous, call.finished_at
        ended.append(recipient)
    BroadcastRecipient.objects.bulk_update(ended, ["state", "reason", "ambiguous", "finished_at"])
    return len(queued) - len(ended)


def _state_of(call: OutgoingCall) -> RecipientState:
    if call.state == CallState.SENT:
        return RecipientState.SENT
    return RecipientState.BLOCKED if call.error_code in Unreachable.values else RecipientState.FAILED
