"""Texts that agents use again and again."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.api.serializers import FlagField, IdField, StrictSerializer, TeamOutput, TextField
from accounts.selectors.people import find_person
from accounts.transactions import run_unit
from tickets.api.outputs import AttachmentOutput
from tickets.representations.audiences import Audience
from tickets.representations.saved_replies import represent_saved_replies, values_of
from tickets.representations.tickets import represent_ticket
from tickets.selectors.saved_replies import LONGEST_SEARCH, list_saved_replies
from tickets.selectors.tickets import get_ticket_for
from tickets.services.drafts import TEXT_LIMIT
from tickets.services.saved_replies import (
    SHORTCUT_LIMIT,
    TITLE_LIMIT,
    SavedReplyValues,
    change_saved_reply,
    create_saved_reply,
    remove_saved_reply,
)


class SavedReplyQuery(StrictSerializer):
    q = TextField(limit=LONGEST_SEARCH, required=False, allow_blank=True, help_text="words of title, shortcut or text")
    ticket = serializers.CharField(
        required=False, max_length=36, help_text="id or number: each has `filled`, its text for this ticket"
    )


class SavedReplyInput(StrictSerializer):
    title = TextField(limit=TITLE_LIMIT)
    shortcut = TextField(limit=SHORTCUT_LIMIT, required=False, allow_blank=True)
    text = TextField(limit=TEXT_LIMIT, help_text="with {customer_name}, {agent_name}, {ticket_number}, {subject}")
    team = IdField(required=False, allow_null=True, help_text="of a shared one: only this team sees it")


class NewSavedReplyInput(SavedReplyInput):
    shared = FlagField(required=False, default=False, help_text="managers only")


class SavedReplyChangesInput(SavedReplyInput):
    title = TextField(limit=TITLE_LIMIT, required=False)
    text = TextField(limit=TEXT_LIMIT, required=False)


class FilledOutput(serializers.Serializer[Any]):
    text = serializers.CharField()
    unresolved = serializers.ListField(
        child=serializers.CharField(), help_text="variables that stand as they are: unknown, or nothing is known"
    )


class SavedReplyOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    shortcut = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    shared = serializers.BooleanField()
    team = TeamOutput(allow_null=True)
    filled = FilledOutput(allow_null=True, help_text="for the ticket that was asked for")
    files = AttachmentOutput(many=True, help_text="what it brings along: `files/<id>/copy/` before sending")
    updated_at = serializers.DateTimeField()


class SavedReplyList(serializers.Serializer[Any]):
    results = SavedReplyOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class SavedRepliesView(APIView):
    @documented(
        {200: SavedReplyList},
        errors=(401, 403, 404),
        parameters=[SavedReplyQuery],
        operation_id="saved_replies_list",
    )
    def get(self, request: Request) -> Response:
        """One's own and the shared ones, by title, all at once."""
        actor = actor_of(request)
        query = SavedReplyQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        replies = list_saved_replies(actor, search=query.validated_data.get("q", ""))
        reference = query.validated_data.get("ticket")
        values = _values_for(actor, reference) if reference is not None else None
        return Response({"results": represent_saved_replies(replies, values), "next": None, "previous": None})

    @documented(
        {201: SavedReplyOutput},
        errors=(401, 403, 415),
        request=NewSavedReplyInput,
        operation_id="saved_replies_create",
    )
    def post(self, request: Request) -> Response:
        """One's own; with `shared` for all, or for a team."""
        actor, body = actor_of(request), _read(NewSavedReplyInput, request)
        shared = body.pop("shared")
        values = SavedReplyValues(**body)
        reply = run_unit(lambda: create_saved_reply(actor=actor, values=values, shared=shared))
        return Response(represent_saved_replies([reply])[0], status=201)


class SavedReplyView(APIView):
    @documented(
        {200: SavedReplyOutput},
        errors=(401, 403, 404, 415),
        request=SavedReplyChangesInput,
        operation_id="saved_replies_change",
    )
    def patch(self, request: Request, reply_id: UUID) -> Response:
        """One's own; shared ones by managers. What is left out stays as it is."""
        actor, body = actor_of(request), _read(SavedReplyChangesInput, request)
        values = SavedReplyValues(**body)
        reply = run_unit(lambda: change_saved_reply(actor=actor, reply_id=reply_id, values=values))
        return Response(represent_saved_replies([reply])[0])

    @documented({204: None}, errors=(401, 403, 404), operation_id="saved_replies_remove")
    def delete(self, request: Request, reply_id: UUID) -> Response:
        """One's own; shared ones by managers."""
        actor = actor_of(request)
        run_unit(lambda: remove_saved_reply(actor=actor, reply_id=reply_id))
        return Response(status=204)


def _values_for(actor: Actor, reference: str) -> dict[str, str]:
    ticket = represent_ticket(get_ticket_for(actor, reference).pk, Audience.STAFF)
    agent = find_person(actor.user_id) if actor.user_id is not None else None
    return values_of(ticket, agent.name if agent is not None else "")


def _read(kind: type[StrictSerializer], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    values = dict(body.validated_data)
    if "team" in values:
        values["team_id"] = values.pop("team")
    return values
