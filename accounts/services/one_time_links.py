"""Links that let one person do one thing once: enter the admin, choose a password for it, open the desk in a browser;
also to join a Telegram account (telegram_links).

A page that shows what a link is for does not use it up (Telegram and browsers fetch links to preview them); only the
button on that page does. The secret is a parameter of the address, which our logs leave out or mask. A link into the
desk carries it in the fragment, which no browser sends: only the page's own request with it uses the link up.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock, tokens
from accounts.actors import Actor, Source
from accounts.errors import InvalidInput, NotFound
from accounts.models import LinkPurpose, OneTimeLink, User
from accounts.permissions import Capability, can, require
from accounts.selectors.people import get_person
from accounts.services.passwords import choose_password

LIFETIMES = {
    LinkPurpose.ADMIN_ENTRY: timedelta(minutes=5),
    LinkPurpose.BROWSER_ENTRY: timedelta(minutes=2),
    LinkPurpose.INVITATION: timedelta(days=3),
    LinkPurpose.TELEGRAM: timedelta(minutes=15),
}
_PAGES = {LinkPurpose.ADMIN_ENTRY: "admin-entry", LinkPurpose.INVITATION: "admin-invitation"}
_DESK = "/app/#enter="
_NEEDED = {
    LinkPurpose.ADMIN_ENTRY: Capability.ENTER_ADMIN,
    LinkPurpose.BROWSER_ENTRY: Capability.WORK_TICKETS,
    LinkPurpose.INVITATION: Capability.ENTER_ADMIN,
    LinkPurpose.TELEGRAM: Capability.WORK_TICKETS,
}


class LinkUsed(NotFound):
    """Also the answer for a link that never was."""

    code = "link_used"
    text = _("This link was used already, or its time is over. Ask for a new one.")


def create_admin_entry(*, actor: Actor) -> str:
    """The address where this person enters the admin once, within five minutes. Raises PermissionDenied, NotFound."""
    require(actor, Capability.ENTER_ADMIN)
    if actor.user_id is None:
        raise NotFound
    return _address(LinkPurpose.ADMIN_ENTRY, make_link(actor.user_id, LinkPurpose.ADMIN_ENTRY))


def create_browser_entry(*, actor: Actor) -> str:
    """The address that opens the desk in a browser, signed in as this agent, once, within two minutes.

    Raises PermissionDenied, NotFound.
    """
    require(actor, Capability.WORK_TICKETS)
    if actor.user_id is None:
        raise NotFound
    return settings.PUBLIC_URL + _DESK + make_link(actor.user_id, LinkPurpose.BROWSER_ENTRY)


@transaction.atomic
def invite(*, actor: Actor, user_id: UUID) -> str:
    """The address where this manager chooses a sign-in and a password, once, within three days.

    Raises PermissionDenied, NotFound, InvalidInput (somebody who may not enter the admin).
    """
    require(actor, Capability.MANAGE_PEOPLE)
    _require_may_enter(get_person(user_id))
    return _address(LinkPurpose.INVITATION, make_link(user_id, LinkPurpose.INVITATION))


def get_invited_person(secret: str, purpose: LinkPurpose) -> User:
    """Whose link it is, without using it. Raises LinkUsed."""
    links = OneTimeLink.objects.select_related("user").filter(
        token_hash=tokens.hash_secret(secret), purpose=purpose, expires_at__gt=clock.now()
    )
    link = links.first()
    if link is None or not may_use(link.user, purpose):
        raise LinkUsed
    return link.user


@transaction.atomic
def redeem_admin_entry(*, secret: str) -> User:
    """Use up a link into the admin; whom to sign in there. Raises LinkUsed."""
    return _use(secret, LinkPurpose.ADMIN_ENTRY)


@transaction.atomic
def redeem_browser_entry(*, secret: str) -> User:
    """Use up a link into the desk; whom to sign in there. Raises LinkUsed."""
    return _use(secret, LinkPurpose.BROWSER_ENTRY)


@transaction.atomic
def accept_invitation(*, secret: str, login: str, password: str) -> User:
    """Use up an invitation. Raises LinkUsed, InvalidInput (which leaves the link as it was)."""
    user = _use(secret, LinkPurpose.INVITATION)
    return choose_password(user_id=user.pk, login=login, password=password)


@transaction.atomic
def make_link(user_id: UUID, purpose: LinkPurpose) -> str:
    """The secret of a new link, which makes the person's earlier ones of its kind useless."""
    OneTimeLink.objects.filter(user_id=user_id, purpose=purpose).delete()
    secret = tokens.make_secret()
    OneTimeLink.objects.create(
        user_id=user_id,
        purpose=purpose,
        token_hash=tokens.hash_secret(secret),
        expires_at=clock.now() + LIFETIMES[purpose],
    )
    return secret


def _address(purpose: LinkPurpose, secret: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(_PAGES[purpose])}?token={secret}"


def _use(secret: str, purpose: LinkPurpose) -> User:
    user = get_invited_person(secret, purpose)
    claimed, _by_model = OneTimeLink.objects.filter(token_hash=tokens.hash_secret(secret), purpose=purpose).delete()
    if not claimed:
        raise LinkUsed
    return user


def may_use(user: User, purpose: LinkPurpose) -> bool:
    return user.is_active and can(Actor.of(user, Source.ADMIN), _NEEDED[purpose])


def _require_may_enter(user: User) -> None:
    if not may_use(user, LinkPurpose.INVITATION):
        raise InvalidInput.of("user", _("Only managers and administrators may enter the admin."))
