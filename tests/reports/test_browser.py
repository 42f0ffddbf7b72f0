"""The page as a browser shows it, on a desktop and on a phone: nothing overflows, nothing is cut or hidden,
texts do not run into each other, the console stays silent, the buttons do what they say.
"""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from reports.page import build_page
from reports.rows import gather
from tests.reports.browser import Browser, find_chromium
from tests.reports.fixtures import runs_below, write_gallery

DESKTOP, PHONE = 1280, 390

_FIGURES = """[...document.querySelectorAll('figure')].map((figure) => {
  const shown = [...figure.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0);
  const box = shown.length ? shown[0].getBoundingClientRect() : {};
  return {shown: shown.length, width: box.width, height: box.height, right: box.right, left: box.left,
          text: (shown[0]?.getAttribute('aria-label') ?? '').length,
          caption: figure.querySelector('figcaption').getBoundingClientRect().height};
})"""

# Every text of a visible figure that leaves its figure, and every two that cover each other.
_COLLISIONS = """[...document.querySelectorAll('svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  if (!frame.width) return [];
  const texts = [...svg.querySelectorAll('text')]
    .filter((text) => text.textContent.trim() && text.textContent !== '■')
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  const cut = texts.filter(([, box]) => box.left < frame.left - 2 || box.right > frame.right + 2
                                     || box.top < frame.top - 2 || box.bottom > frame.bottom + 2);
  const over = texts.flatMap(([name, a], index) => texts.slice(index + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
    .map(([other]) => name + ' | ' + other));
  const title = svg.getAttribute('aria-label').slice(0, 60);
  return [...cut.map(([name]) => `${title}: cut: ${name}`), ...over.map((pair) => `${title}: overlap: ${pair}`)];
})"""

# Texts whose colour is too near to what is behind them (WCAG AA: 4.5, 3 for large ones).
_CONTRAST = """(() => {
  const channels = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = (text) => channels(text).slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('h1,h2,h3,h4,h5,p,li,a,td,th,small,span,figcaption,dt,dd,button,code')]
    .filter((node) => node.getBoundingClientRect().width
                   && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .filter((node) => {
      const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    }).map((node) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 40)}`);
})()"""

_BACKGROUND = "getComputedStyle(document.body).backgroundColor"
_COLUMN = "[...document.querySelectorAll('.verdicts tbody tr')].map((row) => row.cells[{0}].textContent)"
_KEYS = "[...document.querySelectorAll('.verdicts tbody tr')].map((row) => row.cells[{0}].dataset.sort ?? null)"
_CLICK_TITLE = "document.querySelectorAll('.verdicts thead button')[{0}].click()"
_LIGHT, _DARK = "rgb(255, 255, 255)", "rgb(16, 21, 28)"


@unittest.skipUnless(find_chromium(), "Chromium is not installed (apt-get install chromium)")
class InABrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        write_gallery(Path(folder.name) / "results")
        cls.report = Path(folder.name) / "report.html"
        cls.rows = gather(runs_below(Path(folder.name) / "results"))
        cls.report.write_text(build_page(cls.rows), encoding="utf-8")
        cls.browser = cls.enterClassContext(Browser())

    def open(self, width: int, dark: bool = False):
        return self.browser.open(self.report, width, dark=dark)

    def test_nothing_is_wider_than_the_screen(self):
        for width in (DESKTOP, PHONE):
            page = self.open(width)
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)

    def test_the_console_stays_silent_and_nothing_is_fetched(self):
        for width in (DESKTOP, PHONE):
            page = self.open(width)
            page.evaluate(_CLICK_TITLE.format(5))
            self.assertEqual(page.problems, [])

    def test_every_figure_is_visible_and_has_words_for_those_who_cannot_see_it(self):
        for width in (DESKTOP, PHONE):
            figures = self.open(width).evaluate(_FIGURES)
            self.assertGreater(len(figures), 3 * len(self.rows))
            for each in figures:
                self.assertEqual(each["shown"], 1, each)
                self.assertGreater(min(each["width"], each["height"], each["caption"]), 15, each)
                self.assertGreater(each["width"], 290, each)
                self.assertTrue(0 <= each["left"] and each["right"] <= width, each)
                self.assertGreater(each["text"], 20, each)

    def test_no_text_of_a_figure_is_cut_or_runs_into_another(self):
        for width in (DESKTOP, PHONE):
            self.assertEqual(self.open(width).evaluate(_COLLISIONS), [])

    def test_texts_stand_out_from_what_is_behind_them(self):
        for dark in (False, True):
            self.assertEqual(self.open(DESKTOP, dark).evaluate(_CONTRAST), [])

    def test_it_follows_the_system_until_the_reader_chooses(self):
        for dark in (False, True):
            page = self.open(PHONE, dark)
            system = _DARK if dark else _LIGHT
            self.assertEqual(page.evaluate(_BACKGROUND), system)
            for choice, background in (("light", _LIGHT), ("dark", _DARK), ("auto", system)):
                page.evaluate(f"document.querySelector('[data-theme-choice={choice}]').click()")
                self.assertEqual(page.evaluate(_BACKGROUND), background)

    def test_a_title_sorts_its_column_and_what_was_not_measured_stays_last(self):
        page = self.open(DESKTOP)
        titles = page.evaluate("[...document.querySelectorAll('.verdicts th button')].map((b) => b.textContent)")
        column = titles.index("recovery.time")
        rising = sorted(statistic.median for row in self.rows if (statistic := row.statistic("recovery.time")))
        absent = len(self.rows) - len(rising)
        self.assertTrue(absent > 0 and len(set(rising)) > 2)
        for falling in (False, True):
            page.evaluate(_CLICK_TITLE.format(column))
            keys = page.evaluate(_KEYS.format(column))
            self.assertEqual(keys[-absent:], [None] * absent)
            self.assertEqual([float(key) for key in keys[:-absent]], rising[::-1] if falling else rising)
        page.evaluate(_CLICK_TITLE.format(0))
        scenarios = page.evaluate(_COLUMN.format(0))
        self.assertEqual(scenarios, sorted(scenarios))


if __name__ == "__main__":
    unittest.main()
