"""After-commit notices: the one way up from a lower app to a higher one.

`announce` tells whoever listens that something has happened, after the transaction that did it. A notice is a hint:
it may be lost with the process, so nothing may depend on it that a sweep or a resume cannot repair. A listener's
error is logged, never raised into the service that announced.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)

Listener = Callable[..., None]
_listeners: defaultdict[str, list[Listener]] = defaultdict(list)


def listen(kind: str, listener: Listener) -> None:
    """Call `listener(**ids)` after each announcement of this kind; registering it twice does nothing."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def announce(kind: str, **ids: Any) -> None:
    """Tell the listeners, after the current transaction commits (at once where there is none)."""
    if _listeners[kind]:
        transaction.on_commit(partial(_tell, kind, ids), robust=True)


def _tell(kind: str, ids: dict[str, Any]) -> None:
    for listener in _listeners[kind]:
        try:
            listener(**ids)
        except Exception:
            log.exception("A listener of %s failed", kind)
