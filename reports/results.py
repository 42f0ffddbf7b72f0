"""One run as the harness wrote it: result.json, beside it timeline.csv and, of its twin, twin.csv.

    problems = []
    runs = load_runs(find_results([Path("results")], problems), problems)

What cannot be read is added to `problems`, each naming its file, and left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.errors import InputError
from reports.latency import Latency, read_latency
from reports.reading import Node, load_json
from reports.series import Series, load_series

VERSION = 1
VERDICTS = frozenset({"pass", "fail", "inconclusive", "invalid"})
CHECK_VERDICTS = frozenset({"pass", "fail", "inconclusive", "invalid", "not_judged"})
WORLDS = frozenset({"virtual", "live"})


@dataclass(frozen=True)
class Law:
    name: str
    verdict: str
    detail: str


@dataclass(frozen=True)
class Expectation:
    text: str
    measure: str
    value: float | None
    limit: float | None
    verdict: str


@dataclass(frozen=True)
class Phase:
    name: str
    begin: float
    end: float
    retention: dict[str, float | None]     # "durable" -> ratio; empty where no fault was armed


@dataclass(frozen=True)
class FaultWindow:
    phase: str
    begin: float
    end: float
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Accounting:
    """Where every offered record is. `places` is flat: "rejected.ring_full" -> count."""

    offered: int
    unaccounted: int
    places: dict[str, int]

    def difference(self) -> int:
        """0 when the places add up to what was offered."""
        return self.offered - self.unaccounted - sum(self.places.values())

    @staticmethod
    def total(parts: Iterable[Accounting]) -> Accounting:
        """Place by place over several runs."""
        parts = list(parts)
        names = dict.fromkeys(name for part in parts for name in part.places)
        places = {name: sum(part.places.get(name, 0) for part in parts) for name in names}
        return Accounting(sum(part.offered for part in parts), sum(part.unaccounted for part in parts), places)


@dataclass(frozen=True)
class Run:
    path: Path
    scenario: str
    file: str
    subject: str
    world: str
    seed: int
    trace_hash: str | None
    verdict: str
    reasons: tuple[str, ...]
    measures: dict[str, float | None]
    notes: Any
    latency: Latency | None            # of record(); None in VIRTUAL
    accounting: Accounting
    laws: tuple[Law, ...]
    expectations: tuple[Expectation, ...]
    phases: tuple[Phase, ...]
    fault_windows: tuple[FaultWindow, ...]
    faults_fired: dict[str, int]
    resolved: Any
    timeline: Series
    twin: Series | None                # None where the run had no twin to be compared with

    def note(self, measure: str) -> str:
        """Why a measure has no value, or what decided it; "" where the run says nothing."""
        note = self.notes.get(measure, "") if isinstance(self.notes, dict) else ""
        return note if isinstance(note, str) else ""

    @property
    def why(self) -> str:
        """When the scenario happens in production, in the words of its file."""
        why = self.resolved.get("why", "") if isinstance(self.resolved, dict) else ""
        return why if isinstance(why, str) else ""


def find_results(roots: Iterable[Path], problems: list[InputError]) -> list[Path]:
    """Every result.json below the roots, each once, in the order of the roots and then of the paths."""
    found: dict[Path, Path] = {}
    for root in roots:
        try:
            for path in _results_below(root):
                found.setdefault(path.resolve(), path)
        except InputError as error:
            problems.append(error)
    return list(found.values())


def _results_below(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise InputError(root, "does not exist.")
    paths = [Path(folder) / "result.json" for folder, _, files in os.walk(root) if "result.json" in files]
    if not paths:
        raise InputError(root, "holds no result.json, at any depth; "
                               "give a directory that `holdfast run` wrote.")
    return sorted(paths)


def load_runs(paths: Iterable[Path], problems: list[InputError]) -> list[Run]:
    runs = []
    for path in paths:
        try:
            runs.append(load_run(path))
        except InputError as error:
            problems.append(error)
    return runs


def load_run(path: Path) -> Run:
    node = load_json(path)
    if not isinstance(node.value, dict) or "version" not in node.value or "scenario" not in node.value:
        raise InputError(path, "is not a result of Holdfast: it has no version and scenario.")
    version = node.get("version").count()
    if version != VERSION:
        raise InputError(path, f"has version {version}; this report reads version {VERSION}. "
                               "Run the scenario again with this version of holdfast.")
    return Run(
        path=path,
        scenario=node.get("scenario").text(),
        file=_text_or(node, "file", ""),
        subject=node.get("subject").text(),
        world=node.get("world").word(WORLDS),
        seed=node.get("seed").count(),
        trace_hash=_text_or(node, "trace_hash", "") or None,
        verdict=node.get("verdict").word(VERDICTS),
        reasons=tuple(reason.text() for reason in node.get("reasons").items()),
        measures={name: value.number_or_none() for name, value in node.get("measures").members().items()},
        notes=_value_or_none(node, "notes"),
        latency=read_latency(node.find("record_latency")),
        accounting=_accounting(node.get("accounting")),
        laws=tuple(_law(law) for law in node.get("laws").items()),
        expectations=tuple(_expectation(each) for each in node.get("expectations").items()),
        phases=tuple(_phase(phase) for phase in node.get("phases").items()),
        fault_windows=tuple(_fault_window(window) for window in node.get("fault_windows").items()),
        faults_fired={rule: count.count() for rule, count in node.get("faults_fired").members().items()},
        resolved=_value_or_none(node, "resolved"),
        timeline=load_series(path.with_name("timeline.csv")),
        twin=load_series(twin) if (twin := path.with_name("twin.csv")).exists() else None,
    )


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _text_or(node: Node, key: str, fallback: str) -> str:
    member = node.find(key)
    return fallback if member is None else member.text()


def _value_or_none(node: Node, key: str) -> Any:
    member = node.find(key)
    return None if member is None else member.value


def _law(node: Node) -> Law:
    return Law(node.get("law").text(), node.get("verdict").word(CHECK_VERDICTS), _text_or(node, "detail", ""))


def _expectation(node: Node) -> Expectation:
    return Expectation(
        text=node.get("text").text(),
        measure=node.get("measure").text(),
        value=node.get("value").number_or_none(),
        limit=node.get("limit").number_or_none(),
        verdict=node.get("verdict").word(CHECK_VERDICTS),
    )


def _span(node: Node) -> tuple[float, float]:
    begin, end = node.get("from").number(), node.get("to").number()
    if end < begin:
        raise InputError(node.path, f"{node.place} ends at {end} s, before it begins at {begin} s.")
    return begin, end


def _phase(node: Node) -> Phase:
    retention = node.find("retention")
    members = {} if retention is None else retention.members()
    ratios = {name: ratio.number_or_none() for name, ratio in members.items()}
    return Phase(node.get("name").text(), *_span(node), ratios)


def _fault_window(node: Node) -> FaultWindow:
    rules = tuple(rule.text() for rule in node.get("rules").items())
    return FaultWindow(node.get("phase").text(), *_span(node), rules)


def _accounting(node: Node) -> Accounting:
    totals = {name: node.get(name).count() for name in ("offered", "unaccounted")}
    places = {name: count for name, count in _flatten(node).items() if name not in totals}
    return Accounting(**totals, places=places)


def _flatten(node: Node, prefix: str = "") -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, member in node.members().items():
        if isinstance(member.value, dict):
            counts.update(_flatten(member, f"{prefix}{key}."))
        else:
            counts[prefix + key] = member.count()
    return counts
