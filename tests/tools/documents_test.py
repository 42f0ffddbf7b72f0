"""What the documents point at exists."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_layers  # noqa: E402

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchor_of(heading):
    """As GitHub makes it: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors_in(path):
    return {anchor_of(heading) for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)}


def broken_links(path):
    for target in LINK.findall(FENCED.sub("", path.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        if not file.exists() or (anchor and anchor not in anchors_in(file)):
            yield target


class Documents(unittest.TestCase):
    def test_every_link_between_documents_leads_somewhere(self):
        for name in check_layers.project_files():
            if name.endswith(".md"):
                self.assertEqual(list(broken_links(ROOT / name)), [], name)

    def test_a_decision_has_its_four_parts(self):
        for path in (ROOT / "docs/decisions").glob("*.md"):
            headings = re.findall(r"^## (.*)$", path.read_text(), re.MULTILINE)
            self.assertEqual(headings, ["Context", "Decision", "Alternatives", "Consequences"], path.name)


if __name__ == "__main__":
    unittest.main()
