#!/usr/bin/python3
"""Checks that every include points down the house, that each library stays in its room, and that no
file carries traces of a workplace. The rules are data: tools/layers.toml.

    tools/check_layers.py              # the whole tree; exit code 1 and file:line for each violation
    tools/check_layers.py FILE...      # these files only

tests/tools/check_layers_test.py plants a violation of every rule and sees it refused.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE_TREES = ("core/", "command_line/", "faultfs/", "simulator/")
CODE = (".cpp", ".h")
RULES = ROOT / "tools/layers.toml"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Comments, raw strings, strings and characters, longest form first.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def matches(path, globs):
    return any(fnmatch.fnmatchcase(path, glob) for glob in globs)


def is_below(path, folder):
    return path == folder or path.startswith(folder + "/")


def only_code(text):
    """The text with comments and literals blanked out; every line keeps its number."""
    return NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


class Rules:
    def __init__(self, table):
        self.groups = table["groups"]
        self.layers = {}  # folder or file -> (what it may include, what not all the same)
        for layer in table["layer"]:
            for folder in self.expand([layer["folder"]]):
                self.layers[folder] = (self.expand(layer["may_include"]), self.expand(layer.get("but_not", [])))
        self.libraries = table["library"]
        self.words = table["word"]
        self.traces = table["trace"]

    def expand(self, names):
        plain = []
        for name in names:
            plain += self.expand(self.groups[name[1:]]) if name.startswith("@") else [name]
        return plain

    def layer_of(self, path):
        homes = [folder for folder in self.layers if is_below(path, folder)]
        return max(homes, key=len, default=None)

    def names(self, places, path):
        home = self.layer_of(path)
        return any(place == f"{home}/." or is_below(path, place) for place in places)

    def may_include(self, path, included):
        layer = self.layer_of(path)
        allowed, refused = self.layers[layer]
        own = self.layer_of(included) == layer
        return own or (self.names(allowed, included) and not self.names(refused, included))

    def holds_for(self, rule, path):
        inside = matches(path, rule["within"]) if "within" in rule else path.startswith(SOURCE_TREES)
        return inside and not matches(path, rule.get("only_in", []))


def where_allowed(rule):
    places = rule.get("only_in", [])
    return "only " + ", ".join(places) + " may" if places else "nothing here may"


def check_includes(rules, path, text):
    for number, line in enumerate(text.split("\n"), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quote, header = found.groups()
        at = f"{path}:{number}: "
        if quote == '"' and path.startswith(SOURCE_TREES) and not header.startswith(SOURCE_TREES):
            yield at + f'"{header}" is not written from the repository root.'
        elif header.startswith((*SOURCE_TREES, "tests/")) and not rules.may_include(path, header):
            yield at + f"{rules.layer_of(path)} may not include {header}; arrows point down (tools/layers.toml)."
        for library in rules.libraries:
            if matches(header, library["headers"]) and rules.holds_for(library, path):
                yield at + f"<{header}> is {library['name']}; {where_allowed(library)} include it."


def check_words(rules, path, text):
    code = only_code(text)
    for word in rules.words:
        if not rules.holds_for(word, path):
            continue
        for found in re.finditer(word["pattern"], code):
            number = code.count("\n", 0, found.start()) + 1
            yield f"{path}:{number}: '{found.group()}' is {word['name']}; {where_allowed(word)} use it."


def check_traces(rules, path, text):
    for trace in rules.traces:
        if matches(path, trace.get("only_in", [])):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            found = re.search(trace["pattern"], line)
            if found:
                yield f"{path}:{number}: '{found.group().strip()}' is {trace['name']}; say it without."


def check_file(rules, path, text):
    if not path.startswith(("tools/layers.toml", "tests/tools/check_layers_test.py")):
        yield from check_traces(rules, path, text)
    if not path.endswith(CODE):
        return
    if rules.layer_of(path) is None:
        yield f"{path}:1: this folder has no layer; give it one in tools/layers.toml."
        return
    yield from check_includes(rules, path, text)
    yield from check_words(rules, path, text)


def load_rules():
    return Rules(tomllib.loads(RULES.read_text()))


def project_files():
    """What git tracks or would track; without git, everything outside build and results."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"], capture_output=True)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [str(file.relative_to(ROOT)) for file in ROOT.rglob("*")]
        names = [name for name in names if not name.startswith(("build/", "results/", ".git/"))]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def main(arguments):
    rules = load_rules()
    problems, files = [], arguments or project_files()
    for name in files:
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        problems += check_file(rules, name, text)
    print("\n".join(problems) or f"{len(files)} files: every include points down, every library is in its room.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
