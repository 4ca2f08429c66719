"""The ways to a person besides the inbox in the app. Each inserts its own owed rows, in the same transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.models import User
from tickets.models import Notification

Owe = Callable[[Sequence[Notification]], None]  # in the order of their events; of one ticket several


@dataclass(frozen=True)
class Channel:
    """name: also the key of the person's preference. by_default: used where the person has not said otherwise."""

    name: str
    owe: Owe
    by_default: bool = True

    def is_wanted_by(self, person: User) -> bool:
        return bool(person.preferences.get(self.name, self.by_default))


_channels: dict[str, Channel] = {}


def register_channel(channel: Channel) -> None:
    _channels[channel.name] = channel


def list_channels() -> list[Channel]:
    return list(_channels.values())
