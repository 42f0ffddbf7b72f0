"""The mechanism of tests/mutants, with programs and patches made for the occasion."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MUTANTS = ROOT / "tests/mutants"
CHECK, APPLY = MUTANTS / "check.py", MUTANTS / "apply.sh"
sys.path.insert(0, str(MUTANTS))

from campaign import Campaign, parse_arguments, result_of  # noqa: E402
from planted_bugs_page import CLASSES, page_of  # noqa: E402

PATCH = "--- a/core/a.cpp\n+++ b/core/a.cpp\n@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n"


class Check(unittest.TestCase):
    def judge(self, law, code, verdicts):
        """check.py's exit code for a program that ends with `code` and leaves these law verdicts."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            laws = [{"law": each, "verdict": verdict, "detail": ""} for each, verdict in verdicts.items()]
            (folder / "planted.json").write_text(json.dumps({"laws": laws}))
            program = folder / "program"
            program.write_text(f'#!/bin/sh\nmkdir -p "$5/x"\ncp {folder}/planted.json "$5/x/result.json"\n'
                               f'echo "no FUSE here" >&2\nexit {code}\n')
            program.chmod(0o755)
            ran = subprocess.run([CHECK, program, "--virtual", "--law", law, "--out", folder / "out"],
                                 capture_output=True, text=True)
            return ran.returncode, ran.stdout

    def judge_measure(self, code, law, expectation):
        """The same for --measure retries: a law's verdict, and that of the expectation on retries."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            result = {"laws": [{"law": "bounds", "verdict": law, "detail": ""}],
                      "expectations": [{"measure": "retries", "verdict": expectation}]}
            (folder / "planted.json").write_text(json.dumps(result))
            program = folder / "program"
            program.write_text(f'#!/bin/sh\nmkdir -p "$5/x"\ncp {folder}/planted.json "$5/x/result.json"\nexit {code}\n')
            program.chmod(0o755)
            return subprocess.run([CHECK, program, "--virtual", "--measure", "retries", "--out", folder / "out"],
                                  capture_output=True).returncode

    def test_a_measure_catches_only_by_its_own_expectation(self):
        self.assertEqual(self.judge_measure(1, "pass", "fail"), 0)
        self.assertEqual(self.judge_measure(1, "fail", "fail"), 1)
        self.assertEqual(self.judge_measure(1, "pass", "pass"), 1)
        self.assertEqual(self.judge_measure(2, "pass", "fail"), 1)

    def judge_gate(self, code, verdict, kind="expectations", control=False):
        """The same for --gate --measure retries: the verdict on retries in the only row of gate.json."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            row = {"control": control, "expectations": [], "targets": []}
            row[kind] = [{"measure": "retries", "verdict": verdict}]
            (folder / "gate.json").write_text(json.dumps({"virtual": [row]}))
            (folder / "result.json").write_text(json.dumps({"laws": []}))
            program = folder / "program"
            program.write_text(f'#!/bin/sh\n[ "$1 $2" = "gate --no-live" ] || exit 9\nmkdir -p "$5/runs/x"\n'
                               f'cp {folder}/gate.json "$5"\ncp {folder}/result.json "$5/runs/x"\nexit {code}\n')
            program.chmod(0o755)
            return subprocess.run([CHECK, program, "--gate", "--measure", "retries", "--out", folder / "out"],
                                  capture_output=True).returncode

    def test_a_gate_catches_by_an_expectation_or_the_stress_target_and_not_by_a_control(self):
        self.assertEqual(self.judge_gate(1, "fail"), 0)
        self.assertEqual(self.judge_gate(1, "fail", kind="targets"), 0)
        self.assertEqual(self.judge_gate(1, "fail", control=True), 1)
        self.assertEqual(self.judge_gate(1, "inconclusive"), 1)
        self.assertEqual(self.judge_gate(0, "fail"), 1)

    def judge_determinism(self, trace):
        """check.py's exit code for a program that leaves this text, as the shell expands it, as its trace."""
        with tempfile.TemporaryDirectory() as name:
            program = pathlib.Path(name) / "program"
            program.write_text('#!/bin/sh\nmkdir -p "$5/x"\n'
                               f'echo "{{\\"laws\\": [], \\"trace_hash\\": \\"{trace}\\"}}" > "$5/x/result.json"\n')
            program.chmod(0o755)
            return subprocess.run([CHECK, program, "--virtual", "--law", "determinism", "--out",
                                   pathlib.Path(name) / "out"], capture_output=True).returncode

    def test_determinism_is_caught_by_two_traces_of_one_seed(self):
        self.assertEqual(self.judge_determinism("$$"), 0)
        self.assertEqual(self.judge_determinism("same"), 1)

    def test_passes_when_the_law_caught_the_bug(self):
        self.assertEqual(self.judge("durability", 1, {"durability": "fail", "identity": "pass"})[0], 0)

    def test_fails_when_the_run_passed(self):
        self.assertEqual(self.judge("durability", 0, {"durability": "pass"})[0], 1)

    def test_fails_when_another_law_caught_it(self):
        self.assertEqual(self.judge("durability", 1, {"durability": "pass", "conservation": "fail"})[0], 1)

    def test_fails_when_the_run_was_invalid(self):
        self.assertEqual(self.judge("durability", 2, {"durability": "fail"})[0], 1)

    def test_the_control_passes_only_when_nothing_is_broken(self):
        self.assertEqual(self.judge("none", 0, {"durability": "pass"})[0], 0)
        self.assertEqual(self.judge("none", 1, {"durability": "fail"})[0], 1)
        self.assertEqual(self.judge("none", 0, {"durability": "fail"})[0], 1)

    def test_a_machine_that_cannot_run_it_skips_with_the_reason(self):
        code, said = self.judge("durability", 4, {})
        self.assertEqual(code, 77)
        self.assertIn("skipped: no FUSE here", said)


class Apply(unittest.TestCase):
    def apply(self, text):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "core").mkdir()
            (folder / "core/a.cpp").write_text(text)
            (folder / "planted.patch").write_text(PATCH)
            ran = subprocess.run([APPLY, folder, folder / "mutated", folder / "planted.patch"],
                                 capture_output=True, text=True)
            mutated = folder / "mutated/core/a.cpp"
            return ran, mutated.read_text() if mutated.exists() else ""

    def test_a_patch_that_applies_mutates_the_copy(self):
        ran, mutated = self.apply("one\ntwo\nthree\n")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(mutated, "one\nzwei\nthree\n")

    def test_a_patch_that_no_longer_applies_is_an_error_that_says_so(self):
        ran, _ = self.apply("eins\n")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("planted.patch no longer applies", ran.stderr)


class Manifest(unittest.TestCase):
    rows = json.loads((MUTANTS / "mutants.json").read_text())

    def test_every_patch_is_declared_once_and_says_whether_it_was_reached_and_triggered(self):
        self.assertEqual(sorted(row["name"] for row in self.rows), sorted(path.stem for path in MUTANTS.glob("*.patch")))
        for row in self.rows:
            self.assertIn("mutant::mark(", (MUTANTS / f"{row['name']}.patch").read_text(), row["name"])

    def test_every_patch_applies(self):
        for row in self.rows:
            with tempfile.TemporaryDirectory() as folder:
                patches = [MUTANTS / f"{name}.patch" for name in [row["name"], row.get("with")] if name]
                ran = subprocess.run([APPLY, ROOT, folder, *patches], capture_output=True, text=True)
                self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_every_row_says_what_the_bug_is_and_who_must_notice(self):
        laws = {"conservation", "durability", "identity", "isolation", "bounds", "liveness", "breaker", "determinism"}
        for row in self.rows:
            self.assertIn(row["class"], CLASSES, row["name"])
            self.assertRegex(row["bug"], r"^[A-Z].*\.$", row["name"])
            self.assertTrue(all(re.fullmatch(r"(S|CB|DF|LS)-\d\d", bug) for bug in row["corpus"]), row["name"])
            self.assertLessEqual(set(row["laws"]), laws, row["name"])
            self.assertTrue(row["laws"] or "measure" in row or "verdict" in row, row["name"])

    def test_each_kind_of_bug_is_there_and_there_are_enough(self):
        self.assertEqual({row["class"] for row in self.rows}, set(CLASSES))
        self.assertGreaterEqual(len(self.rows), 24)


def finding(seed, *laws):
    return {"seed": seed, "law": laws[0], "detail": "so it is", "broken": [{"law": law, "detail": ""} for law in laws]}


PROGRAM = """#!/usr/bin/python3
import os, struct
open(os.environ["HOLDFAST_MUTANT_MARKS"], "wb").write(struct.pack("QQ", 5, 2))
print({answer!r})
"""


class Hunted(unittest.TestCase):
    """campaign.py with programs that find what they are told to."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.campaign = Campaign(parse_arguments(["--seeds", "1..9"]))
        self.campaign.programs = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def program(self, name, *findings, runs=9):
        program = self.campaign.programs / name
        program.write_text(PROGRAM.format(answer=json.dumps({"runs": runs, "findings": findings})))
        program.chmod(0o755)

    def test_a_bug_is_detected_by_the_laws_of_the_first_seed_that_breaks_one(self):
        self.program("holdfast-bug", finding(3, "durability", "liveness"), runs=3)
        row = self.campaign.play({"name": "bug", "laws": ["durability"]})
        self.assertEqual((row["detected"], row["seed"], row["seeds"]), (True, 3, 3))
        self.assertEqual(row["by"], ["durability", "liveness"])
        self.assertEqual((row["reached"], row["triggered"]), (5, 2))

    def test_a_bug_that_no_law_notices_has_survived(self):
        self.program("holdfast-bug")
        row = self.campaign.play({"name": "bug", "laws": ["durability"]})
        self.assertEqual((row["detected"], row["by"], row["seeds"]), (False, [], 9))

    def test_a_harness_is_caught_where_it_hides_what_the_sound_one_finds(self):
        self.program("holdfast-core-bug", finding(3, "liveness"), runs=3)
        self.program("holdfast-blind", finding(3, "durability"), runs=1)
        row = {"name": "blind", "with": "core-bug", "laws": ["liveness"]}
        self.assertEqual(self.campaign.play(row)["by"], ["self-check"])

    def test_a_harness_that_hides_nothing_has_survived(self):
        self.program("holdfast-core-bug", finding(9, "liveness"))
        self.program("holdfast-blind", finding(9, "liveness"))
        row = {"name": "blind", "with": "core-bug", "laws": ["liveness"]}
        self.assertFalse(self.campaign.play(row)["detected"])

    def test_an_alarm_of_the_control_is_told(self):
        self.program("holdfast", finding(2, "bounds"), runs=3)
        self.program("holdfast-bug", finding(3, "durability"), runs=3)
        control = self.campaign.control([self.campaign.play({"name": "bug", "laws": ["durability"]})])
        self.assertEqual((control["runs"], control["alarms"][0]["law"]), (3, "bounds"))

    def test_the_page_has_a_row_for_each_and_calls_a_survivor_by_its_name(self):
        row = {"name": "bug", "class": "spool", "bug": "It is.", "corpus": ["S-01"], "reached": 1, "triggered": 0,
               "detected": False, "by": [], "seeds": 9}
        page = page_of(result_of([row], {"runs": 9, "alarms": []}, []))
        self.assertIn("| `bug` | It is. | 1 | 0 | **survived** | 9 | S-01 |", page)
        self.assertIn("**0 of 1 detected", page)


if __name__ == "__main__":
    unittest.main()
