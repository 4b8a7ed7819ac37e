"""The pages of docs/findings: their sections, the tour of their examples, and what is printed.

`python -m support.findings_pages` in `tests/` writes into each page the rule's line and what the
commands print, behind each example. Words, examples and cures are written by hand.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from srcread.notes.format.codes import RULES
from srcread.stories.explain import Fence, Section, family_of, sections
from support.story_example import ROOT, environment, srcread, write

BY_HAND = ("EVID016", "EVID028", "SRC004")
"""Codes whose example is no text of a few lines: what needs a source tree, what an older srcread
left, and what takes minutes."""

A_DAY = "2026-03-14"
"""What pages say for the day of a run."""

PAGES = ROOT / "docs" / "findings"
FAMILIES = sorted({family_of(code) for code in RULES})
TOUR = Path("annotations/tiny-model")
METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nLicense: MIT\n"
RECORD = ("tiny/__init__.py", "tiny/model.py", "tiny-1.0.dist-info/METADATA")


@dataclass(frozen=True, slots=True)
class Example:
    """A section's fences: those that break the rule, what is then printed, those that cure it."""

    code: str
    broken: tuple[Fence, ...]
    printed: str
    cured: tuple[Fence, ...]


def all_sections() -> dict[str, Section]:
    """Return the sections of all pages."""
    return {code: one for family in FAMILIES for code, one in sections(family).items()}


def example_of(section: Section) -> Example:
    """Return a section's example: what is printed divides it."""
    fences = [part for part in section.parts if isinstance(part, Fence)]
    texts = [number for number, one in enumerate(fences) if one.language == "text"]
    assert len(texts) == 1, f"{section.code} has {len(texts)} blocks of what is printed"
    at = texts[0]
    return Example(section.code, (*fences[:at],), fences[at].text, (*fences[at + 1 :],))


def rule_line(code: str) -> str:
    """Return the line with which a section begins."""
    rule = RULES[code]
    mended = "; `--fix` mends it" if rule.fixable else ""
    return f"> {rule.sentence} ({rule.severity.value}{mended})"


def prepare(folder: Path) -> Path:
    """Write the tour of the examples into a folder, by its files and commands, and return it."""
    index = Section("README", (PAGES / "README.md").read_text("utf-8"))
    fences = [part for part in index.parts if isinstance(part, Fence) and part.language]
    distribution = {"METADATA": METADATA, "LICENSE": "Do as you like.\n"}
    names = [*RECORD, "tiny-1.0.dist-info/RECORD"]
    distribution["RECORD"] = "".join(f"{name},,\n" for name in names)
    write(folder / "site" / "tiny-1.0.dist-info", distribution)
    for fence in fences:
        if fence.file:
            write(folder, {place_of(fence.file).as_posix(): fence.text})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = next((folder / "venv" / "lib").iterdir()) / "site-packages"
    packages.joinpath("tiny.pth").write_text("../../../../site")  # of each copy its own
    with inside(folder):
        for fence in fences:
            for line in commands(fence):
                status, printed = run(line)
                assert status == 0, printed
    return folder


def place_of(file: str) -> Path:
    """Return where a block's file lies."""
    return Path("site", file) if file.startswith("tiny") else TOUR / file


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder whose package is installed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("PIP_", "UV_")):
                patch.delenv(name)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_INDEX", "1")  # what is printed of sources names no index
        patch.setenv("UV_NO_CONFIG", "1")
        patch.chdir(folder)
        patch.syspath_prepend(folder / "site")
        yield


def commands(fence: Fence) -> list[str]:
    """Return the commands of a block of a terminal."""
    lines = fence.text.splitlines() if fence.language == "console" else []
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def run(line: str) -> tuple[int, str]:
    """Type a command: one of srcread in this process, where it starts no other."""
    words = shlex.split(line)
    if words[0] != "srcread":
        done = subprocess.run(
            line, shell=True, env=environment(Path("site").resolve()), capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr
    if words[1] in ("confirm", "trace"):
        words += ["--python", "venv", "--annotations", "annotations"]
    result = srcread(*words[1:])
    return result.exit_code, result.output


def lay(fences: Iterable[Fence]) -> str:
    """Lay blocks over the tour here, and return what the commands among them printed."""
    printed = ""
    for fence in fences:
        for line in commands(fence):
            printed += run(line)[1]
        if fence.file:
            path = place_of(fence.file)
            before = path.read_text("utf-8", "replace") if path.exists() else None
            write(Path(), {path.as_posix(): changed(before, fence)})
    return printed


def changed(before: str | None, fence: Fence) -> str:
    """Return a file's text with a block laid over it, as the pages' first one says."""
    text, path = fence.text, Path(fence.file)
    if fence.language == "diff":
        assert before is not None, fence.file
        return _patched(before, text)
    if before is None:
        return text
    if fence.language == "toml" and path.suffix == ".md":
        head, rest = before.split("\n+++\n", 1)
        return f"{_with_keys(head + chr(10), text)}+++\n{rest}"
    if path.name in ("tour.toml", "lines.toml"):
        return _with_keys(before, text)
    if path.suffix == ".md" and before.startswith("+++") and not text.startswith("+++"):
        return f"{before.split(chr(10) + '+++' + chr(10), 1)[0]}\n+++\n{text}"
    if path.suffix == ".py" and not text.startswith('"""') and "\nassert " in before:
        return before[: before.index("\nassert ") + 1] + text
    return text


def _patched(before: str, diff: str) -> str:
    old, new = (
        "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] != sign) for sign in "+-"
    )
    assert before.count(old) == 1, (before, old)
    return before.replace(old, new)


def _with_keys(before: str, keys: str) -> str:
    """Put keys in place of those of the same names, or beside the others; tables behind all."""
    tops, tables = _tables(before)
    new_tops, new_tables = _tables(keys)
    for line in new_tops:
        name = line.partition("=")[0].strip()
        at = next((number for number, old in enumerate(tops) if _named(old, name)), len(tops))
        tops[at : at + 1] = [line]
    for head, lines in new_tables:
        same = [old for known, old in tables if known == head and not head.startswith("[[")]
        if same:
            same[0][:] = lines
        else:
            tables.append((head, lines))
    listed = [line for head, lines in tables for line in ("", head, *lines)]
    return "\n".join([*tops, *listed]) + "\n"


def _named(line: str, name: str) -> bool:
    return bool(name) and line.partition("=")[0].strip() == name


def _tables(text: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    tops: list[str] = []
    tables: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if re.match(r"\[\[?[\w.\"-]+\]", line):
            tables.append((line, []))
        elif line.strip():
            (tables[-1][1] if tables else tops).append(line)
    return tops, tables


def found(printed: str, code: str) -> str:
    """Return the lines of what was printed that are about a code."""
    lines = [line for line in printed.splitlines() if re.search(rf": {code} ", line)]
    text = "".join(f"{line}\n" for line in dict.fromkeys(lines))
    return text.replace(datetime.now(UTC).date().isoformat(), A_DAY)


def check(*more: str) -> str:
    """Check the tour here, and return what is printed."""
    names = [path.parent.name for path in sorted(Path("annotations").glob("*/tour.toml"))]
    return srcread("check", *names, *more).output


@contextmanager
def copied(prepared: Path) -> Iterator[Path]:
    """Work in a copy of the tour of the examples."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(prepared, Path(folder) / "here", symlinks=True)
        with inside(copy):
            yield copy


def printed_by(example: Example) -> str:
    """Break the rule here, and return the lines about it, of the commands or else of `check`."""
    told = found(lay(example.broken), example.code)
    return told or found(check(), example.code)


def rewrite(page: Path, prepared: Path) -> None:
    """Write rules and what is printed into a page."""
    text = page.read_text("utf-8")
    for code, section in sections(page.stem).items():
        printed = ""
        if code not in BY_HAND:
            with copied(prepared):
                printed = printed_by(example_of(section))
                if not printed:
                    print(f"{code} is not printed, but:\n{check()}", file=sys.stderr)
        body = re.sub(r"\A> .*\n\n", "", section.markdown)
        before = next(iter(re.findall(r"^```text\n(?:(?!```).*\n)*```$|\Z", body, re.MULTILINE)))
        body = body.replace(before, f"```text\n{printed}```", 1) if before else body
        text = text.replace(section.markdown, f"{rule_line(code)}\n\n{body}")
    page.write_text(text, "utf-8")


def _main(families: list[str]) -> None:
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as folder:
        os.environ["SRCREAD_CACHE"] = cache
        prepared = prepare(Path(folder))
        for family in families or FAMILIES:
            rewrite(PAGES / f"{family}.md", prepared)


if __name__ == "__main__":
    _main(sys.argv[1:])
