#!/usr/bin/python3
"""Hunts planted bugs: builds each mutant, hunts with a budget, and tells which law caught it after how many seeds.

    tests/mutants/campaign.py                        # all of mutants.json, one after the other
    tests/mutants/campaign.py skip-sync key-of-attempt
    tests/mutants/campaign.py --class breaker --seeds 1..500 --time 5m
    tests/mutants/campaign.py --shrink 3 --write docs/planted-bugs.md
    tests/mutants/campaign.py --list

In the words of Magma (Hazimeh et al., 2020): reached, the patched code ran; triggered, the state became wrong;
detected, a law fired. The numbers are of the seeds up to the detection. A bug of the harness itself is detected
when a bug of the core, which its own law finds without it, is not found with it. The control, without a bug,
plays every seed that was needed, and no law may fire.

Exit code 0 when every bug is detected but those of which mutants.json says why they "survive", and the control is
clean; 1 otherwise.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from planted_bugs_page import page_of

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BASE = "scenarios/hunt/swarm.json"
MARKS = struct.Struct("QQ")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--class", dest="classes", action="append", metavar="CLASS", help="all of a class; repeatable")
    parser.add_argument("--list", action="store_true", help="name them and end")
    parser.add_argument("--seeds", default="1..200", metavar="A..B", help="to be tried, in order (default: 1..200)")
    parser.add_argument("--time", default="2m", metavar="DURATION", help="for one mutant (default: 2m)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="mutants at once")
    parser.add_argument("--preset", default="dev", help="the build (default: dev)")
    parser.add_argument("--shrink", type=int, default=0, metavar="N", help="also shrink the findings of so many")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="the result as a page of Markdown")
    return parser.parse_args(arguments)


def chosen(options):
    rows = json.loads((HERE / "mutants.json").read_text())
    known = {row["name"] for row in rows}
    for name in options.names:
        if name not in known:
            sys.exit(f"campaign.py: there is no mutant \"{name}\"; --list names them")
    if options.names or options.classes:
        rows = [row for row in rows if row["name"] in options.names or row["class"] in (options.classes or [])]
    return rows


class Campaign:
    """Plays programs of one build within one budget."""

    def __init__(self, options):
        self.options = options
        self.programs = ROOT / "build" / options.preset / "bin"
        self.first, _, last = options.seeds.partition("..")
        self.last = last or self.first

    def build(self, rows):
        targets = ["holdfast"] + [f"holdfast-{name}" for row in rows for name in [row["name"]] + with_of(row)]
        subprocess.run([ROOT / "tools" / "build.sh", self.options.preset, *sorted(set(targets))], check=True)

    def hunt(self, name, base, seeds, *more, within=None):
        """What one hunt came to: the hunt's own JSON, and how often the marks were passed."""
        program = self.programs / f"holdfast{'-' + name if name else ''}"
        with tempfile.NamedTemporaryFile() as marks:
            marks.write(bytes(MARKS.size))
            marks.flush()
            command = [program, "hunt", ROOT / base, "--seeds", seeds, "--jobs", "1", "--json", "--time",
                       within or self.options.time, *more]
            ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
                                 env=os.environ | {"HOLDFAST_MUTANT_MARKS": marks.name})
            if ran.returncode not in (0, 1):
                sys.exit(f"{' '.join(map(str, command))} ended with {ran.returncode}:\n{ran.stderr}")
            return json.loads(ran.stdout), MARKS.unpack(pathlib.Path(marks.name).read_bytes())

    def play(self, row):
        """The row with what became of it."""
        began = time.monotonic()
        if "verdict" in row:
            found = self.check_verdict(row)
        elif "measure" in row:
            found = self.check_measure(row)
        elif "with" in row:
            found = self.hunt_blind(row)
        else:
            found = self.hunt_bug(row)
        return row | found | {"seconds": round(time.monotonic() - began, 1)}

    def hunt_bug(self, row, name=None, first=None):
        base = row.get("hunt", BASE)
        result, (reached, triggered) = self.hunt(name or row["name"], base, f"{first or self.first}..{self.last}",
                                                 "--findings", "1", "--no-shrink", *settings_of(row))
        told = {"scenario": base, "reached": reached, "triggered": triggered, "seeds": result["runs"]}
        if not result["findings"]:
            return told | {"detected": False, "by": []}
        finding = result["findings"][0]
        return told | {"detected": True, "by": laws_of(finding), "seed": finding["seed"], "detail": finding["detail"]}

    def hunt_blind(self, row):
        """A harness that hides a bug of the core: a seed by which the bug is found, and with it is not."""
        first, law = int(self.first), row["laws"][0]
        while first <= int(self.last):
            seen = self.hunt_bug(row, row["with"], first)
            if not seen["detected"]:
                break
            result, (reached, triggered) = self.hunt(row["name"], seen["scenario"], str(seen["seed"]),
                                                     "--no-shrink")
            told = seen | {"reached": reached, "triggered": triggered, "seeds": seen["seed"] - int(self.first) + 1}
            if law in seen["by"] and not any(law in laws_of(finding) for finding in result["findings"]):
                return told | {"by": ["self-check"], "detail": f"{row['with']} is not found by the law of {law}"}
            first = seen["seed"] + 1
        return {"scenario": row.get("hunt", BASE), "reached": 0, "triggered": 0, "seeds": first - int(self.first),
                "detected": False, "by": []}

    def run(self, name, scenario, seed):
        """The one result of a run, and the marks."""
        program = self.programs / f"holdfast{'-' + name if name else ''}"
        with tempfile.NamedTemporaryFile() as marks:
            marks.write(bytes(MARKS.size))
            marks.flush()
            ran = subprocess.run([program, "run", ROOT / scenario, "--seeds", str(seed), "--json"], cwd=ROOT,
                                 capture_output=True, text=True,
                                 env=os.environ | {"HOLDFAST_MUTANT_MARKS": marks.name})
            return json.loads(ran.stdout)["runs"][0], MARKS.unpack(pathlib.Path(marks.name).read_bytes())

    def check_measure(self, row):
        """What a scenario that ships expects of the measure is missed."""
        scenario, measure = row["test"]["scenario"], row["measure"]
        reached = triggered = 0
        for seed in range(int(self.first), int(self.last) + 1):
            result, (more_reached, more_triggered) = self.run(row["name"], scenario, seed)
            reached, triggered = reached + more_reached, triggered + more_triggered
            missed = {each["measure"] for each in result["expectations"] if each["verdict"] == "fail"}
            told = {"scenario": scenario, "reached": reached, "triggered": triggered, "seeds": seed - int(self.first) + 1}
            if measure in missed:
                return told | {"detected": True, "by": [measure], "seed": seed, "detail": f"{measure} is missed"}
        return told | {"detected": False, "by": []}

    def check_verdict(self, row):
        """A scenario that must be judged so is judged otherwise."""
        scenario, verdict = row["scenario"], row["verdict"]
        sound, _ = self.run("", scenario, 1)
        if sound["verdict"] != verdict:
            sys.exit(f"{scenario} is judged {sound['verdict']} without a bug; it must be {verdict}")
        result, (reached, triggered) = self.run(row["name"], scenario, 1)
        detected = result["verdict"] != verdict
        return {"scenario": scenario, "reached": reached, "triggered": triggered, "seeds": 1, "seed": 1,
                "detected": detected, "by": ["self-check"] if detected else [],
                "detail": f"a run that is {verdict} is judged {result['verdict']}"}

    def control(self, rows):
        """Every seed that was needed, without a bug."""
        needed = {}  # the last seed of each scenario with its settings
        for row in rows:
            if hunted(row):
                case = (row["scenario"], *settings_of(row))
                needed[case] = max(needed.get(case, 0), int(self.first) + row["seeds"] - 1)
        runs, alarms = 0, []
        for (base, *settings), last in sorted(needed.items()):
            result, _ = self.hunt("", base, f"{self.first}..{last}", "--no-shrink", *settings, within="1h")
            runs += result["runs"]
            alarms += [{"scenario": base, "seed": finding["seed"], "law": finding["law"], "detail": finding["detail"]}
                       for finding in result["findings"]]
        return {"runs": runs, "alarms": alarms}

    def shrink(self, rows):
        """The findings of the first bugs of different classes, made small."""
        shrunk, classes = [], set()
        for row in rows:
            if len(shrunk) == self.options.shrink or not hunted(row) or not row["detected"] or row["class"] in classes:
                continue
            result, _ = self.hunt(row["name"], row["scenario"], str(row["seed"]), "--findings", "1", *settings_of(row))
            finding = result["findings"][0]
            events = finding["shrunk"]["events"]
            shrunk.append({"name": row["name"], "law": finding["law"], "seed": row["seed"], "before": events["before"],
                           "after": events["after"], "scenario": finding["scenario"]})
            classes.add(row["class"])
        return shrunk


def with_of(row):
    return [row["with"]] if "with" in row else []


def settings_of(row):
    return [f"--set={setting}" for setting in row.get("hunt_set", [])]


def hunted(row):
    return "measure" not in row and "verdict" not in row and "with" not in row


def laws_of(finding):
    """What the run broke, the law that it is known by first."""
    return list(dict.fromkeys([finding["law"]] + [broken["law"] for broken in finding["broken"]]))


def line_of(row):
    by = ", ".join(row["by"]) or "no law"
    where = f"seed {row['seed']}" if row["detected"] else f"survived {row['seeds']} seeds"
    return (f"{row['class']:<11} {row['name']:<24} {row['reached']:>9} {row['triggered']:>9}  {by:<38} {where:<20} "
            f"{row['seconds']:>6} s")


def summary_of(result):
    lines = [f"{result['detected']} of {len(result['mutants'])} detected, {result['triggered']} triggered, "
             f"{result['reached']} reached; seeds to detection: median {result['median_seeds']:g}, "
             f"at most {result['most_seeds']}"]
    lines.append(f"control: {result['control']['runs']} runs over the same seeds, {len(result['control']['alarms'])} alarms")
    lines += [f"  alarm: {alarm['law']} in {alarm['scenario']}, seed {alarm['seed']}: {alarm['detail']}"
              for alarm in result["control"]["alarms"]]
    lines += [f"shrunk: {each['name']}, seed {each['seed']}, {each['law']}: {each['before']} events to {each['after']}"
              for each in result["shrunk"]]
    return "\n".join(lines)


def result_of(rows, control, shrunk, seeds="1..200"):
    needed = [row["seeds"] for row in rows if row["detected"]] or [0]
    return {"version": 1, "seeds": seeds, "mutants": rows, "reached": sum(row["reached"] > 0 for row in rows),
            "triggered": sum(row["triggered"] > 0 for row in rows), "detected": sum(row["detected"] for row in rows),
            "median_seeds": statistics.median(needed), "most_seeds": max(needed), "control": control, "shrunk": shrunk}


def main(arguments):
    options = parse_arguments(arguments)
    rows = chosen(options)
    if options.list:
        for row in rows:
            print(f"{row['class']:<11} {row['name']:<24} {row['bug']}")
        return 0
    campaign = Campaign(options)
    campaign.build(rows)
    told = sys.stderr if options.json else sys.stdout
    print(f"{'class':<11} {'mutant':<24} {'reached':>9} {'triggered':>9}  {'detected by':<38}", file=told)
    played = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for row in pool.map(campaign.play, rows):
            print(line_of(row), file=told, flush=True)
            played.append(row)
    result = result_of(played, campaign.control(played), campaign.shrink(played), options.seeds)
    print(summary_of(result), file=told)
    if options.json:
        print(json.dumps(result, indent=1, ensure_ascii=False))
    if options.write:
        options.write.write_text(page_of(result))
    unexpected = [row["name"] for row in played if not row["detected"] and "survives" not in row]
    return 1 if unexpected or result["control"]["alarms"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
