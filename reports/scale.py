"""Round numbers for axes."""

from __future__ import annotations

import math

_TIME_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400)


def ticks(end: float, at_most: int) -> list[float]:
    """0 and the multiples of 1, 2 or 5 times a power of ten up to `end`; never more than at_most steps."""
    step = 10.0 ** math.floor(math.log10(end / at_most))
    while end / step > at_most:
        step *= 2.5 if round(step / 10 ** math.floor(math.log10(step) + 1e-9)) == 2 else 2
    return _multiples(step, end)


def time_ticks(end: float, at_most: int) -> list[float]:
    """The same for seconds, where 15, 30 and 60 are round."""
    step = next((step for step in _TIME_STEPS if end / step <= at_most), math.ceil(end / at_most))
    return _multiples(step, end)


def _multiples(step: float, end: float) -> list[float]:
    return [round(index * step, 9) for index in range(math.floor(end / step + 1e-9) + 1)]


def brief(value: float) -> str:
    """2000 -> "2k": for axes, where space is short."""
    for scale, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:.3g}{suffix}"
    return f"{value:.3g}"
