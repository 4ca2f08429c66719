from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import attempt
from accounts.admin.reading import admin_actor
from accounts.errors import HelpDeskError, InvalidInput
from accounts.text_cleaning import clean_line, clean_text
from tickets.file_types import inspect_file
from tickets.models import Attachment, SavedReply
from tickets.selectors.saved_replies import list_files_of_replies
from tickets.services.drafts import FILES_LIMIT, TEXT_LIMIT
from tickets.services.reply_files import add_reply_file, remove_reply_file
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


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, each of which the desk takes."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        files = []
        for one in data if isinstance(data, list) else [data] if data else []:
            file = super().clean(one, initial)
            try:
                inspect_file(_content_of(file), name=file.name or "")
            except HelpDeskError as error:
                raise forms.ValidationError(f"{file.name}: {error}") from error
            files.append(file)
        return files


class SavedReplyForm(_Form):
    """Asks the service's own cleaning beforehand, so that what it would refuse is said beside the field."""

    remove_files = forms.TypedMultipleChoiceField(
        label=_("Files"),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick to remove."),
    )
    add_files = ManyFilesField(
        label=_("Add files"), required=False, help_text=_("They go out with the text, as files of the same message.")
    )

    class Meta:
        model = SavedReply
        fields = ("title", "shortcut", "text", "team")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        files = list(list_files_of_replies([self.instance.pk]))
        self.files_before = len(files)
        self.fields["remove_files"].choices = [(str(file.pk), _link_to(file)) for file in files]  # type: ignore[attr-defined]
        if not files:
            self.fields["remove_files"].widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, limit in (("title", TITLE_LIMIT), ("shortcut", SHORTCUT_LIMIT), ("text", TEXT_LIMIT)):
            clean = clean_text if name == "text" else clean_line
            try:
                values[name] = clean(values.get(name, ""), field=name, limit=limit, required=name != "shortcut")
            except InvalidInput as error:
                if name not in self.errors:
                    self.add_error(name, str(error))
        kept = self.files_before - len(values.get("remove_files", ()))
        if kept + len(values.get("add_files", ())) > FILES_LIMIT:
            self.add_error("add_files", _("At most %(limit)d files in one message.") % {"limit": FILES_LIMIT})
        return values


def _content_of(file: "UploadedFile[Any]") -> BinaryIO:
    return cast(BinaryIO, file.file)


def _link_to(file: Attachment) -> str:
    return format_html('<a href="{}">{}</a>', reverse("admin:tickets_ticket_file", args=[file.pk]), file.name)


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
        for key in form.cleaned_data["remove_files"]:
            attempt(request, partial(remove_reply_file, actor=actor, reply_id=obj.pk, attachment_id=key))
        for file in form.cleaned_data["add_files"]:
            name, content = file.name or "", _content_of(file)
            add = partial(add_reply_file, actor=actor, reply_id=obj.pk, file=content, name=name)
            attempt(request, add, about=name)

    def delete_model(self, request: HttpRequest, obj: SavedReply) -> None:
        remove_saved_reply(actor=admin_actor(request), reply_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[SavedReply]") -> None:
        for reply in queryset:
            self.delete_model(request, reply)
