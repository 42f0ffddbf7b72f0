"""Colours by role. Figures are drawn in stand-in colours and shipped as CSS variables, so one SVG
serves light and dark. Data colours follow Okabe and Ito: told apart by every kind of colour vision.
"""

from __future__ import annotations

# role: (light, dark)
COLOURS: dict[str, tuple[str, str]] = {
    "surface": ("#ffffff", "#10151c"),
    "panel": ("#f5f7fa", "#18202a"),
    "ink": ("#18202b", "#e7ecf3"),
    "muted": ("#566273", "#9eabbb"),
    "line": ("#d6dce4", "#323d4b"),
    "link": ("#005a9c", "#74b9f2"),
    "offered": ("#ccd3dc", "#3c4857"),
    "accepted": ("#0072b2", "#56b4e9"),
    "durable": ("#00855f", "#36c297"),
    "delivered": ("#bf6900", "#f0a33a"),
    "calls": ("#5b5fc0", "#a3a6f5"),
    "twin": ("#18202b", "#e7ecf3"),
    "fault": ("#b0417f", "#e27fb5"),
    "spool": ("#5f7d95", "#86a6be"),
    "queue": ("#5b5fc0", "#a3a6f5"),
    "closed": ("#a9cfc3", "#2b6b59"),
    "half_open": ("#e6b800", "#e6c229"),
    "open": ("#c23b00", "#ff7a45"),
    "target": ("#c23b00", "#ff7a45"),
    "pass": ("#006b4a", "#5fd6ae"),
    "pass-back": ("#dff3eb", "#123529"),
    "fail": ("#a63300", "#ff9468"),
    "fail-back": ("#fde6da", "#44200f"),
    "inconclusive": ("#725200", "#ecc94b"),
    "inconclusive-back": ("#fbf0cd", "#3a2f0c"),
    "invalid": ("#7d2a63", "#ee9fd0"),
    "invalid-back": ("#f8e4f0", "#3c1a31"),
}

_STAND_INS = {role: f"#a7c3{index:02x}" for index, role in enumerate(COLOURS)}
VARIABLES = {stand_in: f"var(--{role})" for role, stand_in in _STAND_INS.items()}


def colour(role: str) -> str:
    """The stand-in to draw with; drawing.py turns it into var(--role)."""
    return _STAND_INS[role]


def css() -> str:
    """Light, dark where the system asks for it, and whichever the reader chose on the page."""
    light = "".join(f"--{role}:{pair[0]};" for role, pair in COLOURS.items())
    dark = "".join(f"--{role}:{pair[1]};" for role, pair in COLOURS.items())
    return (f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
            f":root[data-theme=dark]{{{dark}}}\n")
