"""The workflow that others call, and the document about it, agree with the program."""
import pathlib
import re
import subprocess
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKFLOW = (ROOT / ".github/workflows/resilience-gate.yml").read_text()
DOCUMENT = (ROOT / "docs/ci.md").read_text()
GATE = (ROOT / "simulator/cli/gate_command.cpp").read_text()


def gate_options():
    """The options of `holdfast gate`, as its own table names them."""
    table = GATE[GATE.index("Arguments gate_arguments()"):GATE.index("return arguments;")]
    return {"help"} | set(re.findall(r'\(\s*"([a-z-]+)",', table))


def options_in(text):
    return set(re.findall(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)", text))


def declared_inputs():
    block = WORKFLOW[WORKFLOW.index("    inputs:\n"):WORKFLOW.index("permissions:")]
    return set(re.findall(r"^      ([a-z]+):$", block, re.MULTILINE))


def scripts():
    """The bodies of `run: |`."""
    for match in re.finditer(r"^( *)run: \|\n((?:\1 .*\n|\n)+)", WORKFLOW, re.MULTILINE):
        yield textwrap.dedent(match.group(2))


class Workflow(unittest.TestCase):
    def test_is_called_by_others_and_declares_what_it_uses(self):
        self.assertIn("workflow_call:", WORKFLOW)
        self.assertEqual(declared_inputs(), set(re.findall(r"inputs\.([a-z]+)", WORKFLOW)))
        self.assertLessEqual({"scenarios", "seeds", "live"}, declared_inputs())

    def test_uses_official_actions_only(self):
        used = re.findall(r"uses: ([\w./-]+)@(\S+)$", WORKFLOW.split("\njobs:\n")[1], re.MULTILINE)
        self.assertTrue(used)
        for action, version in used:
            self.assertIn(action, ("actions/checkout", "actions/upload-artifact"))
            self.assertRegex(version, r"^v\d+$")

    def test_hands_inputs_to_the_shell_as_variables(self):
        self.assertTrue(list(scripts()))
        for script in scripts():
            self.assertNotIn("${{", script, "an input pasted into a script is a command of a stranger")

    def test_scripts_are_shell_and_use_options_that_exist(self):
        for script in scripts():
            parsed = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
            self.assertEqual(parsed.returncode, 0, parsed.stderr)
            self.assertLessEqual(options_in(script), gate_options())

    def test_keeps_the_results_whatever_the_verdict(self):
        upload = WORKFLOW[WORKFLOW.index("- name: Keep the results"):]
        self.assertIn("if: always()", upload)

    def test_is_yaml(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        parsed = yaml.safe_load(WORKFLOW)
        steps = parsed["jobs"]["gate"]["steps"]
        self.assertEqual(sum("uses" in step for step in steps), 3)


class Document(unittest.TestCase):
    def test_names_every_input(self):
        for name in declared_inputs():
            self.assertIn(f"`{name}`", DOCUMENT)
        block = DOCUMENT[DOCUMENT.index("    with:\n"):]
        used = re.findall(r"^      ([a-z]+): ", block[:block.index("```")], re.MULTILINE)
        self.assertLessEqual(set(used), declared_inputs())

    def test_uses_options_that_exist(self):
        known = gate_options() | {"depth", "branch", "seeds", "json"}  # of git, run and check
        self.assertLessEqual(options_in(DOCUMENT), known)


if __name__ == "__main__":
    unittest.main()
