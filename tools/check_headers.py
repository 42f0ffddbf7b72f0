#!/usr/bin/python3
"""Checks that every header stands alone.

    tools/check_headers.py        # exit code 1 and the compiler's words for each that does not

A header x.h beside an x.cpp is proven by the build, provided that x.cpp includes it first: that is
what is checked. Every other header is compiled on its own, twice in a row.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREES = ("core", "command_line", "faultfs", "simulator", "tests")
FIRST_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def headers():
    return sorted(str(path.relative_to(ROOT)) for tree in TREES for path in (ROOT / tree).rglob("*.h"))


def compile_flags():
    # Warnings are the build's to judge.
    fuse = subprocess.run(["pkg-config", "--cflags", "fuse3"], capture_output=True, text=True)
    return ["-std=c++23", "-w", f"-I{ROOT}", "-DBOOST_ASIO_DISABLE_CO_AWAIT", '-DHOLDFAST_SOURCE_DIR=""',
            '-DHOLDFAST_BINARY_DIR=""', *fuse.stdout.split()]


def stands_first(header):
    """None when no .cpp stands beside the header, else a complaint or ''."""
    source = ROOT / (header[:-2] + ".cpp")
    if not source.exists():
        return None
    found = FIRST_INCLUDE.search(source.read_text())
    if found and found.group(1) == header:
        return ""
    return f"{header[:-2]}.cpp:1: include \"{header}\" first, so that the build proves it stands alone."


def stands_alone(header, flags):
    compiler = os.environ.get("CXX", "g++")
    text = f'#include "{header}"\n#include "{header}"\n'
    ran = subprocess.run([compiler, *flags, "-fsyntax-only", "-x", "c++", "-"], input=text, capture_output=True, text=True,
                         cwd=ROOT)
    return "" if ran.returncode == 0 else f"{header}:1: does not compile alone:\n{ran.stderr}"


def main():
    if not shutil.which(os.environ.get("CXX", "g++")):
        print("No C++ compiler; tools/install_dependencies.sh installs one.")
        return 1
    judged = {header: stands_first(header) for header in headers()}
    alone = [header for header, complaint in judged.items() if complaint is None]
    flags = compile_flags()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = list(pool.map(lambda header: stands_alone(header, flags), alone))
    problems = [complaint for complaint in [*judged.values(), *compiled] if complaint]
    print("\n".join(problems) or f"{len(judged)} headers stand alone ({len(alone)} compiled on their own).")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
