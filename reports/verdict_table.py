"""The table of scenarios × measures: one line per scenario, subject and world. page.js sorts it.

Each cell carries what to sort by (data-sort, absent where nothing was measured) and its column's title
(data-label): on a phone, a line becomes a card of labelled values.
"""

from __future__ import annotations

import re

from reports.markup import Markup, badge, element, join
from reports.rows import WORST_FIRST, Row
from reports.units import NBSP, NOT_AVAILABLE, show

_COLUMNS = (
    "retention.accepted", "retention.durable", "retention.delivered", "retention.calls", "oracle_ratio",
    "loss.counted", "loss.unaccounted", "duplicates", "recovery.time", "backlog.drain_time",
    "record.p99", "record.p999", "amplification.max",
)
_TITLES = ("scenario", "subject", "world", "verdict", "seeds")


def verdict_table(rows: list[Row], anchors: dict[Row, str]) -> Markup:
    measures = columns(rows)
    titles = (*_TITLES, *measures)
    head = element("tr", {"role": "row"}, *map(_column_title, titles))
    body = element("tbody", {"role": "rowgroup"}, *(_line(row, measures, anchors[row]) for row in rows))
    caption = element("caption", {}, "Choose a column's title to sort by it. ✗ marks a missed expectation.")
    table = element("table", {"class": "verdicts", "role": "table"}, caption,
                    element("thead", {"role": "rowgroup"}, head), body)
    attributes = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Verdicts"}
    return element("div", attributes, table)


def columns(rows: list[Row]) -> list[str]:
    """The main measures and every expected one, as far as some run has a value or an expectation."""
    runs = [run for row in rows for run in row.runs]
    expected = {each.measure for run in runs for each in run.expectations}
    measured = {name for run in runs for name, value in run.measures.items() if value is not None}
    ordered = dict.fromkeys((*_COLUMNS, *sorted(expected)))
    return [name for name in ordered if name in measured or name in expected]


def _column_title(title: str) -> Markup:
    breakable = join(join((part, element("wbr"))) for part in re.findall(r"[^._]+[._]?", title))
    button = element("button", {"type": "button", "disabled": ""}, breakable)      # page.js enables it
    attributes = {"role": "columnheader", "scope": "col", "class": "" if title in _TITLES[:4] else "number"}
    return element("th", attributes, button)


def _line(row: Row, measures: list[str], anchor: str) -> Markup:
    control = element("small", {}, "control") if row.is_control else ""
    variant = element("small", {}, row.variant) if row.variant else ""
    name = element("th", _attributes("scenario", row.scenario, role="rowheader", scope="row"),
                   element("a", {"href": f"#{anchor}"}, row.scenario))
    verdict = str(WORST_FIRST.index(row.verdict))
    return element("tr", {"role": "row"}, name,
                   element("td", _attributes("subject", row.subject), row.subject, control, variant),
                   element("td", _attributes("world", row.world), row.world),
                   element("td", _attributes("verdict", verdict), badge(row.verdict), _pass_count(row)),
                   element("td", _attributes("seeds", str(row.seeds), "number"), f"{row.seeds}", _run_count(row)),
                   *(_cell(row, measure) for measure in measures))


def _attributes(title: str, value: str | None, style: str = "", **more: str) -> dict[str, str]:
    sortable = {} if value is None else {"data-sort": value}
    label = Markup(re.sub(r"([._])", "\\1&#8203;", title))                  # may break where it has a joint
    return {"role": "cell", "data-label": label, "class": style} | sortable | more


def _pass_count(row: Row) -> str:
    if row.verdict == "pass" or len(row.runs) == 1:
        return ""
    return element("small", {}, f"{row.passed()} of {len(row.runs)} pass")


def _run_count(row: Row) -> str:
    return "" if row.seeds == len(row.runs) else element("small", {}, f"{len(row.runs)} runs")


def _cell(row: Row, measure: str) -> Markup:
    missed = row.missed(measure)
    style = "number missed" if missed else "number"
    statistic = row.statistic(measure)
    if statistic is None:
        style += "" if missed else " none"
        absent = element("span", {"class": "quiet"}, _absent(row, measure))
        return element("td", _attributes(measure, None, style), absent)
    small = []
    if show(measure, statistic.worst) != show(measure, statistic.median):
        small.append(f"{statistic.worst_is}{NBSP}{show(measure, statistic.worst)}")
    if statistic.available < len(row.runs):
        small.append(f"in{NBSP}{statistic.available} of {len(row.runs)}")
    mark = element("span", {"class": "mark"}, f"✗{NBSP}") if missed else ""
    notes = (element("small", {}, note) for note in small)
    attributes = _attributes(measure, repr(statistic.median), style)
    return element("td", attributes, mark, show(measure, statistic.median), *notes)


def _absent(row: Row, measure: str) -> str:
    """A recovery that never came has no number either, and is not the same as not measured."""
    return "never" if any(run.note(measure).startswith("never") for run in row.runs) else NOT_AVAILABLE
