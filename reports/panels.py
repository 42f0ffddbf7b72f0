"""The parts of a timeline figure, stacked from top to bottom over one time axis.

    stack = Stack(canvas, left=56, right=12, end=125.0)
    axes = stack.panel(height=60, header="durable, records/s", role="durable")
    stack.y_axis(axes, top=2500)
"""

from __future__ import annotations

from matplotlib.axes import Axes

from reports.drawing import SMALL, Canvas, fill_steps, shorten, text_width
from reports.palette import colour
from reports.scale import brief, ticks, time_ticks
from reports.series import Series, envelope

HEADER = 25
GAP = 6


class Stack:
    """Hands out panels below each other; `top` is where the next one begins."""

    def __init__(self, canvas: Canvas, left: float, right: float, end: float, begin: float = 0.0) -> None:
        self.canvas, self.left, self.begin, self.end = canvas, left, begin, end
        self.width = canvas.width - left - right
        self.top = 0.0

    def x(self, time: float) -> float:
        """Pixels from the left edge of the figure."""
        fraction = (time - self.begin) / (self.end - self.begin)
        return self.left + min(max(fraction, 0.0), 1.0) * self.width

    def header(self, texts: list[tuple[str, str, str]]) -> float:
        """A line of (text, role, weight) above a panel; returns where the last text ends."""
        left = 0.0
        for text, role, weight in texts:
            text = shorten(text, self.canvas.width - left, SMALL, weight)
            self.canvas.text(left, self.top + HEADER / 2 - 1, text, role, fontsize=SMALL, fontweight=weight)
            left += text_width(text, SMALL, weight) + (4 if text == "■" else 10)
        self.top += HEADER
        return left

    def panel(self, height: float, gap: float = GAP) -> Axes:
        axes = self.canvas.axes(self.left, self.top, self.width, height)
        axes.set_xlim(self.begin, self.end)
        self.top += height + gap
        return axes

    def y_axis(self, axes: Axes, top: float) -> None:
        """Scales the panel to 0..top and writes a few round values beside it."""
        axes.set_ylim(0, top)
        box = axes.get_position()
        for tick in ticks(top, 3):
            axes.axhline(tick, color=colour("line"), linewidth=1, zorder=0)
            middle = (1 - box.y0 - box.height * tick / top) * self.canvas.height
            self.canvas.text(self.left - 6, middle, brief(tick), "muted", fontsize=SMALL, ha="right")

    def note_above(self, axes: Axes, time: float, text: str, not_before: float) -> None:
        """A note in the header line of a panel, above `time`, kept clear of what the header says."""
        half = text_width(text, SMALL) / 2
        middle = min(max(self.x(time), not_before + half), self.canvas.width - half)
        top = (1 - axes.get_position().y1) * self.canvas.height - HEADER / 2 - 1
        self.canvas.text(middle, top, text, "muted", fontsize=SMALL, ha="center")


def draw_band(axes: Axes, seeds: list[Series], column: str) -> None:
    """The range of a rate over the seeds, from the lowest to the highest in each bin."""
    if len(seeds) < 2:
        return
    lows, highs, edges = envelope(seeds, column)
    band = fill_steps(axes, highs, edges, "ink", zorder=2.5, baseline=lows)
    band.set_alpha(0.3)
    band.set_gid("class:seeds")


def draw_time_axis(stack: Stack, zero: float = 0.0, title: str = "seconds") -> None:
    """Below all panels: seconds from `zero` on."""
    for tick in time_ticks(stack.end - zero, 12 if stack.width > 600 else 6):
        left = stack.x(zero + tick)
        align = "left" if left <= stack.left else "center"
        align = "right" if left > stack.canvas.width - 14 else align
        stack.canvas.text(left, stack.top + 6, f"{tick:g}", "muted", fontsize=SMALL, ha=align)
    stack.canvas.text(stack.left + stack.width / 2, stack.top + 22, title, "muted", fontsize=SMALL, ha="center")
