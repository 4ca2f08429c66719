"""All of the simulated Telegram in one object that lives as long as the process."""

import secrets

from telegram_bot.simulator.calls import CallLog
from telegram_bot.simulator.changes import Changes
from telegram_bot.simulator.chats import Chats
from telegram_bot.simulator.clock import Clock
from telegram_bot.simulator.database import JSON, Database
from telegram_bot.simulator.faults import Faults
from telegram_bot.simulator.files import Files
from telegram_bot.simulator.history import History
from telegram_bot.simulator.init_data import InitDataSigner
from telegram_bot.simulator.options import Options
from telegram_bot.simulator.pace import Pace
from telegram_bot.simulator.people import DEMO_PEOPLE
from telegram_bot.simulator.poller import Poller
from telegram_bot.simulator.updates import UpdateQueue

_COUNTERS = ("seed", "revision", "update_id", "message_id")


class World:
    """Everything is changed from the event loop only, in one transaction at a time."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.db = Database(options.data_dir / "simulator.sqlite3")
        self.changes = Changes(self.db, self.clock)
        self.chats = Chats(self.db, self.changes)
        self.history = History(self.db, self.changes)
        self.updates = UpdateQueue(self.db, self.clock)
        self.files = Files(self.db, options.data_dir / "files")
        self.calls = CallLog(self.db, self.clock)
        self.faults = Faults()
        self.pace = Pace(self.clock)
        self.poller = Poller()
        self.stopping = False
        self._settle()

    def _settle(self) -> None:
        """Makes the demo people where the file is new."""
        with self.db.transaction():
            if self.db.setting("seed") is None:
                self.db.set("seed", secrets.token_hex(32))
                for person in DEMO_PEOPLE:
                    self.chats.add_user(person)
        self.signer = InitDataSigner(self.options.token, bytes.fromhex(self.db.setting("seed")))

    def reset(self, *, keep_bot: bool = False) -> None:
        """A new Telegram: the demo people, no messages, no faults, real time. Counters go on.

        `keep_bot` leaves what a running bot has set up: webhook, commands, menu buttons, descriptions.
        """
        with self.db.transaction():
            settings = {name: value for name, value in self.db.settings() if keep_bot or name in _COUNTERS}
            self.db.erase()
            for name, value in settings.items():
                self.db.set(name, value)
            for person in DEMO_PEOPLE:
                self.chats.add_user(person)
        self.changes.forget_notices()
        self.faults.clear()
        self.updates.duplicates = []
        self.pace = Pace(self.clock)
        self.poller.last_offset = None
        self.clock.offset, self.clock.scale = 0.0, 1.0
        self.changes.record()

    def stop_waiting(self) -> None:
        """Ends the requests that wait for something, so that the process can end."""
        self.stopping = True
        self.changes.signal.fire()
        self.updates.arrived.fire()

    @property
    def bot_user(self) -> JSON:
        """The bot as the sender of a message."""
        name = self.db.setting("bot_name", self.options.bot_name)
        return {"id": self.options.bot_id, "is_bot": True, "first_name": name, "username": self.options.bot_username}
