"""The documents hold against the tree: paths, commands, rooms, contracts and links that they name.

What a sentence says of them is for its author; here is only what a machine can look up.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from srcread.cli import main
from srcread.notes.format.codes import RULES

ROOT = Path(__file__).parent.parent
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
DOCUMENTS = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "findings/README.md")),
]
LINKED = [*DOCUMENTS, ROOT / "README.md", ROOT / "annotations" / "README.md"]
ROOMS = sorted(path.parent.name for path in (ROOT / "srcread").glob("*/__init__.py"))

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_TOP = frozenset(path.name for path in ROOT.iterdir())
_SECTION = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_backticks(path: Path) -> list[str]:
    """Return what a document has between backticks, in prose and not in blocks of code."""
    return re.findall(r"`([^`\n]+)`", _FENCE.sub("", path.read_text("utf-8")))


def paths_in(document: Path) -> Iterator[str]:
    """Yield what looks like a path from the checkout's root; words in capitals stand for any."""
    for text in in_backticks(document):
        if re.fullmatch(r"[\w.*/~-]+", text) and "/" in text and text.split("/")[0] in _TOP:
            yield re.sub(r"(?<![A-Za-z.])[A-Z]{3,}(?![A-Za-z.])", "*", text)


def commands_in(document: Path) -> Iterator[list[str]]:
    """Yield the words of every command line of srcread that a document shows."""
    text = document.read_text("utf-8")
    blocks = [*_FENCE.findall(text), *re.findall(r"^ {4}\S.*$", text, re.MULTILINE)]
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    for text in [*in_backticks(document), *lines]:
        found = re.match(r"(?:\S*/)?srcread ([a-z].*)", text)
        if found:
            yield found[1].split()


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    missing = [path for path in paths_in(document) if not list(ROOT.glob(path.rstrip("/")))]
    assert missing == []


def test_paths_are_looked_for_at_all() -> None:
    assert sum(1 for document in DOCUMENTS for _ in paths_in(document)) > 100


@pytest.mark.parametrize("document", LINKED, ids=shown)
def test_every_command_that_a_document_shows_exists_with_its_options(document: Path) -> None:
    for words in commands_in(document):
        command: click.Command = main
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        is_whole = not isinstance(command, click.Group) or not words or words[0].startswith("-")
        assert command is not main and is_whole, words
        known = {option for item in command.params for option in item.opts} | {"--help", "-h"}
        words = list(takewhile("--".__ne__, words))  # what stands behind is a script's
        asked = [word.rstrip(",.") for word in words if word.startswith("-") and word != "-"]
        assert set(asked) <= known, (command.name, words)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_described_with_its_invariant_and_its_folders_exist(room: str) -> None:
    sections = _SECTION.findall(ARCHITECTURE.read_text("utf-8"))
    (text,) = [body for title, body in sections if f"`srcread/{room}/`" in title]
    assert "**Invariant.**" in text
    folders = re.findall(r"`([a-z]+)/`", text)
    assert [name for name in folders if not (ROOT / "srcread" / room / name).is_dir()] == []


def test_every_import_contract_is_named_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = {item["id"] for item in project["tool"]["importlinter"]["contracts"]}
    laws = ARCHITECTURE.read_text("utf-8").partition("## The laws")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|[^|]+\|([^|]+)\|$", laws, re.MULTILINE)
    assert set(re.findall(r"`([a-z-]+)`", " ".join(rows))) == contracts


def test_every_function_of_the_shown_stack_stands_in_its_file() -> None:
    rows = re.findall(
        r"^\| \d+ \| `([\w.]+)` \| `([\w/.]+)` \|", ARCHITECTURE.read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) >= 10
    for name, path in rows:
        assert name in _functions(ROOT / path), (name, path)


def _functions(path: Path) -> set[str]:
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        found |= {f"{owner}{item.name}" for item in inner if isinstance(item, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_test_and_rule_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    named = [name for name in in_backticks(document) if re.fullmatch(r"test_\w+", name)]
    assert [name for name in named if f"def {name}(" not in tests] == []
    assert set(
        re.findall(
            r"\b(?:TOUR|NOTE|SENT|CLAIM|TRANS|TERM|LOCK|EVID|SCEN|TRAC|LINE|SRC)\d{3}\b", text
        )
    ) <= set(RULES)


@pytest.mark.parametrize("document", LINKED, ids=shown)
def test_every_link_between_documents_lives(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", document.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


def _anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_decision_is_listed_and_has_its_four_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((\d\d-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
    for name in listed:
        text = (folder / name).read_text("utf-8")
        heads = re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE)
        assert heads == ["Context.", "Decision.", "What it costs.", "Refused."], name
        assert 10 <= len(text.splitlines()) <= 25, name


def test_every_finding_has_the_lines_that_its_guide_asks_for() -> None:
    guide = (ROOT / "findings" / "README.md").read_text("utf-8")
    asked = re.findall(r"^\| `(# [^`]+:)` \|", guide, re.MULTILINE)
    assert len(asked) == 5
    for path in sorted((ROOT / "findings").glob("*.sh")):
        lines = path.read_text("utf-8").splitlines()[1:]
        assert [head for head in asked if not any(line.startswith(head) for line in lines)] == []
