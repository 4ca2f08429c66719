"""Who changed what of a ticket, as it stands between the messages of its conversation."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.pagination import link_to
from tickets.api.inputs import ChangesQuery
from tickets.api.outputs import PersonOutput
from tickets.events.changes import has_changes_before, list_changes
from tickets.models import EventType
from tickets.selectors.conversation import Window, number_column
from tickets.selectors.tickets import get_ticket_for


class ChangeOutput(serializers.Serializer[Any]):
    sequence = serializers.IntegerField()
    type = serializers.ChoiceField(EventType.choices)
    actor = PersonOutput(allow_null=True, help_text="null: the desk itself; to customers everybody but themselves")
    text = serializers.CharField(help_text="in the reader's language; its times are the desk's")
    until = serializers.DateTimeField(allow_null=True, help_text="of a ticket that was put aside")
    created_at = serializers.DateTimeField()


class ChangesOutput(serializers.Serializer[Any]):
    results = ChangeOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    sequence = serializers.IntegerField(help_text="of the ticket, read before its changes")


class ChangesView(APIView):
    @documented({200: ChangesOutput}, parameters=[ChangesQuery], operation_id="tickets_changes")
    def get(self, request: Request, reference: str) -> Response:
        """What was changed besides writing, in chronological order: the end of it, or what lies before or after."""
        actor = actor_of(request)
        query = ChangesQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        window = Window(**query.validated_data)
        ticket = get_ticket_for(actor, reference)
        changes = list_changes(actor, ticket, window)
        older = newer = None
        if changes and has_changes_before(actor, ticket, changes[0]["sequence"]):
            older = link_to(request, before=changes[0]["sequence"], after=None)
        if window.after is not None and len(changes) == window.limit:
            newer = link_to(request, after=changes[-1]["sequence"], before=None)
        sequence = getattr(ticket, number_column(actor))
        return Response({"results": changes, "next": newer, "previous": older, "sequence": sequence})
