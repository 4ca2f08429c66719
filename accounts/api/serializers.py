"""Strict input: what is not declared is refused, and text is cleaned at the door."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.errors import InvalidInput
from accounts.models import Availability, Language, Role
from accounts.text_cleaning import clean_text

_MOST_PREFERENCES = 20
_PREFERENCE = re.compile(r"[a-z][a-z_]{0,39}")


class StrictSerializer(serializers.Serializer[Any]):
    """Validates input; an unknown field is an error, so that a client's misspelling is never silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({name[:80]: [_("There is no such field.")] for name in unknown[:20]})
        return super().to_internal_value(data)


class IdField(serializers.UUIDField):
    """An id as text: DRF's own field takes a number, `true` or digits of any script for one as well."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not data.isascii():
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """A whole number that says it is one: not `"5"` in JSON, not `true`, not 5.0."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false: not "yes", not 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WordField(serializers.CharField):
    """A text that only a program reads, as it is; a number is none."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A text through accounts.text_cleaning: no NUL, no lone surrogate; `limit` in UTF-16 code units."""

    def __init__(self, *, limit: int, **options: Any) -> None:
        self.limit = limit
        super().__init__(trim_whitespace=False, max_length=limit, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        if not isinstance(data, str) or (data == "" and self.allow_blank):
            return super().run_validation(data)
        try:
            return clean_text(data, field="text", limit=self.limit, required=not self.allow_blank)
        except InvalidInput as error:
            raise serializers.ValidationError(str(error)) from error


class RefreshInput(StrictSerializer):
    refresh = WordField(max_length=200)


class TokensOutput(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()
    files_token = serializers.CharField()


class SocketTicketOutput(serializers.Serializer[Any]):
    ticket = serializers.CharField()


class LinkOutput(serializers.Serializer[Any]):
    url = serializers.CharField()


class TeamOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class MeOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    language = serializers.ChoiceField(Language.choices)
    availability = serializers.ChoiceField(Availability.choices)
    team = TeamOutput(allow_null=True)
    telegram_id = serializers.IntegerField(allow_null=True)
    preferences = serializers.DictField(child=serializers.BooleanField())


class MeInput(StrictSerializer):
    language = serializers.ChoiceField(Language.choices, required=False)
    availability = serializers.ChoiceField(Availability.choices, required=False)
    preferences = serializers.DictField(child=FlagField(), required=False)

    def validate_preferences(self, preferences: dict[str, bool]) -> dict[str, bool]:
        """The names are those of notification channels; a desk of another release may know others than we do."""
        if len(preferences) > _MOST_PREFERENCES or not all(_PREFERENCE.fullmatch(name) for name in preferences):
            raise serializers.ValidationError([_("There is no such preference.")])
        return preferences


class UserOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    language = serializers.ChoiceField(Language.choices)
    availability = serializers.ChoiceField(Availability.choices)
    team = TeamOutput(allow_null=True)
    username = serializers.CharField()
    phone = serializers.CharField(help_text="verified by Telegram; empty where it was not given")
    telegram_id = serializers.IntegerField(allow_null=True, help_text="for administrators only; null for others")
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class UserPage(serializers.Serializer[Any]):
    results = UserOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class UserInput(StrictSerializer):
    role = serializers.ChoiceField(Role.choices, required=False)
    team = IdField(required=False, allow_null=True)


class UserQuery(StrictSerializer):
    role = serializers.ChoiceField(Role.choices, required=False, help_text="the lowest role to list")
    team = IdField(required=False)
    q = TextField(limit=100, required=False, allow_blank=True)
    cursor = serializers.CharField(required=False, max_length=500)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=50)


class ErrorBody(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="stable; docs/api.md lists all of them")
    message = serializers.CharField(help_text="a sentence in the reader's language")
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]
    data = serializers.DictField()  # type: ignore[assignment]


class ErrorOutput(serializers.Serializer[Any]):
    error = ErrorBody()
