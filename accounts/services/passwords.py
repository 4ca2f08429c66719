"""The sign-in and password with which managers may enter the admin, where Telegram is not at hand."""

import re
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import InvalidInput, NotFound
from accounts.models import User
from accounts.text_cleaning import clean_line

_LOGIN = re.compile(r"[\w.@+-]+")


@transaction.atomic
def choose_password(*, user_id: UUID, login: str, password: str) -> User:
    """Give a person a sign-in and a password; sessions begun with the old one end.

    Raises NotFound, InvalidInput (fields `login`, `password`).
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    user.login = _clean_login(login)
    _require_good_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(update_fields=["login", "password", "updated_at"])
    except IntegrityError as error:
        raise InvalidInput.of("login", _("Somebody else has this sign-in.")) from error
    return user


def _clean_login(login: str) -> str:
    cleaned = clean_line(login, field="login", limit=64)
    if not _LOGIN.fullmatch(cleaned):
        raise InvalidInput.of("login", _("Use letters, digits and . @ + - _ only."))
    return cleaned


def _require_good_password(password: str, user: User) -> None:
    clean_line(password, field="password", limit=256)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(fields={"password": error.messages}) from error
