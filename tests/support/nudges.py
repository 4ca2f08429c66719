"""Bad weather between the processes: nudges that are lost, doubled, late."""

import asyncio
import random
from collections.abc import Callable

from chat.nudges import Nudge


class Weather:
    """Stands between the channel layer and a hub. `seed` makes it the same again."""

    def __init__(self, hear: Callable[[Nudge], None], seed: int = 1) -> None:
        self._hear = hear
        self._random = random.Random(seed)
        self.lose = 0.0
        self.double = 0.0
        self.delay = 0.0  # seconds at most; makes them overtake each other

    def __call__(self, nudge: Nudge) -> None:
        if self._random.random() < self.lose:
            return
        for _time in range(2 if self._random.random() < self.double else 1):
            asyncio.get_running_loop().call_later(self._random.random() * self.delay, self._hear, nudge)
