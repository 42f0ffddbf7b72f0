"""Where every offered record is: the offered ones as one bar, below it each place as the piece it takes.

    offered            [============================]  120,000
    delivered          [=========================]     118,000   98.3 %
    pending.spool                               [==]     1,999    1.66 %
    lost.crash                                     |         1

The pieces end where the first bar ended, exactly; draw_waterfall refuses books that do not add up.
"""

from __future__ import annotations

from reports.drawing import SMALL, Canvas, shorten, text_width
from reports.markup import Markup
from reports.palette import colour
from reports.results import Accounting
from reports.units import number, percent

_PITCH, _BAR, _TOP = 22, 14, 4                     # pixels
_SHARE, _SPACE = 48, 12
_ROLES = {"delivered": "delivered", "pending": "spool", "quarantined": "half_open", "expired": "half_open"}


def places_in_use(accounting: Accounting) -> dict[str, int]:
    """Those that hold a record, in the order in which they are judged; `unaccounted` is the last."""
    places = accounting.places | {"unaccounted": accounting.unaccounted}
    return {name: count for name, count in places.items() if count}


def draw_waterfall(accounting: Accounting, width: int, key: str) -> Markup:
    places = places_in_use(accounting)
    if sum(places.values()) != accounting.offered:
        raise ValueError("the places do not add up to what was offered")
    lines = [("offered", accounting.offered, 0, "offered")]
    begin = 0
    for name, count in places.items():
        lines.append((shorten(name, width * 0.45, SMALL, "bold"), count, begin, role_of(name)))
        begin += count
    canvas = Canvas(width, _TOP * 2 + _PITCH * len(lines))
    left = max(text_width(name, SMALL, "bold") for name, *_ in lines) + _SPACE
    right = text_width(number(accounting.offered), SMALL, "bold") + _SPACE + _SHARE
    axes = canvas.axes(left, _TOP, width - left - right, _PITCH * len(lines))
    axes.set_xlim(0, max(accounting.offered, 1))
    axes.set_ylim(len(lines), 0)
    for index, (name, count, start, role) in enumerate(lines):
        _draw_line(canvas, index, name, count, accounting.offered)
        piece, = axes.barh(index + 0.5, count, _BAR / _PITCH, left=start, color=colour(role), linewidth=1.5,
                           edgecolor=colour(role), zorder=2)                # the edge shows the smallest
        piece.set_gid("class:place" if index else "class:offered")
        if index + 1 < len(lines):
            axes.vlines(start + count if index else 0, index + 0.5, index + 1.5, color=colour("muted"),
                        linewidth=1, zorder=1)
    words = ", ".join(f"{number(count)} {name}" for name, count in places.items())
    return canvas.svg(key, f"{number(accounting.offered)} records offered: {words or 'none'}")


def _draw_line(canvas: Canvas, index: int, name: str, count: int, offered: int) -> None:
    middle = _TOP + (index + 0.5) * _PITCH
    weight = "normal" if index else "bold"
    canvas.text(0, middle, name, fontsize=SMALL, fontweight=weight)
    canvas.text(canvas.width - _SHARE, middle, number(count), fontsize=SMALL, fontweight=weight, ha="right")
    if index:
        canvas.text(canvas.width, middle, percent(count / offered), "muted", fontsize=SMALL, ha="right")


def role_of(place: str) -> str:
    """What reached its goal, what still may, what was set aside; the rest is gone."""
    return _ROLES.get(place.split(".")[0], "open")
