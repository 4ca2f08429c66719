"""Messages and the log of a ticket."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.pagination import link_to
from accounts.transactions import run_unit
from tickets.api import inputs, outputs
from tickets.models import MessageKind, TicketStatus
from tickets.representations.audiences import Audience
from tickets.representations.frames import frames_after
from tickets.representations.messages import represent_message, represent_versions, represent_window
from tickets.selectors.conversation import Window, has_messages_beyond, list_revisions_for
from tickets.selectors.tickets import get_message_for, get_ticket_for
from tickets.services.conversation import add_note, delete_message, edit_message, post_reply
from tickets.services.delivery import retry_message
from tickets.services.drafts import MessageDraft
from tickets.services.reactions import react_to_message

_CHANGE_ERRORS = (401, 403, 404, 409, 415)


class MessagesView(APIView):
    @documented({200: outputs.MessagePage}, parameters=[inputs.MessageQuery], operation_id="messages_list")
    def get(self, request: Request, reference: str) -> Response:
        """A part of the conversation in chronological order: the end of it, or around a sequence."""
        actor = actor_of(request)
        query = inputs.MessageQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        ticket = get_ticket_for(actor, reference)
        messages, sequence = represent_window(actor, ticket, Window(**query.validated_data))
        older = newer = None
        if messages:
            first, last = messages[0]["sequence"], messages[-1]["sequence"]
            if has_messages_beyond(actor, ticket, before=first):
                older = link_to(request, before=first, after=None, around=None)
            if last < sequence and has_messages_beyond(actor, ticket, after=last):
                newer = link_to(request, after=last, before=None, around=None)
        return Response({"results": messages, "next": newer, "previous": older, "sequence": sequence})

    @documented(
        {200: outputs.MessageOutput, 201: outputs.MessageOutput},
        errors=_CHANGE_ERRORS,
        request=inputs.PostMessageInput,
        operation_id="messages_post",
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write a message or, with `internal`, a note. The same key and body again: 200 with the stored message."""
        actor = actor_of(request)
        body = inputs.PostMessageInput(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        draft = MessageDraft(
            id=values["id"],
            text=values["text"],
            attachments=values["attachments"],
            kind=MessageKind(values["kind"]),
            reply_to=values["reply_to"],
            expected_sequence=values["expected_sequence"],
            then=TicketStatus(values["then"]) if values["then"] else None,
        )
        post = add_note if values["internal"] else post_reply
        posted = run_unit(lambda: post(actor=actor, ticket=reference, draft=draft))
        picture = represent_message(posted.message.pk, Audience.of(actor))
        return Response(picture, status=201 if posted.created else 200)


class MessageView(APIView):
    @documented({200: outputs.MessageOutput}, errors=(401, 404), operation_id="messages_get")
    def get(self, request: Request, message_id: UUID) -> Response:
        """One message: what is quoted may stand in a ticket that was merged into this one, or far above."""
        actor = actor_of(request)
        message = get_message_for(actor, message_id)
        return Response(represent_message(message.pk, Audience.of(actor)))

    @documented(
        {200: outputs.MessageOutput},
        errors=_CHANGE_ERRORS,
        request=inputs.EditMessageInput,
        operation_id="messages_edit",
    )
    def patch(self, request: Request, message_id: UUID) -> Response:
        """Another text for one's own message; the former is kept in its history."""
        actor = actor_of(request)
        body = inputs.EditMessageInput(data=request.data)
        body.is_valid(raise_exception=True)
        text = body.validated_data["text"]
        run_unit(lambda: edit_message(actor=actor, message_id=message_id, text=text))
        return Response(represent_message(message_id, Audience.of(actor)))

    @documented({204: None}, errors=(401, 403, 404, 409), operation_id="messages_delete")
    def delete(self, request: Request, message_id: UUID) -> Response:
        """Remove a message from every view; a tombstone stays in its place."""
        actor = actor_of(request)
        run_unit(lambda: delete_message(actor=actor, message_id=message_id))
        return Response(status=204)


class RetryView(APIView):
    @documented({200: outputs.MessageOutput}, errors=(401, 403, 404, 409), request=None, operation_id="messages_retry")
    def post(self, request: Request, message_id: UUID) -> Response:
        """Try again what failed of the message: on its way to Telegram, or of its files on their way from there.

        Once more changes nothing."""
        actor = actor_of(request)
        run_unit(lambda: retry_message(actor=actor, message_id=message_id))
        return Response(represent_message(message_id, Audience.of(actor)))


class ReactView(APIView):
    @documented(
        {200: outputs.MessageOutput}, errors=_CHANGE_ERRORS, request=inputs.ReactInput, operation_id="messages_react"
    )
    def post(self, request: Request, message_id: UUID) -> Response:
        """One's reaction to the message, instead of the former; null takes it back."""
        actor = actor_of(request)
        body = inputs.ReactInput(data=request.data)
        body.is_valid(raise_exception=True)
        emoji = body.validated_data["emoji"]
        run_unit(lambda: react_to_message(actor=actor, message_id=message_id, emoji=emoji))
        return Response(represent_message(message_id, Audience.of(actor)))


class HistoryView(APIView):
    @documented({200: outputs.HistoryOutput}, errors=(401, 403, 404), operation_id="messages_history")
    def get(self, request: Request, message_id: UUID) -> Response:
        """What the message was before its edits, oldest first; for staff and its author."""
        versions = represent_versions(list_revisions_for(actor_of(request), message_id))
        return Response({"results": versions.get(message_id, [])})


class EventsView(APIView):
    @documented({200: outputs.EventsOutput}, parameters=[inputs.EventsQuery], operation_id="tickets_events")
    def get(self, request: Request, reference: str) -> Response:
        """What happened after a sequence, as the socket would have told it; `reset`: fetch the snapshot instead."""
        actor = actor_of(request)
        query = inputs.EventsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        ticket = get_ticket_for(actor, reference)
        catchup = frames_after(ticket.pk, Audience.of(actor), query.validated_data["after"])
        if catchup.reset:
            return Response({"reset": True, "sequence": catchup.sequence})
        return Response({"events": catchup.frames, "sequence": catchup.sequence})
