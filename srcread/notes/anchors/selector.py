"""Text to selectors and back: `if need_weights > call softmax`, `assign a .. assign b`.

The grammar, and nothing about code: whether a place answers to a selector is `find`'s business.
A regular expression cuts tokens and one small class reads them; a parser generator would be
longer than the grammar.

    selector := path [ ".." path ]
    path     := step { ">" step }
    step     := KIND [NAME {"," NAME}] ["#" n]
              | "call" CALLEE "(" NAME ")" ["#" n]
              | "assign" TARGET {"," TARGET} "=" NAME ["#" n]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from srcread.errors import SelectorError, did_you_mean
from srcread.model import Selector, SelectorStep

# fmt: off
KINDS = (
    "def", "param", "doc", "decorator", "assign", "call", "if", "elif", "else", "for", "while",
    "with", "try", "except", "finally", "match", "return", "raise", "assert", "del", "import",
    "expr", "yield", "pass", "break", "continue", "global", "nonlocal",
)
# fmt: on
NAMELESS = frozenset({"doc", "try", "finally", "pass", "break", "continue"})

_WORD = r"[^\W\d]\w*(?:\[\]|\(\)(?=\.|\[\]|\(\)))*"  # x, x[], and super() in super().x
_TOKEN = re.compile(
    rf"(?P<name>{_WORD}(?:\.{_WORD})*)|(?P<number>\d+)|(?P<sign>\.\.|[>,=()#])|(?P<bad>\S)"
)
_AFTER_STEP = "',', '#', '>' or '..'"


def parse_selector(text: str) -> Selector:
    """Parse a selector.

    Raises:
        SelectorError: the text is none; the message names the column, what was expected there
            and what stands there.
    """
    reader = _Reader(text)
    start = reader.path()
    end = reader.path() if reader.take("..") else None
    reader.finish()
    return Selector(text.strip(), start, end)


def format_selector(
    start: Sequence[SelectorStep], end: Sequence[SelectorStep] | None = None
) -> str:
    """Write a selector's steps as the text that parses to them."""
    text = " > ".join(map(_format_step, start))
    return text if end is None else f"{text} .. {format_selector(end)}"


def _format_step(step: SelectorStep) -> str:
    text = step.kind + (f" {', '.join(step.names)}" if step.names else "")
    text += f"({step.argument})" if step.argument else ""
    text += f" = {step.value}" if step.value else ""
    return text + (f" #{step.count}" if step.count else "")


class _Token(NamedTuple):
    what: str
    text: str
    column: int


class _Reader:
    """Reads a selector's tokens from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [
            _Token(match.lastgroup or "", match.group(), match.start() + 1)
            for match in _TOKEN.finditer(text)
        ]
        self.tokens.append(_Token("end", "", len(text.rstrip()) + 1))
        self.place = 0

    def path(self) -> tuple[SelectorStep, ...]:
        steps = [self.step()]
        while self.take(">"):
            steps.append(self.step())
        return tuple(steps)

    def step(self) -> SelectorStep:
        kind = self.kind()
        names = self.names(kind)
        argument = value = None
        if kind == "call" and len(names) == 1 and self.take("("):
            argument = self.name("the name of an argument")
            self.expect(")")
        elif kind == "assign" and names and self.take("="):
            value = self.name("a name on the right side")
        return SelectorStep(kind, names, argument, value, self.count())

    def kind(self) -> str:
        token = self.tokens[self.place]
        if token.what != "name":
            self.fail("a kind, such as 'if' or 'call'")
        if token.text not in KINDS:
            near = did_you_mean(token.text, KINDS) or f" The kinds are: {' '.join(KINDS)}."
            raise SelectorError(
                f"{self.text!r}, column {token.column}: unknown kind {token.text!r}.{near}"
            )
        self.place += 1
        return token.text

    def names(self, kind: str) -> tuple[str, ...]:
        token = self.tokens[self.place]
        if token.what != "name":
            return ()
        if kind in NAMELESS:
            raise SelectorError(
                f"{self.text!r}, column {token.column}: {kind!r} takes no name, "
                f"found {token.text!r}. Name what encloses it: 'KIND NAME > {kind}'."
            )
        names = [self.name("a name")]
        while self.take(","):
            names.append(self.name("another name"))
        return tuple(names)

    def count(self) -> int | None:
        if not self.take("#"):
            return None
        token = self.tokens[self.place]
        if token.what != "number" or len(token.text) > 6 or int(token.text) < 1:
            self.fail("a count from 1 on")
        self.place += 1
        return int(token.text)

    def name(self, expected: str) -> str:
        token = self.tokens[self.place]
        name = unicodedata.normalize("NFKC", token.text)  # as Python's parser does (PEP 3131)
        parts = re.findall(r"[^.\[\]()]+", name)  # the letter ¼ is none then
        if token.what != "name" or not all(part.isidentifier() for part in parts):
            self.fail(expected)
        self.place += 1
        return name

    def take(self, sign: str) -> bool:
        token = self.tokens[self.place]
        found = token.what == "sign" and token.text == sign
        self.place += found
        return found

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            self.fail(repr(sign))

    def finish(self) -> None:
        if self.tokens[self.place].what != "end":
            self.fail(f"{_AFTER_STEP} or the end")

    def fail(self, expected: str) -> NoReturn:
        token = self.tokens[self.place]
        found = repr(token.text) if token.what != "end" else "the end"
        raise SelectorError(
            f"{self.text!r}, column {token.column}: expected {expected}, found {found}."
        )
