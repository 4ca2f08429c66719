"""A finding is a code with values; here it becomes words."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from telegram_bot.channel_check.sentences import SENTENCES
from telegram_bot.models import ChannelFault


class Level(StrEnum):
    """A note may be as it is; a fault has to be cured."""

    RIGHT = "right"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. Can be stored as JSON and read in another language."""

    code: str
    level: Level
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """In the active language."""
        if self.code == "channel" and self.level is not Level.RIGHT:
            label, error = ChannelFault(self.values["fault"]).label, self.values["error"]
            return f"{label} ({error})" if error else str(label)
        sentences = SENTENCES[self.code]
        return _(sentences.right if self.level is Level.RIGHT else sentences.wrong) % self.values

    @property
    def cure(self) -> str:
        """In the active language; empty where nothing is to be done."""
        text = SENTENCES[self.code].cure
        return _(text) % self.values if text and self.level is not Level.RIGHT else ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_findings(stored: list[dict[str, Any]]) -> list[Finding]:
    """Those that a `run_bot` stored; what another version stored under an unknown code is left out."""
    known = [one for one in stored if one.get("code") in SENTENCES]
    return [Finding(code=one["code"], level=Level(one["level"]), values=one["values"]) for one in known]


def explain(finding: Finding) -> dict[str, Any]:
    """For scripts: the code, and the words in the active language."""
    return {**finding.as_json(), "what": finding.what, "cure": finding.cure}
