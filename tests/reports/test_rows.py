"""Laws of gathering runs into rows."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from reports.rows import Row, gather, overall
from tests.reports.fixtures import Story, runs_below, write_run


def rows_of(*stories: Story) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for index, story in enumerate(stories):
            write_run(Path(folder) / str(index), story)
        return gather(runs_below(Path(folder)))


def with_durable(value: float | None, seed: int = 1, **more) -> Story:
    return Story(seed=seed, measures={"retention.durable": value}, **more)


class Rows(unittest.TestCase):
    def test_seeds_share_a_row_and_worlds_do_not(self):
        rows = rows_of(Story(seed=2), Story(seed=1), Story(world="live"))
        self.assertEqual([(row.world, row.seeds) for row in rows], [("virtual", 2), ("live", 1)])

    def test_ratios_show_their_median_and_minimum(self):
        row, = rows_of(*(with_durable(value, seed) for seed, value in enumerate((0.5, 0.2, 0.9))))
        statistic = row.statistic("retention.durable")
        self.assertEqual((statistic.median, statistic.worst, statistic.worst_is), (0.5, 0.2, "min"))

    def test_times_show_their_maximum(self):
        row, = rows_of(*(Story(seed=seed, measures={"recovery.time": seed}) for seed in (1, 2, 3)))
        statistic = row.statistic("recovery.time")
        self.assertEqual((statistic.median, statistic.worst, statistic.worst_is), (2, 3, "max"))

    def test_absent_measures_are_counted_not_guessed(self):
        row, = rows_of(with_durable(0.5, 1), with_durable(None, 2))
        self.assertEqual(row.statistic("retention.durable").available, 1)
        self.assertIsNone(row.statistic("no.such.measure"))

    def test_one_failing_seed_fails_the_row(self):
        row, = rows_of(Story(seed=1), Story(seed=2, verdict="fail"), Story(seed=3))
        self.assertEqual((row.verdict, row.passed()), ("fail", 2))

    def test_the_worst_failing_seed_represents_the_row(self):
        row, = rows_of(with_durable(0.01, 1), with_durable(0.09, 2, verdict="fail"),
                       with_durable(0.04, 3, verdict="fail"))
        self.assertEqual(row.representative().seed, 3)

    def test_controls_do_not_decide_the_overall_verdict(self):
        rows = rows_of(Story(), Story(subject="naive-seed", verdict="fail"))
        self.assertEqual(overall(rows), "pass")
        self.assertEqual(overall([row for row in rows if row.is_control]), "fail")

    def test_an_invalid_run_is_never_a_pass(self):
        self.assertEqual(overall(rows_of(Story(), Story(seed=2, verdict="invalid"))), "invalid")

    def test_different_settings_of_one_scenario_are_not_mixed(self):
        with tempfile.TemporaryDirectory() as folder:
            write_run(Path(folder) / "a", Story(seed=1))
            path = write_run(Path(folder) / "b", Story(seed=2))
            result = json.loads(path.read_text())
            result["resolved"]["load"]["rate"] = "1/s"
            path.write_text(json.dumps(result))
            rows = gather(runs_below(Path(folder)))
        self.assertEqual([row.seeds for row in rows], [1, 1])
        self.assertTrue(all(row.variant.startswith("variant ") for row in rows))


if __name__ == "__main__":
    unittest.main()
