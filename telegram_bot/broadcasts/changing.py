"""What a manager does with a broadcast: write, look at it, start, pause, go on, cancel."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor
from accounts.errors import Conflict, InvalidInput, NotFound
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_line, clean_text
from telegram_bot.broadcasts.audience import list_audience, text_for
from telegram_bot.broadcasts.feeding import build_call, take_back
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Broadcast, BroadcastRecipient, BroadcastState, Chat, RecipientState
from telegram_bot.outbox import enqueue
from telegram_bot.speech.texts import TEXT_LIMIT

_AT_ONCE = 1_000


@dataclass(frozen=True, kw_only=True)
class BroadcastDraft:
    """active_within_days: None for whoever was ever here."""

    title: str
    text_ru: str = ""
    text_en: str = ""
    language: str = ""
    category_id: UUID | None = None
    active_within_days: int | None = None


@transaction.atomic
def write_broadcast(*, actor: Actor, draft: BroadcastDraft, broadcast_id: int | None = None) -> Broadcast:
    """A new draft, or one changed. Raises PermissionDenied, NotFound, InvalidInput, Conflict (it is started)."""
    require(actor, Capability.BROADCAST)
    broadcast = Broadcast(bot_id=current_bot_id(), author_id=actor.user_id, created_at=clock.now())
    if broadcast_id is not None:
        broadcast = _get_locked(broadcast_id, states=(BroadcastState.DRAFT,))
    for name, value in vars(clean_draft(draft)).items():
        setattr(broadcast, name, value)
    broadcast.save()
    return broadcast


def clean_draft(draft: BroadcastDraft) -> BroadcastDraft:
    """As it can be stored and sent. Raises InvalidInput."""
    text_ru = clean_text(draft.text_ru, field="text_ru", limit=TEXT_LIMIT, required=False)
    text_en = clean_text(draft.text_en, field="text_en", limit=TEXT_LIMIT, required=False)
    if not text_ru and not text_en:
        raise InvalidInput.of("text_ru", _("Write something."))
    title = clean_line(draft.title, field="title", limit=100)
    return replace(draft, title=title, text_ru=text_ru, text_en=text_en)


@transaction.atomic
def send_preview(*, actor: Actor, broadcast_id: int) -> None:
    """The message as customers will see it, in each language that has a text, to the manager's own chat.

    Raises PermissionDenied, NotFound, InvalidInput (no chat with the bot).
    """
    require(actor, Capability.BROADCAST)
    broadcast = _get(broadcast_id)
    chat = Chat.objects.filter(bot_id=broadcast.bot_id, person=actor.user_id, type="private").first()
    if chat is None:
        raise InvalidInput.of("person", _("Write to the bot from your own Telegram account first."))
    languages = [code for code, text in (("ru", broadcast.text_ru), ("en", broadcast.text_en)) if text]
    enqueue([build_call(chat.telegram_id, language, text_for(broadcast, language)) for language in languages])


@transaction.atomic
def start_broadcast(*, actor: Actor, broadcast_id: int) -> int:
    """Write down who gets it, and let it go out; returns how many. Raises as `write_broadcast`."""
    require(actor, Capability.BROADCAST)
    broadcast = _get_locked(broadcast_id, states=(BroadcastState.DRAFT,))
    people = list_audience(broadcast).values_list("pk", flat=True)
    count = 0
    for begin in range(0, len(people), _AT_ONCE):
        rows = [BroadcastRecipient(broadcast=broadcast, person_id=pk) for pk in people[begin : begin + _AT_ONCE]]
        count += len(BroadcastRecipient.objects.bulk_create(rows))
    if not count:
        raise Conflict(_("Nobody would get this broadcast."))
    broadcast.state, broadcast.started_at = BroadcastState.RUNNING, clock.now()
    broadcast.save(update_fields=["state", "started_at"])
    return count


def pause_broadcast(*, actor: Actor, broadcast_id: int) -> Broadcast:
    """At most what is on its way to Telegram already still arrives."""
    return _move(actor, broadcast_id, (BroadcastState.RUNNING,), BroadcastState.PAUSED, take_back)


def resume_broadcast(*, actor: Actor, broadcast_id: int) -> Broadcast:
    return _move(actor, broadcast_id, (BroadcastState.PAUSED,), BroadcastState.RUNNING)


def cancel_broadcast(*, actor: Actor, broadcast_id: int) -> Broadcast:
    """Whoever has not been sent it yet never will be, but for what is on its way to Telegram already."""

    def leave_out(broadcast: Broadcast) -> None:
        take_back(broadcast)
        waiting = broadcast.recipients.filter(state=RecipientState.WAITING)
        waiting.update(state=RecipientState.SKIPPED, finished_at=clock.now())
        broadcast.finished_at = clock.now()

    under_way = (BroadcastState.RUNNING, BroadcastState.PAUSED)
    return _move(actor, broadcast_id, under_way, BroadcastState.CANCELLED, leave_out)


@transaction.atomic
def _move(
    actor: Actor,
    broadcast_id: int,
    states: tuple[BroadcastState, ...],
    state: BroadcastState,
    besides: Callable[[Broadcast], None] | None = None,
) -> Broadcast:
    """Asking for the state that it has is no error: two managers may press at once."""
    require(actor, Capability.BROADCAST)
    broadcast = _get_locked(broadcast_id, states=(*states, state))
    if broadcast.state != state:
        broadcast.state = state
        if besides is not None:
            besides(broadcast)
        broadcast.save(update_fields=["state", "finished_at"])
    return broadcast


def _get(broadcast_id: int) -> Broadcast:
    broadcast = Broadcast.objects.filter(pk=broadcast_id).first()
    if broadcast is None:
        raise NotFound
    return broadcast


def _get_locked(broadcast_id: int, *, states: tuple[BroadcastState, ...]) -> Broadcast:
    broadcast = Broadcast.objects.select_for_update(no_key=True).filter(pk=broadcast_id).first()
    if broadcast is None:
        raise NotFound
    if broadcast.state not in states:
        raise Conflict(_("This broadcast is no longer in the state that this page shows."))
    return broadcast
