"""How long record() took, as the harness counted it: buckets of nanoseconds.

    latency = merged([run.latency for run in runs])
    latency.percentile(0.99)           # seconds; the bucket's upper end, so never flattering
    latency.curve()                    # ((fraction of calls before, until, seconds), ...)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.errors import InputError
from reports.reading import Node

_NANOSECOND = 1e-9


@dataclass(frozen=True)
class Latency:
    buckets: tuple[tuple[int, int], ...]       # (longest call in ns, calls), shortest first; never empty

    @property
    def calls(self) -> int:
        return sum(count for _, count in self.buckets)

    def percentile(self, fraction: float) -> float:
        calls = self.calls
        return next(seconds for _, until, seconds in self.curve() if until * calls >= fraction * calls - 1e-9)

    def longest(self) -> float:
        return self.buckets[-1][0] * _NANOSECOND

    def curve(self) -> Iterator[tuple[float, float, float]]:
        """For each bucket: the fraction of calls that were faster, the same with its own, its seconds."""
        calls, before = self.calls, 0
        for highest, count in self.buckets:
            yield before / calls, (before + count) / calls, highest * _NANOSECOND
            before += count


def merged(parts: Iterable[Latency | None]) -> Latency | None:
    """All calls together; None where nothing was measured."""
    counts: Counter[int] = Counter()
    for part in parts:
        counts.update(dict(part.buckets) if part else {})
    return Latency(tuple(sorted(counts.items()))) if counts else None


def read_latency(node: Node | None) -> Latency | None:
    """The member `record_latency` of result.json; None in VIRTUAL and where no call returned."""
    if node is None:
        return None
    buckets = tuple(sorted(_bucket(key, count) for key, count in node.get("buckets").members().items()))
    counted, calls = sum(count for _, count in buckets), node.get("calls").count()
    if counted != calls:
        raise InputError(node.path, f"{node.place} has {calls} calls and {counted} in its buckets.")
    return Latency(buckets) if buckets else None


def _bucket(key: str, count: Node) -> tuple[int, int]:
    if not key.isdecimal() or not key.isascii() or len(key) > 19:
        raise InputError(count.path, f"{count.place}: a bucket is named by its nanoseconds, a whole number.")
    number = count.count()
    if number < 1:
        raise InputError(count.path, f"{count.place} is {number}; a bucket holds at least one call.")
    return int(key), number
