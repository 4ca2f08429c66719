"""The doors of the admin: the password form, which is slow for guessers, and the pages behind one-time links."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login as begin_session
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import rate_limits
from accounts.addresses import address_of
from accounts.errors import HelpDeskError, InvalidInput, RateLimited
from accounts.models import LinkPurpose, User
from accounts.services import one_time_links

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class ThrottledLoginForm(AdminAuthenticationForm):
    """Few tries for one sign-in from one network, counted before the password is looked at."""

    username = forms.CharField(label=_("Sign-in"), max_length=64, widget=forms.TextInput(attrs={"autofocus": True}))

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if name and self.request is not None:
            try:
                rate_limits.admin_login(address_of(self.request), name)
            except RateLimited as error:
                seconds = max(1, round(error.retry_after))
                text = ngettext(
                    "Too many tries. Wait %(seconds)d second.", "Too many tries. Wait %(seconds)d seconds.", seconds
                )
                raise ValidationError(text % {"seconds": seconds}, code="rate_limited") from error
        return super().clean()


class PasswordForm(forms.Form):
    login = forms.CharField(label=_("Sign-in"), max_length=64, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password") != values.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return values


@method_decorator([never_cache, sensitive_post_parameters("password", "again")], name="dispatch")
class OneTimeView(View):
    """Shows whose link it is; the button uses it up."""

    purpose: LinkPurpose
    template = "admin/enter.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            rate_limits.one_time_link(address_of(request))
            return super().dispatch(request, *args, **kwargs)
        except HelpDeskError as error:
            return self.show(request, status=error.status, refusal=error.message)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, person=one_time_links.get_invited_person(_secret(request), self.purpose))

    def show(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        page = {**admin.site.each_context(request), "title": _("Enter the back office"), **context}
        return render(request, self.template, page, status=status)


class EntryView(OneTimeView):
    """`/admin/enter/`: the link from the bot or the Mini App, where Telegram said who this is."""

    purpose = LinkPurpose.ADMIN_ENTRY

    def post(self, request: HttpRequest) -> HttpResponse:
        return _enter(request, one_time_links.redeem_admin_entry(secret=_secret(request)))


class InvitationView(OneTimeView):
    """`/admin/invitation/`: choose a sign-in and a password, then enter."""

    purpose = LinkPurpose.INVITATION

    def show(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        form = context.pop("form", None) or PasswordForm(initial={"login": getattr(context.get("person"), "login", "")})
        rules = password_validators_help_texts()
        return super().show(request, status, form=form, rules=rules, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        secret = _secret(request)
        person = one_time_links.get_invited_person(secret, self.purpose)
        form = PasswordForm(request.POST)
        if form.is_valid():
            try:
                user = one_time_links.accept_invitation(
                    secret=secret, login=form.cleaned_data["login"], password=form.cleaned_data["password"]
                )
                return _enter(request, user)
            except InvalidInput as error:
                for name, texts in error.fields.items():
                    form.add_error(name, [str(text) for text in texts])
        return self.show(request, 400, person=person, form=form)


def _secret(request: HttpRequest) -> str:
    """From the address, which the page's form keeps when it is sent."""
    return request.GET.get("token", "")


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    begin_session(request, user, backend=_BACKEND)
    return redirect("admin:index")
