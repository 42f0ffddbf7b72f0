"""Synthetic results: a small queueing model of tracker, disk and upstream, written as the harness writes.

    write_run(directory, Story(scenario="upstream/outage", seed=7))
    write_gallery(directory)           # one of everything, to look at

    /usr/bin/python3 -m tests.reports.fixtures DIR
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reports.errors import InputError
from reports.results import Run, find_results, load_runs

STEP = 0.1
HEADER = "t,offered,accepted,durable,delivered,queue,spool,breaker,faults"


@dataclass(frozen=True)
class Fault:
    """A named rule. `disk_keeps` and `upstream_keeps` are the fractions that still work while it is armed."""

    name: str
    begin: float
    end: float
    disk_keeps: float = 1.0
    upstream_keeps: float = 1.0

    def armed(self, t: float) -> bool:
        return self.begin <= t < self.end


AWAY = Fault("away", 10, 40, upstream_keeps=0.0)
FILLS = Fault("volume fills", 14, 40, disk_keeps=0.3)
SLOW = Fault("slow and failing", 10, 40, upstream_keeps=0.032)

PHASES = (("warm-up", 0, 10), ("stress", 10, 40), ("recovery", 40, 75))


@dataclass(frozen=True)
class Story:
    scenario: str = "upstream/outage"
    subject: str = "holdfast"
    world: str = "virtual"
    seed: int = 1
    rate: float = 2000
    faults: tuple[Fault, ...] = (AWAY,)
    phases: tuple[tuple[str, float, float], ...] = PHASES
    capacity: float = 6000                     # records/s at the upstream
    queue_limit: int = 4096
    why: str = "A deployment restarts the upstream, and nobody listens for a while."
    verdict: str = "pass"
    reasons: tuple[str, ...] = ()
    measures: dict[str, float | None] = field(default_factory=dict)     # overrides

    notes: dict[str, str] = field(default_factory=dict)
    phase_retention: dict[str, dict[str, float | None]] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """A caller that waits for the upstream: what it offers falls with what it gets."""
        return self.subject.startswith("naive")


@dataclass
class Bin:
    t: float
    offered: int
    accepted: int
    durable: int
    delivered: int
    queue: int
    spool: int
    breaker: str
    faults: str

    def line(self) -> str:
        numbers = (self.offered, self.accepted, self.durable, self.delivered, self.queue, self.spool)
        return ",".join([f"{self.t:.1f}", *map(str, numbers), self.breaker, _quoted(self.faults)])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


def simulate(story: Story) -> list[Bin]:
    draws = random.Random(f"{story.scenario} {story.seed}")
    queue = spool = 0
    bins = []
    for index in range(round(story.phases[-1][2] / STEP)):
        t = index * STEP
        armed = [fault for fault in story.faults if fault.armed(t)]
        upstream = min([1.0, *(fault.upstream_keeps for fault in armed)])
        disk = min([1.0, *(fault.disk_keeps for fault in armed)])
        offered = max(0, round(draws.gauss(story.rate * STEP, (story.rate * STEP) ** 0.5)))
        if story.waits:
            offered = accepted = delivered = round(offered * upstream)
            durable = 0
        else:
            accepted = min(offered, story.queue_limit - queue + round(offered * disk))
            durable = min(queue + accepted, round((story.rate * disk * 1.2 if disk < 1 else 1e6) * STEP))
            queue += accepted - durable
            delivered = min(spool + durable, round(story.capacity * upstream * STEP))
            spool += durable - delivered
        breaker = "" if story.waits else _breaker(t, armed, upstream)
        bins.append(Bin(t, offered, accepted, durable, delivered, queue, spool, breaker,
                        "|".join(fault.name for fault in armed)))
    return bins


def _breaker(t: float, armed: list[Fault], upstream: float) -> str:
    since = t - min([fault.begin for fault in armed if fault.upstream_keeps < 1], default=t)
    if upstream == 1.0 or since < 0.5:
        return "closed"
    return "half_open" if round(since * 10) % 50 < 2 else "open"


def result_of(story: Story) -> dict[str, Any]:
    bins, twin = simulate(story), simulate(replace(story, faults=()))
    own_sums, twin_sums = _sums_under_fault(story, bins), _sums_under_fault(story, twin)
    measures = {f"retention.{name}": _ratio(own_sums[name], twin_sums[name])
                for name in ("accepted", "durable", "delivered")}
    measures |= {"retention.calls": None, "oracle_ratio": 0.97, "loss.counted": 0, "loss.unaccounted": 0,
                 "duplicates": story.seed % 3, "recovery.time": 1.2 + story.seed / 10,
                 "backlog.drain_time": 14.5, "amplification.max": 1.05, "delivery.age.p99": 31.2,
                 "record.p99": 8.2e-7 if story.world == "live" else None, "breaker.opens": 1}
    if story.waits:
        measures |= {"retention.calls": _ratio(own_sums["accepted"], twin_sums["accepted"]),
                     "retention.durable": _ratio(own_sums["delivered"], twin_sums["delivered"]),
                     "recovery.time": None, "backlog.drain_time": None, "breaker.opens": 0}
    measures |= story.measures
    trace_hash = f"{random.Random(story.seed).getrandbits(64):016x}"
    return {
        "version": 1, "scenario": story.scenario, "file": f"scenarios/{story.scenario}.json",
        "subject": story.subject, "world": story.world, "seed": story.seed,
        **({"trace_hash": trace_hash} if story.world == "virtual" else {}),
        "verdict": story.verdict, "reasons": list(story.reasons), "measures": measures, "notes": story.notes,
        **({"record_latency": _record_latency(story)} if story.world == "live" else {}),
        "accounting": _accounting(bins), "laws": _laws(story),
        "expectations": _expectations(measures),
        "phases": [{"name": name, "from": begin, "to": end, **_phase_retention(story, name)}
                   for name, begin, end in story.phases],
        "fault_windows": [{"phase": "stress", "from": fault.begin, "to": fault.end, "rules": [fault.name]}
                          for fault in story.faults],
        "faults_fired": {fault.name: 137 + 411 * index for index, fault in enumerate(story.faults)},
        "resolved": {"version": 1, "name": story.scenario, "seed": story.seed, "why": story.why,
                     "load": {"rate": f"{story.rate:g}/s"}},
    }


def _record_latency(story: Story) -> dict[str, Any]:
    """Mostly fast calls with a long tail; a naive subject's calls wait for the disk and the upstream."""
    draws, scale = random.Random(f"latency {story.subject} {story.seed}"), 50_000 if story.waits else 1
    counts: dict[int, int] = {}
    for _ in range(20_000):
        duration = 60 * scale * draws.lognormvariate(0.3, 0.4) * (400 if draws.random() < 0.0008 else 1)
        shift = max(0, int(duration).bit_length() - 6)
        highest = (((int(duration) >> shift) + 1) << shift) - 1
        counts[highest] = counts.get(highest, 0) + 1
    return {"unit": "ns", "calls": 20_000, "buckets": {str(key): counts[key] for key in sorted(counts)}}


def _phase_retention(story: Story, phase: str) -> dict[str, Any]:
    return {"retention": story.phase_retention[phase]} if phase in story.phase_retention else {}


def _sums_under_fault(story: Story, bins: list[Bin]) -> dict[str, int]:
    inside = [each for each in bins if any(fault.armed(each.t) for fault in story.faults)]
    names = ("accepted", "durable", "delivered")
    return {name: sum(getattr(each, name) for each in inside) for name in names}


def _ratio(own: int, twin: int) -> float | None:
    return own / twin if twin >= 100 else None


def _accounting(bins: list[Bin]) -> dict[str, Any]:
    offered, accepted, delivered = (sum(getattr(each, name) for each in bins)
                                    for name in ("offered", "accepted", "delivered"))
    return {"offered": offered, "unissued": 0,
            "rejected": {"ring_full": offered - accepted, "too_large": 0, "closed": 0},
            "delivered": delivered, "quarantined": 0, "expired": 0,
            "pending": {"spool": bins[-1].spool, "memory": bins[-1].queue},
            "lost": {"crash": 0, "shutdown": 0}, "unaccounted": 0}


def _laws(story: Story) -> list[dict[str, str]]:
    names = ("conservation", "durability", "identity", "isolation", "bounds", "liveness", "breaker")
    laws = [{"law": name, "verdict": "pass", "detail": ""} for name in names]
    if story.world == "virtual":
        laws[3] |= {"verdict": "not_judged", "detail": "judged in LIVE runs only"}
    laws[5]["detail"] = "recovered after 1.3 s (limit 20 s), drained after 14.5 s (limit 50 s)"
    return laws


def _expectations(measures: dict[str, float | None]) -> list[dict[str, Any]]:
    wanted = (("retention.durable", ">=", 0.10, "10%"), ("loss.unaccounted", "==", 0, "0"))
    return [{"text": f"{name} {sign} {text}", "measure": name, "value": measures[name], "limit": limit,
             "verdict": _judge(measures[name], sign, limit)} for name, sign, limit, text in wanted]


def _judge(value: float | None, sign: str, limit: float) -> str:
    if value is None:
        return "invalid"
    return "pass" if (value >= limit if sign == ">=" else value == limit) else "fail"


def write_run(directory: Path, story: Story) -> Path:
    """Writes the three files and returns the path of result.json."""
    directory.mkdir(parents=True, exist_ok=True)
    _write_series(directory / "timeline.csv", simulate(story))
    _write_series(directory / "twin.csv", simulate(replace(story, faults=())))
    path = directory / "result.json"
    path.write_text(json.dumps(result_of(story), indent=1), encoding="utf-8")
    return path


def _write_series(path: Path, bins: Iterable[Bin]) -> None:
    path.write_text("\n".join([HEADER, *(each.line() for each in bins)]) + "\n", encoding="utf-8")


def runs_below(directory: Path) -> list[Run]:
    """All results there, of which every one must be readable."""
    problems: list[InputError] = []
    runs = load_runs(find_results([directory], problems), problems)
    assert not problems, problems
    return runs


def gallery() -> list[Story]:
    below = "retention.durable >= 10%: measured 3.2 %, the limit is 10 %"
    slow = Story("stress/slow-upstream", faults=(SLOW,), rate=3000)
    both = Story("combined/disk-full-during-outage", faults=(AWAY, FILLS))
    naive = replace(slow, subject="naive-seed", verdict="fail", reasons=(below,))
    never = "the rule \"volume fills\" never fired: the run shows nothing about it"
    return [
        *(Story(seed=seed) for seed in range(1, 6)),
        *(replace(both, seed=seed) for seed in range(1, 4)), replace(both, seed=42, world="live", rate=120),
        *(replace(slow, seed=seed) for seed in (1, 2)), replace(slow, world="live"),
        naive, replace(naive, world="live"),
        Story("disk/full", faults=(replace(FILLS, disk_keeps=0.04),), verdict="fail", queue_limit=2000,
              reasons=("retention.durable >= 10%: measured 4.8 %, the limit is 10 %",
                       "liveness: the backlog was not empty 50 s after the faults healed")),
        Story("disk/full", world="live", faults=(FILLS,), verdict="invalid", reasons=(never,)),
    ]


def write_gallery(directory: Path) -> None:
    for index, story in enumerate(gallery()):
        write_run(directory / story.scenario / f"{story.subject}-{story.world}-{story.seed}-{index}", story)


if __name__ == "__main__":
    write_gallery(Path(sys.argv[1]))
