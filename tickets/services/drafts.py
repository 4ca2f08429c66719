"""What a client wants to write, as it comes to a service: cleaned, with the key that makes it one and the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import orjson
from django.utils.translation import gettext_lazy as _

from accounts.errors import InvalidInput
from accounts.text_cleaning import clean_line, clean_text
from tickets.models import MessageKind, TicketStatus
from tickets.thanks import is_only_thanks

TEXT_LIMIT = 32_768  # UTF-16 code units; a chat that takes less at once (Telegram: 4096) gets it in pieces
SUBJECT_LIMIT = 200
FILES_LIMIT = 10  # of one Telegram album (Bot API, sendMediaGroup)


@dataclass(frozen=True, kw_only=True)
class MessageDraft:
    """A message before it is written.

    id: the client's key. then: the status in which an agent leaves the ticket ("Send and wait", "Send and resolve").
    expected_sequence: the last sequence that the author had seen, in their numbering. automatic: a company's own
    account said it by itself, and nobody wrote it now: it answers nobody.
    """

    id: UUID
    text: str = ""
    attachments: Sequence[UUID] = ()
    reply_to: UUID | None = None
    kind: MessageKind = MessageKind.TEXT
    entities: Sequence[dict[str, Any]] = ()
    content: dict[str, Any] | None = None
    forwarded_from: dict[str, Any] | None = None
    expected_sequence: int | None = None
    then: TicketStatus | None = None
    automatic: bool = False

    def cleaned_text(self) -> str:
        """Raises InvalidInput: a message of the kind `text` needs a text or a file."""
        required = self.kind == MessageKind.TEXT and not self.attachments
        return clean_text(self.text, field="text", limit=TEXT_LIMIT, required=required)

    def is_only_thanks(self) -> bool:
        return is_only_thanks(self.kind, self.text, has_files=bool(self.attachments))

    def digest(self, *, ticket_id: UUID, internal: bool) -> bytes:
        """What a repeated key must agree in. Not `expected_sequence`, so that "Send anyway" keeps its key."""
        return build_digest(
            "message", str(ticket_id), self.text, [str(pk) for pk in self.attachments], internal, str(self.reply_to)
        )


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """What an edit puts in the place of a message's file, or where there was none."""

    attachment: UUID
    kind: MessageKind


@dataclass(frozen=True, kw_only=True)
class TicketDraft:
    """A ticket before it is opened. Its first message has its own key where the door has one for it."""

    id: UUID
    text: str
    subject: str = ""
    category_id: UUID | None = None
    message: MessageDraft | None = None
    attachments: Sequence[UUID] = ()
    customer_id: UUID | None = None  # whose ticket, where staff open it for them

    def first_message(self) -> MessageDraft:
        return self.message or MessageDraft(id=uuid5(self.id, "first"), text=self.text, attachments=self.attachments)

    def cleaned_subject(self) -> str:
        """The subject, or the first line of the text where there is none."""
        if self.subject.strip():
            return clean_line(self.subject, field="subject", limit=SUBJECT_LIMIT)
        return subject_from(self.first_message().text)

    def digest(self) -> bytes:
        first = self.first_message()
        attachments = [str(pk) for pk in first.attachments]
        return build_digest(
            "ticket", self.subject, first.text, attachments, str(self.category_id), str(self.customer_id)
        )


def subject_from(text: str) -> str:
    """The first line of a text, cut at a word, as a subject; may be empty."""
    line = " ".join(text.strip().partition("\n")[0].split())
    if len(line) <= 80:
        return line
    return line[:80].rsplit(" ", 1)[0] + "…"


def check_attachment_count(attachments: Sequence[UUID]) -> None:
    """Raises InvalidInput."""
    if len(attachments) > FILES_LIMIT:
        raise InvalidInput.of("attachments", _("At most %(limit)d files in one message.") % {"limit": FILES_LIMIT})
    if len(set(attachments)) != len(attachments):
        raise InvalidInput.of("attachments", _("The same file is named twice."))


def build_digest(*parts: object) -> bytes:
    return hashlib.sha256(orjson.dumps(parts)).digest()
