"""From an update to the handler that knows what to do with it. Handlers hold no rule of the help desk: they call it."""

import telegram
from django.db import transaction
from django.utils import translation

from accounts.errors import HelpDeskError
from telegram_bot.customer_chat.menus import keep_commands_current
from telegram_bot.erased_chats import ErasedSince
from telegram_bot.handlers import business, callbacks, commands, conversation, editing, group, membership, reactions
from telegram_bot.handlers.elsewhere import receive_elsewhere
from telegram_bot.incoming import Incoming, Outcome, find_thread, parse_update
from telegram_bot.middlewares.activity_log import log_activity
from telegram_bot.middlewares.authentication import authenticate
from telegram_bot.middlewares.rate_limit import limit_rate
from telegram_bot.models import Update
from telegram_bot.notices import answer_button, answering_in, send_notice

_MADE_BY_PEOPLE = ("message", "callback_query")
_TO_BE_TOLD_OF = (*_MADE_BY_PEOPLE, "edited_message")


def handle_update(row: Update) -> Outcome:
    """Do what the update asks for, inside the caller's transaction. Raises what makes the row poison."""
    with log_activity(row) as activity:
        update = parse_update(row)
        if row.kind in business.KINDS:
            activity.outcome = business.handle_business(row, update)
            return activity.outcome
        if group.is_of_staff_group(update):
            activity.outcome = group.handle_in_group(row, update)
            return activity.outcome
        try:
            incoming = authenticate(row, update)
        except ErasedSince:
            activity.outcome = Outcome.ERASED
            return activity.outcome
        if incoming is None:
            activity.outcome = receive_elsewhere(row, update)
            return activity.outcome
        activity.user = str(incoming.person.pk)
        place = answering_in(incoming.chat_id, find_thread(update))
        with translation.override(incoming.person.language), place:
            outcome = _handle(incoming)
        activity.outcome = outcome
        return outcome


def _handle(incoming: Incoming) -> Outcome:
    if incoming.update.my_chat_member is not None:
        return membership.record_membership(incoming)
    if incoming.is_turned_away:
        return membership.turn_away(incoming)
    if incoming.person.is_active:
        membership.forget_turning_away(incoming.chat)
    membership.mark_reachable(incoming)
    if incoming.row.kind in _MADE_BY_PEOPLE:
        account = incoming.update.effective_user
        client = account.language_code or "" if account is not None else ""
        keep_commands_current(incoming.chat, incoming.person, client=client)
        incoming = limit_rate(incoming)
    try:
        with transaction.atomic():
            return _route(incoming)
    except HelpDeskError as error:
        return _refuse(incoming, error)


def _route(incoming: Incoming) -> Outcome:
    update = incoming.update
    if update.callback_query is not None:
        return callbacks.press_button(incoming, update.callback_query)
    if update.edited_message is not None:
        if editing.is_first_seen(incoming, update.edited_message):  # as if it had been written so
            return _receive(limit_rate(incoming), update.edited_message)
        return editing.edit_message(incoming, update.edited_message)
    if update.message_reaction is not None:
        return reactions.receive_reaction(incoming, update.message_reaction)
    return _receive(incoming, update.message) if update.message is not None else Outcome.IGNORED


def _receive(incoming: Incoming, message: telegram.Message) -> Outcome:
    command = commands.find_command(message, is_staff=incoming.actor.is_staff)
    if command is not None:
        return commands.run_command(incoming, message, command)
    return conversation.receive_message(incoming, message)


def _refuse(incoming: Incoming, error: HelpDeskError) -> Outcome:
    """What the help desk refuses is said to the person; it is no fault of the update."""
    if incoming.update.callback_query is not None:
        answer_button(incoming.update.callback_query.id, str(error), alert=True)
    elif not incoming.flooded:
        send_notice(incoming.chat_id, "refused", error=str(error))
    return Outcome.REFUSED


def apologise_for(row: Update) -> None:
    """The update was given up: if it was somebody's message or edit, they must not believe that it arrived."""
    if row.kind not in _TO_BE_TOLD_OF:
        return
    update = parse_update(row)
    if group.is_of_staff_group(update):
        group.apologise_in_topic(row, update)
        return
    incoming = authenticate(row, update) if row.queue > 0 else None
    if incoming is not None and not incoming.is_turned_away:
        with translation.override(incoming.person.language):
            send_notice(incoming.chat_id, "trouble", edited=update.edited_message is not None)
