"""Runs gathered into rows: one per scenario, subject and world, over all seeds.

    rows = gather(runs)
    rows[0].statistic("retention.durable").median
    overall(rows)                      # "pass", "fail", ...

Runs of one scenario whose resolved files differ in more than the seed are never mixed: they become
variants, each a row of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from reports.gate import Gate, Judged, Key
from reports.intervals import interval_of_median
from reports.latency import Latency, merged
from reports.results import Run, canonical
from reports.units import higher_is_better

WORST_FIRST = ("fail", "invalid", "inconclusive", "pass")
_WORLD_ORDER = ("virtual", "live")
_RANKING = ("retention.durable", "retention.delivered", "retention.calls", "retention.accepted")


@dataclass(frozen=True)
class Statistic:
    """A measure over the seeds of a row. `worst` is the minimum where more is better, else the maximum."""

    median: float
    worst: float
    worst_is: str                      # "min" or "max"
    available: int                     # runs in which it could be measured
    low: float                         # the interval of the median, see intervals.py
    high: float


@dataclass(frozen=True, eq=False)      # a key of dictionaries
class Row:
    scenario: str
    subject: str
    world: str
    variant: str                       # "" unless the same scenario was run with different settings
    runs: tuple[Run, ...]              # by seed
    judged: Judged | None = None       # by the gate that played them

    @property
    def verdict(self) -> str:
        return self.judged.verdict if self.judged else worst_verdict(run.verdict for run in self.runs)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not a pass: the gate's words, else those of the run to look at."""
        return self.judged.reasons if self.judged else self.representative().reasons

    @property
    def rejected(self) -> bool:
        """What should become of a control."""
        if self.judged and self.judged.rejected is not None:
            return self.judged.rejected
        return self.verdict == "fail"

    @property
    def is_control(self) -> bool:
        """The naive subjects are controls: they are there to be rejected."""
        return self.subject.startswith("naive")

    @property
    def subject_and_world(self) -> str:
        return ", ".join(filter(None, (self.subject, self.world, self.variant)))

    @property
    def seeds(self) -> int:
        return len({run.seed for run in self.runs})

    def passed(self) -> int:
        return sum(run.verdict == "pass" for run in self.runs)

    def statistic(self, measure: str) -> Statistic | None:
        values = [value for run in self.runs if (value := run.measures.get(measure)) is not None]
        if not values:
            return None
        worst, name = (min(values), "min") if higher_is_better(measure) else (max(values), "max")
        return Statistic(median(values), worst, name, len(values), *interval_of_median(values))

    def latency(self) -> Latency | None:
        """How long record() took, all runs together."""
        return merged(run.latency for run in self.runs)

    def missed(self, measure: str) -> bool:
        """Whether an expectation on this measure failed in some run."""
        expectations = (each for run in self.runs for each in run.expectations)
        return any(each.measure == measure and each.verdict == "fail" for each in expectations)

    def representative(self) -> Run:
        """The run to look at: of those with the row's verdict, the one that retained least."""
        candidates = [run for run in self.runs if run.verdict == self.verdict] or self.runs
        return min(candidates, key=lambda run: (*_retained(run), run.seed))


def _retained(run: Run) -> tuple[float, ...]:
    values = (run.measures.get(measure) for measure in _RANKING)
    return tuple(float("inf") if value is None else value for value in values)


def worst_verdict(verdicts: Iterable[str]) -> str:
    return min(verdicts, key=WORST_FIRST.index)


def overall(rows: list[Row], gate: Gate | None = None) -> str:
    """The gate's own verdict where it judged every row; else the worst of the subjects under test, with
    controls counting only when nothing else was run."""
    if gate and gate.verdict and all(row.judged for row in rows):
        return gate.verdict
    judged = [row for row in rows if not row.is_control] or rows
    return worst_verdict(row.verdict for row in judged)


def gather(runs: Iterable[Run], gate: Gate | None = None) -> list[Row]:
    groups: dict[Key, dict[str, list[Run]]] = {}
    for run in runs:
        variants = groups.setdefault((run.scenario, run.subject, run.world), {})
        variants.setdefault(_settings(run), []).append(run)
    judged = gate.rows if gate else {}
    rows = [_row(key, settings, group, judged.get(key) if len(variants) == 1 else None, len(variants) > 1)
            for key, variants in groups.items() for settings, group in variants.items()]
    return sorted(rows, key=_order)


def _row(key: Key, settings: str, runs: list[Run], judged: Judged | None, several: bool) -> Row:
    variant = f"variant {settings[:6]}" if several else ""
    return Row(*key, variant, tuple(sorted(runs, key=lambda run: (run.seed, str(run.path)))), judged)


def _order(row: Row) -> tuple:
    return row.scenario, row.is_control, row.subject, _WORLD_ORDER.index(row.world), row.variant


def _settings(run: Run) -> str:
    resolved = run.resolved
    if isinstance(resolved, dict):
        resolved = {key: value for key, value in resolved.items() if key not in ("seed", "seeds")}
    return hashlib.sha256(canonical(resolved).encode()).hexdigest()
