"""Typed access to parsed JSON. Every error names the file, the place in it and what was expected.

    node = load_json(path)
    seed = node.get("seed").count()
    for law in node.get("laws").items():
        verdict = law.get("verdict").word({"pass", "fail"})
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from reports.errors import InputError


_LARGEST = 10**15      # what a double still counts exactly, and far more than any run holds


@dataclass(frozen=True)
class Node:
    """A value inside a JSON file, together with where it stands."""

    path: Path
    place: str
    value: Any

    def get(self, key: str) -> Node:
        members = self.members()
        if key not in members:
            raise InputError(self.path, f"{self._child_place(key)} is missing.")
        return members[key]

    def find(self, key: str) -> Node | None:
        """The member, or None where it is absent or null."""
        node = self.members().get(key)
        return None if node is None or node.value is None else node

    def members(self) -> dict[str, Node]:
        if not isinstance(self.value, dict):
            self._refuse("an object")
        return {key: Node(self.path, self._child_place(key), value) for key, value in self.value.items()}

    def items(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            self._refuse("an array")
        return (Node(self.path, f"{self.place}[{index}]", value) for index, value in enumerate(self.value))

    def text(self) -> str:
        if not isinstance(self.value, str):
            self._refuse("a string")
        return self.value

    def word(self, allowed: frozenset[str] | set[str]) -> str:
        word = self.text()
        if word not in allowed:
            self._refuse("one of " + ", ".join(sorted(allowed)))
        return word

    def number(self) -> float:
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            self._refuse("a number")
        if not abs(self.value) <= _LARGEST:                    # also refuses what overflowed to infinity
            self._refuse("a number of at most 1e15")
        return self.value

    def number_or_none(self) -> float | None:
        return None if self.value is None else self.number()

    def count(self) -> int:
        number = self.number()
        if number != int(number):
            self._refuse("a whole number")
        return int(number)

    def _child_place(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _refuse(self, expected: str) -> NoReturn:
        found = json.dumps(self.value, ensure_ascii=False)
        found = found if len(found) <= 60 else found[:57] + "..."
        raise InputError(self.path, f"{self.place or 'the document'} is {found}; expected {expected}.")


def load_json(path: Path) -> Node:
    try:
        text = path.read_text(encoding="utf-8")
        return Node(path, "", json.loads(text, parse_constant=_refuse_constant))
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(path, f"is not UTF-8 text (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}:{error.colno}", f"is not JSON: {error.msg}.") from error
    except ValueError as error:
        raise InputError(path, f"is not JSON: {error}.") from error
    except RecursionError as error:
        raise InputError(path, "is nested too deeply to be a result.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
