"""One run in full: why it failed, its timeline, where its records went, its laws, measures and scenario."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reports.layout import NARROW, PANEL, WIDE, figure, grid
from reports.markup import Markup, badge, element, join
from reports.recovery_figure import draw_recovery, heal_of
from reports.results import Accounting, Run
from reports.rows import Row
from reports.timeline_figure import draw_timeline
from reports.units import counted, number, seconds, show
from reports.waterfall_figure import draw_waterfall, places_in_use

_TEXT_COLUMNS = ("expected", "verdict", "law", "detail", "phase")
_TIMELINE = ("Grey is what was offered, colour what was achieved: in a good run the colour fills the grey, "
             "also where a fault is armed, or catches up soon after.")
_RECOVERY = ("After the last fault healed: goodput should meet the offered load (the mark: 95 % of it) and "
             "the backlog should empty.")
_PLACES = "Blue-grey still waits, red is refused or lost. Most should be delivered."


def run_section(row: Row, anchor: str) -> Markup:
    run = row.representative()
    heading = element("h4", {}, element("span", {}, row.subject_and_world), " ", badge(row.verdict))
    checks = element("div", {"class": "checks"}, _expectations(run), _retention_of_phases(run), _laws(run))
    attributes = {"class": "run", "id": anchor, "aria-label": f"{row.scenario}, {row.subject_and_world}"}
    return element("section", attributes, heading, _identity(row, run), _reasons(row),
                   _timeline(row, run, anchor),
                   grid(_accounting(row, anchor), _recovery(row, run, anchor)), checks, _details(run))


def _identity(row: Row, run: Run) -> Markup:
    parts = [f"seed {run.seed}"]
    alike = sum(each.verdict == run.verdict for each in row.runs)
    if alike > 1:
        parts.append(f"of {alike} runs with this verdict the one that retained least")
    parts += [part for part in (run.file, run.trace_hash and f"trace {run.trace_hash}") if part]
    return element("p", {"class": "identity"}, " · ".join(parts))


def _reasons(row: Row) -> Markup:
    if not row.reasons:
        return Markup()
    items = (element("li", {}, reason) for reason in row.reasons)
    return element("ul", {"class": f"reasons {row.verdict}"}, *items)


def _timeline(row: Row, run: Run, anchor: str) -> Markup:
    drawn = (draw_timeline(row, run, width, f"timeline-{anchor}-{width}") for width in (WIDE, NARROW))
    return figure("", *drawn, caption=join((_legend(row, run), element("p", {}, _TIMELINE))))


def _legend(row: Row, run: Run) -> Markup:
    def entry(swatch: str, text: str) -> Markup:
        return element("span", {"class": "entry"}, element("i", {"class": f"swatch {swatch}"}), text)

    lanes = (element("i", {"class": f"swatch {lane}"}) for lane in ("accepted", "durable", "delivered"))
    entries = [entry("offered", "offered and not achieved"),
               element("span", {"class": "entry"}, *lanes, "achieved")]
    if run.twin:
        entries.append(entry("twin", "twin: same load and seed, no faults"))
    if len(row.runs) > 1:
        entries.append(entry("seeds", f"range over {counted(len(row.runs), 'run')}"))
    if run.fault_windows:
        entries.append(entry("fault", "fault armed"))
    return element("p", {"class": "legend"}, *entries)


def _recovery(row: Row, run: Run, anchor: str) -> Markup:
    if heal_of(run) is None:
        return Markup()
    limit = next((each.limit for each in run.expectations if each.measure == "recovery.time"), None)
    caption = _RECOVERY if limit is None else f"{_RECOVERY} Expected: 95 % within {seconds(limit)}."
    return figure("Recovery", draw_recovery(row, run, PANEL, f"recovery-{anchor}"), caption=caption)


def _accounting(row: Row, anchor: str) -> Markup:
    """Over all runs of the row whose books balance; those that do not are named instead."""
    sound = [run for run in row.runs if run.accounting.difference() == 0]
    mismatches = [_mismatch(run) for run in row.runs if run.accounting.difference() != 0]
    if not sound:
        return element("div", {}, *mismatches)
    total = Accounting.total(run.accounting for run in sound)
    drawn = draw_waterfall(total, PANEL, f"accounting-{anchor}")
    balance = element("p", {"class": "missed" if total.unaccounted else "exact"}, _sum(total, len(sound)))
    caption = join((balance, element("p", {}, _PLACES), *mismatches))
    return figure("Where every record is", drawn, caption=caption)


def _sum(total: Accounting, runs: int) -> str:
    places = places_in_use(total)
    together = f", {runs} runs together" if runs > 1 else ""
    terms = " + ".join(number(count) for count in places.values()) or "0"
    if total.unaccounted:
        return f"✗ {number(total.unaccounted)} unaccounted: {number(total.offered)} = {terms}{together}."
    return f"✓ Exact: {number(total.offered)} = {terms}, difference 0{together}."


def _mismatch(run: Run) -> Markup:
    difference = run.accounting.difference()
    side = "fewer" if difference > 0 else "more"
    sentence = f"✗ Seed {run.seed}: the places hold {number(abs(difference))} {side} than were offered."
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
    return element("div", {}, element("h5", {}, title), element("div", {"class": "scroll"}, table))


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
