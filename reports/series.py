"""What happened in every 100 ms of a run: the columns of timeline.csv and twin.csv.

    series = load_series(path)
    coarse = series.grouped(5)          # bins of 500 ms
    coarse.rate("delivered")            # records/s
    envelope([a, b, c], "delivered")    # lowest and highest in each bin over the seeds
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
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
_RECORDS_PER_BIN = 25                                        # fewer, and a rate is mostly noise


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

    def between(self, begin: float, end: float) -> Series:
        """The bins that lie in [begin, end) at least in part; there must be one."""
        first = max(bisect_right(self.edges, begin) - 1, 0)
        last = min(max(bisect_left(self.edges, end), first + 1), self.bins)
        numbers = {name: column[first:last] for name, column in self.numbers.items()}
        return Series(self.edges[first:last + 1], numbers, self.breaker[first:last])

    def grouped(self, size: int) -> Series:
        """Joins `size` neighbouring bins: counts add up, gauges and the breaker keep their worst."""
        starts = range(0, self.bins, size)

        def gather(column: tuple, reduce: Callable) -> tuple:
            return tuple(reduce(column[i:i + size]) for i in starts)

        numbers = {name: gather(self.numbers[name], sum if name in COUNTS else max) for name in self.numbers}
        edges = (*(self.edges[i] for i in starts), self.edges[-1])
        return Series(edges, numbers, gather(self.breaker, lambda states: max(states, key=_badness)))


def steady_size(series: Series) -> int:
    """How many bins to join so that a rate is not mostly noise; at most ten, which is 1 s."""
    offered = sum(series.numbers["offered"]) / series.bins
    return next((size for size in (1, 2, 5) if size * offered >= _RECORDS_PER_BIN), 10)


def drawn_size(series: Series, width: float) -> int:
    """The same, and enough that a bin is 3 pixels wide."""
    size = steady_size(series)
    while series.bins / size > width / 3:
        size *= 2
    return size


def envelope(seeds: Sequence[Series], column: str) -> tuple[list[float], list[float], tuple[float, ...]]:
    """(lowest, highest, edges) of a rate, as far as the shortest of them goes."""
    bins = list(zip(*(series.rate(column) for series in seeds)))
    return [min(rates) for rates in bins], [max(rates) for rates in bins], seeds[0].edges[:len(bins) + 1]


def _badness(state: str) -> int:
    return BREAKER_STATES.index(state) if state else -1


def load_series(path: Path) -> Series:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            places = _places(path, next(rows, []))
            return _collect(path, places, [(rows.line_num, row) for row in rows if row])
    except FileNotFoundError as error:
        raise InputError(path, "is missing; it belongs beside result.json.") from error
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(path, f"is not UTF-8 text (byte {error.start}).") from error
    except csv.Error as error:
        raise InputError(path, f"is not CSV: {error}.") from error


def _places(path: Path, header: list[str]) -> dict[str, int]:
    """Where in a row each column stands; columns of a later version are passed over."""
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputError(f"{path}:1", f"lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}.")
    return {name: header.index(name) for name in COLUMNS}


def _collect(path: Path, places: dict[str, int], rows: list[tuple[int, list[str]]]) -> Series:
    if not rows:
        raise InputError(path, "has a header and no rows.")
    needed = max(places.values())
    for line, row in rows:
        if len(row) <= needed:
            raise InputError(f"{path}:{line}", f"has {len(row)} fields; expected {', '.join(places)}.")
    times = _numbers(path, "t", places["t"], rows)
    for before, time, (line, _) in zip(times, times[1:], rows[1:]):
        if time <= before:
            raise InputError(f"{path}:{line}", f"t is {time:g} after {before:g}; times must rise.")
    columns = {name: _amounts(path, name, places[name], rows) for name in (*COUNTS, *GAUGES)}
    breaker = tuple(_state(path, line, row[places["breaker"]]) for line, row in rows)
    step = times[1] - times[0] if len(times) > 1 else DEFAULT_STEP
    return Series((*times, round(times[-1] + step, 6)), columns, breaker)


def _numbers(path: Path, name: str, place: int, rows: list[tuple[int, list[str]]]) -> tuple[float, ...]:
    numbers = tuple(_number(row[place]) for _, row in rows)
    for number, (line, row) in zip(numbers, rows):
        if not abs(number) <= _LARGEST:                        # also refuses what is not a number
            raise InputError(f"{path}:{line}", f"{name} is {row[place]!r}; expected a number.")
    return numbers


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _amounts(path: Path, name: str, place: int, rows: list[tuple[int, list[str]]]) -> tuple[float, ...]:
    numbers = _numbers(path, name, place, rows)
    if min(numbers) < 0:
        number, line = next((number, line) for number, (line, _) in zip(numbers, rows) if number < 0)
        raise InputError(f"{path}:{line}", f"{name} is {number:g}; expected a number of records, 0 or more.")
    return numbers


def _state(path: Path, line: int, text: str) -> str:
    state = text.strip()
    if state in ("", "-", "none"):
        return ""
    if state not in BREAKER_STATES:
        allowed = ", ".join(BREAKER_STATES)
        raise InputError(f"{path}:{line}", f"breaker is {state!r}; expected one of {allowed} or nothing.")
    return state
