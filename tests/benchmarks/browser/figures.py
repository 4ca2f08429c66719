"""What is measured of the Mini App, beside the budget that it has."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.tables import table


@dataclass(frozen=True)
class Figure:
    """`budget` is the most that `reached` may be, in the same unit; None where it only informs."""

    what: str
    reached: float
    unit: str
    budget: float | None = None

    @property
    def is_kept(self) -> bool:
        return self.budget is None or self.reached <= self.budget


def table_of(figures: Sequence[Figure]) -> str:
    rows = [
        [
            figure.what,
            f"{_short(figure.reached)} {figure.unit}",
            "" if figure.budget is None else f"{_short(figure.budget)} {figure.unit}",
            "" if figure.budget is None else ("yes" if figure.is_kept else "**no**"),
        ]
        for figure in figures
    ]
    return table("what", "reached", "budget", "kept", rows=rows)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 50 or value == int(value) else f"{value:.1f}"
