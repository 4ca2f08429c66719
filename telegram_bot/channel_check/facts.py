"""What the checks look at: plain values, no connection to anything."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How this desk is set up. files_dir: of a Bot API server with --local, empty where there is none."""

    has_token: bool
    mode: str
    public_url: str
    webhook_url: str
    allowed_updates: tuple[str, ...]
    mini_app_url: str | None
    api_url: str
    has_own_server: bool
    files_dir: str
    has_files_dir: bool
    download_mb: int
    staff_chat_id: int | None


@dataclass(frozen=True, kw_only=True)
class CommandList:
    """The commands that everybody sees in one language ("" is all others)."""

    language: str
    given: list[JSON]
    wanted: list[JSON]


@dataclass(frozen=True, kw_only=True)
class StaffChat:
    """The staff's group as the bot sees it. chat and member: of getChat and getChatMember, None where refused."""

    chat: JSON | None
    member: JSON | None


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A message sent to a chat and deleted again. error: what Telegram said, empty where it arrived."""

    error: str
    milliseconds: int = 0


@dataclass(frozen=True, kw_only=True)
class RoundTrip:
    """A request to the webhook's public address. error: why the desk did not answer it, empty where it did."""

    error: str
    status: int = 0
    milliseconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Of the public address. error: why it is not accepted (OpenSSL's words); else when it ends."""

    host: str
    error: str = ""
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TelegramFacts:
    """What Telegram says. refusal: "token" or "silence", and then there is nothing else.

    unanswered: other methods that it did not answer, each with its words; what they would have told is None.
    clock_skew: seconds by which this machine's clock is ahead of Telegram's. shell_status: how the Mini App's page
    answers at its public address, 0 where it does not (then shell_error says why).
    """

    refusal: str = ""
    me: JSON = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    webhook: JSON | None = None
    menu_button: JSON | None = None
    commands: tuple[CommandList, ...] | None = None
    staff: StaffChat | None = None
    clock_skew: float | None = None
    shell_status: int = 0
    shell_error: str = ""
    is_shell: bool = False
    round_trip: RoundTrip | None = None
    certificate: Certificate | None = None
    probe: Probe | None = None


@dataclass(frozen=True, kw_only=True)
class DeskFacts:
    """What the tables say. channel_fault: a code of ChannelFault, with Telegram's own words beside it.

    group_calls_waiting: for the staff's group, while it takes nothing from the bot; removals_waiting: what the bot is
    to delete there and may not. left_to_other_bots: calls and updates of a bot whose token the desk had before;
    left_without_token: of any bot, while none is set.
    accounts_waiting: that were connected to the bot, and nobody has decided whether they are the company's.
    """

    is_served: bool
    channel_fault: str = ""
    channel_error: str = ""
    restored_at: datetime | None = None
    restored: int = 0
    updates_waiting: int = 0
    updates_dead: int = 0
    calls_waiting: int = 0
    group_calls_waiting: int = 0
    removals_waiting: int = 0
    left_to_other_bots: int = 0
    left_without_token: int = 0
    accounts_waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """telegram: None where only the tables were read."""

    now: datetime
    setup: Setup
    desk: DeskFacts
    telegram: TelegramFacts | None = None
