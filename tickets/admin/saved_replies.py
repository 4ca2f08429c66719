from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.reading import admin_actor
from accounts.errors import InvalidInput
from accounts.text_cleaning import clean_line, clean_text
from tickets.models import SavedReply
from tickets.services.drafts import TEXT_LIMIT
from tickets.services.saved_replies import (
    SHORTCUT_LIMIT,
    TITLE_LIMIT,
    SavedReplyValues,
    change_saved_reply,
    create_saved_reply,
    remove_saved_reply,
)

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[SavedReply]
    _Form = forms.ModelForm[SavedReply]
else:  # generic for type checkers only
    _Admin, _Form = admin.ModelAdmin, forms.ModelForm


class SavedReplyForm(_Form):
    """Asks the service's own cleaning beforehand, so that what it would refuse is said beside the field."""

    class Meta:
        model = SavedReply
        fields = ("title", "shortcut", "text", "team")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, limit in (("title", TITLE_LIMIT), ("shortcut", SHORTCUT_LIMIT), ("text", TEXT_LIMIT)):
            clean = clean_text if name == "text" else clean_line
            try:
                values[name] = clean(values.get(name, ""), field=name, limit=limit, required=name != "shortcut")
            except InvalidInput as error:
                if name not in self.errors:
                    self.add_error(name, str(error))
        return values


@admin.register(SavedReply)
class SavedReplyAdmin(_Admin):
    """The shared ones; what agents keep for themselves is theirs."""

    form = SavedReplyForm
    list_display = ("title", "shortcut", "team", "updated_at")
    list_filter = ("team",)
    list_select_related = ("team",)
    search_fields = ("title", "shortcut", "text")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SavedReply]":
        return super().get_queryset(request).filter(owner=None)

    def save_model(self, request: HttpRequest, obj: SavedReply, form: Any, change: bool) -> None:
        values = SavedReplyValues(title=obj.title, shortcut=obj.shortcut, text=obj.text, team_id=obj.team_id)
        actor = admin_actor(request)
        if change:
            change_saved_reply(actor=actor, reply_id=obj.pk, values=values)
        else:
            obj.pk = create_saved_reply(actor=actor, values=values, shared=True).pk

    def delete_model(self, request: HttpRequest, obj: SavedReply) -> None:
        remove_saved_reply(actor=admin_actor(request), reply_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[SavedReply]") -> None:
        for reply in queryset:
            self.delete_model(request, reply)
