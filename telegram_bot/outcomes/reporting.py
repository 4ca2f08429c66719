"""Tells the help desk what became of its messages and files: a transaction of its own, after the call's.

A process that dies between the two leaves `reported_at` empty, and the sweep does it.
"""

import logging
from dataclasses import replace
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import clock
from accounts.actors import Actor, Source
from accounts.errors import HelpDeskError, NotFound
from telegram_bot.answering.file_messages import EXCHANGE_METHOD
from telegram_bot.business import tickets_of
from telegram_bot.files import PREVIEW, tell_too_large
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat, OutgoingCall, Unreachable
from tickets.models import AttachmentFailure, AttachmentState, MessageDeliveryState, explain_delivery
from tickets.selectors.tickets import get_attachment_for, get_message_for
from tickets.services.attachments import give_up_reserved
from tickets.services.conversation import add_note
from tickets.services.delivery import Outcome, record_outcome, record_reachability, record_reachability_of
from tickets.services.drafts import MessageDraft

log = logging.getLogger(__name__)

_FILE_FAILURES = {
    "file_too_big": AttachmentFailure.TOO_LARGE,
    "file_too_large": AttachmentFailure.TOO_LARGE,
    "file_refused": AttachmentFailure.REFUSED,
    "file_unknown": AttachmentFailure.GONE,
    "file_missing": AttachmentFailure.GONE,
}
_UNCHANGED = gettext_noop("The customer still reads an answer in Telegram as it was before its change. %(why)s")
_NOT_REMOVED = gettext_noop("The customer can still read a removed answer in Telegram. %(why)s")
_NOT_EXCHANGED = gettext_noop("The customer still sees in Telegram the file that an answer had before. %(why)s")
_CHANGES = {
    "editMessageText": _UNCHANGED,
    "editMessageCaption": _UNCHANGED,
    EXCHANGE_METHOD: _NOT_EXCHANGED,
    "deleteMessage": _NOT_REMOVED,
}
FINISHED = (CallState.SENT, CallState.FAILED)


def report_call(call_id: int) -> None:
    """Report a finished call upward, once."""
    call = OutgoingCall.objects.filter(pk=call_id, state__in=FINISHED, reported_at=None).first()
    if call is None:
        return
    _report_unreachable(call)
    if call.message is not None:
        report_message(call.message)
        return
    if call.state == CallState.FAILED and call.fetches and PREVIEW not in call.params:
        _report_file(call)
    elif call.state == CallState.FAILED and call.method in _CHANGES and _is_of_conversation(call):
        _report_change(call)
    OutgoingCall.objects.filter(pk=call.pk).update(reported_at=clock.now())


def sweep_unreported(bot_id: int, *, limit: int = 100) -> int:
    """Report what a dead process left; returns how many."""
    owed = Q(message__isnull=False) | Q(state=CallState.FAILED)
    unreported = OutgoingCall.objects.filter(owed, bot_id=bot_id, state__in=FINISHED, reported_at=None)
    calls = list(unreported.order_by("id")[:limit])
    for call in calls:  # first of all: a message's report settles all its calls
        _report_unreachable(call)
    for call in calls:
        report_call(call.pk)
    return len(calls)


@transaction.atomic
def report_message(message_id: UUID) -> None:
    """Sum up the message's calls as they are now, and tell it; those of a bot that the desk had before count no more
    once this one has sent it anew, but what of it may have arrived by that bot is possibly doubled."""
    needed = ("bot_id", "state", "error_code", "ambiguous", "reported_at")
    calls = list(OutgoingCall.objects.filter(message=message_id).only(*needed).order_by("id"))
    own = [call for call in calls if call.bot_id == current_bot_id()]
    outcome = sum_up(own or calls)
    if own and any(call.ambiguous or call.state == CallState.SENT for call in calls if call not in own):
        outcome = replace(outcome, ambiguous=True)
    try:
        record_outcome(message_id=message_id, outcome=outcome)
    except NotFound:
        log.warning("A call reports a message that is gone: %s", message_id)
    untold = [call.pk for call in calls if call.state in FINISHED and call.reported_at is None]
    OutgoingCall.objects.filter(pk__in=untold).update(reported_at=clock.now())


def sum_up(calls: list[OutgoingCall]) -> Outcome:
    """A message is sent when all its parts are, and failed when one of them did."""
    ambiguous = any(call.ambiguous for call in calls)
    failed = next((call for call in calls if call.state == CallState.FAILED), None)
    if failed is not None:
        blocked = failed.error_code in Unreachable.values
        state = MessageDeliveryState.BLOCKED if blocked else MessageDeliveryState.FAILED
        return Outcome(state=state, reason=failed.error_code, ambiguous=ambiguous)
    all_sent = all(call.state == CallState.SENT for call in calls)
    state = MessageDeliveryState.SENT if all_sent else MessageDeliveryState.QUEUED
    return Outcome(state=state, ambiguous=ambiguous)


def _report_unreachable(call: OutgoingCall) -> None:
    """All open tickets of the person say that nothing reaches them, not only the one whose message failed; not where
    they have written since."""
    if call.error_code not in Unreachable.values:
        return
    chat = Chat.objects.filter(bot_id=call.bot_id, telegram_id=call.queue or 0).exclude(unreachable="").first()
    if chat is not None:
        mark_tickets(chat, call.error_code)


def mark_tickets(chat: Chat, reason: str) -> None:
    """Those that go on in this chat say why nothing reaches it; empty where it may."""
    if chat.is_business:
        record_reachability_of(tickets=tickets_of([chat]), reason=reason)
    elif chat.person_id is not None:
        record_reachability(customer_id=chat.person_id, reason=reason)


def _is_of_conversation(call: OutgoingCall) -> bool:
    """Of what the customer sees. Where nothing reaches them at all, the ticket says so."""
    is_reachable = call.error_code not in Unreachable.values and call.error_code != "unreachable"
    return "@message" in call.params and "@topic" not in call.params and is_reachable


def _report_change(call: OutgoingCall) -> None:
    """An answer still reads in Telegram as it did before it was changed or removed: its ticket gets a note of that."""
    message_id, what = UUID(call.params["@message"]), _CHANGES[call.method]
    with translation.override(settings.LANGUAGE_CODE):
        text = _(what) % {"why": explain_delivery(call.error_code)}
    try:
        message = get_message_for(Actor.system(), message_id)
        draft = MessageDraft(id=uuid5(message_id, what), text=text, reply_to=message_id)
        with transaction.atomic():
            add_note(actor=Actor.system(Source.TELEGRAM), ticket=message.ticket_id, draft=draft)
    except HelpDeskError as error:
        log.info("Nobody is told that message %s was not changed: %s", message_id, error.code)


@transaction.atomic
def _report_file(call: OutgoingCall) -> None:
    """Who sent a file whose size Telegram did not name learns only now that it is too large; once."""
    if not OutgoingCall.objects.filter(pk=call.pk, reported_at=None).update(reported_at=clock.now()):
        return  # by the sweep, at the same moment
    attachment_id = UUID(call.params["@attachment"])
    failure = _FILE_FAILURES.get(call.error_code, AttachmentFailure.UNAVAILABLE)
    try:
        attachment = get_attachment_for(Actor.system(), attachment_id)
        is_new = attachment.state == AttachmentState.PENDING
        give_up_reserved(attachment_id=attachment_id, failure=failure)
    except NotFound:
        log.warning("A call reports a file that is gone: %s", attachment_id)
        return
    chat = Chat.objects.filter(bot_id=call.bot_id, telegram_id=call.params.get("@tell", 0)).first()
    if chat is not None and chat.person is not None and is_new and failure == AttachmentFailure.TOO_LARGE:
        with translation.override(chat.person.language):
            tell_too_large(chat.telegram_id, attachment.name)
