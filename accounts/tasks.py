"""Background work of `accounts`. Every task is idempotent."""

from celery import shared_task

from accounts.services.purging import purge_expired


@shared_task(name="accounts.purge_expired")
def purge_expired_rows() -> int:
    return purge_expired()
