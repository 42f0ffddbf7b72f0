"""Failures that end the program with a sentence and an exit code, never with a traceback."""

from __future__ import annotations

from pathlib import Path


class ReportError(Exception):
    """A failure the user can repair; `exit_code` follows the table of all Holdfast programs."""

    exit_code = 5


class InputError(ReportError):
    """Missing or malformed input: names the file and what is wrong in it."""

    exit_code = 3

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class MachineError(ReportError):
    """This machine cannot draw reports: says what to install."""

    exit_code = 4
