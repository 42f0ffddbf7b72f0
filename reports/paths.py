"""Paths of SVG in few bytes: tenths of a pixel, steps relative to the point before.

    compact("M 10 20 L 30.04 20 L 30.04 25 L 41 25")  ->  "M10 20h20v5h11"

A page holds a few hundred figures, and most of their bytes are steps like these.
"""

from __future__ import annotations

import re

_STEPS = re.compile(r"\s*(?:[ML]\s+-?[0-9.]+(?:e-?[0-9]+)?\s+-?[0-9.]+(?:e-?[0-9]+)?\s*|z\s*)+")
_PART = re.compile(r"([MLz])(?:\s+(\S+)\s+(\S+))?")
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")


def compact(path: str) -> str:
    if not _STEPS.fullmatch(path):                 # curves: only rounded
        return " ".join(_NUMBER.sub(lambda found: _tenths(round(float(found.group()) * 10)), path).split())
    steps: list[tuple[str, int, int]] = []
    x = y = 0
    for command, right, down in _PART.findall(path):
        if command == "z":
            steps.append(("z", 0, 0))
            continue
        to_x, to_y = round(float(right) * 10), round(float(down) * 10)
        _add(steps, command, to_x if command == "M" else to_x - x, to_y if command == "M" else to_y - y)
        x, y = to_x, to_y
    return "".join(_word(*step) for step in steps)


def _add(steps: list[tuple[str, int, int]], command: str, right: int, down: int) -> None:
    """Adds a step, or lengthens the last one where both go straight the same way."""
    if command == "L" and not right and not down and steps[-1][0] != "M":
        return
    if command == "L" and steps and steps[-1][0] == "L":
        _, before_right, before_down = steps[-1]
        if (not right and not before_right and down * before_down > 0
                or not down and not before_down and right * before_right > 0):
            steps[-1] = "L", before_right + right, before_down + down
            return
    steps.append((command, right, down))


def _word(command: str, right: int, down: int) -> str:
    if command == "z":
        return "z"
    if command == "L" and not down:
        return f"h{_tenths(right)}"
    if command == "L" and not right:
        return f"v{_tenths(down)}"
    second = _tenths(down)
    gap = "" if second.startswith("-") else " "
    return f"{'l' if command == 'L' else 'M'}{_tenths(right)}{gap}{second}"


def _tenths(number: int) -> str:
    """21 -> "2.1", -3 -> "-.3", 20 -> "2"."""
    whole, tenth = divmod(abs(number), 10)
    text = f"{whole or ''}.{tenth}" if tenth else str(whole)
    return f"-{text}" if number < 0 else text
