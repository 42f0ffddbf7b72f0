"""What the gate itself decided, from the gate.json that `holdfast gate` writes: it knows more than the runs
do, such as the bound over the seeds and whether extra seeds were played.

    gate = load_gate([Path("results/gate")], problems)      # None where there is none
    gate.rows[("disk/full", "holdfast", "virtual")].verdict

Only what it decided is taken over; every number is computed from the runs. Rows and members that this
report does not know are passed over, so that a gate may write more than is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reports.errors import InputError
from reports.reading import Node, load_json

VERDICTS = frozenset({"pass", "fail", "inconclusive", "invalid"})
WORLDS = ("virtual", "live")

Key = tuple[str, str, str]         # scenario, subject, world


@dataclass(frozen=True)
class Judged:
    """The gate on one row. `rejected` is what became of a control, None for a subject under test."""

    verdict: str
    reasons: tuple[str, ...] = ()
    rejected: bool | None = None


@dataclass(frozen=True)
class NotRun:
    scenario: str
    reason: str
    command: str                       # that plays it


@dataclass(frozen=True)
class Gate:
    verdict: str | None
    rows: dict[Key, Judged]
    sentences: tuple[str, ...] = ()    # what it says of itself: its self-check, that it was interrupted
    not_run: tuple[NotRun, ...] = ()


def load_gate(roots: Iterable[Path], problems: list[InputError]) -> Gate | None:
    """Of one root, or of the directory above it: the gate keeps its runs in a folder beside gate.json."""
    places = dict.fromkeys(folder / "gate.json" for root in roots for folder in (root, root.resolve().parent))
    found = {path.resolve(): path for path in places if path.is_file()}
    if len(found) != 1:
        return None                                # none, or gates that may contradict each other
    try:
        return _gate(load_json(*found.values()))
    except InputError as error:
        problems.append(error)
        return None


def _gate(node: Node) -> Gate:
    rows = {key: judged for world in WORLDS for row in node.get(world).items()
            for key, judged in _row(row, world)}
    check = node.find("self_check")
    sentences = _texts(check, "sentences") if check and isinstance(check.value, dict) else ()
    if _value(node, "interrupted", bool):
        sentences += ("The gate was interrupted: what is missing here was not run.",)
    missing = node.find("not_run")
    left_out = tuple(one for row in (missing.items() if missing else ()) for one in _not_run(row))
    return Gate(_verdict(node), rows, sentences, left_out)


def _not_run(row: Node) -> list[NotRun]:
    words = [_value(row, name, str) for name in ("scenario", "reason", "command")]
    return [NotRun(*words)] if all(words) else []


def _row(node: Node, world: str) -> list[tuple[Key, Judged]]:
    """The row and its key, or nothing where it lacks what is needed here."""
    scenario, subject = (_value(node, name, str) for name in ("scenario", "subject"))
    verdict = _verdict(node)
    if not scenario or not subject or not verdict:
        return []
    judged = Judged(verdict, _texts(node, "reasons"), _value(node, "rejected", bool))
    return [((scenario, subject, world), judged)]


def _verdict(node: Node) -> str | None:
    verdict = _value(node, "verdict", str)
    return verdict if verdict in VERDICTS else None


def _texts(node: Node, name: str) -> tuple[str, ...]:
    return tuple(text for text in _value(node, name, list) or () if isinstance(text, str))


def _value(node: Node, name: str, kind: type):
    member = node.find(name)
    return member.value if member and isinstance(member.value, kind) else None
