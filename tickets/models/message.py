from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

SEARCH_CONFIG = "russian"  # Cyrillic words are stemmed as Russian, Latin ones as English


@deconstructible
class SearchableText(models.Func):
    """A text as words that are searched for. The configuration stands in the SQL itself: as a parameter of a prepared
    statement it would keep PostgreSQL from using the index."""

    function = "to_tsvector"
    template = f"%(function)s('{SEARCH_CONFIG}', %(expressions)s)"
    output_field = SearchVectorField()


# What stands between words as a sign would be a part of them for PostgreSQL's parser: a tag, a path, the minus of a
# number; and it stems "ещё" and "еще" to different words. One letter for one, so that places stay the same.
_SIGNS, _LETTERS = "<>/=&?#+-ёЁ", "         еЕ"
BARE = str.maketrans(_SIGNS, _LETTERS)


@deconstructible
class BareText(models.Func):
    """A text whose signs between words are blanks, and in which ё is е. In Python: `text.translate(BARE)`."""

    function = "translate"
    template = f"%(function)s(%(expressions)s, '{_SIGNS}', '{_LETTERS}')"
    output_field = models.TextField()


class MessageKind(models.TextChoices):
    """What a message is. Telegram's kinds by their Bot API names; what the API adds later is `unsupported`."""

    TEXT = "text", _("Text")
    PHOTO = "photo", _("Photo")
    DOCUMENT = "document", _("File")
    VOICE = "voice", _("Voice message")
    VIDEO = "video", _("Video")
    VIDEO_NOTE = "video_note", _("Round video")
    AUDIO = "audio", _("Audio")
    ANIMATION = "animation", _("Animation")
    STICKER = "sticker", _("Sticker")
    CONTACT = "contact", _("Contact")
    LOCATION = "location", _("Location")
    VENUE = "venue", _("Place")
    POLL = "poll", _("Poll")
    DICE = "dice", _("Dice")
    UNSUPPORTED = "unsupported", _("Unsupported content")


class AuthorRole(models.TextChoices):
    """On which side of the conversation a message stands, whatever its author's role becomes later."""

    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    SYSTEM = "system", _("Desk")


class MessageDeliveryState(models.TextChoices):
    NONE = "", _("Not sent to Telegram")
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BLOCKED = "blocked", _("Customer unreachable")


class Message(models.Model):
    """A public message or an internal note. The id is the client's key (decided before the first try)."""

    id = models.UUIDField(primary_key=True, editable=False)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="messages", verbose_name=_("ticket"))
    author = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="messages", verbose_name=_("author")
    )
    author_role = models.CharField(max_length=10, choices=AuthorRole.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=MessageKind.choices, default=MessageKind.TEXT)
    text = models.TextField(_("text"), blank=True)
    entities = models.JSONField(default=list, blank=True)
    content = models.JSONField(default=dict, blank=True, help_text=_("What a kind carries besides text and files."))
    internal = models.BooleanField(_("internal note"), default=False)
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    forwarded_from = models.JSONField(null=True)
    source = models.CharField(_("came through"), max_length=10)
    sequence = models.PositiveBigIntegerField()
    public_sequence = models.PositiveBigIntegerField(null=True)
    request_digest = models.BinaryField(max_length=32)
    delivery_state = models.CharField(
        _("delivery"), max_length=8, choices=MessageDeliveryState.choices, default="", blank=True
    )
    delivery_reason = models.CharField(_("why"), max_length=60, blank=True)
    delivery_ambiguous = models.BooleanField(_("possibly doubled"), default=False)
    seen_at = models.DateTimeField(_("seen"), null=True)
    reactions = models.JSONField(default=list, blank=True)
    edited_at = models.DateTimeField(_("edited"), null=True)
    edited_after_answer = models.BooleanField(_("edited after the answer"), default=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["ticket_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["ticket", "sequence"], name="message_sequence")]
        indexes = [
            models.Index(
                fields=["ticket", "public_sequence"],
                name="message_public_sequence",
                condition=models.Q(public_sequence__isnull=False),
            ),
            GinIndex(SearchableText(BareText("text")), name="message_words"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class MessageRevision(models.Model):
    """What a message said before an edit."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    text = models.TextField(_("text"), blank=True)
    entities = models.JSONField(default=list, blank=True)
    written_at = models.DateTimeField(_("written"))
    replaced_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("earlier version")
        verbose_name_plural = _("earlier versions")
        ordering = ["message_id", "replaced_at", "id"]
