"""The whole page: three answers, the table, retention, record(), every scenario, how to read it.

    html = build_page(rows, problems, gate)
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from itertools import groupby

from reports.errors import InputError
from reports.gate import Gate
from reports.layout import NARROW, WIDE, figure
from reports.markup import Markup, badge, element, join
from reports.palette import css
from reports.retention_figure import draw_overview, worst_first
from reports.rows import Row, overall
from reports.scenario_section import curves_of, scenario_section
from reports.spectrum_figure import draw_spectrum, roles_of
from reports.summary import answers
from reports.units import counted
from reports.verdict_table import verdict_table

_HOW_TO_READ = (
    ("twin", "The same scenario, seed and offered load with the faults off: what a run is compared with."),
    ("retention", "What was kept in the time faults were armed, as a fraction of the twin. "
                  "accepted: record() took it. "
                  "durable: on disk or acknowledged within 1 s of its intended time. "
                  "delivered: acknowledged by the upstream before the faults ended. "
                  "calls: calls returned, for callers that wait."),
    ("target", "10 % of retention.durable, and of retention.delivered where the upstream allowed it, "
               "in every stress phase."),
    ("control", "A naive subject. It is there to be rejected: a gate that passes it measures nothing."),
    ("seeds", "Where a row covers several seeds, the large value is the median and the small one the worst "
              "seed: the minimum where more is better, the maximum where less is."),
    ("interval", "Of the median over the seeds, from order statistics: each end is wrong in at most 1 of 20 "
                 "cases. Up to seven seeds it runs from the lowest to the highest."),
    ("verdicts", "pass, fail, inconclusive (the numbers do not decide), invalid (the run cannot be judged: "
                 "faults never fired, the twin fell short, or data is missing). n/a: not measured."),
)
_CHAPTERS = (("verdicts", "Verdicts"), ("retention", "Retention"), ("record", "record()"),
             ("scenarios", "Scenarios"), ("not-run", "Not run"), ("reading", "How to read this page"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def build_page(rows: list[Row], problems: Sequence[InputError] = (), gate: Gate | None = None) -> str:
    verdict = overall(rows, gate)
    anchors = {row: f"run-{index}" for index, row in enumerate(rows, 1)}
    roles = roles_of([row.subject for row in rows], {row.subject for row in rows if row.is_control})
    chapters = {"verdicts": verdict_table(rows, anchors), "retention": _retention(rows),
                "record": _record(rows, roles), "scenarios": _scenarios(rows, anchors, roles),
                "not-run": _not_run(gate),
                "reading": _how_to_read()}
    shown = [(key, title) for key, title in _CHAPTERS if chapters[key]]
    main = element("main", {}, _header(rows, verdict), answers(rows, problems, anchors, gate), _contents(shown),
                   *(_chapter(key, title, chapters[key]) for key, title in shown))
    page = element("html", {"lang": "en"}, _head(verdict), element("body", {}, main, _script()))
    return f"<!DOCTYPE html>\n{page}\n"


def _head(verdict: str) -> Markup:
    return element("head", {}, element("meta", {"charset": "utf-8"}),
                   element("meta", {"http-equiv": "Content-Security-Policy", "content": Markup(_POLICY)}),
                   element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
                   element("meta", {"name": "color-scheme", "content": "light dark"}),
                   element("title", {}, f"Holdfast report: {verdict}"),
                   element("style", {}, Markup(css() + _resource("page.css"))))


def _script() -> Markup:
    return element("script", {}, Markup(_resource("page.js")))


def _resource(name: str) -> str:
    return resources.files("reports").joinpath(name).read_text(encoding="utf-8")


def _header(rows: list[Row], verdict: str) -> Markup:
    scenarios, subjects = (len({getattr(row, name) for row in rows}) for name in ("scenario", "subject"))
    runs = sum(len(row.runs) for row in rows)
    counts = ", ".join((counted(scenarios, "scenario"), counted(subjects, "subject"), counted(runs, "run")))
    return element("header", {}, element("h1", {}, "Holdfast report ", badge(verdict)), _themes(),
                   element("p", {"class": "lead"}, counts))


def _themes() -> Markup:
    """Hidden until the script wakes it: without one, the page follows the system."""
    buttons = (element("button", {"type": "button", "data-theme-choice": name, "aria-pressed": "false"}, title)
               for name, title in (("auto", "Auto"), ("light", "Light"), ("dark", "Dark")))
    return element("div", {"class": "themes", "role": "group", "aria-label": "Colours", "hidden": ""}, *buttons)


def _contents(shown: list[tuple[str, str]]) -> Markup:
    links = (element("li", {}, element("a", {"href": f"#{key}"}, title)) for key, title in shown)
    return element("nav", {"aria-label": "Contents"}, element("ul", {}, *links))


def _chapter(key: str, title: str, content: Markup) -> Markup:
    return element("section", {"class": "part", "id": key}, element("h2", {}, title), content)


def _retention(rows: list[Row]) -> Markup:
    if not worst_first(rows):
        return Markup()
    drawn = (draw_overview(rows, width, f"overview-{width}") for width in (WIDE, NARROW))
    caption = ("retention.durable: records safe within 1 s of their intended time while faults were armed, "
               "as a fraction of the twin. The worst row is on top. Every green bar should cross the dashed "
               "line, at best reach 100 %; grey bars are controls, which should not.")
    if any(len(row.runs) > 1 for row in rows):
        caption += " Bar: median over the seeds; whisker: its 90 % interval; tick: the worst seed."
    return figure("", *drawn, caption=caption)


def _record(rows: list[Row], roles: dict[str, str]) -> Markup:
    curves = curves_of(rows, roles)
    if not curves:
        return Markup()
    drawn = (draw_spectrum(curves, width, f"spectrum-{width}", "Latency of record() in every LIVE scenario")
             for width in (WIDE, NARROW))
    caption = ("What a call of record() cost the calling program in every LIVE scenario, from the fastest "
               "call on the left to the slowest on the right: each step is a tenth of the calls before it. "
               "The core's lines should stay below the triangles, the published goals (p99 of 10 µs, p99.9 of "
               "1 ms), whatever fault is armed; a naive subject makes its caller wait for disk and upstream.")
    return figure("", *drawn, caption=caption)


def _scenarios(rows: list[Row], anchors: dict[Row, str], roles: dict[str, str]) -> Markup:
    groups = groupby(rows, key=lambda row: row.scenario)
    return join(scenario_section(list(group), index, anchors, roles)
                for index, (_, group) in enumerate(groups, 1))


def _not_run(gate: Gate | None) -> Markup:
    if not gate or not gate.not_run:
        return Markup()
    return element("ul", {}, *(element("li", {}, element("b", {}, one.scenario), f": {one.reason}; ",
                                       element("code", {}, one.command)) for one in gate.not_run))


def _how_to_read() -> Markup:
    terms = (join((element("dt", {}, term), element("dd", {}, text))) for term, text in _HOW_TO_READ)
    return element("dl", {}, *terms)
