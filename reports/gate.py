"""What the gate itself decided, from the gate.json that `holdfast gate` writes: it knows more than the runs do,
such as the bound over the seeds and whether extra seeds were played.

    gate = load_gate([Path("results/gate")], problems)      # None where there is none
    gate.verdict, gate.rows[("disk/full", "holdfast", "virtual")]

Only verdicts are taken over; every number is computed from the runs. Rows that this report does not
understand are passed over, so that a gate may write more than is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reports.errors import InputError
from reports.reading import Node, load_json

VERDICTS = frozenset({"pass", "fail", "inconclusive", "invalid"})

Key = tuple[str, str, str]         # scenario, subject, world


@dataclass(frozen=True)
class Gate:
    verdict: str | None
    rows: dict[Key, str]


def load_gate(roots: Iterable[Path], problems: list[InputError]) -> Gate | None:
    """Of one root, or of the directory above it: the gate keeps its runs in a folder beside gate.json."""
    places = dict.fromkeys(folder / "gate.json" for root in roots for folder in (root, root.resolve().parent))
    found = [path for path in places if path.is_file()]
    if len({path.resolve() for path in found}) != 1:
        return None                                # none, or gates that may contradict each other
    try:
        return _gate(load_json(found[0]))
    except InputError as error:
        problems.append(error)
        return None


def _gate(node: Node) -> Gate:
    rows = dict(filter(None, (_row(row) for row in node.get("rows").items())))
    return Gate(_verdict(node), rows)


def _row(node: Node) -> tuple[Key, str] | None:
    key = tuple(member.value if (member := node.find(name)) else None for name in ("scenario", "subject", "world"))
    verdict = _verdict(node)
    return (key, verdict) if verdict and all(isinstance(part, str) for part in key) else None


def _verdict(node: Node) -> str | None:
    member = node.find("verdict")
    return member.value if member and member.value in VERDICTS else None
