"""Joining a Telegram account to somebody whom the desk knows already, and parting them again.

The person shows the code of a one-time link in their own chat with the bot, then presses a button there. Only the
account that showed the code may press it; names and usernames prove nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from accounts import clock, rate_limits, tokens
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import Conflict, InvalidInput, NotFound
from accounts.models import Ban, LinkPurpose, OneTimeLink, Role, User
from accounts.permissions import Capability, require
from accounts.selectors.people import get_person
from accounts.services.one_time_links import LinkUsed, make_link, may_use
from accounts.services.signing_out import sign_out_everywhere


class TelegramTaken(Conflict):
    """The account stands for somebody with tickets or a role of their own."""

    code = "telegram_taken"
    text = _(
        "This Telegram account already belongs to another person of this desk. An administrator can unlink it from them"
        " in the admin's list of people; then open a new link."
    )


class AlreadyLinked(Conflict):
    code = "already_linked"
    text = _(
        "This person already has a Telegram account. An administrator can unlink it in the admin's list of people."
    )


@dataclass(frozen=True, kw_only=True)
class ShownLink:
    """A link that an account has shown: what its button names, and for whom it is."""

    id: UUID
    person: User


@transaction.atomic
def create_telegram_link(*, actor: Actor, user_id: UUID) -> str:
    """The secret that joins one Telegram account to this member of staff, once, within 15 minutes.

    For oneself, or by an administrator. Raises PermissionDenied, NotFound, InvalidInput (no staff), AlreadyLinked.
    """
    if actor.user_id != user_id:
        require(actor, Capability.MANAGE_PEOPLE)
    person = get_person(user_id)
    if not may_use(person, LinkPurpose.TELEGRAM):
        raise InvalidInput.of("user", _("Customers come by Telegram itself. Links are for those who work here."))
    if person.telegram_id is not None:
        raise AlreadyLinked
    return make_link(person.pk, LinkPurpose.TELEGRAM)


@transaction.atomic
def show_telegram_link(*, actor: Actor, secret: str) -> ShownLink:
    """The account says that it has the secret; from now on nobody else can use it.

    Raises RateLimited, LinkUsed (also for one that another account has shown), TelegramTaken, AlreadyLinked.
    """
    account = get_person(_account_of(actor))
    rate_limits.telegram_link(account.pk)
    link = _find(token_hash=tokens.hash_secret(secret))
    if link.shown_by_id not in (None, account.pk):
        raise LinkUsed
    _require_free(account, link.user)
    link.shown_by_id = account.pk
    link.save(update_fields=["shown_by"])
    return ShownLink(id=link.pk, person=link.user)


@transaction.atomic
def join_telegram(*, actor: Actor, link_id: UUID) -> User:
    """Use up the link: the account is this person's from now on, and the customer as whom it was known is gone.

    Raises LinkUsed, TelegramTaken, AlreadyLinked.
    """
    link = _find(pk=link_id, shown_by_id=_account_of(actor))
    people = User.objects.select_for_update().filter(pk__in=[link.user_id, link.shown_by_id]).order_by("pk")
    found = {person.pk: person for person in people}
    account, person = found[actor.user_id], found[link.user_id]  # type: ignore[index]
    _require_free(account, person)
    link.delete()
    telegram_id = account.telegram_id
    own = (account.first_name, account.last_name, account.username, account.phone)
    announce("session_ended", user=account.pk, family=None)
    Ban.objects.filter(person=account).update(person=person)
    try:
        account.delete()
    except ProtectedError as error:
        raise TelegramTaken from error
    person.telegram_id = telegram_id
    person.first_name, person.last_name, person.username, person.phone = own
    person.save(update_fields=["telegram_id", "first_name", "last_name", "username", "phone", "updated_at"])
    announce("person_changed", user=person.pk, fields=["telegram_id"])
    return person


@transaction.atomic
def part_telegram(*, actor: Actor, user_id: UUID) -> User:
    """Take the Telegram account from a person, whose sign-ins end; it is nobody's until it writes again.

    Raises PermissionDenied, NotFound (none is linked), InvalidInput (one's own only way in).
    """
    require(actor, Capability.MANAGE_PEOPLE)
    person = User.objects.select_for_update(no_key=True).filter(pk=user_id, telegram_id__isnull=False).first()
    if person is None:
        raise NotFound
    if actor.user_id == user_id and not (person.login and person.has_usable_password()):
        raise InvalidInput.of("user", _("Telegram is your only way in. Choose a sign-in and a password first."))
    person.telegram_id, person.username, person.phone = None, "", ""
    person.save(update_fields=["telegram_id", "username", "phone", "updated_at"])
    sign_out_everywhere(user_id=person.pk)
    announce("person_changed", user=person.pk, fields=["telegram_id"])
    return person


def _account_of(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def _find(**which: object) -> OneTimeLink:
    """The link, locked. Raises LinkUsed."""
    links = OneTimeLink.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    link = links.filter(purpose=LinkPurpose.TELEGRAM, expires_at__gt=clock.now(), **which).first()
    if link is None or not may_use(link.user, LinkPurpose.TELEGRAM):
        raise LinkUsed
    return link


def _require_free(account: User, person: User) -> None:
    if person.telegram_id is not None:
        raise AlreadyLinked
    is_only_a_visitor = account.role == Role.CUSTOMER and account.login is None and account.is_active
    if not is_only_a_visitor or account.telegram_id is None:
        raise TelegramTaken
