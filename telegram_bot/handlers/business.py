"""What people write to a company's own Telegram account, to which the bot is connected.

It becomes a ticket as anything else does, and the answer goes out through the account. The bot itself says nothing
there: no notices, no questions, no buttons.
"""

from datetime import datetime
from uuid import UUID, uuid5

import telegram
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import ngettext
from telegram.constants import ChatType

from accounts.actors import Actor, Source
from accounts.errors import HelpDeskError
from telegram_bot.business import business_key, tickets_of
from telegram_bot.connections import ask_approval, find_told, record_connection, turn_away
from telegram_bot.handlers import conversation, editing
from telegram_bot.handlers.contents import read_content
from telegram_bot.handlers.own_words import forget_kept, put_kept_first, receive_own_words, settle
from telegram_bot.handlers.routing import find_business_route
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.middlewares.authentication import remember_account
from telegram_bot.models import Approval, Chat, Direction, MessageLink, OutgoingCall, Update
from telegram_bot.models.outgoing_call import UNDONE
from telegram_bot.reconnecting import find_current, hold_account
from tickets.models import AuthorRole, Message
from tickets.selectors.tickets import get_message_for
from tickets.services.conversation import add_note, delete_message
from tickets.services.delivery import record_reachability_of
from tickets.services.drafts import MessageDraft
from tickets.thanks import is_only_thanks

_DESK = Actor.system(Source.BUSINESS)
_NOTED_APART = 3  # deleted answers of a ticket at a time
KINDS = ("business_connection", "business_message", "edited_business_message", "deleted_business_messages")


def handle_business(row: Update, update: telegram.Update) -> Outcome:
    """Nothing is answered to a refusal: the chat is the company's, and what was refused stays in the inbox."""
    if update.business_connection is not None:
        record_connection(row.bot_id, update.business_connection)
        return Outcome.CONNECTION
    if (told := find_told(update)) is None:
        return Outcome.IGNORED
    hold_account(row.bot_id, told.business_connection_id or "")
    connection_id = find_current(row.bot_id, told.business_connection_id or "")
    if (approval := ask_approval(row, connection_id, told.chat.id)) != Approval.APPROVED:
        return turn_away(row, approval)
    if isinstance(told, telegram.BusinessMessagesDeleted):
        return _receive_deletion(row, told, business_key(connection_id, told.chat.id))
    message = told
    if message.chat.type != ChatType.PRIVATE or message.from_user is None:
        return Outcome.IGNORED
    if message.from_user.id != message.chat.id:
        return receive_own_words(row, update, message, business_key(connection_id, message.chat.id))
    incoming = _meet(row, update, message, connection_id)
    if incoming.is_turned_away:
        return Outcome.BANNED
    try:
        with transaction.atomic(), translation.override(incoming.person.language):
            if update.edited_business_message is not None:
                return editing.edit_message(incoming, message)
            return _receive_message(incoming, message)
    except HelpDeskError:
        return Outcome.REFUSED


def _meet(row: Update, update: telegram.Update, message: telegram.Message, connection_id: str) -> Incoming:
    person = remember_account(message.from_user)  # type: ignore[arg-type]
    chat, _created = Chat.objects.get_or_create(
        bot_id=row.bot_id,
        telegram_id=business_key(connection_id, message.chat.id),
        defaults={
            "type": "business",
            "person": person,
            "business_connection": connection_id,
            "peer_id": message.chat.id,
        },
    )
    if update.business_message is not None:
        _open_reply_window(chat, message.date)
    return Incoming(row=row, update=update, person=person, chat=chat, actor=Actor.of(person, Source.BUSINESS))


def _open_reply_window(chat: Chat, written_at: datetime) -> None:
    """Whoever writes can be answered, for a day."""
    if chat.last_incoming_at is None or chat.last_incoming_at < written_at:
        chat.last_incoming_at = written_at
        chat.save(update_fields=["last_incoming_at"])
    if chat.unreachable:
        chat.unreachable = ""
        chat.save(update_fields=["unreachable"])
        record_reachability_of(tickets=tickets_of([chat]), reason="")


def _receive_message(incoming: Incoming, message: telegram.Message) -> Outcome:
    if conversation.is_repeated(incoming, message):
        return Outcome.REPEATED
    content = read_content(message)
    if content is None:
        return Outcome.IGNORED
    if conversation.continue_album(incoming, message, content):
        return Outcome.MESSAGE_STORED
    route = find_business_route(incoming, message)
    thanks = is_only_thanks(content.kind, content.text, has_files=content.file is not None)
    if route.ticket is None or (route.ticket.is_closed and not thanks):
        put_kept_first(incoming, route)
        route = find_business_route(incoming, message)
    return settle(incoming, message, conversation.write(incoming, message, content, route))


def _receive_deletion(row: Update, deleted: telegram.BusinessMessagesDeleted, key: int) -> Outcome:
    """The customer's messages become tombstones, an album's when the last of it is gone.

    What the desk had sent stays in the ticket: it was said. So does what the owner wrote, once the customer answered.
    That the customer cannot read it any more stands below it as a note.
    """
    forget_kept(row.bot_id, key, deleted.message_ids)
    chat = Chat.objects.select_related("person").filter(bot_id=row.bot_id, telegram_id=key).first()
    if chat is None or chat.person is None:
        return Outcome.IGNORED
    links = MessageLink.objects.filter(bot_id=row.bot_id, chat_id=key, direction=Direction.INCOMING)
    gone = links.filter(telegram_message_id__in=deleted.message_ids)
    actor = Actor.of(chat.person, Source.BUSINESS)
    found = {pk for pk in gone.values_list("message", flat=True) if pk is not None}
    messages = {pk for pk in found if get_message_for(actor, pk).author_id == actor.user_id}
    gone.filter(message__in=messages).update(message=None)
    whole = messages - set(links.filter(message__in=messages).values_list("message", flat=True))
    removed = sum(_delete(actor, pk) for pk in sorted(whole))
    there = MessageLink.objects.filter(bot_id=row.bot_id, chat_id=key, telegram_message_id__in=deleted.message_ids)
    answers = {pk for pk in there.values_list("message", flat=True) if pk is not None}
    noted = _note_deletions(row, key, answers)
    return Outcome.MESSAGES_DELETED if removed or noted else Outcome.IGNORED


def _note_deletions(row: Update, key: int, answers: set[UUID]) -> int:
    """Of answers, once. Not of what the desk itself takes back, of which Telegram tells too. Of many in a ticket one
    note: an owner who clears a chat deletes them all, and each note is a message in the staff's group."""
    owed = OutgoingCall.objects.filter(bot_id=row.bot_id, queue=key, state__in=UNDONE)
    taken_back = owed.filter(method__in=("deleteMessage", "editMessageText")).values_list("params__@message", flat=True)
    ours = set(taken_back)
    tickets: dict[UUID, list[Message]] = {}
    for message in (get_message_for(_DESK, pk) for pk in sorted(answers) if str(pk) not in ours):
        if message.author_role != AuthorRole.CUSTOMER and message.deleted_at is None:
            tickets.setdefault(message.ticket_id, []).append(message)
    return sum(
        _note_deletion(messages) if len(messages) > _NOTED_APART else sum(_note_deletion([one]) for one in messages)
        for messages in tickets.values()
    )


def _note_deletion(messages: list[Message]) -> bool:
    """In the ticket that they are all of."""
    last = max(messages, key=lambda message: message.sequence)
    with translation.override(settings.LANGUAGE_CODE):
        text = ngettext(
            "Deleted in the chat with the company's account: the customer cannot read it there any more.",
            "%(count)d answers were deleted in the chat with the company's account: the customer cannot read them there"
            " any more.",
            len(messages),
        ) % {"count": len(messages)}
    draft = MessageDraft(
        id=uuid5(last.pk, "deleted there"), text=text, reply_to=last.pk if len(messages) == 1 else None
    )
    try:
        with transaction.atomic():
            return add_note(actor=_DESK, ticket=last.ticket_id, draft=draft).created
    except HelpDeskError:  # its ticket is merged: notes go into the other
        return False


def _delete(actor: Actor, message_id: UUID) -> bool:
    try:
        with transaction.atomic():
            delete_message(actor=actor, message_id=message_id)
    except HelpDeskError:  # removed before
        return False
    return True
