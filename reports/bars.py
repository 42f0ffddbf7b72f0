"""Horizontal bars of a ratio, from 0 to 1 or a little more, against the target of 10 %.

    panel = BarPanel(canvas, left=74, top=26, width=220, height=180, statistics=shown)
    panel.grid(24, 81)
    panel.bar(33.5, "durable", statistic)
    panel.axis()

A bar ends at the median over the seeds; the whisker is the interval of that median, the tick the worst seed.
Every place is in pixels below `top`.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.drawing import SMALL, Canvas, text_width
from reports.palette import colour
from reports.rows import Statistic
from reports.scale import ticks
from reports.units import NBSP, percent

TARGET = 0.10

_BAR = 13
_LONGEST = 1.5                     # an axis longer than 150 % would hide the target


class BarPanel:
    def __init__(self, canvas: Canvas, left: float, top: float, width: float, height: float,
                 statistics: Sequence[Statistic]) -> None:
        self._canvas, self._left, self._top, self._width, self._height = canvas, left, top, width, height
        self._end = min(max(1.0, *(each.high for each in statistics)), _LONGEST)
        self._axes = canvas.axes(left, top, width, height)
        self._axes.set_xlim(0, self._end)
        self._axes.set_ylim(height, 0)

    def axis(self) -> None:
        """The scale below the bars, and the name of the target above them."""
        for tick in ticks(self._end, 5 if self._width > 300 else 2):
            self._centred(tick, self._top + self._height + 12, percent(tick), "muted")
        self._centred(TARGET, self._top - 12, f"target 10{NBSP}%", "target", "bold")

    def grid(self, begin: float, end: float) -> None:
        """Behind the bars of one row only, so that no line crosses a heading."""
        self._axes.vlines(ticks(self._end, 5), begin, end, color=colour("line"), linewidth=1, zorder=0)
        target = self._axes.vlines(TARGET, begin, end, color=colour("target"), linewidth=1.5,
                                   linestyle=(0, (4, 2)), zorder=5)
        target.set_gid("class:target")

    def bar(self, middle: float, role: str, statistic: Statistic) -> None:
        length = min(statistic.median, self._end)
        self._axes.barh(middle, min(1.0, self._end), _BAR, color=colour("panel"), zorder=1)
        bar, = self._axes.barh(middle, length, _BAR, color=colour(role), zorder=2)
        bar.set_gid("class:retention-bar")
        if statistic.low != statistic.high:
            self._whisker(middle, statistic)
        if statistic.worst < statistic.low:
            self._axes.plot([min(statistic.worst, self._end)], [middle], marker="|", markersize=11,
                            color=colour("ink"), markeredgewidth=1.5, zorder=4)
        text = percent(statistic.median) + (" ▸" if statistic.median > self._end else "")    # it was cut
        begin = max(length, min(statistic.high, self._end), TARGET if length < TARGET else 0)
        self._canvas.text(self._x(begin) + 7, self._top + middle, text, fontsize=SMALL)

    def _whisker(self, middle: float, statistic: Statistic) -> None:
        ends = [min(statistic.low, self._end), min(statistic.high, self._end)]
        line, = self._axes.plot(ends, [middle, middle], marker="|", markersize=7, color=colour("ink"),
                                linewidth=1.5, markeredgewidth=1.5, zorder=4)
        line.set_gid("class:interval")

    def _centred(self, ratio: float, top: float, text: str, role: str, weight: str = "normal") -> None:
        """At `ratio`, or as near as the figure's left edge allows."""
        left = max(self._x(ratio) - text_width(text, SMALL, weight) / 2, 0)
        self._canvas.text(left, top, text, role, fontsize=SMALL, fontweight=weight)

    def _x(self, ratio: float) -> float:
        return self._left + ratio / self._end * self._width
