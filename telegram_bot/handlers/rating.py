"""The customer's rating: five buttons below "done", and a comment by the next message where one asks to write it.
An edit of that message changes the comment."""

from datetime import timedelta

import telegram
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.actors import Source
from accounts.errors import HelpDeskError, InvalidInput, NotFound
from telegram_bot.customer_chat.choices import forget_comment
from telegram_bot.handlers.contents import Content, find_answered
from telegram_bot.handlers.pressed import is_on_card, replace_pressed
from telegram_bot.handlers.routing import find_ticket_here, link_message
from telegram_bot.incoming import Incoming, Outcome, find_thread
from telegram_bot.models import Direction, MessageLink
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.speech.callback_data import Button
from telegram_bot.speech.keyboards import rating_buttons
from tickets.errors import NotEditable, RatingFixed
from tickets.models import RATING_CHANGEABLE, MessageKind, Ticket
from tickets.permissions import require_can_rate
from tickets.selectors.rating import is_commented_elsewhere, is_resolved_anew
from tickets.selectors.tickets import get_ticket_for
from tickets.services.rating import rate_ticket

COMMENT_AWAITED = timedelta(minutes=15)


def press_rating(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    ticket = rate_ticket(actor=incoming.actor, ticket=button.ids[0], score=int(button.word))
    answer_button(query.id, _("Thank you!"))
    if not is_on_card(incoming, query, ticket.pk):
        replace_pressed(
            incoming, query, "ticket_rated", rating_buttons(ticket), number=ticket.number, score=ticket.rating_score
        )
    return Outcome.RATED


def press_comment(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    """The next text is the comment: asked for by a button, so that no wish is mistaken for one."""
    ticket = get_ticket_for(incoming.actor, button.ids[0])
    if ticket.customer_id != incoming.person.pk or ticket.rating_score is None:
        raise NotFound
    require_can_rate(incoming.actor, ticket)
    incoming.chat.comment_on, incoming.chat.comment_asked_at = ticket.pk, clock.now()
    incoming.chat.save(update_fields=["comment_on", "comment_asked_at"])
    answer_button(query.id)
    send_notice(incoming.chat_id, "say_comment", number=ticket.number, ticket=ticket.pk)
    return Outcome.ANSWERED


def awaits_comment(incoming: Incoming) -> bool:
    chat = incoming.chat
    return (
        chat.comment_on is not None
        and chat.comment_asked_at is not None
        and incoming.said_at - chat.comment_asked_at < COMMENT_AWAITED
    )


def is_comment(incoming: Incoming, message: telegram.Message, content: Content) -> bool:
    """A plain text while one is awaited. A reply, or a word in another topic than the rated ticket's, ends that."""
    if not awaits_comment(incoming):
        return False
    if find_answered(message) is not None or _is_elsewhere(incoming):
        forget_comment(incoming.chat)
        return False
    return content.kind == MessageKind.TEXT


def _is_elsewhere(incoming: Incoming) -> bool:
    if find_thread(incoming.update) is None:
        return False
    here = find_ticket_here(incoming)
    return here is None or here.pk != incoming.chat.comment_on


def take_comment(incoming: Incoming, message: telegram.Message, content: Content) -> Outcome | None:
    """What is too long is said, and the next text is no comment any more. None: the ticket takes none now (it is open
    again, or was rated more than a day ago), so this is a message like any other."""
    commented = str(incoming.chat.comment_on)
    forget_comment(incoming.chat)
    try:
        with transaction.atomic():  # that it is forgotten stays
            score = get_ticket_for(incoming.actor, commented).rating_score or 0
            rated = rate_ticket(actor=incoming.actor, ticket=commented, score=score, comment=content.text)
    except InvalidInput as error:
        send_notice(incoming.chat_id, "refused", error=str(error))
        return Outcome.REFUSED
    except HelpDeskError:
        return None
    # the same message under another update_id is known again
    link_message(incoming, message, message_id=None, ticket_id=rated.pk)
    send_notice(incoming.chat_id, "comment_taken", number=rated.number, ticket=rated.pk)
    return Outcome.RATED


def was_comment(incoming: Incoming, link: MessageLink) -> bool:
    """Whether the message was taken as a comment."""
    is_of_ticket = link.message is None and link.ticket is not None
    return is_of_ticket and link.direction == Direction.INCOMING and not incoming.chat.is_business


def _is_last(link: MessageLink) -> bool:
    """Whether no comment on the same ticket came after it."""
    comments = MessageLink.objects.filter(
        bot_id=link.bot_id, chat_id=link.chat_id, ticket=link.ticket, message=None, direction=Direction.INCOMING
    )
    return not comments.filter(id__gt=link.pk).exists()


def change_comment(incoming: Incoming, link: MessageLink, content: Content) -> Outcome:
    """An edit of the comment takes its place, also where another score was given since.

    Raises what rate_ticket does, as when it is fixed; NotEditable where it is no text any more, the comment was changed
    in the Mini App or by a later one since, or the ticket was done anew.
    """
    ticket = get_ticket_for(incoming.actor, link.ticket) if link.ticket is not None else None
    if ticket is None or ticket.rating_score is None or content.text == ticket.rating_comment:
        return Outcome.IGNORED
    if content.kind != MessageKind.TEXT:
        raise NotEditable(_("Only a text can be a comment. Yours stays as it was."))
    _refuse_overtaken(ticket, link)
    rated = rate_ticket(actor=incoming.actor, ticket=ticket.pk, score=ticket.rating_score, comment=content.text)
    if rated.rating_comment != ticket.rating_comment:
        send_notice(incoming.chat_id, "comment_taken", number=rated.number, ticket=rated.pk)
    return Outcome.RATED


def _refuse_overtaken(ticket: Ticket, link: MessageLink) -> None:
    """Raises NotEditable, RatingFixed."""
    if is_resolved_anew(ticket.resolved_at, ticket.rated_at):
        raise NotEditable(_("This comment belongs to an earlier solution. You can rate the new one."))
    if is_commented_elsewhere(ticket, since=link.created_at, source=Source.TELEGRAM):
        raise NotEditable(_("You have changed this comment in the app since. Change it there."))
    if not _is_last(link):
        if ticket.rated_at is not None and clock.now() - ticket.rated_at > RATING_CHANGEABLE:
            raise RatingFixed
        raise NotEditable(_("A later comment of yours has taken the place of this one. Change that one."))
