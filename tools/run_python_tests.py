#!/usr/bin/python3
"""Runs the Python tests (*_test.py and test_*.py below tests/ and reports/) and tells the result in
the words of ./test.

    tools/run_python_tests.py [FILTER]      # a regular expression on the names of tests
"""
import contextlib
import importlib.util
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_files():
    files = {path for tree in ("tests", "reports") for name in ("*_test.py", "test_*.py")
             for path in (ROOT / tree).rglob(name)}
    return sorted(files)


def load(path):
    name = str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    sys.path[:0] = [str(path.parent), str(ROOT)]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def tests_in(path):
    try:
        return list(each(unittest.defaultTestLoader.loadTestsFromModule(load(path))))
    except Exception as error:  # a file that cannot be loaded is a failed test, not a crash
        def loads():
            raise error
        return [unittest.FunctionTestCase(loads, description=str(path))]


def each(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from each(entry)
        else:
            yield entry


class Result(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def tell(result):
    wrong = [(test, "passed, but was expected to fail") for test in result.unexpectedSuccesses]
    failed = result.failures + result.errors + wrong
    for test, output in failed:
        print(f"failed: {test.id()}\n" + "\n".join("    " + line for line in output.strip().splitlines()[-60:]))
    for test, reason in result.skipped:
        print(f"skipped: {test.id()}: {reason}")
    print(f"{result.passed + len(result.expectedFailures)} passed, {len(failed)} failed, {len(result.skipped)} skipped")
    return 1 if failed else 0


def main(arguments):
    wanted = arguments[0] if arguments else ""
    chosen = unittest.TestSuite(test for path in test_files() for test in tests_in(path) if re.search(wanted, test.id()))
    with contextlib.redirect_stdout(sys.stderr):  # what the tested programs print
        result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, resultclass=Result).run(chosen)
    return tell(result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
