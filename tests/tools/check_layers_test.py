"""Plants a violation of every rule in tools/layers.toml and sees it refused, at its line."""
import io
import pathlib
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_layers  # noqa: E402

RULES = check_layers.load_rules()


def problems(path, text):
    return list(check_layers.check_file(RULES, path, text))


def a_file_of(layer, name="planted.cpp"):
    return layer if layer.endswith((".h", ".cpp")) else f"{layer}/{name}"


def a_place_under(rule):
    """A file where the rule holds, made from the first place that it covers."""
    for glob in rule.get("within", ["core/*", "simulator/*"]):
        path = glob.replace("*", "x.cpp") if glob.endswith(".*") else glob.replace("*", "planted.cpp")
        path = path.replace("core/planted.cpp", "core/spool/planted.cpp")
        path = path.replace("simulator/planted.cpp", "simulator/gate/planted.cpp")
        if RULES.holds_for(rule, path):
            return path
    raise AssertionError(f"no place where {rule['name']} holds")


class Layers(unittest.TestCase):
    def test_every_arrow_that_is_not_drawn_is_refused(self):
        refused = 0
        for layer in RULES.layers:
            for other in RULES.layers:
                header = a_file_of(other, "planted.h")
                if layer == "tests" or RULES.may_include(a_file_of(layer), header):
                    continue
                found = problems(a_file_of(layer), f'\n#include "{header}"\n')
                self.assertEqual(len(found), 1, (layer, other, found))
                self.assertIn(f"{a_file_of(layer)}:2: ", found[0])
                refused += 1
        self.assertGreater(refused, 300)

    def test_siblings_of_the_core_do_not_know_each_other(self):
        rooms = [layer for layer in RULES.groups["rooms"]]
        for room in rooms:
            for other in rooms:
                found = problems(f"{room}/planted.h", f'#include "{other}/planted.h"\n')
                self.assertEqual(len(found), 0 if room == other else 1, (room, other))

    def test_no_layer_of_the_core_reaches_up(self):
        order = ["core/base", "core/env", "core/spool", "core/pipeline", "core/tracker.h", "core/host"]
        for depth, layer in enumerate(order):
            for higher in order[depth + 1:]:
                found = problems(a_file_of(layer), f'#include "{a_file_of(higher, "planted.h")}"\n')
                self.assertEqual(len(found), 1, (layer, higher))

    def test_the_core_knows_neither_faultfs_nor_the_simulator_nor_tests(self):
        for stranger in ("faultfs/model/operation.h", "simulator/run/run.h", "tests/helpers.h"):
            self.assertEqual(len(problems("core/host/planted.cpp", f'#include "{stranger}"\n')), 1)

    def test_the_virtual_world_may_not_touch_the_host(self):
        text = '#include "core/host/host_environment.h"\n'
        self.assertEqual(len(problems("simulator/world/virtual/planted.cpp", text)), 1)
        self.assertEqual(problems("simulator/world/live/planted.cpp", text), [])

    def test_a_folder_without_a_layer_is_refused(self):
        self.assertEqual(len(problems("core/attic/planted.cpp", "")), 0)  # below core: held to core's arrows
        self.assertEqual(len(problems("attic/planted.cpp", "")), 1)

    def test_an_include_relative_to_its_file_is_refused(self):
        self.assertEqual(len(problems("core/spool/planted.cpp", '#include "segment.h"\n')), 1)


class Libraries(unittest.TestCase):
    def test_every_library_rule_refuses_every_header_it_names(self):
        for library in RULES.libraries:
            place = a_place_under(library)
            for glob in library["headers"]:
                header = glob.replace("*", "planted.h")
                found = problems(place, f"// why\n#include <{header}>\n")
                self.assertTrue(any(library["name"] in line and f"{place}:2: " in line for line in found),
                                (library["name"], header, found))

    def test_every_library_is_allowed_in_its_room(self):
        for library in RULES.libraries:
            for room in library.get("only_in", []):
                place = room.replace("*", "planted") if "*_" in room else room.replace("*", "planted.cpp")
                header = library["headers"][0].replace("*", "planted.h")
                found = problems(place, f"#include <{header}>\n")
                self.assertFalse([line for line in found if library["name"] in line], (library["name"], room, found))


class Words(unittest.TestCase):
    def test_every_word_rule_refuses_its_sample(self):
        for word in RULES.words:
            place = a_place_under(word)
            found = problems(place, f"\n\n{word['sample']}\n")
            self.assertTrue(any(word["name"] in line and f"{place}:3: " in line for line in found), (word["name"], found))

    def test_words_in_comments_and_literals_are_no_code(self):
        text = '// std::thread and thread_local\n/* std::future\n getenv( */ const char* s = "steady_clock::now";\n'
        self.assertEqual(problems("core/spool/planted.cpp", text), [])

    def test_code_after_a_literal_or_a_digit_separator_is_still_code(self):
        for before in ("auto n = 1'000'000;", 'auto s = R"(a " quote)";', 'auto t = "\\"";', "auto c = '\"';"):
            self.assertEqual(len(problems("core/spool/planted.cpp", f"{before} std::thread t;\n")), 1, before)

    def test_only_the_lock_counter_may_be_thread_local(self):
        self.assertEqual(problems("core/base/mutex.cpp", "thread_local int held = 0;\n"), [])
        self.assertEqual(len(problems("core/base/check.cpp", "thread_local int held = 0;\n")), 1)


class Traces(unittest.TestCase):
    def test_every_trace_rule_refuses_its_sample_in_any_text(self):
        for trace in RULES.traces:
            for path in ("docs/planted.md", "core/spool/planted.h", "run"):
                found = problems(path, f"first line\n// {trace['sample']}\n")
                self.assertTrue(any(trace["name"] in line and f"{path}:2: " in line for line in found), (path, found))

    def test_ordinary_paths_and_words_are_left_alone(self):
        for text in ("/var/spool/app", "network/work/x", "https://example.org/home/page", "fuse_session_loop(session_)",
                     "a shared map", "../shared_memory"):
            self.assertEqual(problems("docs/planted.md", text + "\n"), [], text)


class Program(unittest.TestCase):
    def run_on(self, text):
        with tempfile.TemporaryDirectory() as folder:
            planted = pathlib.Path(folder) / "core/spool/planted.cpp"
            planted.parent.mkdir(parents=True)
            planted.write_text(text)
            with mock.patch.object(check_layers, "ROOT", pathlib.Path(folder)), redirect_stdout(io.StringIO()) as said:
                return check_layers.main([]), said.getvalue()

    def test_a_violation_gives_its_place_and_exit_code_1(self):
        code, said = self.run_on("#include <thread>\n")
        self.assertEqual(code, 1)
        self.assertIn("core/spool/planted.cpp:1: ", said)

    def test_a_clean_tree_gives_exit_code_0(self):
        self.assertEqual(self.run_on("#include <vector>\n")[0], 0)


if __name__ == "__main__":
    unittest.main()
