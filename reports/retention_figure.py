"""What was kept while faults were armed, against the target of 10 %: the question of the whole page.

    draw_retention(rows, 350, key)      # one scenario: every measured retention of each subject and world
    draw_overview(rows, 1080, key)      # all scenarios: one bar of retention.durable each, the worst first
"""

from __future__ import annotations

from reports.bars import BarPanel
from reports.drawing import SMALL, Canvas, shorten, text_width
from reports.markup import Markup
from reports.rows import Row, Statistic
from reports.units import percent

KINDS = ("accepted", "durable", "delivered", "calls")
OVERVIEW = "retention.durable"

_HEADING, _PITCH, _GAP = 22, 19, 10                # pixels
_TOP, _BOTTOM, _LEFT, _LABEL = 26, 26, 70, 58
_MOST_ROWS = 100                                   # of the overview

Bars = dict[str, Statistic]


def bars_of(row: Row) -> Bars:
    statistics = {kind: row.statistic(f"retention.{kind}") for kind in KINDS}
    return {kind: statistic for kind, statistic in statistics.items() if statistic is not None}


def draw_retention(rows: list[Row], width: int, key: str) -> Markup:
    shown = [(row, bars) for row in rows if (bars := bars_of(row))]
    height = sum(_HEADING + len(bars) * _PITCH + _GAP for _, bars in shown)
    canvas = Canvas(width, _TOP + height + _BOTTOM)
    panel = BarPanel(canvas, _LEFT, _TOP, width - _LEFT - _LABEL, height,
                     [statistic for _, bars in shown for statistic in bars.values()])
    top = 0.0
    for row, bars in shown:
        canvas.text(0, _TOP + top + _HEADING / 2, shorten(row.subject_and_world, width, SMALL, "bold"),
                    fontsize=SMALL, fontweight="bold")
        top += _HEADING
        panel.grid(top, top + len(bars) * _PITCH)
        for kind, statistic in bars.items():
            canvas.text(_LEFT - 8, _TOP + top + _PITCH / 2, kind, "muted", ha="right", fontsize=SMALL)
            panel.bar(top + _PITCH / 2, kind, statistic)
            top += _PITCH
        top += _GAP
    panel.axis()
    return canvas.svg(key, f"Retention of {rows[0].scenario}: {_in_words(shown)}")


def _in_words(shown: list[tuple[Row, Bars]]) -> str:
    return "; ".join(f"{row.subject_and_world} " + ", ".join(
        f"{kind} {percent(statistic.median)}" for kind, statistic in bars.items()) for row, bars in shown)


def worst_first(rows: list[Row]) -> list[tuple[Row, Statistic]]:
    """Subjects under test before controls, and of each the lowest bound first."""
    measured = [(row, statistic) for row in rows if (statistic := row.statistic(OVERVIEW))]
    return sorted(measured, key=lambda pair: (pair[0].is_control, pair[1].low, pair[1].median))


def draw_overview(rows: list[Row], width: int, key: str) -> Markup:
    shown = worst_first(rows)[:_MOST_ROWS]
    beside = 430 if width > 700 else 0             # room for names; on phones they stand above the bars
    pitch = _PITCH + 3 if beside else _HEADING + _PITCH
    height = len(shown) * pitch
    canvas = Canvas(width, _TOP + height + _BOTTOM)
    panel = BarPanel(canvas, beside, _TOP, width - beside - _LABEL, height, [each for _, each in shown])
    for index, (row, statistic) in enumerate(shown):
        bottom = (index + 1) * pitch
        name = bottom - pitch / 2 if beside else bottom - _PITCH - _HEADING / 2
        _draw_name(canvas, row, _TOP + name, (beside or width) - 12)
        panel.grid(bottom - _PITCH - 2, bottom + 1)
        panel.bar(bottom - _PITCH / 2 - 1, "offered" if row.is_control else "durable", statistic)
    panel.axis()
    return canvas.svg(key, f"{OVERVIEW} of {len(shown)} rows against the target of 10 %; "
                           f"lowest: {shown[0][0].scenario}, {percent(shown[0][1].median)}")


def _draw_name(canvas: Canvas, row: Row, top: float, width: float) -> None:
    place = shorten(row.subject_and_world, width * 0.5, SMALL)
    scenario = shorten(row.scenario, width - text_width(place, SMALL) - 10, SMALL, "bold")
    canvas.text(0, top, scenario, fontsize=SMALL, fontweight="bold")
    canvas.text(text_width(scenario, SMALL, "bold") + 8, top, place, "muted", fontsize=SMALL)
