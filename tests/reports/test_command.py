"""Laws of the command: exit codes, and messages that name the file and what is wrong in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path

from tests.reports.fixtures import Story, write_run

ROOT = Path(__file__).resolve().parents[2]


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "report.html"

    def report(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "reports", *map(str, arguments), "--out", str(self.out)]
        return subprocess.run(command, cwd=ROOT, env=os.environ | environment, text=True,
                              capture_output=True, timeout=60)

    def assert_refused(self, done: subprocess.CompletedProcess, code: int, *words: str) -> None:
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertFalse(self.out.exists())
        self.assertEqual([path.name for path in self.folder.glob(".*")], [])

    def assert_result_refused(self, change: Callable[[dict], None], *words: str) -> None:
        path = write_run(self.folder / "run", Story())
        result = json.loads(path.read_text())
        change(result)
        path.write_text(json.dumps(result))
        self.assert_refused(self.report(self.folder / "run"), 3, str(path), *words)

    def assert_series_refused(self, name: str, change: Callable[[str], str], *words: str) -> None:
        path = write_run(self.folder / "run", Story()).with_name(name)
        path.write_text(change(path.read_text()))
        self.assert_refused(self.report(self.folder / "run"), 3, str(path), *words)

    def test_writes_the_page_and_says_what_is_in_it(self):
        write_run(self.folder / "deep" / "er" / "run", Story())
        done = self.report(self.folder / "deep", self.folder / "deep" / "er")     # overlap: counted once
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"{self.out}: pass, 1 row, 1 run\n")
        self.assertTrue(self.out.read_text().startswith("<!DOCTYPE html>"))

    def test_does_not_depend_on_time_zone_locale_or_matplotlibrc(self):
        write_run(self.folder / "run", Story())
        self.report(self.folder / "run")
        first = self.out.read_bytes()
        (self.folder / "matplotlibrc").write_text("font.size: 30\nlines.linewidth: 9\nsvg.fonttype: path\n")
        self.report(self.folder / "run", MATPLOTLIBRC=str(self.folder), TZ="Asia/Tokyo", LC_ALL="C",
                    SOURCE_DATE_EPOCH="1", PYTHONHASHSEED="7")
        self.assertEqual(self.out.read_bytes(), first)

    def test_what_cannot_be_read_is_named_and_the_rest_is_drawn(self):
        write_run(self.folder / "good", Story())
        damaged = write_run(self.folder / "damaged", Story(seed=2))
        damaged.write_text('{"version": 1,')
        old = write_run(self.folder / "old", Story(seed=3))
        old.write_text(old.read_text().replace('"version": 1', '"version": 0', 1))
        foreign = self.folder / "foreign" / "result.json"
        foreign.parent.mkdir()
        foreign.write_text('{"passed": 12}')
        done = self.report(self.folder, self.folder / "nowhere")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout, f"{self.out}: pass, 1 row, 1 run, 4 inputs left out\n")
        for text in (f"{damaged}:1:15: is not JSON", f"{old}: has version 0", f"{foreign}: is not a result",
                     f"{self.folder / 'nowhere'}: does not exist"):
            self.assertIn(text, done.stderr)
            self.assertIn(f"left out: {text}", self.out.read_text())

    def test_the_verdict_of_the_gate_counts_where_there_is_one(self):
        write_run(self.folder / "runs" / "a", Story())
        row = {"scenario": "upstream/outage", "subject": "holdfast", "verdict": "inconclusive",
               "reasons": ["the median's bounds lie on both sides of 10 %"]}
        later = {"of a later version": 1}
        judged = {"version": 1, "verdict": "inconclusive", "virtual": [row, later], "live": [],
                  "interrupted": True, "self_check": {"sentences": ["naive-seed is rejected"]}}
        gate = self.folder / "gate.json"
        gate.write_text(json.dumps(judged))
        self.assertIn(": inconclusive, 1 row", self.report(self.folder / "runs").stdout)
        for words in ("bounds lie on both sides", "Gate: naive-seed is rejected", "The gate was interrupted"):
            self.assertIn(words, self.out.read_text())
        gate.write_text(json.dumps(judged | {"virtual": []}))                     # of another set of runs
        self.assertIn(": pass, 1 row", self.report(self.folder / "runs").stdout)

    def test_a_control_is_rejected_or_not_as_the_gate_says(self):
        write_run(self.folder / "runs" / "a", Story(subject="naive-seed", verdict="fail"))
        row = {"scenario": "upstream/outage", "subject": "naive-seed", "verdict": "fail", "rejected": False}
        (self.folder / "gate.json").write_text(json.dumps({"verdict": "fail", "virtual": [row], "live": []}))
        self.report(self.folder)
        self.assertIn("rejected in 0 of 1. It should be rejected", self.out.read_text())

    def test_what_the_gate_left_out_is_listed_with_its_command(self):
        write_run(self.folder / "runs" / "a", Story())
        self.report(self.folder)
        self.assertNotIn("Not run", self.out.read_text())
        left_out = {"scenario": "process/restart-loop", "reason": "LIVE only", "command": "holdfast run --live x.json"}
        (self.folder / "gate.json").write_text(
            json.dumps({"verdict": "pass", "virtual": [], "live": [], "not_run": [left_out, {"scenario": "of later"}]}))
        self.report(self.folder)
        page = self.out.read_text()
        for words in ("Not run", "process/restart-loop", "LIVE only", "holdfast run --live x.json"):
            self.assertIn(words, page)
        self.assertNotIn("of later", page)

    def test_a_damaged_gate_file_is_named_and_the_rest_is_drawn(self):
        write_run(self.folder / "runs" / "a", Story())
        (self.folder / "gate.json").write_text("{")
        done = self.report(self.folder)
        self.assertEqual((done.returncode, done.stdout.startswith(str(self.out))), (3, True))
        self.assertIn(f"{self.folder / 'gate.json'}:1:2: is not JSON", done.stderr)

    def test_a_missing_directory(self):
        self.assert_refused(self.report(self.folder / "nowhere"), 3, "nowhere", "does not exist")

    def test_a_directory_without_results(self):
        self.assert_refused(self.report(self.folder), 3, str(self.folder), "no result.json")

    def test_a_missing_argument(self):
        self.assert_refused(self.report(), 3, "RESULT_DIR")

    def test_a_place_that_cannot_be_written(self):
        write_run(self.folder / "run", Story())
        self.out = self.folder / "absent" / "report.html"
        self.assert_refused(self.report(self.folder / "run"), 3, "absent/report.html", "cannot be written")

    def test_broken_json_names_line_and_column(self):
        path = write_run(self.folder / "run", Story())
        path.write_text('{"version": 1,\n  oops}')
        self.assert_refused(self.report(self.folder / "run"), 3, f"{path}:2:3", "is not JSON")

    def test_a_missing_member(self):
        self.assert_result_refused(lambda result: result.pop("verdict"), "verdict is missing")

    def test_a_member_of_the_wrong_type(self):
        self.assert_result_refused(lambda result: result["measures"].update({"retention.durable": "much"}),
                                   "measures.retention.durable", '"much"', "expected a number")

    def test_an_unknown_verdict(self):
        self.assert_result_refused(lambda result: result.update(verdict="great"),
                                   "verdict", '"great"', "inconclusive")

    def test_a_number_that_is_none(self):
        self.assert_result_refused(lambda result: result["measures"].update(oracle_ratio=float("nan")), "NaN")

    def test_a_window_that_ends_before_it_begins(self):
        self.assert_result_refused(lambda result: result["fault_windows"][0].update(to=1), "fault_windows[0]")

    def test_a_version_of_the_future(self):
        self.assert_result_refused(lambda result: result.update(version=2), "version 2")

    def test_latency_buckets_that_do_not_add_up(self):
        latency = {"unit": "ns", "calls": 3, "buckets": {"63": 1, "127": 1}}
        self.assert_result_refused(lambda result: result.update(record_latency=latency),
                                   "record_latency", "3 calls and 2 in its buckets")

    def test_a_missing_timeline(self):
        path = write_run(self.folder / "run", Story()).with_name("timeline.csv")
        path.unlink()
        self.assert_refused(self.report(self.folder / "run"), 3, str(path), "is missing")

    def test_a_missing_column(self):
        self.assert_series_refused("timeline.csv", lambda text: text.replace("spool", "pool", 1),
                                   "column spool")

    def test_a_cell_that_is_no_number_names_its_line(self):
        self.assert_series_refused("twin.csv", lambda text: text.replace("\n0.0,", "\n0.0,x", 1),
                                   "twin.csv:2", "offered")

    def test_a_short_line(self):
        self.assert_series_refused("timeline.csv", lambda text: text + "99,1\n", "has 2 fields", "accepted")

    def test_time_that_runs_backwards(self):
        self.assert_series_refused("timeline.csv", lambda text: text + text.splitlines()[1] + "\n",
                                   "must rise")

    def test_a_series_without_rows(self):
        self.assert_series_refused("timeline.csv", lambda text: text.splitlines()[0] + "\n", "no rows")

    def test_an_unknown_breaker_state(self):
        self.assert_series_refused("timeline.csv", lambda text: text.replace("closed", "ajar", 1),
                                   "'ajar'", "half_open")

    def test_without_matplotlib_it_says_what_to_install(self):
        write_run(self.folder / "run", Story())
        (self.folder / "matplotlib.py").write_text("raise ImportError('absent')")
        done = self.report(self.folder / "run", PYTHONPATH=str(self.folder))
        self.assert_refused(done, 4, "apt-get install python3-matplotlib")


if __name__ == "__main__":
    unittest.main()
