"""The figure that answers the question: what fraction was retained, against the target of 10 %.

One bar per retention measure (median over the seeds), a tick at the worst seed, its value beside it. The
axis is linear: a bar's length is the fraction, and a few percent are read from the labels.
"""

from __future__ import annotations

from matplotlib.axes import Axes

from reports.drawing import SMALL, Canvas, shorten, text_width
from reports.markup import Markup
from reports.palette import colour
from reports.rows import Row, Statistic
from reports.scale import ticks
from reports.units import NBSP, percent

KINDS = ("accepted", "durable", "delivered", "calls")
TARGET = 0.10

_HEADING, _BAR, _PITCH, _GAP = 24, 13, 19, 12      # pixels
_TOP, _BOTTOM, _LEFT = 26, 30, 74
_LONGEST = 1.5                                     # an axis longer than 150 % would hide the target


Bars = dict[str, Statistic]


def bars_of(row: Row) -> Bars:
    statistics = {kind: row.statistic(f"retention.{kind}") for kind in KINDS}
    return {kind: statistic for kind, statistic in statistics.items() if statistic is not None}


def draw_retention(rows: list[Row], width: int) -> Markup:
    shown = [(row, bars) for row in rows if (bars := bars_of(row))]
    height = sum(_HEADING + len(bars) * _PITCH + _GAP for _, bars in shown)
    canvas = Canvas(width, _TOP + height + _BOTTOM)
    label_space = 150 if width >= 600 else 58
    axes = canvas.axes(_LEFT, _TOP, width - _LEFT - label_space, height)
    _set_axis(canvas, axes, shown, height)
    top = 0.0
    for row, bars in shown:
        _draw_heading(canvas, row, _TOP + top + _HEADING / 2)
        _draw_grid(axes, top + _HEADING, top + _HEADING + len(bars) * _PITCH)
        for index, (kind, statistic) in enumerate(bars.items()):
            middle = top + _HEADING + index * _PITCH + _PITCH / 2
            _draw_bar(canvas, axes, kind, statistic, middle, with_worst=width >= 600)
        top += _HEADING + len(bars) * _PITCH + _GAP
    return canvas.svg(f"retention-{width}", "Retention per scenario and subject, against the target of 10 %")


def _set_axis(canvas: Canvas, axes: Axes, shown: list[tuple[Row, Bars]], height: float) -> None:
    longest = max(statistic.median for _, bars in shown for statistic in bars.values())
    end = min(max(1.0, longest), _LONGEST)
    axes.set_xlim(0, end)
    axes.set_ylim(height, 0)
    span = axes.get_position().width * canvas.width
    for tick in ticks(end, 5):
        canvas.text(_LEFT + tick / end * span, _TOP + height + 12, percent(tick), "muted",
                    fontsize=SMALL, ha="center")
    canvas.text(_LEFT + TARGET / end * span, _TOP - 12, f"target 10{NBSP}%", "target",
                fontsize=SMALL, fontweight="bold", ha="center")


def _draw_grid(axes: Axes, begin: float, end: float) -> None:
    """Behind the bars of one row only, so that no line crosses a heading."""
    axes.vlines(ticks(axes.get_xlim()[1], 5), begin, end, color=colour("line"), linewidth=1, zorder=0)
    target = axes.vlines(TARGET, begin, end, color=colour("target"), linewidth=1.5,
                         linestyle=(0, (4, 2)), zorder=3)
    target.set_gid("class:target")


def _draw_heading(canvas: Canvas, row: Row, top: float) -> None:
    scenario = shorten(row.scenario, canvas.width * 0.62, weight="bold")
    canvas.text(0, top, scenario, fontweight="bold")
    left = text_width(scenario, weight="bold") + 10
    canvas.text(left, top, shorten(row.subject_and_world, canvas.width - left), "muted")


def _draw_bar(canvas: Canvas, axes: Axes, kind: str, statistic: Statistic, middle: float,
              with_worst: bool) -> None:
    end = axes.get_xlim()[1]
    length = min(statistic.median, end)
    axes.barh(middle, min(1.0, end), _BAR, color=colour("panel"), zorder=1)
    bar, = axes.barh(middle, length, _BAR, color=colour(kind), zorder=2)
    bar.set_gid("class:retention-bar")
    canvas.text(_LEFT - 8, _TOP + middle, kind, "muted", ha="right", fontsize=SMALL)
    text = percent(statistic.median) + (" ▸" if statistic.median > end else "")      # the bar was cut
    if statistic.worst != statistic.median:
        axes.vlines(min(statistic.worst, end), middle - 9, middle + 9, color=colour("ink"),
                    linewidth=1.5, zorder=4)
    if with_worst and percent(statistic.worst) != percent(statistic.median):
        text += f" (min {percent(statistic.worst)})"
    span = axes.get_position().width * canvas.width
    begin = max(length, TARGET if length < TARGET else 0)     # never across the target line
    canvas.text(_LEFT + begin / end * span + 7, _TOP + middle, text, fontsize=SMALL)
