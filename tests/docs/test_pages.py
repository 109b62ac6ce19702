"""Pages hold together: links lead somewhere, every feature has a page with the parts that readers look for."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from .conftest import ROOT, Page, read_pages

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`\n]*`")
BARE = re.compile(r"(?<![\w/.-])((?:docs|src|tests|bench|web|examples)/[\w./-]*\w)")
"""Paths that a text names without linking them: ``tests/alerts/test_rules.py``."""
BUILT = {"src/cityloop/site/static"}
"""Paths that are there after a build only."""
EACH_PAGE = pytest.mark.parametrize("written", read_pages(), ids=lambda each: each.name)
WITHOUT_A_PAGE = {
    "cli": "reference/cli.md",
    "foundation": "../ARCHITECTURE.md",
    "migrations": "../CONTRIBUTING.md",
    "site": "web.md",
}
"""Folders that another page explains."""
FEATURE_PAGES = {
    ROOT / "docs" / f"{file.parent.name}.md"
    for file in (ROOT / "src" / "cityloop").glob("*/__init__.py")
}


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets: lower case, words joined by hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower().strip()).replace(" ", "-")


@EACH_PAGE
def test_links_lead_somewhere(written: Page) -> None:
    lost = []
    for target in LINK.findall(CODE.sub("", written.prose)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, part = unquote(target).partition("#")
        file = (written.path.parent / path).resolve() if path else written.path
        if not file.exists() or (
            part and part not in {anchor(each) for each in _page(file).headings}
        ):
            lost.append(target)
    assert lost == []


@EACH_PAGE
def test_paths_that_a_text_names_are_there(written: Page) -> None:
    named = set(BARE.findall(written.prose)) - BUILT
    roots = ROOT, written.path.parent
    lost = [path for path in named if not any(any(root.glob(f"{path}*")) for root in roots)]
    assert sorted(lost) == []


def test_threats_name_tests_that_are_there() -> None:
    text = _page(ROOT / "docs" / "threats.md").text
    named = re.findall(r"`(?:tests/)?([\w/]+\.yaml|[\w/]*test_\w+\.py)`", text)
    assert len(named) > 10
    assert [each for each in named if not any((ROOT / "tests").rglob(each))] == []


def test_every_feature_has_a_page() -> None:
    package = ROOT / "src" / "cityloop"
    folders = {each.parent.name for each in package.glob("*/__init__.py")}
    named = {name: WITHOUT_A_PAGE.get(name, f"{name}.md") for name in folders}
    assert {
        name: page for name, page in named.items() if not (ROOT / "docs" / page).is_file()
    } == {}


@pytest.mark.parametrize(
    "written",
    [each for each in read_pages() if each.path in FEATURE_PAGES],
    ids=lambda each: each.name,
)
def test_a_feature_page_has_the_parts_that_readers_look_for(written: Page) -> None:
    purpose, *_rest = written.text.split("\n## ", 1)
    parts = [heading.split(":")[0] for heading in written.headings[1:]]
    assert "**中文提要。**" in purpose
    assert re.search(r"^[A-Z].{60,}", purpose, re.MULTILINE), "says in English what it is for"
    assert re.search("· .*[\u4e00-\u9fff]", written.headings[0]), "is called in both languages"
    assert [part for part in ("Example", "Concepts", "Limits") if part not in parts] == []


def test_the_glossary_says_each_english_word_once() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", _page(ROOT / "docs/glossary.md").text, re.M
    )
    words = [english for _chinese, english, _where in rows]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def _page(file: Path) -> Page:
    return Page(file, file.read_text(encoding="utf-8"))
