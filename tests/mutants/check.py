#!/usr/bin/python3
"""Runs a mutant on tests/mutants/scenario.json (or another one) and passes when the law that must catch it did.

    tests/mutants/check.py bin/holdfast-skip-sync --virtual --law durability --out DIR

With `--law none` the program must pass with every law unbroken. Exit code 77: this machine cannot
run that world.
"""
import argparse
import json
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
    parser.add_argument("--law", required=True, help="the law that must be broken, or none")
    parser.add_argument("--scenario", type=pathlib.Path, default=SCENARIO, help="what it runs")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="where the results go; replaced")
    return parser.parse_args(arguments)


def broken_laws(out):
    """The laws that the runs below `out` broke, each with its detail."""
    results = sorted(out.rglob("result.json"))
    if not results:
        sys.exit(f"the run left no result.json in {out}")
    laws = [law for result in results for law in json.loads(result.read_text())["laws"]]
    return {law["law"]: law["detail"] for law in laws if law["verdict"] == "fail"}


def complaint(law, code, broken):
    """Why the check fails; '' when it passes."""
    if law == "none":
        return "" if code == PASS and not broken else f"without a bug the run ended with {code}, broken: {broken}"
    if code != BROKEN:
        return f"the run ended with {code}, but a broken law ends with {BROKEN}"
    return "" if law in broken else f"the run failed, but not by {law}; broken: {broken or 'no law'}"


def main(arguments):
    options = parse_arguments(arguments)
    shutil.rmtree(options.out, ignore_errors=True)
    command = [options.program, "run", f"--{options.world}", options.scenario, "--out", options.out]
    ran = subprocess.run(command, capture_output=True, text=True)
    print(ran.stdout + ran.stderr)
    if ran.returncode == CANNOT_RUN:
        print(f"skipped: {(ran.stderr.strip().splitlines() or ['this machine cannot run it'])[-1]}")
        return SKIPPED
    wrong = complaint(options.law, ran.returncode, broken_laws(options.out))
    print(wrong or f"as it must be, the broken law is: {options.law}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
