"""One run in full: why it failed, its timeline, where its records went, its laws, measures and scenario."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reports.markup import Markup, badge, element, join
from reports.results import Run
from reports.rows import Row
from reports.timeline_figure import draw_timeline
from reports.units import number, show

WIDE, NARROW = 1080, 350
_TEXT_COLUMNS = ("expected", "verdict", "law", "detail", "phase")


def run_section(row: Row, index: int) -> Markup:
    run = row.representative()
    heading = element("h3", {}, element("span", {"class": "name"}, row.scenario), " ",
                      element("span", {"class": "quiet"}, row.subject_and_world), " ", badge(run.verdict))
    checks = element("div", {"class": "checks"}, _expectations(run), _retention_of_phases(run), _laws(run))
    return element("section", {"class": "run", "id": f"run-{index}"}, heading, _identity(row, run),
                   _reasons(run), _timeline(run, index), _accounting(run), checks, _details(run))


def two_widths(wide: Markup, narrow: Markup) -> Markup:
    """A figure drawn for desktops and again for phones; CSS shows the one that fits."""
    return join((element("div", {"class": "wide"}, wide), element("div", {"class": "narrow"}, narrow)))


def _identity(row: Row, run: Run) -> Markup:
    parts = [f"seed {run.seed}"]
    alike = sum(each.verdict == run.verdict for each in row.runs)
    if alike > 1:
        parts.append(f"of {alike} runs with this verdict the one that retained least")
    parts += [part for part in (run.file, run.trace_hash and f"trace {run.trace_hash}") if part]
    return element("p", {"class": "identity"}, " · ".join(parts))


def _reasons(run: Run) -> Markup:
    if not run.reasons:
        return Markup()
    items = (element("li", {}, reason) for reason in run.reasons)
    return element("ul", {"class": f"reasons {run.verdict}"}, *items)


def _timeline(run: Run, index: int) -> Markup:
    drawn = (draw_timeline(run, width, f"timeline-{index}-{width}") for width in (WIDE, NARROW))
    return element("figure", {"class": "timeline"}, two_widths(*drawn), _legend(run))


def _legend(run: Run) -> Markup:
    def entry(swatch: str, text: str) -> Markup:
        return element("span", {"class": "entry"}, element("i", {"class": f"swatch {swatch}"}), text)

    lanes = (element("i", {"class": f"swatch {lane}"}) for lane in ("accepted", "durable", "delivered"))
    entries = [entry("offered", "offered and not achieved"),
               element("span", {"class": "entry"}, *lanes, "achieved")]
    if run.twin:
        entries.append(entry("twin", "twin: same load and seed, no faults"))
    if run.fault_windows:
        entries.append(entry("fault", "fault armed"))
    return element("figcaption", {}, *entries)


def _accounting(run: Run) -> Markup:
    accounting = run.accounting
    used = [f"{number(count)} {name}" for name, count in _largest_first(accounting.places) if count]
    unused = [name for name, count in accounting.places.items() if not count]
    total = element("b", {}, f"{number(accounting.offered)} offered")
    missing = element("b", {"class": "missed" if accounting.unaccounted else ""},
                      f"{number(accounting.unaccounted)} unaccounted")
    line = element("p", {"class": "accounting"}, total, " = ", " + ".join([*used, ""]), missing)
    nowhere = element("p", {"class": "quiet small"}, "None: " + ", ".join(unused) + ".") if unused else ""
    return element("div", {}, element("h4", {}, "Where every record is"), line, _mismatch(run), nowhere)


def _largest_first(places: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(places.items(), key=lambda item: -item[1])


def _mismatch(run: Run) -> Markup:
    difference = run.accounting.difference()
    if not difference:
        return Markup()
    side = "fewer" if difference > 0 else "more"
    sentence = f"✗ The places hold {number(abs(difference))} {side} than were offered."
    return element("p", {"class": "missed"}, sentence)


def _expectations(run: Run) -> Markup:
    if not run.expectations:
        return Markup()
    lines = (element("tr", {}, element("td", {}, element("code", {}, each.text)),
                     element("td", {"class": "number"}, show(each.measure, each.value)),
                     element("td", {}, badge(each.verdict))) for each in run.expectations)
    return _table("Expectations", ("expected", "measured", "verdict"), lines)


def _retention_of_phases(run: Run) -> Markup:
    """The target holds for every stress phase; with one phase the measures already say it."""
    stressed = [phase for phase in run.phases if phase.retention]
    if len(stressed) < 2:
        return Markup()
    kinds = list(dict.fromkeys(kind for phase in stressed for kind in phase.retention))
    lines = (element("tr", {}, element("td", {}, phase.name),
                     *(element("td", {"class": "number"}, show("retention.", phase.retention.get(kind)))
                       for kind in kinds)) for phase in stressed)
    return _table("Retention per phase", ("phase", *(kind.replace("_", " ") for kind in kinds)), lines)


def _laws(run: Run) -> Markup:
    if not run.laws:
        return Markup()
    lines = (element("tr", {}, element("td", {}, law.name), element("td", {}, badge(law.verdict)),
                     element("td", {"class": "detail"}, law.detail)) for law in run.laws)
    return _table("Laws", ("law", "verdict", "detail"), lines)


def _table(title: str, columns: tuple[str, ...], lines: Iterable[Markup]) -> Markup:
    styles = ("" if name in _TEXT_COLUMNS else "number" for name in columns)
    head = element("tr", {}, *(element("th", {"scope": "col", "class": style}, name)
                               for name, style in zip(columns, styles)))
    table = element("table", {}, element("thead", {}, head), element("tbody", {}, *lines))
    return element("div", {}, element("h4", {}, title), element("div", {"class": "scroll"}, table))


def _details(run: Run) -> Markup:
    measures = (element("tr", {}, element("td", {}, name),
                        element("td", {"class": "number"}, show(name, value)))
                for name, value in sorted(run.measures.items()))
    parts = [_folded("All measures", element("table", {}, element("tbody", {}, *measures)))]
    if run.notes:
        parts.append(_folded("Notes", _json(run.notes)))
    if run.resolved is not None:
        parts.append(_folded("Resolved scenario", _json(run.resolved)))
    return join(parts)


def _folded(title: str, content: Markup) -> Markup:
    return element("details", {}, element("summary", {}, title), element("div", {"class": "scroll"}, content))


def _json(value: object) -> Markup:
    return element("pre", {}, json.dumps(value, indent=2, ensure_ascii=False))
