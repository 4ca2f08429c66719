"""What the topics of the staff's group say, in the desk's own language: everybody there reads the same."""

from typing import Any

from django.utils.translation import gettext as _

from telegram_bot.answering.captions import put_below
from telegram_bot.answering.text_parts import TextPart, split_text
from telegram_bot.speech import texts
from tickets.models import AuthorRole, Message, Ticket
from tickets.representations.contents import SAME_CHAT, describe_content
from tickets.services.albums import items_of

TOPIC_NAME_LIMIT = 128  # UTF-16 code units at most, so half as many signs are safe (Bot API, createForumTopic)
_NAME_LIMIT = 60
_QUOTE_LIMIT = 200


def name_topic(ticket: Ticket, subject: str | None = None) -> str:
    """subject: one that the ticket had once; None: the present one."""
    return f"{ticket.mark} {ticket.subject if subject is None else subject}"[: TOPIC_NAME_LIMIT // 2].strip()


def name_author(message: Message) -> str:
    """The line above a message: who wrote it, on which side."""
    name = (message.author.name if message.author is not None else _("The desk"))[:_NAME_LIMIT]
    if message.internal:
        return _("📝 %(name)s, internal note") % {"name": name}
    if message.author_role == AuthorRole.SYSTEM:
        return _("🤖 Automatic message of the account")
    sign = "👤" if message.author_role == AuthorRole.CUSTOMER else "💬"
    return f"{sign} {name}"


def introduce(message: Message) -> str:
    """The lines above a message: who wrote it, and which words they answer where it is more than the whole message."""
    lines = [name_author(message)]
    if elsewhere := message.content.get("external_reply"):
        here = elsewhere["type"] == SAME_CHAT
        words = "↪ %(name)s" if here else _("↪ %(name)s in another chat")
        lines.append(words % {"name": elsewhere["name"][:_NAME_LIMIT] or "—"})
    if quote := " ".join(message.content.get("quote", "").split()):
        lines.append(f"❝ {quote[:_QUOTE_LIMIT]}")
    return "\n".join(lines)


def describe(message: Message, file: str | None = None) -> list[TextPart]:
    """For what Telegram does not copy or take: what it is, what it holds, and its words, or those of one file of it.

    In as many pieces as it needs: nothing is left out.
    """
    content = describe_content(message.kind, message.content)
    head = "\n".join(line for line in (introduce(message), f"[{message.get_kind_display()}]", content) if line)
    own = next((item for item in items_of(message) if str(item.attachment) == file), None)
    words = TextPart(message.text, message.entities) if own is None else TextPart(own.text, list(own.entities))
    whole = put_below(head, words) if words.text else TextPart(head)
    return split_text(whole.text, whole.entities)


def say_merged(payload: dict[str, Any], *, link: str) -> str:
    """payload: of the event; link: the other ticket's topic, empty where it has none yet."""
    text = (
        _("🔒 Merged into #%(number)s.") if payload["direction"] == "into" else _("#%(number)s was merged into this.")
    )
    return f"{text % payload}\n{link}".strip()


def render_card(ticket: Ticket) -> str:
    return texts.render("staff_card", ticket_row=ticket)
