"""Every figure, byte for byte, against the one that was looked at and kept in tests/reports/golden.

After a change that was meant: look at the page, then keep what it draws now:

    /usr/bin/python3 -m tests.reports.test_golden --keep
"""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

import matplotlib

from reports.recovery_figure import draw_recovery
from reports.retention_figure import draw_overview, draw_retention
from reports.rows import Row, gather
from reports.scenario_section import curves_of
from reports.spectrum_figure import draw_spectrum
from reports.timeline_figure import draw_timeline
from reports.waterfall_figure import draw_waterfall
from tests.reports.fixtures import Fault, Story, runs_below, write_run

GOLDEN = Path(__file__).parent / "golden"
DRAWN_BY = "3.6.3"                 # Debian 12; other versions round and break lines in their own way

_PHASES = (("warm-up", 0, 1), ("stress", 1, 3), ("recovery", 3, 6))
_FAULTS = (Fault("away", 1, 3, upstream_keeps=0.0), Fault("volume fills", 1.5, 3, disk_keeps=0.3))
_ROLES = {"holdfast": "accepted", "naive-seed": "delivered"}


def rows() -> list[Row]:
    short = {"faults": _FAULTS, "phases": _PHASES}
    stories = [*(Story("combined/short", seed=seed, **short) for seed in (1, 2, 3)),
               Story("combined/short", world="live", **short),
               Story("combined/short", world="live", subject="naive-seed", verdict="fail", **short)]
    with tempfile.TemporaryDirectory() as folder:
        for index, story in enumerate(stories):
            write_run(Path(folder) / str(index), story)
        return gather(runs_below(Path(folder)))


def figures() -> dict[str, str]:
    drawn = rows()
    row = drawn[0]
    run = row.representative()
    return {
        "timeline": draw_timeline(row, run, 350, "timeline"),
        "retention": draw_retention(drawn, 350, "retention"),
        "overview": draw_overview(drawn, 1080, "overview"),
        "waterfall": draw_waterfall(run.accounting, 350, "waterfall"),
        "recovery": draw_recovery(row, run, 350, "recovery"),
        "spectrum": draw_spectrum(curves_of(drawn, _ROLES), 350, "spectrum", "Latency of record()"),
    }


@unittest.skipUnless(matplotlib.__version__ == DRAWN_BY,
                     f"the golden figures are those of matplotlib {DRAWN_BY}; here is {matplotlib.__version__}")
class Golden(unittest.TestCase):
    maxDiff = 2000

    def test_every_figure_is_the_one_that_was_kept(self):
        for name, svg in figures().items():
            with self.subTest(name):
                self.assertEqual(svg, (GOLDEN / f"{name}.svg").read_text(encoding="utf-8"))


def _keep() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, svg in figures().items():
        (GOLDEN / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--keep"]:
        _keep()
    else:
        unittest.main()
