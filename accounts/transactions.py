"""Retrying a whole unit of work. Only edges do it: a service runs inside somebody's transaction."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, close_old_connections, transaction

from accounts.errors import Unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")


def run_unit(work: Callable[[], T]) -> T:
    """Run `work`; once more after a deadlock or a lost connection; then Unavailable.

    Safe only for work that is one transaction, or idempotent by the client's keys. Inside a transaction it adds
    nothing: the outermost unit retries.
    """
    if transaction.get_connection().in_atomic_block:
        return work()
    try:
        return work()
    except OperationalError as error:
        log.warning("A unit of work is retried: %s", type(error.__cause__ or error).__name__)
        close_old_connections()
    try:
        return work()
    except OperationalError as error:
        close_old_connections()
        raise Unavailable from error
