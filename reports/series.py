"""What happened in every 100 ms of a run: the columns of timeline.csv and twin.csv.

    series = load_series(path)
    coarse = series.grouped(5)          # bins of 500 ms
    coarse.rate("delivered")            # records/s
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from reports.errors import InputError

COUNTS = ("offered", "accepted", "durable", "delivered")     # records in the bin
GAUGES = ("queue", "spool")                                  # records waiting
BREAKER_STATES = ("closed", "half_open", "open")             # mildest first
COLUMNS = ("t", *COUNTS, *GAUGES, "breaker", "faults")
DEFAULT_STEP = 0.1
_LARGEST = 1e15


@dataclass(frozen=True)
class Series:
    """Bin i lies between edges[i] and edges[i + 1], in seconds."""

    edges: tuple[float, ...]
    numbers: dict[str, tuple[float, ...]]
    breaker: tuple[str, ...]                                 # "" where the subject has none

    @property
    def bins(self) -> int:
        return len(self.edges) - 1

    @property
    def step(self) -> float:
        """Nominal length of a bin in seconds."""
        return self.edges[1] - self.edges[0]

    def rate(self, column: str) -> list[float]:
        """Records per second in each bin."""
        lengths = (end - begin for begin, end in pairwise(self.edges))
        return [count / length for count, length in zip(self.numbers[column], lengths)]

    def grouped(self, size: int) -> Series:
        """Joins `size` neighbouring bins: counts add up, gauges and the breaker keep their worst."""
        starts = range(0, self.bins, size)

        def gather(column: tuple, reduce: Callable) -> tuple:
            return tuple(reduce(column[i:i + size]) for i in starts)

        numbers = {name: gather(self.numbers[name], sum if name in COUNTS else max) for name in self.numbers}
        edges = (*(self.edges[i] for i in starts), self.edges[-1])
        return Series(edges, numbers, gather(self.breaker, lambda states: max(states, key=_badness)))


def _badness(state: str) -> int:
    return BREAKER_STATES.index(state) if state else -1


def load_series(path: Path) -> Series:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _check_header(path, rows.fieldnames)
            return _collect(path, rows)
    except FileNotFoundError as error:
        raise InputError(path, "is missing; it belongs beside result.json.") from error
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(path, f"is not UTF-8 text (byte {error.start}).") from error
    except csv.Error as error:
        raise InputError(path, f"is not CSV: {error}.") from error


def _check_header(path: Path, header: list[str] | None) -> None:
    missing = [name for name in COLUMNS if name not in (header or [])]
    if missing:
        raise InputError(f"{path}:1", f"lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}.")


def _collect(path: Path, rows: csv.DictReader) -> Series:
    times: list[float] = []
    columns: dict[str, list[float]] = {name: [] for name in (*COUNTS, *GAUGES)}
    breaker: list[str] = []
    for row in rows:
        place = f"{path}:{rows.line_num}"
        time = _number(place, row, "t")
        if times and time <= times[-1]:
            raise InputError(place, f"t is {time:g} after {times[-1]:g}; times must rise.")
        times.append(time)
        for name, column in columns.items():
            column.append(_amount(place, row, name))
        breaker.append(_state(place, row["breaker"]))
    if not times:
        raise InputError(path, "has a header and no rows.")
    step = times[1] - times[0] if len(times) > 1 else DEFAULT_STEP
    edges = (*times, round(times[-1] + step, 6))
    return Series(edges, {name: tuple(column) for name, column in columns.items()}, tuple(breaker))


def _number(place: str, row: dict[str, str | None], name: str) -> float:
    text = row[name]
    try:
        number = float(text or "")
    except ValueError:
        number = math.nan
    if not abs(number) <= _LARGEST:                            # also refuses what is not a number
        raise InputError(place, f"{name} is {text!r}; expected a number.")
    return number


def _amount(place: str, row: dict[str, str | None], name: str) -> float:
    number = _number(place, row, name)
    if number < 0:
        raise InputError(place, f"{name} is {number:g}; expected a number of records, 0 or more.")
    return number


def _state(place: str, text: str | None) -> str:
    state = (text or "").strip()
    if state in ("", "-", "none"):
        return ""
    if state not in BREAKER_STATES:
        allowed = ", ".join(BREAKER_STATES)
        raise InputError(place, f"breaker is {state!r}; expected one of {allowed} or nothing.")
    return state
