#!/usr/bin/python3
"""Builds `holdfast` with clang too and plays every VIRTUAL scenario with both compilers' programs, and hunts.

    tools/compare_compilers.py [--seeds A..B] [--hunted N]      # build/dev is there already

The hash of a run is over every call of every port, so two programs with one hash did the same in the same
order. As last line `N passed, N failed, N skipped`: a test for each scenario and seed, and for each seed hunted.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = {"g++": ROOT / "build/dev/bin/holdfast", "clang": ROOT / "build/clang/bin/holdfast"}
SWARM = "scenarios/hunt/swarm.json"
COMPARED = ("faults.jsonl", "timeline.csv", "result.json")
BAD_ARGUMENTS = 3


def hashes(program, scenario, seeds):
    """{seed: hash}, or None for what is played LIVE only."""
    command = [program, "run", "--seeds", seeds, "--json", scenario]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if played.returncode == BAD_ARGUMENTS and "LIVE only" in played.stderr:
        return None
    try:
        return {run["seed"]: run["trace_hash"] for run in json.loads(played.stdout)["runs"]}
    except (ValueError, KeyError):
        sys.exit(f"{' '.join(map(str, command))} ended with {played.returncode}: {played.stderr.strip()}\n"
                 "0 passed, 1 failed, 0 skipped")


def lines_of(folder, name):
    found = next(iter(sorted(folder.rglob(name))), None)
    return found.read_text().splitlines() if found else []


def parting(scenario, seed):
    """Where the results of both programs part: the first line that differs of the first file that does."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = {compiler: pathlib.Path(scratch) / compiler for compiler in PROGRAMS}
        for compiler, program in PROGRAMS.items():
            subprocess.run([program, "run", "--seeds", str(seed), "--out", folders[compiler], scenario], cwd=ROOT,
                           capture_output=True)
        for name in COMPARED:
            ours, theirs = (lines_of(folder, name) for folder in folders.values())
            longest = max(len(ours), len(theirs))
            for number, pair in enumerate(zip(ours + [""] * longest, theirs + [""] * longest), start=1):
                if pair[0] == pair[1] or "trace_hash" in pair[0]:
                    continue
                return f"{name}, line {number}:\n    g++:   {pair[0]}\n    clang: {pair[1]}"
    return "the files of results are the same, so only the order of calls differs"


def compare(scenario, seeds):
    """(passed, the seeds that differ) of one scenario."""
    ours, theirs = (hashes(program, scenario, seeds) for program in PROGRAMS.values())
    if ours is None:
        return 0, []
    different = [seed for seed in ours if ours[seed] != (theirs or {}).get(seed)]
    return len(ours) - len(different), different


def hunted(program, first, last):
    """The one hash of the hunted runs of these seeds."""
    command = [program, "hunt", "--seeds", f"{first}..{last}", "--no-shrink", "--json", SWARM]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        return json.loads(played.stdout)["trace_hash"]
    except (ValueError, KeyError):
        return f"nothing: {played.stderr.strip()}"


def different_hunts(first, last):
    """The seeds whose schedules are not played the same: halves of a range that differs, down to one."""
    ours, theirs = (hunted(program, first, last) for program in PROGRAMS.values())
    if ours == theirs and not ours.startswith("nothing"):
        return []
    if first == last:
        return [first]
    middle = (first + last) // 2
    return different_hunts(first, middle) + different_hunts(middle + 1, last)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], allow_abbrev=False)
    parser.add_argument("--seeds", default="1..2", metavar="A..B")
    parser.add_argument("--hunted", type=int, default=200, metavar="N", help="seeds of the swarm")
    options = parser.parse_args(arguments)
    if subprocess.run([ROOT / "tools/build.sh", "clang", "holdfast"]).returncode != 0:
        print("0 passed, 1 failed, 0 skipped")
        return 1
    passed = failed = 0
    for scenario in sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").glob("*/*.json")
                           if path.parent.name not in ("schema", "subjects")):
        equal, different = compare(scenario, options.seeds)
        passed += equal
        failed += len(different)
        for seed in different:
            print(f"failed: {scenario}, seed {seed}: g++ and clang do not do the same; they part in "
                  + parting(scenario, seed))
    different = different_hunts(1, options.hunted) if options.hunted else []
    passed += options.hunted - len(different)
    failed += len(different)
    for seed in different:
        print(f"failed: {SWARM}, hunted with seed {seed}: g++ and clang do not do the same")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
