"""How figures stand on the page: in two widths where one cannot serve, else in a panel that fits a phone.

    figure("Recovery", draw_recovery(row, run, PANEL, key), caption="...")
    figure("Timeline", *(draw_timeline(row, run, width, key) for width in (WIDE, NARROW)), caption="...")
"""

from __future__ import annotations

from reports.markup import Markup, element

WIDE, NARROW = 1080, 350           # pixels: a desktop, a phone
PANEL = 350                        # three stand side by side on a desktop


def figure(title: str, drawn: Markup, narrow: Markup | None = None, caption: str = "") -> Markup:
    """A titled figure with what one should see in it; CSS shows the drawing that fits the screen."""
    if narrow is not None:
        wide = element("div", {"class": "wide"}, drawn)
        drawn = Markup(wide + element("div", {"class": "narrow"}, narrow))
    heading = element("div", {"class": "title"}, title) if title else ""
    kind = "full" if narrow is not None else "panel"
    caption = caption if isinstance(caption, Markup) else element("p", {}, caption)
    return element("figure", {"class": kind}, heading, drawn, element("figcaption", {}, caption))


def grid(*children: str) -> Markup:
    children = tuple(child for child in children if child)
    return element("div", {"class": "grid"}, *children) if children else Markup()
