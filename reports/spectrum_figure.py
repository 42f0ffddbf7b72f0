"""How long record() took, from the median to the slowest call: a percentile plot on logarithmic axes.

    draw_spectrum([Curve("holdfast", "accepted", latency), Curve("naive-seed", "delivered", other)],
                  width=350, key="spectrum-3", description="...")

Along the bottom each step is a tenth of the calls of the step before: 90 %, 99 %, 99.9 %, ... Triangles mark
what the project publishes as its goal for record() under every fault: p99 of 10 us, p99.9 of 1 ms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports.drawing import SMALL, Canvas, shorten
from reports.latency import Latency
from reports.markup import Markup
from reports.palette import colour
from reports.units import NBSP, seconds

GOALS = ((0.99, 10e-6), (0.999, 1e-3))

_LINE, _PLOT, _AXIS, _LEFT, _RIGHT = 18, 190, 22, 46, 14          # pixels
_CONTROLS = ("delivered", "fault", "calls", "half_open")


@dataclass(frozen=True)
class Curve:
    subject: str
    role: str
    latency: Latency


def roles_of(subjects: list[str], controls: set[str]) -> dict[str, str]:
    """A colour for each subject, the same in every figure of the page."""
    others = [subject for subject in sorted(set(subjects)) if subject in controls]
    named = {subject: _CONTROLS[index % len(_CONTROLS)] for index, subject in enumerate(others)}
    return {subject: named.get(subject, "accepted") for subject in subjects}


def draw_spectrum(curves: list[Curve], width: int, key: str, description: str) -> Markup:
    legend = _legend(curves)
    top = 6 + _LINE * len(legend) + 8
    canvas = Canvas(width, top + _PLOT + _AXIS)
    for index, (role, text) in enumerate(legend):
        middle = (index + 0.5) * _LINE
        canvas.text(0, middle, "■", role, fontsize=SMALL)
        canvas.text(14, middle, shorten(text, width - 14, SMALL), fontsize=SMALL)
    axes = canvas.axes(_LEFT, top, width - _LEFT - _RIGHT, _PLOT)
    right = max(3.0, max(math.log10(curve.latency.calls) for curve in curves))
    low, high = _decades(curves)
    axes.set_xlim(0, right)
    axes.set_ylim(low, high)
    _draw_scales(canvas, top, right, low, high)
    for curve in curves:
        _draw_curve(axes, curve)
    for fraction, goal in GOALS:
        if low < math.log10(goal) < high:
            axes.plot([_position(fraction)], [math.log10(goal)], marker="v", markersize=9, zorder=5,
                      color=colour("target"), markeredgecolor=colour("surface"), markeredgewidth=1)
    return canvas.svg(key, f"{description}: " + "; ".join(text for _, text in legend))


def _legend(curves: list[Curve]) -> list[tuple[str, str]]:
    """One line for each subject; of several curves the worst, which may be of different scenarios."""
    lines = {}
    for curve in curves:
        own = [each.latency for each in curves if each.subject == curve.subject]
        several = f", worst of {len(own)}" if len(own) > 1 else ""
        p99, p999 = (seconds(max(each.percentile(fraction) for each in own)) for fraction in (0.99, 0.999))
        lines[curve.subject] = curve.role, f"{curve.subject}{several}: p99 {p99}, p99.9 {p999}"
    return list(lines.values())


def _decades(curves: list[Curve]) -> tuple[int, int]:
    shortest = min(curve.latency.buckets[0][0] for curve in curves) * 1e-9
    longest = max(curve.latency.longest() for curve in curves)
    low = math.floor(math.log10(max(shortest, 1e-9)))
    return low, max(math.ceil(math.log10(max(longest, 1e-9))), low + 1)


def _position(fraction: float) -> float:
    return -math.log10(1 - fraction)


def _draw_scales(canvas: Canvas, top: float, right: float, low: int, high: int) -> None:
    box = canvas.axes(_LEFT, top, canvas.width - _LEFT - _RIGHT, _PLOT)
    box.set_xlim(0, right)
    box.set_ylim(low, high)
    box.set_zorder(-1)
    for decade in range(low, high + 1):
        box.axhline(decade, color=colour("line"), linewidth=1)
        middle = top + _PLOT * (high - decade) / (high - low)
        canvas.text(_LEFT - 6, middle, _decade_name(decade), "muted", fontsize=SMALL, ha="right")
    span = canvas.width - _LEFT - _RIGHT
    for nines in range(math.floor(right) + 1):
        box.axvline(nines, color=colour("line"), linewidth=1)
        name = "0" if nines == 0 else f"{100 - 100 / 10 ** nines:.10g}"
        canvas.text(_LEFT + span * nines / right, top + _PLOT + 13, f"{name}{NBSP}%", "muted",
                    fontsize=SMALL, ha="center")


def _decade_name(decade: int) -> str:
    unit, name = next((unit, name) for unit, name in ((0, "s"), (-3, "ms"), (-6, "µs"), (-9, "ns"))
                      if decade >= unit)
    return f"{10 ** (decade - unit)}{NBSP}{name}"


def _draw_curve(axes, curve: Curve) -> None:
    """Steps: every call of a bucket took as long as its longest may have."""
    end = math.log10(curve.latency.calls)
    times, heights = [], []
    for before, until, duration in curve.latency.curve():
        times += [_position(before), _position(until) if until < 1 else max(end, _position(before))]
        heights += [math.log10(max(duration, 1e-9))] * 2
    line, = axes.plot(times, heights, color=colour(curve.role), linewidth=1.6, zorder=3,
                      solid_joinstyle="round")
    line.set_gid("class:latency")
