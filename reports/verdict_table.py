"""The table of scenarios × measures: verdict first, one line per subject and world."""

from __future__ import annotations

import re
from itertools import groupby

from reports.markup import Markup, badge, element, join
from reports.rows import Row
from reports.units import NBSP, NOT_AVAILABLE, show

_COLUMNS = (
    "retention.accepted", "retention.durable", "retention.delivered", "retention.calls", "oracle_ratio",
    "loss.counted", "loss.unaccounted", "duplicates", "recovery.time", "backlog.drain_time",
    "record.p99", "amplification.max",
)


def verdict_table(rows: list[Row]) -> Markup:
    measures = columns(rows)
    titles = (element("th", {"scope": "col"}, title) for title in ("subject, world", "verdict", "seeds"))
    head = element("tr", {}, *titles, *(_column_title(measure) for measure in measures))
    groups = (_scenario_rows(scenario, list(group), measures)
              for scenario, group in groupby(rows, key=lambda row: row.scenario))
    table = element("table", {"class": "verdicts"}, element("thead", {}, head), *groups)
    attributes = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Verdicts"}
    return element("div", attributes, table)


def columns(rows: list[Row]) -> list[str]:
    """The main measures and every expected one, as far as some run has a value or an expectation."""
    runs = [run for row in rows for run in row.runs]
    expected = {each.measure for run in runs for each in run.expectations}
    measured = {name for run in runs for name, value in run.measures.items() if value is not None}
    ordered = dict.fromkeys((*_COLUMNS, *sorted(expected)))
    return [name for name in ordered if name in measured or name in expected]


def _column_title(measure: str) -> Markup:
    breakable = (join((part, element("wbr"))) for part in re.findall(r"[^._]+[._]?", measure))
    return element("th", {"scope": "col", "class": "number"}, *breakable)


def _scenario_rows(scenario: str, rows: list[Row], measures: list[str]) -> Markup:
    name = element("span", {"class": "stay"}, scenario)
    heading = element("th", {"scope": "rowgroup", "colspan": str(3 + len(measures))}, name)
    lines = (_row(row, measures) for row in rows)
    return element("tbody", {}, element("tr", {"class": "scenario"}, heading), *lines)


def _row(row: Row, measures: list[str]) -> Markup:
    control = element("small", {}, "control") if row.is_control else ""
    variant = element("small", {}, row.variant) if row.variant else ""
    name = element("th", {"scope": "row"}, row.subject, element("small", {}, row.world), variant, control)
    verdict = element("td", {}, badge(row.verdict), _pass_count(row))
    seeds = element("td", {"class": "number"}, str(row.seeds), _run_count(row))
    return element("tr", {}, name, verdict, seeds, *(_cell(row, measure) for measure in measures))


def _pass_count(row: Row) -> str:
    if row.verdict == "pass" or len(row.runs) == 1:
        return ""
    return element("small", {}, f"{row.passed()} of {len(row.runs)} pass")


def _run_count(row: Row) -> str:
    return "" if row.seeds == len(row.runs) else element("small", {}, f"{len(row.runs)} runs")


def _cell(row: Row, measure: str) -> Markup:
    missed = row.missed(measure)
    attributes = {"class": "number missed" if missed else "number"}
    statistic = row.statistic(measure)
    if statistic is None:
        return element("td", attributes, element("span", {"class": "quiet"}, NOT_AVAILABLE))
    small = []
    if show(measure, statistic.worst) != show(measure, statistic.median):
        small.append(f"{statistic.worst_is}{NBSP}{show(measure, statistic.worst)}")
    if statistic.available < len(row.runs):
        small.append(f"in{NBSP}{statistic.available} of {len(row.runs)}")
    mark = element("span", {"class": "mark"}, f"✗{NBSP}") if missed else ""
    notes = (element("small", {}, note) for note in small)
    return element("td", attributes, mark, show(measure, statistic.median), *notes)
