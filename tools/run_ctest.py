#!/usr/bin/python3
"""Runs the tests of a build directory and tells the result in the words of ./test.

    tools/run_ctest.py build/dev [--include REGEX] [--exclude REGEX] [--filter REGEX] [--jobs N] [--repeat N]

For each failed test its output, for each skipped one its reason, and as last line
`N passed, N failed, N skipped`. Exit code 1 when a test failed, or when none was found without --filter.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], allow_abbrev=False)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--include", default="", help="only tests whose name matches")
    parser.add_argument("--exclude", default="", help="no tests whose name matches")
    parser.add_argument("--filter", default="", help="of these, only tests whose name matches too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1, help="run each test up to N times, until it fails")
    return parser.parse_args(arguments)


def tests_of(build, options):
    """The chosen tests, each with the number that ctest gives it."""
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=human"], capture_output=True, text=True).stdout
    tests = re.findall(r"^ +Test +#(\d+): (.*?)(?: \(Disabled\))?$", listed, re.MULTILINE)
    refused = options.exclude or "(?!)"
    return [(number, name) for number, name in tests if re.search(options.include, name)
            and re.search(options.filter, name) and not re.search(refused, name)]


def run(build, numbers, options, junit):
    chosen = build / "chosen-tests.txt"
    chosen.write_text("0,0,0," + ",".join(numbers) + "\n")  # start, end, stride, then the tests
    command = ["ctest", "--test-dir", build, "-I", chosen, "-j", str(options.jobs), "--timeout", "300",
               "--output-junit", junit, "--test-output-size-failed", "20000", "--test-output-size-passed", "4000"]
    if options.repeat > 1:
        command += ["--repeat", f"until-fail:{options.repeat}"]
    subprocess.run(command, stdout=sys.stderr, check=False)  # the JUnit file says more than the exit code


def reason_of(output):
    """GoogleTest prints the reason of GTEST_SKIP() after "Skipped"; scripts say `skipped: reason`."""
    found = re.search(r": Skipped\n(.*?)\n", output) or re.search(r"^skipped: (.*)$", output, re.MULTILINE)
    return (found.group(1).strip() if found else "") or "no reason given"


def is_skipped(case):
    """ctest also calls a test skipped whose program is missing; that one failed."""
    skip = case.find("skipped")
    return case.get("status") == "disabled" or (skip is not None and skip.get("message", "").startswith("SKIP_"))


def tell(cases):
    passed, failed, skipped = 0, [], []
    for case in cases:
        output = case.findtext("system-out") or ""
        if is_skipped(case):
            skipped.append((case.get("name"), "disabled" if case.get("status") == "disabled" else reason_of(output)))
        elif case.get("status") == "run":
            passed += 1
        else:
            failed.append((case.get("name"), output or f"did not run ({case.get('status')})"))
    for name, output in failed:
        print(f"failed: {name}\n" + "\n".join("    " + line for line in output.strip().splitlines()[-60:]))
    for name, reason in skipped:
        print(f"skipped: {name}: {reason}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return len(failed)


def main(arguments):
    options = parse_arguments(arguments)
    build = options.build.resolve()
    tests = tests_of(build, options)
    if not tests:
        print(f"no test in {options.build} matches")
        print(f"0 passed, {0 if options.filter else 1} failed, 0 skipped")
        return 0 if options.filter else 1
    junit = build / "junit.xml"
    junit.unlink(missing_ok=True)
    run(build, [number for number, _ in tests], options, junit)
    return 1 if tell(xml.parse(junit).getroot().iter("testcase")) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
