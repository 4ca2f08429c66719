"""What agents have at hand about a person: the card, and the notes on it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.api.serializers import IdField, StrictSerializer, TextField, UserOutput
from accounts.transactions import run_unit
from tickets.api.outputs import PersonOutput, TicketOutput
from tickets.representations.cards import represent_card, represent_person_note
from tickets.selectors.person_notes import list_person_notes
from tickets.services.person_notes import NOTE_LIMIT, add_person_note, remove_person_note


class PersonNoteInput(StrictSerializer):
    id = IdField(help_text="made by the client before its first try")
    text = TextField(limit=NOTE_LIMIT)


class PersonNoteOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    author = PersonOutput(allow_null=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class PersonNoteList(serializers.Serializer[Any]):
    results = PersonNoteOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class TicketTotalsOutput(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    active = serializers.IntegerField(help_text="new, open and pending")


class RatingsOutput(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True, help_text="1 to 5; null: nothing was rated")


class CardOutput(serializers.Serializer[Any]):
    person = UserOutput()
    unreachable = serializers.CharField(allow_blank=True, help_text="as of the ticket that changed last")
    reachable = serializers.BooleanField(help_text="in Telegram, as far as is known; false also where nothing is")
    counts = TicketTotalsOutput()
    ratings = RatingsOutput()
    tickets = TicketOutput(many=True, help_text="the last 20 that the reader may see")
    notes = PersonNoteOutput(many=True)


class CardView(APIView):
    @documented({200: CardOutput}, errors=(401, 403, 404), operation_id="users_card")
    def get(self, request: Request, user_id: UUID) -> Response:
        """The person with their tickets as far as the reader may see them, ratings, and what staff wrote down."""
        return Response(represent_card(actor_of(request), user_id))


class PersonNotesView(APIView):
    @documented({200: PersonNoteList}, errors=(401, 403, 404), operation_id="users_notes_list")
    def get(self, request: Request, user_id: UUID) -> Response:
        """The newest first, all at once."""
        notes = [represent_person_note(note) for note in list_person_notes(actor_of(request), user_id)]
        return Response({"results": notes, "next": None, "previous": None})

    @documented(
        {200: PersonNoteOutput, 201: PersonNoteOutput},
        errors=(401, 403, 404, 409, 415),
        request=PersonNoteInput,
        operation_id="users_notes_add",
    )
    def post(self, request: Request, user_id: UUID) -> Response:
        """The same key and text again: 200 with the stored note."""
        actor = actor_of(request)
        body = PersonNoteInput(data=request.data)
        body.is_valid(raise_exception=True)
        key, text = body.validated_data["id"], body.validated_data["text"]
        note, created = run_unit(lambda: add_person_note(actor=actor, person_id=user_id, note_id=key, text=text))
        return Response(represent_person_note(note), status=201 if created else 200)


class PersonNoteView(APIView):
    @documented({204: None}, errors=(401, 403, 404), operation_id="users_notes_remove")
    def delete(self, request: Request, user_id: UUID, note_id: UUID) -> Response:
        """One's own; managers any."""
        actor = actor_of(request)
        run_unit(lambda: remove_person_note(actor=actor, person_id=user_id, note_id=note_id))
        return Response(status=204)
