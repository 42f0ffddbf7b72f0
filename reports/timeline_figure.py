"""What happened when, in one run, over one time axis:

    phases       warm-up | stress            | recovery
    faults               [volume fills      ]               one line per rule, with how often it fired
    accepted     grey: offered; colour: what was achieved; dashed: the twin, the same load without faults;
                 pale over the colour: the range over the seeds
    durable      "
    delivered    "                          (no lane for durable where nothing is ever called so)
    backlog      records in the spool and in the queue
    breaker      closed, half-open, open

The time in which faults are armed is shaded across all panels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from matplotlib.axes import Axes

from reports.drawing import SMALL, Canvas, fill_steps, shorten, text_width
from reports.markup import Markup
from reports.palette import colour
from reports.panels import GAP, HEADER, Stack, draw_band, draw_time_axis
from reports.results import FaultWindow, Run
from reports.rows import Row
from reports.scale import brief
from reports.series import BREAKER_STATES, COUNTS, Series, drawn_size, steady_size
from reports.units import number, percent

LANES = ("accepted", "durable", "delivered")

_PHASES, _RULE, _LANE, _BACKLOG, _BREAKER, _AXIS = 22, 19, 62, 62, 10, 34     # pixels
_MAX_RULES = 8
_CLIP = 1.6                    # a catch-up burst higher than this times the load is cut and its peak written


@dataclass(frozen=True)
class RuleBar:
    """One line of the fault chart."""

    label: str
    spans: tuple[tuple[float, float], ...]


def rule_bars(run: Run) -> list[RuleBar]:
    spans: dict[str, list[tuple[float, float]]] = {}
    for window in run.fault_windows:
        for rule in window.rules or (window.phase,):
            spans.setdefault(rule, []).append((window.begin, window.end))
    bars = [RuleBar(f"{rule}, {_fired(run.faults_fired.get(rule, 0))}", tuple(at))
            for rule, at in spans.items()]
    if len(bars) <= _MAX_RULES:
        return bars
    rest = bars[_MAX_RULES - 1:]
    folded = RuleBar(f"and {len(rest)} more rules", tuple(span for bar in rest for span in bar.spans))
    return [*bars[:_MAX_RULES - 1], folded]


def _fired(times: int) -> str:
    return f"fired {times:,}×" if times else "never fired"


def lanes_of(run: Run) -> list[str]:
    """A subject that never calls a record durable, as the naive ones, has no lane for it."""
    claimed = any(any(series.numbers["durable"]) for series in (run.timeline, run.twin) if series)
    return [lane for lane in LANES if claimed or lane != "durable"]


def draw_timeline(row: Row, run: Run, width: int, key: str) -> Markup:
    """`run` is one of the row's; the others are drawn as the range over the seeds."""
    bars = rule_bars(run)
    has_breaker = any(run.timeline.breaker)
    height = (_PHASES + len(bars) * _RULE + len(lanes_of(run)) * (HEADER + _LANE + GAP)
              + HEADER + _BACKLOG + GAP + has_breaker * (HEADER + _BREAKER + GAP) + _AXIS)
    canvas = Canvas(width, height)
    end = max([run.timeline.edges[-1], *(phase.end for phase in run.phases)])
    stack = Stack(canvas, left=42, right=10, end=end)
    _draw_shading(stack, run)
    _draw_phases(stack, run)
    _draw_rules(stack, bars)
    _draw_lanes(stack, row, run)
    _draw_backlog(stack, run)
    if has_breaker:
        _draw_breaker(stack, run.timeline)
    draw_time_axis(stack)
    return canvas.svg(key, f"Timeline of {run.scenario}, {row.subject_and_world}, seed {run.seed}: "
                           f"{_in_words(run)}")


def _in_words(run: Run) -> str:
    kept = (f"{lane} {percent(ratio)}" for lane in LANES
            if (ratio := run.measures.get(f"retention.{lane}")) is not None)
    return "retention " + (", ".join(kept) or "not measured")


def _draw_shading(stack: Stack, run: Run) -> None:
    """Behind everything: each fault window, and the borders of the phases."""
    axes = stack.canvas.axes(stack.left, _PHASES, stack.width, stack.canvas.height - _PHASES - _AXIS + GAP)
    axes.set_xlim(0, stack.end)
    alpha = min(0.13, 0.4 / max(_overlap(run.fault_windows), 1))
    for window in run.fault_windows:
        shade = axes.axvspan(window.begin, window.end, facecolor=colour("fault"), alpha=alpha, linewidth=0)
        shade.set_gid("class:fault-window")
    for phase in run.phases[1:]:
        axes.axvline(phase.begin, color=colour("line"), linewidth=1)


def _overlap(windows: Sequence[FaultWindow]) -> int:
    """How many windows lie over each other at most: it happens where one begins."""
    begins = sorted(window.begin for window in windows)
    ends = sorted(window.end for window in windows)
    return max((index + 1 - bisect_right(ends, begin) for index, begin in enumerate(begins)), default=0)


def _draw_phases(stack: Stack, run: Run) -> None:
    for phase in run.phases:
        left, right = stack.x(phase.begin), stack.x(phase.end)
        name = shorten(phase.name, right - left - 6, SMALL, "bold")
        stack.canvas.text((left + right) / 2, _PHASES / 2, name, "muted",
                          fontsize=SMALL, fontweight="bold", ha="center")
    stack.top += _PHASES


def _draw_rules(stack: Stack, bars: list[RuleBar]) -> None:
    if not bars:
        return
    top = stack.top
    axes = stack.panel(_RULE * len(bars), gap=0)
    axes.set_ylim(_RULE * len(bars), 0)
    for index, bar in enumerate(bars):
        pieces = axes.broken_barh([(begin, end - begin) for begin, end in bar.spans],
                                  (index * _RULE + 1.5, _RULE - 3), facecolor=colour("fault"), alpha=0.38,
                                  linewidth=0)
        pieces.set_gid("class:fault-rule")
        text = shorten(bar.label, stack.width - 8, SMALL)
        left = min(stack.x(bar.spans[0][0]) + 5, stack.left + stack.width - text_width(text, SMALL) - 4)
        stack.canvas.text(left, top + (index + 0.5) * _RULE, text, fontsize=SMALL)


def _draw_lanes(stack: Stack, row: Row, run: Run) -> None:
    steady = steady_size(run.timeline)
    size = drawn_size(run.timeline, stack.width)
    own = run.timeline.grouped(size)
    twin = run.twin.grouped(size) if run.twin else None
    seeds = [each.timeline.grouped(size) for each in row.runs]
    top = _top_of_lanes([own, twin] if twin else [own])
    for lane in lanes_of(run):
        retention = run.measures.get(f"retention.{lane}")
        kept = "" if retention is None else f"retention {percent(retention)}"
        header_end = stack.header([(lane, lane, "bold"), ("records/s", "muted", "normal"),
                                   (kept, "ink", "normal")])
        axes = stack.panel(_LANE)
        stack.y_axis(axes, top)
        fill_steps(axes, own.rate("offered"), own.edges, "offered", zorder=1)
        fill_steps(axes, own.rate(lane), own.edges, lane, zorder=2)
        draw_band(axes, seeds, lane)
        if twin:
            _draw_twin(axes, twin, lane)
        if max(own.rate(lane)) > top:
            _note_peak(stack, axes, run.timeline.grouped(steady), lane, header_end)


def _draw_twin(axes: Axes, twin: Series, lane: str) -> None:
    middles = [(begin + end) / 2 for begin, end in zip(twin.edges, twin.edges[1:])]
    line, = axes.plot(middles, twin.rate(lane), color=colour("twin"), linewidth=1.2,
                      linestyle=(0, (4, 3)), zorder=3)
    line.set_gid("class:twin")


def _note_peak(stack: Stack, axes: Axes, steady: Series, lane: str, header_end: float) -> None:
    """The height of a burst that was cut: the same number in a wide and in a narrow figure."""
    rates = steady.rate(lane)
    peak = max(rates)
    stack.note_above(axes, steady.edges[rates.index(peak)], f"▲ peak {number(round(peak))}/s", header_end)


def _top_of_lanes(drawn: list[Series]) -> float:
    load = max(max(series.rate("offered")) for series in drawn)
    highest = max(max(series.rate(name)) for series in drawn for name in COUNTS)
    return max(min(highest, load * _CLIP if load else highest) * 1.12, 1.0)


def _draw_backlog(stack: Stack, run: Run) -> None:
    series = run.timeline.grouped(drawn_size(run.timeline, stack.width))
    spool = series.numbers["spool"]
    total = [in_spool + in_queue for in_spool, in_queue in zip(spool, series.numbers["queue"])]
    stack.header([("backlog", "ink", "bold"), ("records", "muted", "normal"),
                  *_key("spool", "spool"), *_key("queue", "queue"),
                  (f"peak {brief(max(total))}", "ink", "normal")])
    axes = stack.panel(_BACKLOG)
    stack.y_axis(axes, max(max(total) * 1.12, 10.0))
    fill_steps(axes, total, series.edges, "queue", zorder=2, baseline=spool)
    fill_steps(axes, spool, series.edges, "spool", zorder=1)


def _key(name: str, role: str) -> tuple[tuple[str, str, str], ...]:
    """A legend entry in a header: a square in the colour of the data, then its name."""
    return ("■", role, "normal"), (name, "muted", "normal")


def _draw_breaker(stack: Stack, series: Series) -> None:
    legend = (_key(state.replace("_", "-"), state) for state in BREAKER_STATES)
    stack.header([("breaker", "ink", "bold"), *chain.from_iterable(legend)])
    axes = stack.panel(_BREAKER)
    axes.set_ylim(0, 1)
    spans = breaker_spans(series)
    for state in ("closed", "open", "half_open"):              # half-open is short: draw it last
        pieces = [(begin, end - begin) for begin, end, at in spans if at == state]
        if pieces:
            strip = axes.broken_barh(pieces, (0, 1), facecolor=colour(state), edgecolor=colour(state),
                                     linewidth=1 if state == "half_open" else 0)
            strip.set_gid(f"class:breaker-{state.replace('_', '-')}")


def breaker_spans(series: Series) -> list[tuple[float, float, str]]:
    """(begin, end, state) for each stretch of one state."""
    spans: list[tuple[float, float, str]] = []
    for begin, end, state in zip(series.edges, series.edges[1:], series.breaker):
        if spans and spans[-1][2] == state:
            begin = spans.pop()[0]
        spans.append((begin, end, state))
    return spans
