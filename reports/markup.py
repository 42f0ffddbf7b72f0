"""HTML that is escaped by construction: a plain str is text, only Markup is markup.

    element("p", {"class": "reason"}, "a < b")  ->  <p class="reason">a &lt; b</p>
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

_VOID = frozenset({"meta", "wbr"})


class Markup(str):
    """Text that is already HTML."""


def escape(text: str) -> Markup:
    return text if isinstance(text, Markup) else Markup(html.escape(printable(text)))


def printable(text: str) -> str:
    """Control characters made visible; they have no place in HTML or SVG."""
    return "".join(c if c in "\n\t" or c.isprintable() or c == "\u00a0" else "\ufffd" for c in text)


def join(parts: Iterable[str]) -> Markup:
    return Markup("".join(escape(part) for part in parts))


def element(name: str, attributes: Mapping[str, str] | None = None, *children: str) -> Markup:
    listed = "".join(f' {key}="{escape(value)}"' for key, value in (attributes or {}).items())
    if name in _VOID:
        return Markup(f"<{name}{listed}>")
    return Markup(f"<{name}{listed}>{join(children)}</{name}>")


_SYMBOLS = {"pass": "✓", "fail": "✗", "inconclusive": "?", "invalid": "!", "not_judged": "–"}


def badge(verdict: str) -> Markup:
    """A verdict as symbol, word and colour."""
    symbol = element("span", {"aria-hidden": "true"}, _SYMBOLS[verdict])
    return element("span", {"class": f"verdict {verdict}"}, symbol, " ", verdict.replace("_", " "))
