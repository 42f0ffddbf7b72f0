"""The whole page: verdict, table, retention, runs, and how to read them.

    html = build_page(rows)
"""

from __future__ import annotations

from collections import Counter
from importlib import resources

from reports.markup import Markup, badge, element, join
from reports.palette import css
from reports.retention_figure import bars_of, draw_retention
from reports.rows import Row, overall
from reports.run_section import NARROW, WIDE, run_section, two_widths
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
    ("verdicts", "pass, fail, inconclusive (the numbers do not decide), invalid (the run cannot be judged: "
                 "faults never fired, the twin fell short, or data is missing). n/a: not measured."),
)


def build_page(rows: list[Row]) -> str:
    verdict = overall(rows)
    style = Markup(css() + resources.files("reports").joinpath("page.css").read_text(encoding="utf-8"))
    head = element("head", {}, element("meta", {"charset": "utf-8"}),
                   element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
                   element("meta", {"name": "color-scheme", "content": "light dark"}),
                   element("title", {}, f"Holdfast report: {verdict}"), element("style", {}, style))
    main = element("main", {}, _header(rows, verdict), _failures(rows),
                   _part("Verdicts", verdict_table(rows)), _retention(rows),
                   _part("Runs", *(run_section(row, index) for index, row in enumerate(rows, 1))),
                   _how_to_read())
    page = element("html", {"lang": "en"}, head, element("body", {}, main))
    return f"<!DOCTYPE html>\n{page}\n"


def _header(rows: list[Row], verdict: str) -> Markup:
    title = element("h1", {}, "Holdfast report ", badge(verdict))
    return element("header", {}, title, element("p", {"class": "lead"}, _summary(rows)), _controls(rows))


def _summary(rows: list[Row]) -> str:
    scenarios = len({row.scenario for row in rows})
    runs = sum(len(row.runs) for row in rows)
    counts = Counter(row.verdict for row in rows if not row.is_control)
    verdicts = ("pass", "fail", "inconclusive", "invalid")
    judged = ", ".join(f"{counts[name]} {name}" for name in verdicts if counts[name])
    tested = f" Under test: {judged}." if judged else ""
    return f"{counted(scenarios, 'scenario')}, {counted(runs, 'run')}.{tested}"


def _controls(rows: list[Row]) -> Markup:
    """What became of the naive subjects, whose rejection shows that the gate can reject."""
    sentences = []
    for subject in sorted({row.subject for row in rows if row.is_control}):
        own = [row for row in rows if row.subject == subject]
        failed = sum(row.verdict == "fail" for row in own)
        sentence = f"Control {subject}: rejected in {failed} of {len(own)}."
        if not failed:
            sentence += " It should be rejected at least once: nothing here shows that the gate can fail."
        sentences.append(element("p", {"class": "lead"}, sentence))
    return join(sentences)


def _failures(rows: list[Row]) -> Markup:
    """What went wrong under test, each with a link to its run."""
    items = [_failure(row, index) for index, row in enumerate(rows, 1)
             if row.verdict != "pass" and not row.is_control]
    return _part("What went wrong", element("ul", {"class": "failures"}, *items)) if items else Markup()


def _failure(row: Row, index: int) -> Markup:
    run = row.representative()
    link = element("a", {"href": f"#run-{index}"}, row.scenario)
    reasons = "; ".join(run.reasons) or "no reason was recorded"
    sentence = f" ({row.subject_and_world}, seed {run.seed}): {reasons}"
    return element("li", {}, badge(row.verdict), " ", link, sentence)


def _retention(rows: list[Row]) -> Markup:
    if not any(bars_of(row) for row in rows):
        return Markup()
    figure = two_widths(*(draw_retention(rows, width) for width in (WIDE, NARROW)))
    caption = "Kept while faults were armed, as a fraction of the twin. "
    if any(len(row.runs) > 1 for row in rows):
        caption += "Over several seeds: the median, with a tick at the worst."
    return _part("Retention", element("figure", {}, figure, element("figcaption", {}, caption)))


def _how_to_read() -> Markup:
    terms = (join((element("dt", {}, term), element("dd", {}, text))) for term, text in _HOW_TO_READ)
    return _part("How to read this page", element("dl", {}, *terms))


def _part(title: str, *children: str) -> Markup:
    return element("section", {"class": "part"}, element("h2", {}, title), *children)
