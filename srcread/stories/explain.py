"""The story of `check --explain`: the section of docs/findings that is about one code.

The pages are Markdown of few forms, written for a repository's page: a heading for each code, a
quoted line with its rule, paragraphs, and fences whose info string names a language and a file.
Here they become plain lines for a terminal, and stay as they are for SARIF. They travel in the
wheel, beside the templates.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from srcread.errors import NotFoundError, did_you_mean
from srcread.notes.format.codes import RULES, Rule
from srcread.support.resources import resources

FOLDER = "docs/findings"

_FAMILY = re.compile(r"[A-Z]+")
_HEADING = re.compile(r"^## ([A-Z]+\d{3})\n", re.MULTILINE)
_PART = re.compile(
    r"^(?P<fence>`{3,})(?P<info>.*)\n(?P<text>(?:.*\n)*?)(?P=fence)$"
    r"|(?P<paragraph>(?:^(?!```).+\n)+)",
    re.MULTILINE,
)
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)")
_INDENT = " " * 4
_UNWRAPPED = 10_000


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of a section: `language` and `file` as its info string has them, and its text."""

    language: str
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one rule: its Markdown below the heading."""

    code: str
    markdown: str

    @property
    def parts(self) -> tuple[Fence | str, ...]:
        """The paragraphs, each of one line, and the fences, in order; no fence holds another."""
        return tuple(_parts(self.markdown))


def family_of(code: str) -> str:
    """Return the letters of a code: `NOTE` of `NOTE022`."""
    found = _FAMILY.match(code)
    return found[0] if found else ""


def page_of(family: str) -> Path:
    """Return the page about the codes of a family."""
    return resources(FOLDER) / f"{family}.md"


@cache
def sections(family: str) -> dict[str, Section]:
    """Return the sections of a family's page by their codes, in order."""
    found = _HEADING.split(page_of(family).read_text("utf-8"))
    return {code: Section(code, text.strip("\n") + "\n") for code, text in _pairs(found[1:])}


def explain(asked: str, width: int) -> Iterator[str]:
    """Yield the lines about a code, or the rules of a family, no longer than `width` if words are.

    Raises:
        NotFoundError: there is no such code; the message offers the nearest.
    """
    code = asked.strip().upper()
    rules = [rule for rule in RULES.values() if family_of(rule.code) == code]
    if rules:
        yield from (line for rule in rules for line in _rule(rule, width))
    elif code in RULES:
        yield code
        yield ""
        yield from _plain(sections(family_of(code))[code], width)
    else:
        families = sorted({family_of(known) for known in RULES})
        near = did_you_mean(code, [*RULES, *families])
        hint = near or f" Families are: {', '.join(families)}."
        raise NotFoundError(f"There is no rule {asked!r}.{hint}")


def help_of(code: str) -> tuple[str, str]:
    """Return what is said of a rule, as plain text and as Markdown that links to nothing."""
    section = sections(family_of(code))[code]
    return "\n".join(_plain(section, _UNWRAPPED)), _LINK.sub(r"\1", section.markdown)


def _pairs(found: list[str]) -> Iterator[tuple[str, str]]:
    return zip(found[::2], found[1::2], strict=True)


def _rule(rule: Rule, width: int) -> list[str]:
    head = f"{rule.code:8}  {rule.severity.value:7}  "
    return _wrapped(head + rule.sentence, width, " " * len(head))


def _parts(markdown: str) -> Iterator[Fence | str]:
    for part in _PART.finditer(markdown):
        if part["paragraph"]:
            yield " ".join(line.strip() for line in part["paragraph"].splitlines())
        else:
            language, _, file = part["info"].partition(" ")
            yield Fence(language, file, part["text"])


def _plain(section: Section, width: int) -> Iterator[str]:
    for number, part in enumerate(section.parts):
        if number:
            yield ""
        if isinstance(part, Fence):
            yield from _fence(part, width)
        else:
            words = _LINK.sub(r"\1", part.removeprefix("> ")).replace("**", "")
            yield from _wrapped(words, width)


def _fence(fence: Fence, width: int) -> Iterator[str]:
    """Yield a block behind a margin: code as it is, what is printed wrapped."""
    if fence.file:
        yield f"{_INDENT}-- {fence.file} --"
    for line in fence.text.splitlines():
        if fence.language == "text":
            yield from _wrapped(_INDENT + line, width, _INDENT * 2)
        else:
            yield f"{_INDENT}{line}".rstrip()


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
