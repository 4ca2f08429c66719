"""What a simulator is started with."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Options:
    """`desk_url` is where people reach the desk; Mini App addresses under it may use plain http."""

    port: int
    data_dir: Path
    token: str
    desk_url: str
    host: str = "127.0.0.1"
    bot_username: str = "help_desk_demo_bot"
    bot_name: str = "Help desk"

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])
