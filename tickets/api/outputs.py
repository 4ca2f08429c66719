"""What the API answers, for the schema only: the pictures are built by `tickets.representations`.

A test holds the two equal.
"""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import MeOutput, TeamOutput
from accounts.models import Role
from tickets.models import (
    AttachmentFailure,
    AttachmentState,
    MessageDeliveryState,
    MessageKind,
    NotificationKind,
    Priority,
    TicketStatus,
)

Output = serializers.Serializer[Any]


class PersonOutput(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)


class NamesOutput(Output):
    ru = serializers.CharField()
    en = serializers.CharField()


class TicketCategoryOutput(Output):
    id = serializers.UUIDField()
    names = NamesOutput()


class CategoryOutput(TicketCategoryOutput):
    name = serializers.CharField(help_text="in the reader's language")
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()
    team = serializers.UUIDField(allow_null=True, required=False, help_text="staff only")


class CategoryList(Output):
    results = CategoryOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class LastMessageOutput(Output):
    id = serializers.UUIDField()
    author = PersonOutput(allow_null=True)
    kind = serializers.ChoiceField(MessageKind.choices)
    text = serializers.CharField(allow_blank=True, help_text="its beginning; empty where it is deleted")
    internal = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(allow_null=True)


class RatingOutput(Output):
    score = serializers.IntegerField(help_text="1 to 5")
    comment = serializers.CharField(allow_blank=True)
    rated_at = serializers.DateTimeField()
    changeable_until = serializers.DateTimeField(
        allow_null=True, help_text="null: the ticket was resolved anew since, and may be rated anew"
    )


class MatchOutput(Output):
    message = serializers.UUIDField()
    sequence = serializers.IntegerField(help_text="for around=")
    text = serializers.CharField()
    ranges = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="[begin, end) in UTF-16 code units"
    )


class TicketLinkOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()


class TicketOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    subject = serializers.CharField()
    status = serializers.ChoiceField(TicketStatus.choices)
    priority = serializers.ChoiceField(Priority.choices, required=False, help_text="staff only")
    category = TicketCategoryOutput(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), required=False, help_text="staff only")
    customer = PersonOutput()
    assignee = PersonOutput(allow_null=True)
    team = TeamOutput(allow_null=True, required=False, help_text="staff only")
    source = serializers.CharField()  # type: ignore[assignment]
    sequence = serializers.IntegerField(help_text="in the reader's numbering; also the version")
    last_message = LastMessageOutput(allow_null=True)
    unreachable = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="staff only: why nothing reaches the customer, a reason as of `delivery`; empty where all is well",
    )
    snoozed_until = serializers.DateTimeField(
        allow_null=True, required=False, help_text="staff only: put aside till then"
    )
    waiting_since = serializers.DateTimeField(
        allow_null=True,
        required=False,
        help_text="staff only: the customer's last message, where a new or open ticket has no answer to it",
    )
    sla = serializers.JSONField(allow_null=True, required=False, help_text="staff only")
    rating = RatingOutput(allow_null=True)
    merged_into = TicketLinkOutput(allow_null=True, help_text="where it goes on")
    merged_from = TicketLinkOutput(many=True, help_text="what goes on in it")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    unread = serializers.IntegerField()
    read_sequence = serializers.IntegerField()
    match = MatchOutput(allow_null=True, required=False, help_text="of a search with q: the message that says it")


class TicketPage(Output):
    results = TicketOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CountOutput(Output):
    count = serializers.IntegerField()
    unread = serializers.IntegerField(help_text="how many of them hold something unread")


class CountsOutput(Output):
    mine = CountOutput(required=False, help_text="staff only: new, open and pending ones that one has, not put aside")
    unassigned = CountOutput(required=False, help_text="staff only: new and open ones that nobody has, not put aside")
    waiting = CountOutput(required=False, help_text="staff only: as of `waiting=true`, not put aside")
    snoozed = CountOutput(required=False, help_text="staff only: put aside")
    all = CountOutput(required=False, help_text="staff only: new, open and pending")
    open = CountOutput(required=False, help_text="customers only: new, open and pending")
    done = CountOutput(required=False, help_text="customers only: resolved and closed")


class AttachmentOutput(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    width = serializers.IntegerField(allow_null=True, help_text="pixels")
    height = serializers.IntegerField(allow_null=True, help_text="pixels")
    duration = serializers.IntegerField(allow_null=True, help_text="seconds")
    state = serializers.ChoiceField(AttachmentState.choices)
    reason = serializers.ChoiceField(AttachmentFailure.choices, allow_blank=True, help_text="why, of one that failed")
    url = serializers.CharField()
    thumbnail_url = serializers.CharField(allow_null=True)


class DeliveryOutput(Output):
    state = serializers.ChoiceField([choice for choice in MessageDeliveryState.choices if choice[0]])
    reason = serializers.CharField(allow_blank=True)
    ambiguous = serializers.BooleanField(help_text="it may have arrived twice")
    seen_at = serializers.DateTimeField(allow_null=True)


class ReactionOutput(Output):
    emoji = serializers.CharField()
    person = serializers.UUIDField()
    side = serializers.ChoiceField(["customer", "staff"])


class MessageOutput(Output):
    id = serializers.UUIDField()
    ticket = serializers.UUIDField()
    author = PersonOutput(allow_null=True)
    kind = serializers.ChoiceField(MessageKind.choices)
    text = serializers.CharField(allow_blank=True)
    entities = serializers.ListField(child=serializers.JSONField())
    content = serializers.DictField()
    internal = serializers.BooleanField()
    attachments = AttachmentOutput(many=True)
    reply_to = serializers.UUIDField(allow_null=True)
    forwarded_from = serializers.JSONField(allow_null=True)
    sequence = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    delivery = DeliveryOutput(allow_null=True, help_text="null where it does not go to Telegram, and to customers")
    reactions = ReactionOutput(many=True, help_text="one a person")
    edited_at = serializers.DateTimeField(allow_null=True)
    edited_after_answer = serializers.BooleanField(
        help_text="by the customer, after staff had answered; false to customers"
    )
    deleted_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class MessagePage(Output):
    results = MessageOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    sequence = serializers.IntegerField(help_text="of the ticket, in the same snapshot")


class RevisionOutput(Output):
    text = serializers.CharField(allow_blank=True)
    entities = serializers.ListField(child=serializers.JSONField())
    attachments = AttachmentOutput(many=True, help_text="what that edit put another file in the place of")
    written_at = serializers.DateTimeField()
    replaced_at = serializers.DateTimeField()


class HistoryOutput(Output):
    results = RevisionOutput(many=True)


class FrameOutput(Output):
    type = serializers.CharField()
    ticket = serializers.UUIDField()
    sequence = serializers.IntegerField()
    data = serializers.DictField()  # type: ignore[assignment]


class EventsOutput(Output):
    sequence = serializers.IntegerField()
    events = FrameOutput(many=True, required=False)
    reset = serializers.BooleanField(required=False, help_text="fetch the snapshot instead")


class ReadOutput(Output):
    sequence = serializers.IntegerField(help_text="in the reader's numbering")


class NotificationTicketOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    subject = serializers.CharField()


class NotificationOutput(Output):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(NotificationKind.choices)
    ticket = NotificationTicketOutput()
    text = serializers.CharField()
    count = serializers.IntegerField(help_text="How many unread messages of the ticket it stands for.")
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NotificationPage(Output):
    results = NotificationOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    unread = serializers.IntegerField()


class UnreadOutput(Output):
    unread = serializers.IntegerField()


class LimitsOutput(Output):
    text = serializers.IntegerField(help_text="UTF-16 code units")
    subject = serializers.IntegerField(help_text="UTF-16 code units")
    files_per_message = serializers.IntegerField()
    file_size = serializers.IntegerField(help_text="bytes")


class ExpectedAnswerOutput(Output):
    open = serializers.BooleanField(help_text="whether it is working time now")
    opens_at = serializers.DateTimeField(allow_null=True, help_text="where it is closed: when it opens")
    closes_at = serializers.DateTimeField(allow_null=True, help_text="when it closes next; null: not within a year")
    reopens_at = serializers.DateTimeField(allow_null=True, help_text="when it opens after closes_at")
    within = serializers.IntegerField(
        allow_null=True, help_text="seconds from now, or from opens_at; null: too little is known"
    )


class ConfigOutput(Output):
    version = serializers.CharField()
    categories = CategoryOutput(many=True)
    limits = LimitsOutput()
    expected_answer = ExpectedAnswerOutput()
    bot_username = serializers.CharField(allow_blank=True, help_text="without @; empty until the bot is known")


class SignInOutput(Output):
    access = serializers.CharField()
    refresh = serializers.CharField()
    user = MeOutput()
    socket_ticket = serializers.CharField()
    files_token = serializers.CharField()
    server_time = serializers.DateTimeField()
    config = ConfigOutput()
    tickets = TicketPage()
    ticket = TicketOutput(allow_null=True)
