"""The top of the page, in three answers: did it pass, what was worst, what broke.

    answers(rows, problems, anchors, gate)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reports.errors import InputError
from reports.gate import Gate
from reports.markup import Markup, badge, element, join
from reports.retention_figure import worst_first
from reports.rows import Row
from reports.units import counted, number, percent, show

_SHOWN = 12                                        # of what broke; the rest is in the table
_EXTREMES = (("recovery.time", "Slowest recovery", "Every recovery came at once."),
             ("record.p99", "Slowest record(), p99", ""))


def tested(rows: Sequence[Row]) -> list[Row]:
    """The rows under test; the controls where nothing else was run."""
    return [row for row in rows if not row.is_control] or list(rows)


def answers(rows: Sequence[Row], problems: Sequence[InputError], anchors: dict[Row, str],
            gate: Gate | None = None) -> Markup:
    parts = (("Did it pass?", _verdicts(rows, gate)), ("What was worst?", _worst(tested(rows), anchors)),
             ("What broke?", _broken(tested(rows), problems, anchors)))
    return element("div", {"class": "answers"}, *(
        element("section", {}, element("h2", {}, question), answer) for question, answer in parts))


def _verdicts(rows: Sequence[Row], gate: Gate | None) -> Markup:
    judged = tested(rows)
    counts = Counter(row.verdict for row in judged)
    runs = sum(len(row.runs) for row in judged)
    names = ("pass", "fail", "inconclusive", "invalid")
    badges = [join((number(counts[name]), " ", badge(name), " ")) for name in names if counts[name]]
    scope = f"{counted(len(judged), 'row')} under test (scenario, subject, world), {counted(runs, 'run')}."
    return join((element("p", {}, *badges), element("p", {}, scope),
                 _said(gate.sentences) if gate and gate.sentences else _controls(rows)))


def _said(sentences: Sequence[str]) -> Markup:
    return join(element("p", {}, f"Gate: {sentence}") for sentence in sentences)


def _controls(rows: Sequence[Row]) -> Markup:
    """What became of the naive subjects, whose rejection shows that the gate can reject."""
    sentences = []
    for subject in sorted({row.subject for row in rows if row.is_control}):
        own = [row for row in rows if row.subject == subject]
        rejected = sum(row.rejected for row in own)
        sentence = f"Control {subject}: rejected in {rejected} of {len(own)}."
        if not rejected:
            sentence += " It should be rejected at least once: nothing here shows that the gate can fail."
        sentences.append(element("p", {}, sentence))
    return join(sentences)


def _worst(rows: Sequence[Row], anchors: dict[Row, str]) -> Markup:
    lines = []
    retained = worst_first(list(rows))
    if retained:
        row, statistic = retained[0]
        worst = f", lowest {percent(statistic.worst)}" if statistic.worst != statistic.median else ""
        lines.append(element("p", {}, element("b", {}, percent(statistic.median)),
                             f" of records durable{worst} (target 10 %): ", link(row, anchors)))
    for measure, title, nothing in _EXTREMES:
        measured = [(statistic.worst, row) for row in rows if (statistic := row.statistic(measure))]
        if nothing and measured and not max(value for value, _ in measured):
            lines.append(element("p", {}, nothing))
        elif measured:
            value, row = max(measured, key=lambda pair: pair[0])
            lines.append(element("p", {}, f"{title}: ", element("b", {}, show(measure, value)), ": ",
                                 link(row, anchors)))
    return join(lines) if lines else element("p", {}, "Nothing was measured.")


def _broken(rows: Sequence[Row], problems: Sequence[InputError], anchors: dict[Row, str]) -> Markup:
    items = [element("li", {}, *parts) for parts in _defects(rows, anchors)]
    items += [element("li", {}, "left out: ", str(problem)) for problem in problems]
    if not items:
        return element("p", {}, _nothing_broke(rows))
    more = [element("li", {}, f"and {len(items) - _SHOWN} more, see the table")] if len(items) > _SHOWN else []
    return element("ul", {"class": "failures"}, *items[:_SHOWN], *more)


def _nothing_broke(rows: Sequence[Row]) -> str:
    laws = sum(law.verdict == "pass" for row in rows for run in row.runs for law in run.laws)
    expectations = sum(each.verdict == "pass" for row in rows for run in row.runs for each in run.expectations)
    return f"Nothing: {counted(laws, 'check')} of laws and {counted(expectations, 'expectation')} hold."


def _defects(rows: Sequence[Row], anchors: dict[Row, str]) -> Iterator[tuple[str, ...]]:
    """What went wrong under test, the broken laws first, each with a link to its run."""
    for row in rows:
        for name, seeds in _broken_laws(row).items():
            yield "law broken: ", element("b", {}, name), f" ({_seeds(seeds)}): ", link(row, anchors)
    for row in rows:
        if row.verdict != "pass":
            seed = "" if row.judged else f", seed {row.representative().seed}"
            reasons = "; ".join(row.reasons) or "no reason was recorded"
            yield badge(row.verdict), " ", link(row, anchors), f"{seed}: {reasons}"


def _broken_laws(row: Row) -> dict[str, list[int]]:
    laws: dict[str, list[int]] = {}
    for run in row.runs:
        for law in run.laws:
            if law.verdict == "fail":
                laws.setdefault(law.name, []).append(run.seed)
    return laws


def _seeds(seeds: list[int]) -> str:
    named = ", ".join(map(str, seeds[:5])) + (", ..." if len(seeds) > 5 else "")
    return f"seed{'s' * (len(seeds) > 1)} {named}"


def link(row: Row, anchors: dict[Row, str]) -> Markup:
    return element("a", {"href": f"#{anchors[row]}"}, f"{row.scenario}, {row.subject_and_world}")
