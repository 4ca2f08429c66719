"""Identifiers that we make: UUIDs of version 7, which sort by the time of their making (RFC 9562)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
