"""Command line: result directories in, one HTML page out. `holdfast report` runs this."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from reports.errors import InputError, MachineError, ReportError
from reports.results import find_results, load_run
from reports.rows import gather, overall
from reports.units import counted

_BAD_ARGUMENTS = 3
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    try:
        _report(options.results, options.out)
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _report(roots: list[Path], out: Path) -> None:
    rows = gather(load_run(path) for path in find_results(roots))
    _require_matplotlib()
    from reports.page import build_page                        # imports matplotlib
    _write(out, build_page(rows))
    runs = sum(len(row.runs) for row in rows)
    print(f"{out}: {overall(rows)}, {counted(len(rows), 'row')}, {counted(runs, 'run')}")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        self.exit(_BAD_ARGUMENTS, f"report: {message}. See --help.\n")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="holdfast report", formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="holdfast report RESULT_DIR... [--out FILE]",
        description="Draws the figures of result directories into one self-contained HTML page.",
        epilog="example:\n  holdfast report results --out report.html")
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
