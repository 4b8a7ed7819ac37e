"""Every rule has a section in docs/findings whose example breaks it, and whose cure mends it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.findings_pages import (
    BY_HAND,
    FAMILIES,
    PAGES,
    all_sections,
    check,
    commands,
    copied,
    example_of,
    found,
    inside,
    lay,
    prepare,
    printed_by,
    rule_line,
    run,
)

from srcread.notes.format.codes import RULES
from srcread.stories.explain import Fence, sections

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

WORDED_BY_PYTHON = ("TOUR002", "NOTE006", "CLAIM001", "LINE001", "SCEN001", "SRC001")
"""Codes whose messages quote Python's parsers: pages have the words of Python 3.11."""

EXAMPLES = [code for code in RULES if code not in BY_HAND]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tour of the examples, which is otherwise right."""
    return prepare(tmp_path_factory.mktemp("findings"))


def places(printed: str, code: str) -> str:
    """Return what is printed of a code without its words."""
    return re.sub(rf"(: {code}) .*", r"\1", printed)


def left(printed: str) -> set[str]:
    return set(re.findall(r": (?:error|warning|hint): ([A-Z]+\d{3}) ", printed))


def test_the_tour_of_the_examples_is_right(prepared: Path) -> None:
    with inside(prepared):
        assert check() == "1 tour checked: 0 errors, 0 warnings.\n"


def test_every_rule_has_a_section_and_every_section_a_rule_in_the_order_of_the_table() -> None:
    listed = [code for code in all_sections()]
    assert sorted(listed) == sorted(RULES)
    for family in FAMILIES:
        own = [code for code in RULES if re.sub(r"\d", "", code) == family]
        assert list(sections(family)) == sorted(own)


def test_the_first_page_lists_every_family_and_no_other() -> None:
    index = (PAGES / "README.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| \[([A-Z]+)\]\(\1\.md\) \|", index, re.MULTILINE)) == FAMILIES
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted([*FAMILIES, "README"])


@pytest.mark.parametrize("code", RULES)
def test_a_section_begins_with_its_rule_says_why_and_names_a_cure(code: str) -> None:
    rule, why, *rest = all_sections()[code].parts
    assert rule == rule_line(code)
    assert isinstance(why, str) and re.fullmatch(r"[^*>].{30,}[.:]", why)
    cures = [part for part in rest if isinstance(part, str) and part.startswith("**Cure.** ")]
    assert len(cures) == 1


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_prints_what_its_section_says_and_its_cure_ends_that(
    code: str, prepared: Path
) -> None:
    example = example_of(all_sections()[code])
    with copied(prepared):
        printed = printed_by(example)
        if code in WORDED_BY_PYTHON and sys.version_info[:2] != (3, 11):
            assert places(printed, code) == places(example.printed, code)
        else:
            assert printed == example.printed
        assert printed
        lay(example.cured)
        asked = [line for fence in example.broken for line in commands(fence)]
        told = run(asked[-1])[1] if asked and looks_again(asked[-1]) else ""
        assert found(told + check(), code) == ""
        assert left(check()) <= LEFT.get(code, set()) | STALE


def looks_again(line: str) -> bool:
    """Tell whether a command looks again and changes nothing that was cured."""
    return line.split()[:2] in (["srcread", "callers"], ["srcread", "read"], ["srcread", "build"])


STALE = {"EVID020", "EVID021", "EVID023", "LINE005", "LOCK002", "TRAC006", "TRAC007"}
"""What a change of a snippet, of a scenario or of the package leaves to be read or run anew."""

LEFT = {
    "NOTE029": {"EVID013"},  # of the one survivor that the page shows, the tour has none
    "TOUR012": {"NOTE027"},  # a note that was only begun
}
"""What else a cure leaves, which the section is not about."""


def test_what_is_printed_weighs_what_the_table_says() -> None:
    for code in EXAMPLES:
        printed = example_of(all_sections()[code]).printed
        weights = re.findall(rf": (error|warning|hint): {code} ", printed)
        assert weights and set(weights) == {RULES[code].severity.value}, code


def fences() -> Iterator[tuple[str, Fence]]:
    for code, section in all_sections().items():
        yield from ((code, part) for part in section.parts if isinstance(part, Fence))


def test_every_block_is_a_file_a_command_or_what_is_printed() -> None:
    strange = [
        (code, fence.language, fence.file)
        for code, fence in fences()
        if (fence.language in ("console", "text")) is bool(fence.file)
        or fence.language not in ("console", "text", "toml", "markdown", "python", "diff")
    ]
    assert strange == []
