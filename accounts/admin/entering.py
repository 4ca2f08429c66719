"""The doors of the admin: the password form, which is slow for guessers, and the one-time link from Telegram."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache

from accounts import rate_limits
from accounts.addresses import address_of
from accounts.errors import NotFound, RateLimited
from accounts.services.one_time_links import redeem_admin_entry


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


@method_decorator(never_cache, name="dispatch")
class AdminEntryView(View):
    """A link from Telegram. Looking at it uses nothing up (previews do that); the button does."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        return render(request, "admin/enter.html", {"failed": False})

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        rate_limits.one_time_link(address_of(request))
        try:
            user = redeem_admin_entry(secret=secret)
        except NotFound:
            return render(request, "admin/enter.html", {"failed": True}, status=404)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("admin:index")
