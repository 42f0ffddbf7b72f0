"""Plants headers that do not stand alone and sees them refused."""
import io
import pathlib
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_headers  # noqa: E402


class Headers(unittest.TestCase):
    def judge(self, files):
        with tempfile.TemporaryDirectory() as name:
            (pathlib.Path(name) / "core").mkdir()
            for path, text in files.items():
                (pathlib.Path(name) / path).write_text(text)
            with mock.patch.object(check_headers, "ROOT", pathlib.Path(name)), redirect_stdout(io.StringIO()) as said:
                return check_headers.main(), said.getvalue()

    def test_a_header_that_uses_what_it_does_not_include_is_refused(self):
        code, said = self.judge({"core/a.h": "#pragma once\ninline std::vector<int> f() { return {}; }\n"})
        self.assertEqual(code, 1)
        self.assertIn("core/a.h:1: ", said)

    def test_a_header_without_a_guard_is_refused(self):
        self.assertEqual(self.judge({"core/a.h": "inline int f() { return 1; }\n"})[0], 1)

    def test_a_source_that_includes_its_header_late_is_refused(self):
        late = {"core/a.h": "#pragma once\n", "core/a.cpp": '#include <vector>\n#include "core/a.h"\n'}
        code, said = self.judge(late)
        self.assertEqual(code, 1)
        self.assertIn("core/a.cpp:1: ", said)

    def test_headers_that_stand_alone_pass(self):
        fine = {"core/a.h": "#pragma once\n#include <vector>\ninline std::vector<int> f() { return {}; }\n",
                "core/b.h": "#pragma once\n", "core/b.cpp": '// b\n#include "core/b.h"\n'}
        self.assertEqual(self.judge(fine)[0], 0)


if __name__ == "__main__":
    unittest.main()
