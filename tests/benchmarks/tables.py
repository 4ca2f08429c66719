"""What the benchmarks print: Markdown tables and quantiles."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Milliseconds."""

    median: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        cuts = statistics.quantiles(seconds, n=100, method="inclusive")  # never beyond the slowest
        return cls(median=cuts[49] * 1000, p99=cuts[98] * 1000)


def table(*head: str, rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
