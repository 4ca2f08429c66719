"""The bot's texts in the back office: managers put the desk's own words in place of the built-in ones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.acting import attempt, attempt_form
from accounts.admin.reading import ReadOnlyAdmin, admin_actor
from accounts.models import Language, User
from accounts.permissions import Capability, can
from telegram_bot.models import BotText, TextKey
from telegram_bot.speech import texts
from telegram_bot.speech.expectations import say_expectation
from telegram_bot.speech.wording import PLACEHOLDERS, Wording, clean_wording, drop_wording, write_wording
from tickets.models import Ticket, TicketStatus
from tickets.selectors.hours import Expectation


def _card(status: TicketStatus) -> str:
    ticket = Ticket(number=12, subject=_("The printer is on fire"), status=status)
    return texts.render("card", ticket=ticket, is_awaited=status == TicketStatus.NEW)


def _out_of_hours() -> str:
    return escape(say_expectation(Expectation(is_open=False, opens_at=clock.now() + timedelta(days=1))))


# Each text where it stands, with what it might be about.
_EXAMPLES: dict[TextKey, Callable[[], str]] = {
    TextKey.GREETING: lambda: texts.render("welcome", name=_("Anna")),
    TextKey.ARRIVED: lambda: _card(TicketStatus.NEW),
    TextKey.OUT_OF_HOURS: _out_of_hours,
    TextKey.RESOLVED: lambda: texts.render("ticket_resolved", number=12, by_customer=False),
    TextKey.RESOLVED_BY_CUSTOMER: lambda: texts.render("ticket_resolved", number=12, by_customer=True),
    TextKey.CLOSED: lambda: _card(TicketStatus.CLOSED),
    TextKey.RATED: lambda: texts.render("ticket_rated", number=12, score=5),
    TextKey.COMMENTED: lambda: texts.render("comment_taken", number=12),
}


def show_example(key: TextKey, language: str) -> SafeString:
    """The whole message as it would be now, in HTML that holds nothing unescaped."""
    with translation.override(language):
        return mark_safe(linebreaksbr(mark_safe(_EXAMPLES[key]())))  # noqa: S308


class BotTextForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = BotText
        fields = ("key", "language", "text")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            attempt_form(self, lambda: clean_wording(self.wording()))
        return values

    def wording(self) -> Wording:
        """A text keeps its place: another place is another text."""
        values = self.cleaned_data
        key, language = values.get("key", self.instance.key), values.get("language", self.instance.language)
        return Wording(key=TextKey(key), language=Language(language), text=values["text"])


@admin.register(BotText)
class BotTextAdmin(ReadOnlyAdmin):
    form = BotTextForm
    list_display = ("key", "language", "text", "updated_at")
    list_filter = ("language", "key")

    def _may(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and can(admin_actor(request), Capability.WORD_MESSAGES)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("key", "language", "text", "placeholders", "preview") if obj else ("key", "language", "text", "built_in")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("key", "language", "placeholders", "preview") if obj else ("built_in",)

    @admin.display(description=gettext_lazy("stands for something"))
    def placeholders(self, text: BotText) -> str:
        return ", ".join(f"{{{name}}}" for name in PLACEHOLDERS[TextKey(text.key)])

    @admin.display(description=gettext_lazy("as customers see it"))
    def preview(self, text: BotText) -> SafeString:
        return show_example(TextKey(text.key), text.language)

    @admin.display(description=gettext_lazy("as it is now"))
    def built_in(self, _text: BotText) -> SafeString:
        """All of them, to begin from."""
        language = translation.get_language() or Language.ENGLISH
        rows = (
            f"<p><b>{key.label}</b> {', '.join(f'{{{name}}}' for name in PLACEHOLDERS[key])}<br>"
            f"{show_example(key, language)}</p>"
            for key in TextKey
        )
        return mark_safe("".join(rows))  # noqa: S308

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = admin_actor(request)

        def write() -> None:
            obj.pk = write_wording(actor=actor, wording=form.wording()).pk

        attempt(request, write)

    def delete_model(self, request: HttpRequest, obj: BotText) -> None:
        actor, text_id = admin_actor(request), obj.pk
        attempt(request, lambda: drop_wording(actor=actor, text_id=text_id))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[BotText]") -> None:
        for text in queryset:
            self.delete_model(request, text)
