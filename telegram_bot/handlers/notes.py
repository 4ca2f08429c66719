"""/note, or `//`: an internal note out of the chat, which the customer never sees."""

from dataclasses import replace
from uuid import UUID

import telegram
from django.utils.translation import gettext as _

from accounts.permissions import Capability, require
from telegram_bot.handlers import conversation
from telegram_bot.handlers.command_line import split_number
from telegram_bot.handlers.contents import Content, IncomingFile, keep_rest
from telegram_bot.handlers.incoming_files import find_incoming, message_key, reserve_file
from telegram_bot.handlers.routing import Route, find_album, find_answered_ticket, link_message
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import CallState, MessageLink, OutgoingCall
from telegram_bot.notices import send_notice
from tickets.models import AuthorRole, Message
from tickets.selectors.tickets import get_message_for, get_ticket_for
from tickets.services.albums import items_of
from tickets.services.conversation import add_note, delete_message, join_album


def explain_note(incoming: Incoming, _argument: str) -> Outcome:
    require(incoming.actor, Capability.WORK_TICKETS)
    send_notice(incoming.chat_id, "say_note")
    return Outcome.ANSWERED


def write_note(incoming: Incoming, message: telegram.Message, content: Content) -> Outcome:
    """Into the ticket of its album or of the message that it answers, else into the one whose number comes first."""
    require(incoming.actor, Capability.WORK_TICKETS)
    if conversation.is_repeated(incoming, message):
        return Outcome.REPEATED
    begun = _find_begun(incoming, message)
    answered = begun.ticket_id if begun is not None else find_answered_ticket(incoming, message)
    reference, text = split_number(content.text) if answered is None else (str(answered), content.text)
    if not reference or not (text or content.file):
        return explain_note(incoming, "")
    ticket = get_ticket_for(incoming.actor, reference)
    warning = keep_note(incoming, message, keep_rest(content, text), ticket.pk)
    if not incoming.flooded:
        send_notice(incoming.chat_id, "noted", number=ticket.number, ticket=ticket.pk)
    if warning:
        send_notice(incoming.chat_id, "refused", error=warning)
    return Outcome.MESSAGE_STORED


def keep_note(incoming: Incoming, message: telegram.Message, content: Content, ticket: UUID) -> str:
    """Write it down, together with what of its album came before the sign of a note, if that has not gone out.

    Returns what its author must be told, which is nothing where all of it stays among staff.
    """
    begun = _find_begun(incoming, message)
    if begun is not None and begun.internal and conversation.continue_album(incoming, message, content):
        return ""
    draft = conversation.make_draft(incoming, message, content, Route())
    is_public = begun is not None and not begun.internal and begun.deleted_at is None
    files = _take_back(incoming, begun) if begun is not None and is_public else {}
    add_note(actor=incoming.actor, ticket=ticket, draft=draft)
    if begun is not None and files:
        _bring_along(incoming, begun, files, draft.id)
    link_message(incoming, message, message_id=draft.id, ticket_id=ticket)
    if not is_public or files:
        return ""
    return _(
        "Only this part of the album is a note: what came before it is an answer, and the customer has it. Remove that"
        " in the desk if they must not see it."
    )


def _find_begun(incoming: Incoming, message: telegram.Message) -> Message | None:
    """What a part of the same album has begun, as an answer or as a note."""
    album = find_album(incoming, message)
    if album is None:
        return None
    begun = get_message_for(incoming.actor, album.message)
    return begun if begun.author_role == AuthorRole.AGENT else None


def _take_back(incoming: Incoming, begun: Message) -> dict[UUID, IncomingFile]:
    """The files, by what they were kept as, of an answer that is removed; none where it has words or may have gone out.

    Nobody begins to send it meanwhile.
    """
    get_ticket_for(incoming.actor, begun.ticket_id, lock=True)
    calls = OutgoingCall.objects.select_for_update(no_key=True).filter(message=begun.pk)
    has_gone = any(call.state != CallState.PENDING or call.first_attempt_at is not None for call in calls)
    if begun.text or has_gone:
        return {}
    files = {file.pk: find_incoming(incoming.row.bot_id, file) for file in begun.attachments.all()}
    calls.delete()
    delete_message(actor=incoming.actor, message_id=begun.pk)
    return files


def _bring_along(incoming: Incoming, begun: Message, files: dict[UUID, IncomingFile], note: UUID) -> None:
    """Each as a file of the note, in its place of the album; edits of it, and answers to it, are the note's."""
    for item in items_of(begun):
        key = message_key(incoming.row.bot_id, incoming.chat_id, item.place, "file", "note")
        reserve_file(incoming, key, files[item.attachment])
        join_album(actor=incoming.actor, message_id=note, item=replace(item, attachment=key))
    links = MessageLink.objects.filter(bot_id=incoming.row.bot_id, chat_id=incoming.chat_id, message=begun.pk)
    links.update(message=note)
