"""Links that let one person do one thing once: enter the admin without a password (Telegram is the identity)."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import clock, tokens
from accounts.actors import Actor
from accounts.errors import NotFound, PermissionDenied
from accounts.models import OneTimeLink, Role, User
from accounts.models.one_time_link import LinkPurpose

LIFETIME = timedelta(minutes=5)


@transaction.atomic
def create_admin_entry(*, actor: Actor) -> str:
    """The address that lets this manager into the admin once, within five minutes. Raises PermissionDenied."""
    if actor.user_id is None or not actor.has_role(Role.MANAGER):
        raise PermissionDenied
    OneTimeLink.objects.filter(user=actor.user_id, purpose=LinkPurpose.ADMIN_ENTRY).delete()  # the newest counts
    secret = tokens.make_secret()
    OneTimeLink.objects.create(
        user_id=actor.user_id,
        purpose=LinkPurpose.ADMIN_ENTRY,
        token_hash=tokens.hash_secret(secret),
        expires_at=clock.now() + LIFETIME,
    )
    return f"{settings.PUBLIC_URL}/admin/enter/{secret}/"


@transaction.atomic
def redeem_admin_entry(*, secret: str) -> User:
    """Whom the link lets in; works once. Raises NotFound for anything that does not, whatever the reason."""
    links = OneTimeLink.objects.select_for_update(of=("self",)).select_related("user")
    link = links.filter(token_hash=tokens.hash_secret(secret), purpose=LinkPurpose.ADMIN_ENTRY).first()
    if link is None:
        raise NotFound
    user, expired = link.user, link.expires_at <= clock.now()
    link.delete()
    if expired or not user.is_staff:
        raise NotFound
    return user
