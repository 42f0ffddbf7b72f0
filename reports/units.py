"""Measures as people read them. The name of a measure decides its unit, as in the contract of results.

    show("retention.durable", 0.0324) == "3.24 %"        show("recovery.time", 1.5) == "1.50 s"
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

NBSP = "\u00a0"
NOT_AVAILABLE = "n/a"

_RATIOS = ("retention.", "oracle_ratio")
_TIMES = ("record.", "arrival.lag", "delivery.age.", "recovery.time", "backlog.drain_time")
_FACTORS = ("amplification.", "overshoot")
_HIGHER_IS_BETTER = _RATIOS


def show(measure: str, value: float | None) -> str:
    if value is None:
        return NOT_AVAILABLE
    if measure.startswith(_RATIOS):
        return percent(value)
    if measure.startswith(_TIMES):
        return seconds(value)
    if measure.startswith(_FACTORS):
        return f"{value:.2f}{NBSP}×"
    return number(value)


def higher_is_better(measure: str) -> bool:
    return measure.startswith(_HIGHER_IS_BETTER)


def percent(ratio: float) -> str:
    """Cut, never rounded up: 0.09999 must not look like a passed target of 10 %."""
    hundredths = Decimal(repr(float(ratio))) * 100
    step = Decimal("0.01") if abs(hundredths) < 10 else Decimal("0.1")
    text = f"{hundredths.quantize(step, rounding=ROUND_DOWN):,}"
    if hundredths == hundredths.to_integral_value():
        text = f"{int(hundredths):,}"
    return f"{text}{NBSP}%"


def seconds(value: float) -> str:
    if value == 0:
        return f"0{NBSP}s"
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")):
        if abs(value) >= scale * 0.9995:
            break
    return f"{_three_digits(value / scale)}{NBSP}{unit}"


def number(value: float) -> str:
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{_three_digits(value)}"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _three_digits(value: float) -> str:
    magnitude = abs(value)
    if magnitude >= 99.95:
        return f"{value:,.0f}"
    if magnitude >= 9.995:
        return f"{value:.1f}"
    if magnitude >= 0.01 or magnitude == 0:
        return f"{value:.2f}"
    return f"{value:.2g}"
