#!/usr/bin/python3
"""Checks that the objects of core (without core/host) ask nothing of the outside world but what
tools/allowed_symbols.txt lists.

    tools/check_symbols.py build/dev      # exit code 1 and object: symbol for each that is not allowed

The undefined symbols of one object may be defined by another; what nobody in core defines counts.
"""
import pathlib
import re
import subprocess
import sys

ALLOWED = pathlib.Path(__file__).with_name("allowed_symbols.txt")


class Allowed:
    def __init__(self, text):
        lines = (line.strip() for line in text.splitlines())
        self.patterns = [self.compiled(line) for line in lines if line and not line.startswith("#")]

    @staticmethod
    def compiled(line):
        name, _, limit = line.partition(" in ")
        return re.compile(re.escape(name).replace(r"\*", ".*")), limit

    def permits(self, symbol, object_name):
        return any(name.fullmatch(symbol) and limit in ("", object_name) for name, limit in self.patterns)


def archives_of(build):
    return sorted(path for path in (build / "core").glob("libholdfast_*.a") if path.name != "libholdfast_host.a")


def symbols_of(archive):
    """(object, kind, demangled name) for every symbol; kind U or w is undefined."""
    listed = subprocess.run(["nm", "--demangle", "--format=posix", "--print-file-name", archive], check=True, text=True,
                            capture_output=True).stdout
    for line in listed.splitlines():
        # libholdfast_base.a[check.cpp.o]: name with spaces T 0000 0000
        found = re.match(r".*\[(?P<object>[^]]+)\]: (?P<name>.+?) (?P<kind>[A-Za-z])(?: +[0-9a-f]+){0,2} *$", line)
        if found:
            yield found["object"], found["kind"], found["name"]


def strangers(archives, allowed):
    defined, wanted = set(), set()
    for archive in archives:
        for object_name, kind, name in symbols_of(archive):
            (wanted if kind in "Uw" else defined).add((archive.name, object_name, name))
    names = {name for _, _, name in defined}
    return sorted((archive, object_name, name) for archive, object_name, name in wanted
                  if name not in names and not allowed.permits(name, object_name))


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 3
    archives = archives_of(pathlib.Path(arguments[0]))
    if not archives:
        print(f"No library of core in {arguments[0]}/core; build first.")
        return 1
    found = strangers(archives, Allowed(ALLOWED.read_text()))
    for archive, object_name, name in found:
        print(f"{archive}: {object_name}: '{name}' is not in tools/allowed_symbols.txt; core reaches the world "
              "only through the ports of core/env.")
    if not found:
        print(f"{len(archives)} libraries of core ask for nothing but what tools/allowed_symbols.txt lists.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
