"""Builds small archives that reach for the outside world and sees each refused by name."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_symbols  # noqa: E402

ESCAPES = {
    "clock_gettime": "#include <time.h>\nlong f() { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_nsec; }",
    "std::chrono::_V2::steady_clock::now()": "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }",
    "pthread_create": "#include <pthread.h>\nint f(pthread_t* t) { return pthread_create(t, nullptr, nullptr, nullptr); }",
    "std::thread::": "#include <thread>\nvoid f() { std::thread([] {}).detach(); }",
    "std::condition_variable::": "#include <condition_variable>\nvoid f(std::condition_variable& c) { c.notify_one(); }",
    "std::random_device::": "#include <random>\nunsigned f() { return std::random_device()(); }",
    "getrandom": "#include <sys/random.h>\nlong f(char* at) { return getrandom(at, 8, 0); }",
    "open": "#include <fcntl.h>\nint f() { return open(\"x\", 0); }",
    "getenv": "#include <stdlib.h>\nconst char* f() { return getenv(\"HOME\"); }",
    "sleep": "#include <unistd.h>\nvoid f() { sleep(1); }",
    "rand": "#include <stdlib.h>\nint f() { return rand(); }",
    "abort": "#include <stdlib.h>\nvoid f() { abort(); }",  # allowed in check.cpp only
}


class Symbols(unittest.TestCase):
    def archive(self, folder, sources):
        (folder / "core").mkdir()
        objects = []
        for name, text in sources.items():
            (folder / name).write_text(text)
            objects.append(folder / (name + ".o"))
            subprocess.run(["g++", "-std=c++23", "-c", folder / name, "-o", objects[-1]], check=True)
        subprocess.run(["ar", "rc", folder / "core/libholdfast_planted.a", *objects], check=True)

    def strangers(self, sources):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.archive(folder, sources)
            allowed = check_symbols.Allowed(check_symbols.ALLOWED.read_text())
            return check_symbols.strangers(check_symbols.archives_of(folder), allowed)

    def test_every_way_to_the_outside_world_is_refused(self):
        found = self.strangers({f"escape_{n}.cpp": f"namespace n{n} {{}}\n" + text.replace(" f(", f" f{n}(")
                                for n, text in enumerate(ESCAPES.values())})
        for n, symbol in enumerate(ESCAPES):
            refused = [name for _, source, name in found if source == f"escape_{n}.cpp.o" and name.startswith(symbol)]
            self.assertTrue(refused, symbol)

    def test_what_another_object_of_core_defines_is_no_stranger(self):
        self.assertEqual(self.strangers({"a.cpp": "int g(); int f() { return g(); }", "b.cpp": "int g() { return 7; }"}), [])
        self.assertEqual(len(self.strangers({"a.cpp": "int g(); int f() { return g(); }"})), 1)

    def test_a_limited_line_permits_its_object_only(self):
        allowed = check_symbols.Allowed("# why\nabort in check.cpp.o\nstd::__throw_*\n")
        self.assertTrue(allowed.permits("abort", "check.cpp.o"))
        self.assertFalse(allowed.permits("abort", "other.cpp.o"))
        self.assertTrue(allowed.permits("std::__throw_bad_alloc()", "other.cpp.o"))

    def test_without_archives_nothing_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(check_symbols.main([folder]), 1)


if __name__ == "__main__":
    unittest.main()
