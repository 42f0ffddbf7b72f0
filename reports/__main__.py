"""Command line: result directories in, one HTML page out. `holdfast report` runs this."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from reports.errors import InputError, MachineError, ReportError
from reports.gate import load_gate
from reports.results import find_results, load_runs
from reports.rows import gather, overall
from reports.units import counted

_BAD_ARGUMENTS = 3
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    problems: list[InputError] = []
    try:
        _report(options.results, options.out, problems)
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        for problem in problems:
            print(f"report: {problem}", file=sys.stderr)
    return InputError.exit_code if problems else 0


def _report(roots: list[Path], out: Path, problems: list[InputError]) -> None:
    """Draws what can be read; what cannot is noted in `problems`, on the page too."""
    runs = load_runs(find_results(roots, problems), problems)
    if not runs:
        return
    gate = load_gate(roots, problems)
    rows = gather(runs, gate)
    _require_matplotlib()
    from reports.page import build_page                        # imports matplotlib
    _write(out, build_page(rows, problems, gate))
    left_out = f", {counted(len(problems), 'input')} left out" if problems else ""
    print(f"{out}: {overall(rows, gate)}, {counted(len(rows), 'row')}, {counted(len(runs), 'run')}{left_out}")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        self.exit(_BAD_ARGUMENTS, f"report: {message}. See --help.\n")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="holdfast report", formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="holdfast report RESULT_DIR... [--out FILE]",
        description="Draws the figures of result directories into one self-contained HTML page.",
        epilog="examples:\n  holdfast report results/gate --out report.html\n"
               "  holdfast report before after --out both.html\n\n"
               "What cannot be read is named and left out, the rest is drawn; the exit code is then 3.\n"
               "docs/reports.md explains how to read each figure.")
    parser.add_argument("results", metavar="RESULT_DIR", nargs="+", type=Path,
                        help="directories that hold result.json files, at any depth")
    parser.add_argument("--out", metavar="FILE", type=Path, default=Path("report.html"),
                        help="the page to write (default: report.html)")
    return parser.parse_args(arguments)


def _require_matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MachineError(
            f"matplotlib cannot be imported by {sys.executable} ({error}). "
            "Install it with: apt-get install python3-matplotlib") from error


def _write(out: Path, page: str) -> None:
    """Writes beside the target and renames, so that a reader never sees half a page."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(out, f"cannot be written: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main())
