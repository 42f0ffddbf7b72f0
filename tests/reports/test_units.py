"""Laws of numbers: how measures are written, how bins are joined, where axes get their ticks."""

from __future__ import annotations

import unittest

from reports.scale import brief, ticks, time_ticks
from reports.series import Series
from reports.units import NBSP, percent, show


class Units(unittest.TestCase):
    def test_the_name_of_a_measure_decides_its_unit(self):
        expected = {("retention.durable", 0.0324): "3.24 %", ("oracle_ratio", 1.0): "100 %",
                    ("recovery.time", 1.5): "1.50 s", ("record.p99", 8.2e-7): "820 ns",
                    ("amplification.max", 1.05): "1.05 ×", ("duplicates", 12000): "12,000",
                    ("loss.counted", None): "n/a", ("record.p50", 0): "0 s"}
        for (measure, value), text in expected.items():
            self.assertEqual(show(measure, value).replace(NBSP, " "), text)

    def test_a_percentage_is_never_rounded_up_past_the_truth(self):
        self.assertEqual(percent(0.099999), f"9.99{NBSP}%")
        self.assertEqual(percent(0.99999), f"99.9{NBSP}%")
        self.assertEqual(percent(0.29), f"29{NBSP}%")           # 0.29 * 100 is 28.999... in binary

    def test_ticks_begin_at_zero_stay_inside_and_are_few(self):
        for end in (0.7, 1, 3, 4.3, 99, 1234, 5.6e6):
            found = ticks(end, 3)
            self.assertEqual(found[0], 0)
            self.assertTrue(1 < len(found) <= 4 and found[-1] <= end, (end, found))

    def test_time_ticks_are_round(self):
        self.assertEqual(time_ticks(75, 6), [0, 15, 30, 45, 60, 75])
        self.assertEqual(time_ticks(1e7, 4)[0], 0)

    def test_brief_numbers(self):
        self.assertEqual([brief(value) for value in (0, 250, 2000, 1.5e6)], ["0", "250", "2k", "1.5M"])


class JoinedBins(unittest.TestCase):
    def setUp(self):
        counts = {name: (1.0, 2.0, 3.0) for name in ("offered", "accepted", "durable", "delivered")}
        gauges = {name: (5.0, 9.0, 7.0) for name in ("queue", "spool")}
        self.series = Series((0.0, 0.1, 0.2, 0.3), counts | gauges, ("closed", "open", "half_open"))

    def test_counts_add_up_and_gauges_keep_their_peak(self):
        joined = self.series.grouped(2)
        self.assertEqual(joined.numbers["offered"], (3.0, 3.0))
        self.assertEqual(joined.numbers["queue"], (9.0, 7.0))
        self.assertEqual(joined.breaker, ("open", "half_open"))

    def test_a_short_last_bin_keeps_its_rate(self):
        first, last = self.series.grouped(2).rate("delivered")
        self.assertAlmostEqual(first, 15)
        self.assertAlmostEqual(last, 30)


if __name__ == "__main__":
    unittest.main()
