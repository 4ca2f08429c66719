"""What the API takes. Unknown fields are refused; texts are cleaned at the door."""

from datetime import UTC, datetime
from typing import Any, get_args

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import FlagField, IdField, StrictSerializer, TextField, WholeNumberField, WordField
from tickets.models import MessageKind, Priority, TicketStatus
from tickets.selectors.inbox import Order
from tickets.selectors.search import LONGEST_QUERY
from tickets.services.attachments import DURATION_LIMIT
from tickets.services.drafts import FILES_LIMIT, SUBJECT_LIMIT, TEXT_LIMIT
from tickets.services.labelling import TAG_LIMIT, TAGS_LIMIT
from tickets.services.rating import COMMENT_LIMIT

LARGEST_SEQUENCE = 2**53 - 1  # the largest whole number that JavaScript holds


class SequenceField(WholeNumberField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=LARGEST_SEQUENCE, **options)


class SequenceParameter(serializers.IntegerField):
    """The same in a query, where every value is a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=LARGEST_SEQUENCE, **options)


class MomentField(serializers.DateTimeField):
    """A moment as text, with its offset: DRF's own field takes a date, and a time of no zone, for one as well."""

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not value.isascii() or "T" not in value:
            self.fail("invalid", format="RFC 3339")
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                self.fail("invalid", format="RFC 3339")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid", format="RFC 3339")


@extend_schema_field({"oneOf": [{"type": "string", "maxLength": 36}, {"type": "integer", "minimum": 1}]})
class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """A ticket, as in a path: its id or its number, which may be a number in JSON too."""

    default_error_messages = {"invalid": _("Give a ticket's id or number.")}

    def to_internal_value(self, data: Any) -> str:
        is_number = isinstance(data, int) and not isinstance(data, bool) and 0 < data <= LARGEST_SEQUENCE
        if not is_number and not (isinstance(data, str) and 0 < len(data) <= 36):
            self.fail("invalid")
        return str(data)


class UploadInput(StrictSerializer):
    """What a form says beside its file."""

    duration = serializers.IntegerField(required=False, min_value=0, max_value=DURATION_LIMIT, help_text="seconds")


class IdList(serializers.ListField):
    child = IdField()


class WordList(serializers.ListField):
    """A query parameter that may come several times, or once with commas."""

    def __init__(self, *, child: serializers.Field[Any, Any, Any, Any], **options: Any) -> None:
        super().__init__(child=child, required=False, max_length=20, **options)

    def get_value(self, dictionary: Any) -> Any:
        values = dictionary.getlist(self.field_name) if hasattr(dictionary, "getlist") else []
        words = [word.strip() for value in values for word in value.split(",") if word.strip()]
        return words or serializers.empty


class SignInInput(StrictSerializer):
    init_data = WordField(max_length=8192)


class BrowserSignInInput(StrictSerializer):
    token = WordField(max_length=200, help_text="what stands behind #enter= in the link")


class TicketQuery(StrictSerializer):
    status = WordList(child=serializers.ChoiceField(TicketStatus.choices))
    assignee = serializers.CharField(required=False, max_length=36, help_text="me, none, or a person's id")
    category = WordList(child=IdField())
    priority = WordList(child=serializers.ChoiceField(Priority.choices))
    tag = WordList(child=TextField(limit=TAG_LIMIT))
    customer = IdField(required=False)
    snoozed = serializers.ChoiceField(["true", "false"], required=False, help_text="staff only: put aside, or not")
    q = TextField(limit=LONGEST_QUERY, required=False, allow_blank=True, help_text="words, a number, a customer's name")
    waiting = serializers.ChoiceField(["true"], required=False, help_text="staff only: the customer wrote last")
    order = serializers.ChoiceField(get_args(Order), required=False, default="newest")
    cursor = serializers.CharField(required=False, max_length=500)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=25)


class OpenTicketInput(StrictSerializer):
    id = IdField(help_text="made by the client before its first try")
    subject = TextField(limit=SUBJECT_LIMIT, required=False, allow_blank=True, default="")
    category = IdField(required=False, allow_null=True, default=None)
    text = TextField(limit=TEXT_LIMIT, required=False, allow_blank=True, default="")
    attachments = IdList(required=False, default=list, max_length=FILES_LIMIT)
    customer = IdField(required=False, allow_null=True, default=None, help_text="staff only")


class TicketChangesInput(StrictSerializer):
    subject = TextField(limit=SUBJECT_LIMIT, required=False)
    category = IdField(required=False, allow_null=True)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    tags = serializers.ListField(child=TextField(limit=TAG_LIMIT), required=False, max_length=TAGS_LIMIT)
    expected_sequence = SequenceField(required=False, allow_null=True, default=None)


class AssignInput(StrictSerializer):
    assignee = WordField(max_length=36, allow_null=True, help_text='a person\'s id, null, or "auto"')
    expected_sequence = SequenceField(required=False, allow_null=True, default=None)


class StatusInput(StrictSerializer):
    status = serializers.ChoiceField(TicketStatus.choices)
    expected_sequence = SequenceField(required=False, allow_null=True, default=None)


class SnoozeInput(StrictSerializer):
    until = MomentField(allow_null=True, help_text="when it comes back; null: now")
    expected_sequence = SequenceField(required=False, allow_null=True, default=None)


class MergeInput(StrictSerializer):
    into = ReferenceField()
    expected_sequence = SequenceField(required=False, allow_null=True, default=None)


class RateInput(StrictSerializer):
    score = WholeNumberField(min_value=1, max_value=5)
    comment = TextField(limit=COMMENT_LIMIT, required=False, allow_blank=True)


class ReadInput(StrictSerializer):
    sequence = SequenceField()


class ChangesQuery(StrictSerializer):
    before = SequenceParameter(required=False)
    after = SequenceParameter(required=False)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len({"before", "after", "around"} & set(attrs)) > 1:
            raise serializers.ValidationError({"before": [_("Give one of before, after and around.")]})
        return attrs


class MessageQuery(ChangesQuery):
    around = SequenceParameter(required=False)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=40)


class PostMessageInput(StrictSerializer):
    id = IdField(help_text="made by the client before its first try")
    text = TextField(limit=TEXT_LIMIT, required=False, allow_blank=True, default="")
    attachments = IdList(required=False, default=list, max_length=FILES_LIMIT)
    kind = serializers.ChoiceField(
        [MessageKind.TEXT, MessageKind.VOICE],
        required=False,
        default=MessageKind.TEXT,
        help_text="voice: one sound file, which Telegram shows as a voice message",
    )
    internal = FlagField(required=False, default=False)
    reply_to = IdField(required=False, allow_null=True, default=None)
    expected_sequence = SequenceField(required=False, allow_null=True, default=None)
    then = serializers.ChoiceField(
        [TicketStatus.PENDING, TicketStatus.RESOLVED], required=False, allow_null=True, default=None
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["internal"] and attrs["then"]:
            raise serializers.ValidationError({"then": [_("A note leaves the status as it is.")]})
        return attrs


class EditMessageInput(StrictSerializer):
    text = TextField(limit=TEXT_LIMIT, allow_blank=True)


class ReactInput(StrictSerializer):
    emoji = WordField(max_length=16, allow_null=True, help_text="one of Telegram's reactions; null: none")


class EventsQuery(StrictSerializer):
    after = SequenceParameter()


class CategoryInput(StrictSerializer):
    name_ru = TextField(limit=60)
    name_en = TextField(limit=60)
    team = IdField(required=False, allow_null=True)
    position = WholeNumberField(required=False, min_value=0, max_value=1000)
    is_active = FlagField(required=False)


class CategoryChangesInput(CategoryInput):
    name_ru = TextField(limit=60, required=False)
    name_en = TextField(limit=60, required=False)


class NotificationQuery(StrictSerializer):
    cursor = serializers.CharField(required=False, max_length=500)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=30)


class ReadNotificationsInput(StrictSerializer):
    ids = IdList(required=False, allow_null=True, default=None, max_length=500, help_text="null: all")
