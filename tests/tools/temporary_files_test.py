"""Tests run beside each other: none may name a path in the directory that all of them share."""
import pathlib
import re
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
SHARED = re.compile(r"TempDir\(\)|mkdtemp|temp_directory_path|\"/tmp/")
ALLOWED = {"temporary_directory.h"}


class TemporaryFiles(unittest.TestCase):
    def test_are_below_a_directory_of_the_tests_own(self):
        found = [f"{path.relative_to(TESTS)}:{number}: {line.strip()}"
                 for path in sorted(TESTS.rglob("*.[ch]*")) if path.suffix in (".h", ".cpp") and path.name not in ALLOWED
                 for number, line in enumerate(path.read_text().splitlines(), 1) if SHARED.search(line)]
        self.assertEqual(found, [], "use TemporaryDirectory (tests/temporary_directory.h)")


if __name__ == "__main__":
    unittest.main()
