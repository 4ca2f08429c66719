"""The first administrator, who has nobody to appoint them."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput
from accounts.models import Role, User
from accounts.permissions import Capability, require
from accounts.services.passwords import choose_password
from accounts.services.people import set_active, set_role
from accounts.text_cleaning import clean_line


@dataclass(frozen=True, kw_only=True)
class Owner:
    """How the owner is known: by Telegram, by a sign-in with a password, or by both. "" leaves a thing as it is."""

    telegram_id: int | None = None
    login: str = ""
    password: str = ""
    name: str = ""


@transaction.atomic
def appoint_owner(*, actor: Actor, owner: Owner) -> tuple[User, bool]:
    """Make this person an administrator; also whether they are new. Running it again changes nothing else.

    Raises PermissionDenied, InvalidInput.
    """
    require(actor, Capability.MANAGE_PEOPLE)
    found = _find(owner)
    user = found or User.objects.create(telegram_id=owner.telegram_id)
    _name(user, owner)
    if owner.login and (owner.password or not user.has_usable_password()):
        choose_password(user_id=user.pk, login=owner.login, password=owner.password)
    set_role(actor=actor, user_id=user.pk, role=Role.ADMIN)
    return set_active(actor=actor, user_id=user.pk, is_active=True), found is None


def _find(owner: Owner) -> User | None:
    if owner.telegram_id is None and not owner.login:
        raise InvalidInput.of("login", _("Give a sign-in, a Telegram id, or both."))
    by_login = User.objects.filter(login=owner.login).first() if owner.login else None
    by_telegram = User.objects.filter(telegram_id=owner.telegram_id).first() if owner.telegram_id else None
    if by_login and by_telegram and by_login != by_telegram:
        raise InvalidInput.of("login", _("This sign-in and this Telegram id belong to two people."))
    if by_login and owner.telegram_id and by_login.telegram_id not in (None, owner.telegram_id):
        raise InvalidInput.of("telegram_id", _("The person with this sign-in has another Telegram id."))
    return by_telegram or by_login


def _name(user: User, owner: Owner) -> None:
    if owner.name:
        user.first_name, user.last_name = clean_line(owner.name, field="name", limit=128), ""
    user.telegram_id = owner.telegram_id or user.telegram_id
    user.save(update_fields=["first_name", "last_name", "telegram_id", "updated_at"])
