"""Laws of the finished page: complete, self-contained, escaped, the same bytes for the same input."""

from __future__ import annotations

import re
import tempfile
import unittest
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from reports.page import build_page
from reports.rows import gather
from tests.reports.fixtures import AWAY, FILLS, Fault, Story, gallery, runs_below, write_gallery, write_run


def page_of(*stories: Story, without: tuple[str, ...] = ()) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for index, story in enumerate(stories):
            path = write_run(Path(folder) / f"{index:03}", story)
            for name in without:
                path.with_name(name).unlink()
        return build_page(gather(runs_below(Path(folder))))


def figures(page: str, kind: str) -> list[str]:
    return [svg for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if f'aria-label="{kind}' in svg]


class Outline(HTMLParser):
    """Collects element names, ids and references; refuses elements that are closed in the wrong order."""

    void = {"meta", "wbr"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_startendtag(self, tag, attributes):
        self._note(tag, attributes)

    def handle_starttag(self, tag, attributes):
        self._note(tag, attributes)
        if tag not in self.void:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open and self._open[-1] == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data):
        self.text.append(data)

    def _note(self, tag, attributes):
        self.names.add(tag)
        for key, value in attributes:
            if key == "id":
                self.ids.append(value)
            self.references.update(re.findall(r"url\(#([^)]*)\)", value or ""))
            if key.endswith("href"):
                self.references.add(value.removeprefix("#"))


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            write_gallery(Path(folder))
            cls.rows = gather(runs_below(Path(folder)))
        cls.page = build_page(cls.rows)
        cls.outline = Outline(cls.page)

    def test_names_every_scenario_subject_and_world(self):
        text = " ".join(self.outline.text)
        for story in gallery():
            for word in (story.scenario, story.subject, story.world):
                self.assertIn(word, text)

    def test_shows_a_wide_and_a_narrow_timeline_for_every_row(self):
        self.assertEqual(len(figures(self.page, "Timeline")), 2 * len(self.rows))

    def test_shows_every_figure_once_for_what_it_is_about(self):
        scenarios = {row.scenario for row in self.rows}
        live = {row.scenario for row in self.rows if row.world == "live"}
        self.assertEqual(len(figures(self.page, "Retention of ")), len(scenarios))
        self.assertEqual(len(figures(self.page, "retention.durable of ")), 2)
        self.assertEqual(len(figures(self.page, "Latency of record() in ")), len(live) + 2)
        self.assertEqual(len(figures(self.page, "Recovery of ")), len(self.rows))
        self.assertEqual(self.page.count("records offered: "), len(self.rows))

    def test_every_figure_has_alternative_text_and_a_caption(self):
        found = re.findall(r"<figure.*?</figure>", self.page, re.DOTALL)
        self.assertEqual(len(found), sum(tag == "figure" for tag in re.findall(r"<(\w+)", self.page)))
        for each in found:
            self.assertRegex(each, r'role="img" aria-label="[^"]{20,}"')
            self.assertRegex(each, r"<figcaption>.*\w{3}.*</figcaption>")

    def test_needs_nothing_from_outside(self):
        self.assertNotRegex(self.page, r"https?:|@import|src=|url\((?!#)")
        self.assertFalse({"link", "img", "iframe", "object"} & self.outline.names)
        self.assertIn("default-src 'none'", self.page)

    def test_ids_are_unique_and_every_reference_resolves(self):
        self.assertEqual(len(self.outline.ids), len(set(self.outline.ids)))
        self.assertLessEqual(self.outline.references, set(self.outline.ids))

    def test_figures_take_every_colour_from_the_theme(self):
        for svg in figures(self.page, ""):
            self.assertNotRegex(svg, r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?![0-9a-f])")

    def test_serves_light_and_dark_and_phones(self):
        self.assertIn("prefers-color-scheme:dark", self.page)
        self.assertIn('name="viewport"', self.page)

    def test_every_colour_variable_in_use_is_defined(self):
        used = set(re.findall(r"var\(--([a-z_-]+)\)", self.page))
        defined = set(re.findall(r"--([a-z_-]+):", self.page))
        self.assertLessEqual(used, defined)

    def test_reasons_of_a_failure_are_shown(self):
        self.assertIn("the backlog was not empty 50 s after the faults healed", self.page)

    def test_shows_the_retention_of_each_phase_where_there_are_several(self):
        calm, hard = {"durable": 0.9, "calls": None}, {"durable": 0.125, "calls": None}
        phases = {"warm-up": calm, "stress": hard}
        page = page_of(Story(), Story("disk/full", phase_retention=phases))
        self.assertEqual(page.count("Retention per phase"), 1)
        self.assertIn("12.5\u00a0%", page)

    def test_explains_that_a_control_was_rejected(self):
        self.assertIn("Control naive-seed: rejected in 2 of 2.", self.page)


class Figures(unittest.TestCase):
    def test_one_shade_per_fault_window_in_each_timeline(self):
        page = page_of(Story(faults=(AWAY, FILLS, Fault("blip", 45, 46, upstream_keeps=0.5))))
        for svg in figures(page, "Timeline"):
            self.assertEqual(svg.count('class="fault-window"'), 3)
            self.assertEqual(svg.count('class="fault-rule"'), 3)

    def test_the_fault_is_labelled_with_its_name_and_how_often_it_fired(self):
        for svg in figures(page_of(Story()), "Timeline"):
            self.assertIn("away, fired 137×", svg)

    def test_a_run_without_faults_has_no_shade(self):
        self.assertNotIn('class="fault-window"', page_of(Story(faults=())))

    def test_the_twin_is_drawn_in_every_lane(self):
        for svg in figures(page_of(Story()), "Timeline"):
            twins = re.findall(r'class="twin">\s*<path[^>]*stroke-dasharray', svg)
            self.assertEqual(len(twins), 3)

    def test_a_subject_that_calls_nothing_durable_has_no_lane_for_it(self):
        for svg in figures(page_of(Story(subject="naive-seed")), "Timeline"):
            lanes = re.findall(r"<text[^>]*>(accepted|durable|delivered)<", svg)
            self.assertEqual(lanes, ["accepted", "delivered"])

    def test_the_range_over_the_seeds_is_drawn_in_every_lane(self):
        for svg in figures(page_of(Story(), Story(seed=2)), "Timeline"):
            self.assertEqual(svg.count('class="seeds"'), 3)

    def test_a_run_without_a_twin_is_drawn_without_its_line(self):
        page = page_of(Story(), without=("twin.csv",))
        self.assertNotIn('class="twin"', page)
        self.assertNotIn("swatch twin", page)
        self.assertEqual(len(figures(page, "Timeline")), 2)

    def test_breaker_states_are_drawn_and_absent_without_a_breaker(self):
        self.assertIn('class="breaker-half-open"', page_of(Story()))
        self.assertNotIn('class="breaker-', page_of(Story(subject="naive-seed")))

    def test_one_retention_bar_per_measured_retention(self):
        page = page_of(Story(), Story(subject="naive-seed"))
        for svg in figures(page, "Retention of "):
            self.assertEqual(svg.count('class="retention-bar"'), 3 + 4)
            self.assertIn("target 10\u00a0%", svg)

    def test_three_percent_and_a_hundred_are_both_written_out(self):
        page = page_of(Story(measures={"retention.durable": 0.032, "retention.accepted": 1.0}))
        for svg in figures(page, "Retention of "):
            self.assertIn("3.20\u00a0%", svg)
            self.assertIn(">100\u00a0%", svg)

    def test_a_measure_never_taken_draws_no_figure_and_no_error(self):
        nothing = {f"retention.{kind}": None for kind in ("accepted", "durable", "delivered", "calls")}
        page = page_of(Story(measures=nothing))
        self.assertEqual(figures(page, "Retention of ") + figures(page, "retention.durable of "), [])
        self.assertIn("n/a", page)

    def test_many_rules_are_folded_into_the_last_line(self):
        rules = tuple(Fault(f"rule {index}", 10, 20) for index in range(30))
        for svg in figures(page_of(Story(faults=rules)), "Timeline"):
            self.assertIn("and 23 more rules", svg)


class SameInputSameBytes(unittest.TestCase):
    def test_the_page_is_identical_over_two_runs(self):
        stories = [Story(), Story(seed=2), Story(subject="naive-seed"), Story("disk/full", faults=(FILLS,))]
        self.assertEqual(page_of(*stories), page_of(*stories))

    def test_the_order_of_the_results_does_not_matter(self):
        stories = [Story(seed=3), Story(seed=1), Story("disk/full", faults=(FILLS,), world="live")]
        self.assertEqual(page_of(*stories), page_of(*reversed(stories)))


class HostileNames(unittest.TestCase):
    NAME = "</style><script>alert('x')</script> & \"q\" $\\frac{1}$ a\nb\x07 --> 界 \u202e"

    def test_are_text_everywhere(self):
        name = self.NAME
        story = Story(scenario=name, subject=name, verdict="fail", reasons=(name,),
                      faults=(replace(AWAY, name=name),),
                      phases=((name, 0, 10), (name, 10, 40), ("end", 40, 60)))
        page = page_of(story, replace(story, seed=2))
        outline = Outline(page)
        self.assertEqual(page.count("<script"), 1)             # the page's own
        self.assertNotIn("\x07", page)
        self.assertNotIn("\u202e", page)
        self.assertIn("alert(&#x27;x&#x27;)", page)

    def test_stand_in_colours_and_markup_in_names_stay_text(self):
        name = 'style="fill: #a7c302" <g id="x">'
        page = page_of(Story(faults=(replace(AWAY, name=name),)))
        self.assertIn("#a7c302", figures(page, "Timeline")[0])
        Outline(page)


if __name__ == "__main__":
    unittest.main()
