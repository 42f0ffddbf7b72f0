"""Laws of single figures: what is drawn is what was measured, and the words say the same."""

from __future__ import annotations

import re
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from reports.recovery_figure import draw_recovery, heal_of, sentence
from reports.results import Accounting
from reports.retention_figure import draw_overview
from reports.rows import Row, gather
from reports.run_section import run_section
from reports.spectrum_figure import Curve, draw_spectrum, roles_of
from reports.latency import Latency
from reports.waterfall_figure import draw_waterfall
from tests.reports.fixtures import AWAY, Story, runs_below, write_run

NBSP = "\u00a0"


def row_of(*stories: Story) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        for index, story in enumerate(stories):
            write_run(Path(folder) / str(index), story)
        row, = gather(runs_below(Path(folder)))
        return row


def pieces(svg: str, kind: str) -> list[tuple[float, float]]:
    """(left, width) of every bar of this class."""
    bars = re.findall(rf'class="{kind}">\s*<path d="M([0-9.]+) [-0-9.]+h([0-9.]+)', svg)
    return [(float(left), float(width)) for left, width in bars]


class Waterfall(unittest.TestCase):
    BOOKS = Accounting(1000, 0, {"unissued": 0, "rejected.ring_full": 200, "delivered": 700,
                                 "pending.spool": 100})

    def test_the_pieces_follow_each_other_and_end_where_the_offered_bar_ends(self):
        svg = draw_waterfall(self.BOOKS, 350, "key")
        (left, width), = pieces(svg, "offered")
        places = pieces(svg, "place")
        self.assertEqual(len(places), 3)
        self.assertAlmostEqual(places[0][0], left, delta=0.11)
        for before, after in zip(places, places[1:]):
            self.assertAlmostEqual(sum(before), after[0], delta=0.21)
        self.assertAlmostEqual(sum(places[-1]), left + width, delta=0.21)

    def test_one_record_in_a_million_is_still_named_and_drawn(self):
        svg = draw_waterfall(Accounting(1_000_000, 0, {"delivered": 999_999, "lost.crash": 1}), 350, "key")
        self.assertIn(">lost.crash<", svg)
        self.assertIn(">1<", svg)
        self.assertEqual(svg.count('class="place"'), 2)

    def test_books_that_do_not_add_up_are_refused(self):
        with self.assertRaises(ValueError):
            draw_waterfall(replace(self.BOOKS, offered=1001), 350, "key")

    def test_the_page_says_that_the_sum_is_exact_and_over_how_many_runs(self):
        markup = run_section(row_of(Story(seed=1), Story(seed=2)), "run-1")
        self.assertRegex(markup, r"✓ Exact: [0-9,]+ = [0-9,]+( \+ [0-9,]+)*, difference 0, 2 runs together\.")

    def test_the_page_names_the_run_whose_books_do_not_balance(self):
        row = row_of(Story(seed=1), Story(seed=2))
        broken = replace(row.runs[1], accounting=replace(row.runs[1].accounting, offered=1))
        markup = run_section(replace(row, runs=(row.runs[0], broken)), "run-1")
        self.assertRegex(markup, r"✗ Seed 2: the places hold [0-9,]+ more than were offered")
        self.assertIn("✓ Exact: ", markup)

    def test_unaccounted_records_are_never_called_exact(self):
        row = row_of(Story())
        books = row.runs[0].accounting
        lost = replace(books, unaccounted=3, places=books.places | {"delivered": books.places["delivered"] - 3})
        markup = run_section(replace(row, runs=(replace(row.runs[0], accounting=lost),)), "run-1")
        self.assertIn("✗ 3 unaccounted", markup)
        self.assertNotIn("Exact", markup)


class Recovery(unittest.TestCase):
    def test_time_zero_is_the_heal_and_the_marks_stand_where_the_measures_say(self):
        row = row_of(Story(measures={"recovery.time": 7.0, "backlog.drain_time": 14.0}))
        svg = draw_recovery(row, row.runs[0], 350, "key")
        marks = [float(left) for left in re.findall(r'class="mark">\s*<path d="M([0-9.]+)', svg)]
        begin, end = 40 - 35 * 0.06, 75
        for mark, time in zip(marks, (47, 54), strict=True):
            self.assertAlmostEqual(mark, 42 + (time - begin) / (end - begin) * 298, delta=0.2)
        self.assertIn(f"95 % after 7.00{NBSP}s", svg)
        self.assertIn(f"empty after 14.0{NBSP}s", svg)

    def test_a_recovery_that_never_came_has_no_mark_and_says_so(self):
        row = row_of(Story(measures={"recovery.time": None}, notes={"recovery.time": "never within the run"}))
        svg = draw_recovery(row, row.runs[0], 350, "key")
        self.assertEqual(svg.count('class="mark"'), 1)             # only the drain
        self.assertIn("95 %: never within the run", svg)

    def test_recovered_at_once(self):
        run = row_of(Story(measures={"recovery.time": 0.0})).runs[0]
        self.assertEqual(sentence(run, "recovery.time", "95 %"), "95 % at once")

    def test_a_run_without_faults_or_with_nothing_after_them_has_none(self):
        self.assertIsNone(heal_of(row_of(Story(faults=())).runs[0]))
        self.assertIsNone(heal_of(row_of(Story(faults=(replace(AWAY, end=75),))).runs[0]))

    def test_other_seeds_are_a_band(self):
        several = row_of(*(Story(seed=seed) for seed in (1, 2, 3)))
        self.assertEqual(draw_recovery(several, several.runs[0], 350, "key").count('class="seeds"'), 1)
        alone = row_of(Story())
        self.assertNotIn('class="seeds"', draw_recovery(alone, alone.runs[0], 350, "key"))


class Overview(unittest.TestCase):
    def test_the_worst_is_on_top_and_controls_are_below(self):
        rows = [row_of(Story(name, subject=subject, measures={"retention.durable": value}))
                for name, subject, value in (("best", "holdfast", 0.9), ("control", "naive-seed", 0.01),
                                             ("worst", "holdfast", 0.2))]
        svg = draw_overview(rows, 1080, "key")
        places = [svg.index(f">{name}<") for name in ("worst", "best", "control")]
        self.assertEqual(places, sorted(places))

    def test_the_interval_over_the_seeds_is_drawn(self):
        values = (0.2, 0.5, 0.6)
        row = row_of(*(Story(seed=seed, measures={"retention.durable": value})
                       for seed, value in enumerate(values)))
        self.assertEqual(draw_overview([row], 1080, "key").count('class="interval"'), 1)


class Spectrum(unittest.TestCase):
    def test_a_subject_has_one_colour_and_controls_have_others(self):
        roles = roles_of(["holdfast", "naive-seed", "naive-sync"], {"naive-seed", "naive-sync"})
        self.assertEqual(len(set(roles.values())), 3)
        self.assertEqual(roles["holdfast"], "accepted")

    def test_one_line_for_each_curve_and_one_legend_line_for_each_subject(self):
        fast, slow = Latency(((80, 990), (900, 10))), Latency(((1 << 22, 100),))
        curves = [Curve("holdfast", "accepted", fast), Curve("holdfast", "accepted", fast),
                  Curve("naive-seed", "delivered", slow)]
        svg = draw_spectrum(curves, 350, "key", "Latency")
        self.assertEqual(svg.count('class="latency"'), 3)
        self.assertIn(f">holdfast, worst of 2: p99 80.0{NBSP}ns, p99.9 900{NBSP}ns<", svg)
        self.assertIn(f">naive-seed: p99 4.19{NBSP}ms, p99.9 4.19{NBSP}ms<", svg)

    def test_a_single_call_and_zero_nanoseconds_can_be_drawn(self):
        draw_spectrum([Curve("holdfast", "accepted", Latency(((0, 1),)))], 350, "key", "Latency")


if __name__ == "__main__":
    unittest.main()
