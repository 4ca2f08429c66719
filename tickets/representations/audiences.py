from enum import StrEnum

from accounts.actors import Actor


class Audience(StrEnum):
    """Two pictures of a ticket: staff see all of it, its customer sees the public part in a numbering of its own."""

    STAFF = "staff"
    CUSTOMER = "customer"

    @classmethod
    def of(cls, actor: Actor) -> "Audience":
        return cls.STAFF if actor.is_staff else cls.CUSTOMER
