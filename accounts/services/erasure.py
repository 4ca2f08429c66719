"""Forgetting who a person was. What they wrote is another app's: tickets.services.erasure calls this."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts import clock
from accounts.announcements import announce
from accounts.models import Ban, RefreshSession, User
from accounts.services.signing_out import sign_out_everywhere

ERASED = "—"  # stands where a name or a subject was


@transaction.atomic
def forget_person(user: User) -> None:
    """Take from a person, whose row is locked, all that says who they are; their sign-ins end. Idempotent."""
    sign_out_everywhere(user_id=user.pk)
    RefreshSession.objects.filter(user=user).delete()
    Ban.objects.filter(person=user).delete()
    forget_in_admin_log(user)
    user.telegram_id = user.login = None
    user.phone = user.username = user.first_name = user.last_name = user.ban_reason = user.password = ""
    user.preferences = {}
    user.team = None
    user.erased_at = user.erased_at or clock.now()
    user.save(
        update_fields=[
            "telegram_id", "login", "phone", "username", "first_name", "last_name", "ban_reason", "password",
            "preferences", "team", "erased_at", "updated_at",
        ]
    )  # fmt: skip
    announce("person_erased", user=user.pk)


def forget_in_admin_log(row: models.Model) -> None:
    """The admin notes what each changed row was called."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    entries.update(object_repr=ERASED)
