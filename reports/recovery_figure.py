"""What happened once the last fault had healed: seconds from that moment on, which is 0.

    goodput    grey: offered; colour: delivered; pale: the range over the seeds;
               the mark: from here on 95 % of what is offered arrives
    backlog    records still waiting, in the spool and in the queue; the mark: it is empty
"""

from __future__ import annotations

from reports.drawing import SMALL, Canvas, fill_steps
from reports.markup import Markup
from reports.palette import colour
from reports.panels import GAP, HEADER, Stack, draw_band, draw_time_axis
from reports.results import Run
from reports.rows import Row
from reports.scale import brief
from reports.series import Series, drawn_size
from reports.units import seconds

_GOODPUT, _BACKLOG, _AXIS = 92, 56, 34             # pixels
_LEAD = 0.06                                       # of the width, before the heal
_CLIP = 1.8                                        # a higher catch-up burst is cut


def heal_of(run: Run) -> float | None:
    """When the last fault healed; None where none was armed or nothing came after it."""
    healed = max((window.end for window in run.fault_windows), default=None)
    if healed is None or healed > run.timeline.edges[-1] - 5 * run.timeline.step:
        return None
    return healed


def draw_recovery(row: Row, run: Run, width: int, key: str) -> Markup:
    healed, end = heal_of(run), run.timeline.edges[-1]
    begin = max(0.0, healed - (end - healed) * _LEAD)
    canvas = Canvas(width, 2 * (HEADER + GAP) + _GOODPUT + _BACKLOG + _AXIS)
    stack = Stack(canvas, left=42, right=10, begin=begin, end=end)
    size = drawn_size(run.timeline.between(begin, end), stack.width)
    parts = [each.timeline.between(begin, end).grouped(size) for each in row.runs]
    own = parts[row.runs.index(run)]
    _draw_goodput(stack, run, parts, own, healed)
    _draw_backlog(stack, run, own, healed)
    draw_time_axis(stack, zero=healed, title="seconds after the last fault healed")
    return canvas.svg(key, f"Recovery of {run.scenario}, {row.subject_and_world}: "
                           f"{sentence(run, 'recovery.time', '95 %')}, "
                           f"{sentence(run, 'backlog.drain_time', 'backlog empty')}")


def sentence(run: Run, measure: str, what: str) -> str:
    """"95 % after 1.20 s", "95 % at once", or what the run notes instead of a time."""
    value = run.measures.get(measure)
    if value is None:
        return f"{what}: {run.note(measure) or 'not measured'}"
    return f"{what} after {seconds(value)}" if value > 0 else f"{what} at once"


def _draw_goodput(stack: Stack, run: Run, parts: list[Series], own: Series, healed: float) -> None:
    stack.header([("goodput", "ink", "bold"), ("records/s", "muted", "normal")])
    axes = stack.panel(_GOODPUT)
    load, highest = max(own.rate("offered")), max(own.rate("delivered"))
    stack.y_axis(axes, max(min(highest, load * _CLIP if load else highest), load, 1.0) * 1.08)
    _draw_fault(axes, stack, healed)
    fill_steps(axes, own.rate("offered"), own.edges, "offered", zorder=1)
    fill_steps(axes, own.rate("delivered"), own.edges, "delivered", zorder=2)
    draw_band(axes, parts, "delivered")
    _mark(stack, axes, run, "recovery.time", "95 %", healed)


def _draw_backlog(stack: Stack, run: Run, series: Series, healed: float) -> None:
    spool = series.numbers["spool"]
    total = [kept + waiting for kept, waiting in zip(spool, series.numbers["queue"])]
    stack.header([("backlog", "ink", "bold"), (f"peak {brief(max(total))}", "muted", "normal")])
    axes = stack.panel(_BACKLOG)
    stack.y_axis(axes, max(max(total) * 1.12, 10.0))
    _draw_fault(axes, stack, healed)
    fill_steps(axes, total, series.edges, "queue", zorder=2, baseline=spool)
    fill_steps(axes, spool, series.edges, "spool", zorder=1)
    _mark(stack, axes, run, "backlog.drain_time", "empty", healed)


def _draw_fault(axes, stack: Stack, healed: float) -> None:
    if healed > stack.begin:
        axes.axvspan(stack.begin, healed, facecolor=colour("fault"), alpha=0.13, linewidth=0)


def _mark(stack: Stack, axes, run: Run, measure: str, what: str, healed: float) -> None:
    """The moment as a line through the panel, and its words at the right end of the header."""
    text = sentence(run, measure, what)
    top = (1 - axes.get_position().y1) * stack.canvas.height - HEADER / 2 - 1
    stack.canvas.text(stack.canvas.width - 10, top, text, fontsize=SMALL, ha="right")
    value = run.measures.get(measure)
    if value is not None:
        line = axes.axvline(min(healed + value, stack.end), color=colour("ink"), linewidth=1.5, zorder=4)
        line.set_gid("class:mark")
