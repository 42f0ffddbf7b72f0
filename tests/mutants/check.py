#!/usr/bin/python3
"""Runs a mutant on tests/mutants/scenario.json (or another one) and passes when the law that must catch it did.

    tests/mutants/check.py bin/holdfast-skip-sync --virtual --law durability --out DIR
    tests/mutants/check.py bin/holdfast-no-spool --gate --measure retention.durable --scenario FILE --out DIR

With `--gate` it is the gate without LIVE that must fail, over the seeds that the scenario publishes. With
`--measure` an expectation of that measure must have failed, and no law. With `--law none` the program must
pass with every law unbroken. Exit code 77: this machine cannot run that world.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

SCENARIO = pathlib.Path(__file__).with_name("scenario.json")
PASS, BROKEN, CANNOT_RUN, SKIPPED = 0, 1, 4, 77


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], allow_abbrev=False)
    parser.add_argument("program", type=pathlib.Path)
    world = parser.add_mutually_exclusive_group(required=True)
    world.add_argument("--virtual", dest="world", action="store_const", const="virtual")
    world.add_argument("--live", dest="world", action="store_const", const="live")
    world.add_argument("--gate", dest="world", action="store_const", const="gate")
    judge = parser.add_mutually_exclusive_group(required=True)
    judge.add_argument("--law", help="the law that must be broken, or none")
    judge.add_argument("--measure", help="the measure that must miss what the scenario expects of it")
    parser.add_argument("--scenario", type=pathlib.Path, default=SCENARIO)
    parser.add_argument("--set", action="append", default=[], help="PATH=VALUE of the scenario; repeatable")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="where the results go; replaced")
    return parser.parse_args(arguments)


def command_of(options):
    if options.world == "gate":
        command = [options.program, "gate", "--no-live", "--no-report", "--out", options.out, options.scenario]
    else:
        command = [options.program, "run", f"--{options.world}", options.scenario, "--out", options.out]
    return command + [f"--set={setting}" for setting in options.set]


def missed_by_gate(out):
    """The measures of which the gate's rows missed an expectation or the stress target."""
    rows = [row for row in json.loads((out / "gate.json").read_text())["virtual"] if not row["control"]]
    judged = [each for row in rows for each in row["expectations"] + row["targets"]]
    return {each["measure"] for each in judged if each["verdict"] == "fail"}


def broken_laws(out):
    """The laws that the runs below `out` broke, each with its detail."""
    results = sorted(out.rglob("result.json"))
    if not results:
        sys.exit(f"the run left no result.json in {out}")
    laws = [law for result in results for law in json.loads(result.read_text())["laws"]]
    return {law["law"]: law["detail"] for law in laws if law["verdict"] == "fail"}


def plays_differently(command, out):
    """Whether a second run of the same seed leaves another trace."""
    again = out.parent / (out.name + "-again")
    shutil.rmtree(again, ignore_errors=True)
    subprocess.run([again if word is out else word for word in command], capture_output=True)
    traces = [[json.loads(result.read_text()).get("trace_hash") for result in sorted(place.rglob("result.json"))]
              for place in (out, again)]
    return traces[0] != traces[1]


def missed_measures(out):
    """The measures of which the runs below `out` missed an expectation."""
    results = [json.loads(result.read_text()) for result in out.rglob("result.json")]
    return {each["measure"] for result in results for each in result["expectations"] if each["verdict"] == "fail"}


def complaint_of_measure(measure, code, broken, missed):
    """The same where a measure must catch the mutant."""
    if broken:
        return f"the run failed by a law, and {measure} should have caught it: {broken}"
    if code != BROKEN:
        return f"the run ended with {code}, but a missed expectation ends with {BROKEN}"
    return "" if measure in missed else f"the run failed, but not by {measure}; missed: {missed or 'nothing'}"


def complaint(law, code, broken):
    """Why the check fails; '' when it passes."""
    if law == "none":
        return "" if code == PASS and not broken else f"without a bug the run ended with {code}, broken: {broken}"
    if code != BROKEN:
        return f"the run ended with {code}, but a broken law ends with {BROKEN}"
    return "" if law in broken else f"the run failed, but not by {law}; broken: {broken or 'no law'}"


def on_a_fast_disk():
    """The environment, with LIVE runs on a disk whose syncs take no time: where a commit hangs the tracker
    delivers past the disk, and a bug of the disk's side does not show."""
    memory = "/dev/shm"
    return os.environ | ({"TMPDIR": memory} if os.path.ismount(memory) and os.access(memory, os.W_OK) else {})


def main(arguments):
    options = parse_arguments(arguments)
    shutil.rmtree(options.out, ignore_errors=True)
    command = command_of(options)
    ran = subprocess.run(command, capture_output=True, text=True, env=on_a_fast_disk())
    print(ran.stdout + ran.stderr)
    if ran.returncode == CANNOT_RUN:
        print(f"skipped: {(ran.stderr.strip().splitlines() or ['this machine cannot run it'])[-1]}")
        return SKIPPED
    broken = broken_laws(options.out)
    if options.measure:
        missed = missed_by_gate(options.out) if options.world == "gate" else missed_measures(options.out)
        wrong = complaint_of_measure(options.measure, ran.returncode, broken, missed)
        print(wrong or f"as it must be, this misses what is expected: {options.measure}")
    elif options.law == "determinism":  # which needs two runs, so no single one can break it
        wrong = "" if plays_differently(command, options.out) else "two runs of one seed were the same"
        print(wrong or "as it must be, the broken law is: determinism")
    else:
        wrong = complaint(options.law, ran.returncode, broken)
        print(wrong or f"as it must be, the broken law is: {options.law}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
