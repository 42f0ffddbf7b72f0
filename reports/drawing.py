"""matplotlib as a pen for inline SVG: laid out in pixels from the top left, deterministic, themed by CSS.

    canvas = Canvas(width=1080, height=320)
    axes = canvas.axes(left=60, top=20, width=1000, height=80)
    fill_steps(axes, values, edges, "durable", zorder=1)
    markup = canvas.svg("timeline-3-wide", "Records per second over time")

A group id of the form "class:NAME" becomes class="NAME" in the SVG; every other group id is dropped,
because one page holds many figures. `key` makes the remaining ids unique within the page.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Sequence
from functools import cache, lru_cache

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import StepPatch
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from reports.markup import Markup, escape, printable
from reports.palette import VARIABLES, colour
from reports.paths import compact

FONT_SIZE = 12
SMALL = 11

_FONT = "DejaVu Sans"      # comes with matplotlib; used to measure only, the page chooses the typeface
_DPI = 72                  # one point of matplotlib is one pixel of the SVG


class Canvas:
    def __init__(self, width: float, height: float) -> None:
        _start_from_known_settings()
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
        FigureCanvasSVG(self._figure)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """An empty panel without frame, ticks or background."""
        bottom = self.height - top - height
        box = (left / self.width, bottom / self.height, width / self.width, height / self.height)
        axes = self._figure.add_axes(box, facecolor="none")
        axes.set_axis_off()
        axes.margins(0)
        return axes

    def text(self, left: float, top: float, text: str, role: str = "ink", **style) -> Text:
        """Text whose middle line runs at `top`."""
        style = {"fontsize": FONT_SIZE, "va": "center"} | style
        return self._figure.text(left / self.width, 1 - top / self.height, one_line(text),
                                 color=colour(role), **style)

    def svg(self, key: str, description: str) -> Markup:
        buffer = io.StringIO()
        with matplotlib.rc_context({"svg.hashsalt": key}), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*Glyph.*missing")      # the page's font may have it
            self._figure.savefig(buffer, format="svg", transparent=True,
                                 metadata={"Date": None, "Creator": None})
        return _inline(buffer.getvalue(), self.width, self.height, description)


def fill_steps(axes: Axes, values: Sequence[float], edges: Sequence[float], role: str, zorder: int,
               baseline: float | Sequence[float] = 0) -> StepPatch:
    """Fills the bins between `baseline` and `values`. The panel keeps the scale it was given."""
    return axes.add_artist(StepPatch(values, edges, baseline=baseline, fill=True, color=colour(role),
                                     linewidth=0, zorder=zorder))


def one_line(text: str) -> str:
    return " ".join(printable(text).split(" ")).replace("\n", " ").replace("\t", " ")


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = FONT_SIZE, weight: str = "normal") -> float:
    """Pixels, measured in DejaVu Sans, which is wider than what browsers choose."""
    if not text.strip():
        return 0.0
    _start_from_known_settings()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*Glyph.*missing")
        font = FontProperties(family=_FONT, weight=weight, size=size)
        width, _, _ = text_to_path.get_text_width_height_descent(one_line(text), font, ismath=False)
    return float(width)


def shorten(text: str, width: float, size: float = FONT_SIZE, weight: str = "normal") -> str:
    """The text, or as much of it as fits with an ellipsis; empty when less than three letters fit."""
    text = one_line(text)[:200]
    if text_width(text, size, weight) <= width:
        return text
    for length in range(len(text) - 1, 2, -1):
        candidate = text[:length].rstrip() + "…"
        if text_width(candidate, size, weight) <= width:
            return candidate
    return ""


@cache
def _start_from_known_settings() -> None:
    """Once per process. Forgets the user's matplotlibrc: figures must be the same for everyone."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matplotlib.rcParams.update(matplotlib.rcParamsDefault)
    matplotlib.rcParams.update({
        "svg.fonttype": "none",                # text stays text: selectable, in the page's typeface
        "text.parse_math": False,              # a `$` in a name is a `$`
        "font.family": [_FONT],
        "font.size": FONT_SIZE,
        "axes.unicode_minus": True,
        "path.simplify": True,
    })


_TAG = re.compile(r"<[^<>]*>")                 # in text, matplotlib escapes < and >
_COLOUR = re.compile("|".join(VARIABLES))
_PATH = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r' (x|y)="(-?[0-9.]+)"')
_UPRIGHT = re.compile(r' transform="rotate\(-0[^"]*"')
_LONE_TEXT = re.compile(r"<g>\n(<text[^<>]*>[^<>]*</text>)\n</g>")
_FONT_SHORTHAND = re.compile(r"font: ((?:[a-z0-9]+ )*)([0-9.]+px) [^;\"]*")


def _inline(document: str, width: float, height: float, description: str) -> Markup:
    body = document[document.index("<svg"):]
    body = body[body.index(">") + 1:]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"<style type=\"text/css\">.*?</style>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*</defs>", "", body)
    body = _TAG.sub(lambda match: _themed(match.group()), body)
    body = _LONE_TEXT.sub(r"\1", re.sub(r"\n\s*", "\n", body).strip())
    label = escape(description)
    return Markup(f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">\n{body}\n')


def _themed(tag: str) -> str:
    if tag.startswith("<path"):
        tag = _PATH.sub(lambda match: f' d="{compact(match.group(1))}"', tag)
    elif tag.startswith("<text"):
        tag = _UPRIGHT.sub("", tag)
        tag = _PLACE.sub(lambda match: f' {match.group(1)}="{float(match.group(2)):.1f}"', tag)
    tag = _COLOUR.sub(lambda match: VARIABLES[match.group()], tag)
    tag = _FONT_SHORTHAND.sub(r"font: \1\2 var(--sans)", tag)
    if tag.startswith("<g id="):
        named = re.match(r'<g id="class:([a-z-]+)"', tag)
        tag = (f'<g class="{named.group(1)}"' if named else "<g") + tag[tag.index('"', 7) + 1:]
    return tag
