"""One scenario: when it happens in production, all its subjects side by side, then each row by itself.

    scenario_section(rows, index, anchors, roles)      # the rows of one scenario
"""

from __future__ import annotations

from reports.layout import PANEL, figure, grid
from reports.markup import Markup, element
from reports.retention_figure import bars_of, draw_retention
from reports.rows import Row
from reports.run_section import run_section
from reports.spectrum_figure import Curve, draw_spectrum

_RETENTION = ("Kept while faults were armed, as a fraction of the twin: a good bar reaches 100 %, "
              "a bar that ends left of the dashed line misses the target.")
_SPECTRUM = ("How long record() took, LIVE: a good line stays low to the far right, where the slowest "
             "calls are. Triangles: the published goals, p99 of 10 µs and p99.9 of 1 ms.")


def scenario_section(rows: list[Row], index: int, anchors: dict[Row, str], roles: dict[str, str]) -> Markup:
    name = rows[0].scenario
    why = next((run.why for row in rows for run in row.runs if run.why), "")
    figures = grid(_retention(rows, index), _spectrum(rows, index, roles))
    return element("section", {"class": "scenario", "id": f"scenario-{index}", "aria-label": name},
                   element("h3", {}, name), element("p", {"class": "lead"}, why) if why else "", figures,
                   *(run_section(row, anchors[row]) for row in rows))


def _retention(rows: list[Row], index: int) -> Markup:
    if not any(bars_of(row) for row in rows):
        return Markup()
    caption = _RETENTION
    if any(len(row.runs) > 1 for row in rows):
        caption += " Whisker: 90 % interval of the median over the seeds; tick: the worst seed."
    return figure("Retention", draw_retention(rows, PANEL, f"retention-{index}"), caption=caption)


def _spectrum(rows: list[Row], index: int, roles: dict[str, str]) -> Markup:
    curves = curves_of(rows, roles)
    if not curves:
        return Markup()
    drawn = draw_spectrum(curves, PANEL, f"spectrum-{index}", f"Latency of record() in {rows[0].scenario}")
    return figure("record() latency", drawn, caption=_SPECTRUM)


def curves_of(rows: list[Row], roles: dict[str, str]) -> list[Curve]:
    measured = ((row, latency) for row in rows if (latency := row.latency()))
    return [Curve(row.subject, roles[row.subject], latency) for row, latency in measured]
