"""Laws of what is computed before anything is drawn: intervals, percentiles, sums, envelopes, paths."""

from __future__ import annotations

import unittest
from math import comb

from reports.intervals import bound_rank, interval_of_median
from reports.latency import Latency, merged
from reports.paths import compact
from reports.results import Accounting
from reports.series import Series, envelope


class Intervals(unittest.TestCase):
    def test_the_bound_is_wrong_in_at_most_one_of_twenty_cases_and_is_the_best_such(self):
        def risk(count: int, rank: int) -> float:
            return sum(comb(count, below) for below in range(rank)) / 2 ** count

        for count in range(5, 60):
            rank = bound_rank(count)
            self.assertLessEqual(risk(count, rank), 0.05)
            self.assertGreater(risk(count, rank + 1), 0.05)

    def test_few_seeds_are_bounded_by_the_worst_and_the_best(self):
        self.assertEqual(interval_of_median([0.3]), (0.3, 0.3))
        self.assertEqual(interval_of_median([0.5, 0.2, 0.9, 0.4]), (0.2, 0.9))
        self.assertEqual(interval_of_median([5, 1, 4, 2, 3]), (1, 5))

    def test_twenty_seeds_leave_five_out_at_each_end(self):
        self.assertEqual(interval_of_median(list(range(1, 21))), (6, 15))


class Latencies(unittest.TestCase):
    LATENCY = Latency(((50, 90), (100, 9), (5000, 1)))

    def test_a_percentile_is_the_longest_a_call_of_its_bucket_may_have_taken(self):
        for fraction, nanoseconds in ((0.5, 50), (0.9, 50), (0.91, 100), (0.99, 100), (0.999, 5000)):
            self.assertAlmostEqual(self.LATENCY.percentile(fraction), nanoseconds * 1e-9, delta=1e-12)

    def test_the_curve_covers_every_call_once(self):
        self.assertEqual([(begin, end) for begin, end, _ in self.LATENCY.curve()],
                         [(0, 0.9), (0.9, 0.99), (0.99, 1)])

    def test_runs_are_merged_call_by_call(self):
        together = merged([self.LATENCY, None, Latency(((100, 1), (200, 4)))])
        self.assertEqual(together.buckets, ((50, 90), (100, 10), (200, 4), (5000, 1)))
        self.assertIsNone(merged([None, None]))


class Sums(unittest.TestCase):
    def test_books_of_several_runs_are_added_place_by_place(self):
        total = Accounting.total([Accounting(10, 0, {"delivered": 10}),
                                  Accounting(7, 1, {"delivered": 4, "lost.crash": 2})])
        self.assertEqual(total, Accounting(17, 1, {"delivered": 14, "lost.crash": 2}))
        self.assertEqual(total.difference(), 0)


class Envelopes(unittest.TestCase):
    def series(self, *delivered: float) -> Series:
        edges = tuple(index / 10 for index in range(len(delivered) + 1))
        return Series(edges, {"delivered": delivered}, ("",) * len(delivered))

    def test_it_is_the_lowest_and_highest_in_each_bin_as_far_as_all_go(self):
        lows, highs, edges = envelope([self.series(1, 5, 9), self.series(2, 4)], "delivered")
        self.assertEqual([round(low) for low in lows], [10, 40])
        self.assertEqual([round(high) for high in highs], [20, 50])
        self.assertEqual(edges, (0, 0.1, 0.2))

    def test_a_part_of_a_series_keeps_the_bins_it_touches(self):
        part = self.series(1, 2, 3, 4).between(0.15, 0.3)
        self.assertEqual((part.edges, part.numbers["delivered"]), ((0.1, 0.2, 0.3), (2, 3)))


class Paths(unittest.TestCase):
    def test_steps_become_short_and_stay_where_they_were(self):
        self.assertEqual(compact("M 10 20 L 30.04 20 L 30.04 25 L 41 25"), "M10 20h20v5h11")
        self.assertEqual(compact("M 1 1 L 2 1 L 3 1 L 3 0.5 L 1 1 z"), "M1 1h2v-.5l-2 .5z")

    def test_a_way_back_is_kept(self):
        self.assertEqual(compact("M 0 0 L 5 0 L 3 0"), "M0 0h5h-2")

    def test_rounding_errors_do_not_add_up(self):
        path = "M 0 0 " + " ".join(f"L {index * 0.33:.2f} {index}" for index in range(1, 101))
        steps = compact(path).removeprefix("M0 0l").split("l")
        self.assertAlmostEqual(sum(float(step.split()[0]) for step in steps), 33, places=6)

    def test_curves_are_only_rounded(self):
        self.assertEqual(compact("M 0 3.52 \nC 0.94 3.5 1.8 3.1 2.4 2.4 \nz"),
                         "M 0 3.5 C .9 3.5 1.8 3.1 2.4 2.4 z")


if __name__ == "__main__":
    unittest.main()
