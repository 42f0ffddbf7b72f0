#!/usr/bin/python3
"""Builds `holdfast` with clang too and plays every VIRTUAL scenario with both compilers' programs.

    tools/compare_compilers.py [--seeds A..B]       # build/dev is there already

The hash of a run is over every call of every port, so two programs with one hash did the same in the same
order. As last line `N passed, N failed, N skipped`: a test for each scenario and seed.
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = ("combined", "disk", "host", "process", "stress", "upstream")


def hashes(program, scenarios, seeds):
    """{(scenario, seed): hash} of all that play in virtual time."""
    command = [program, "run", "--seeds", seeds, "--json", *scenarios]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    runs = json.loads(played.stdout)["runs"]
    return {(run["scenario"], run["seed"]): run["trace_hash"] for run in runs}


def plays_virtual(scenario):
    explained = subprocess.run([ROOT / "build/dev/bin/holdfast", "run", "--seeds", "1", scenario], cwd=ROOT,
                               capture_output=True, text=True)
    return explained.returncode in (0, 1, 2)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], allow_abbrev=False)
    parser.add_argument("--seeds", default="1..3")
    seeds = parser.parse_args(arguments).seeds
    if subprocess.run([ROOT / "tools/build.sh", "clang", "holdfast"]).returncode != 0:
        print("0 passed, 1 failed, 0 skipped")
        return 1
    scenarios = [str(path.relative_to(ROOT)) for kind in KINDS
                 for path in sorted((ROOT / "scenarios" / kind).glob("*.json")) if plays_virtual(path)]
    ours, theirs = (hashes(ROOT / "build" / preset / "bin/holdfast", scenarios, seeds) for preset in ("dev", "clang"))
    different = [key for key in ours if ours[key] != theirs.get(key)]
    for scenario, seed in different:
        print(f"failed: {scenario}, seed {seed}: g++ and clang do not do the same; "
              f"compare `holdfast run scenarios/{scenario}.json --seeds {seed}` of build/dev and build/clang")
    print(f"{len(ours) - len(different)} passed, {len(different)} failed, 0 skipped")
    return 1 if different or not ours else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
