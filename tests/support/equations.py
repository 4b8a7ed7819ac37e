"""What a drawn equation says, read from its MathML alone as an eye would: back to Python.

It knows the drawing's conventions and none of its tree: brackets are those that are drawn, a
fraction and a script group what is in them, and what follows a large sign belongs to it until a
plus, a comparison, a comma or the end of its brackets.
"""

# ruff: noqa: RUF001 - signs of mathematics look like letters

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from srcread.equations.vocabulary import FOLDS, GREEK

_SIGNS = {
    **{"−": "-", "·": "*", "×": "@", "≠": "!=", "≤": "<=", "≥": ">=", "…": "..."},
    **{"∈": "in", "∉": "not in"},
}
_NAMES = {**{letter: name for name, letter in GREEK.items()}, "∞": "inf"}
_WORDS = {"if", "else", "and", "or", "not", "is", "is not", "in", "not in"}
_ENDS = {*_WORDS, *("+", "-", ",", ")", "]", "=", "!=", "<", "<=", ">", ">=", "|", "^", "&")}
_AROUND = {"||": "abs", "‖‖": "norm"}
_NAME = re.compile(r"[^\W\d][\w.]*")


class _Fold(NamedTuple):
    """A large sign: the function, and what it goes over."""

    name: str
    over: str


_Token = str | _Fold


def read_back(drawing: str) -> str:
    """Return the Python that the drawing of one line says."""
    return _said(_tokens(fromstring(drawing)))


def _tokens(node: Element) -> Iterator[_Token]:
    text, inside = node.text or "", list(node)
    match node.tag:
        case "mi":
            yield _NAMES.get(text, text)
        case "mn" | "mtext":
            yield "%" if text == "mod" else text
        case "mo":
            yield _SIGNS.get(text, text)
        case "mspace":
            yield from ["@"] if node.get("width") == "0.25em" else []
        case "mfrac":
            yield f"(({_all(inside[0])}) / ({_all(inside[1])}))"
        case "msqrt":
            yield f"sqrt({_all(inside[0])})"
        case "msup":
            raised = ".mT" if inside[1].text == "⊤" else f"** ({_all(inside[1])})"
            yield from (*_tokens(inside[0]), raised)
        case "msub":
            yield from (*_tokens(inside[0]), f"[{_all(inside[1])}]")
        case "munder" | "munderover":
            yield _fold(*inside)
        case "mtable":
            yield f"({' else '.join(_said(_case(row)) for row in inside)})"
        case _:
            yield from _row(inside)


def _row(inside: list[Element]) -> Iterator[_Token]:
    around = "".join(node.text or "" for node in (inside[0], inside[-1]) if node.tag == "mo")
    if len(inside) == 3 and around in _AROUND:
        yield f"{_AROUND[around]}({_all(inside[1])})"
    elif len(inside) == 3 and around == "⌊⌋":
        yield _floored(inside[1])
    else:
        for node in inside[inside[0].text == "{" :]:
            yield from _tokens(node)


def _floored(inner: Element) -> str:
    """Return a floor division: of a fraction, or of what stands around the last slash of a line."""
    if inner.tag == "mfrac":
        return f"(({_all(inner[0])}) // ({_all(inner[1])}))"
    parts = [[*_tokens(node)] for node in inner]
    last = max(number for number, part in enumerate(parts) if part == ["/"])
    parts[last] = ["//"]
    return f"({_said(token for part in parts for token in part)})"


def _case(row: Element) -> Iterator[_Token]:
    value, condition = row
    shown, said = f"({_all(value[0])})", [*_tokens(condition[0])]
    return iter([shown] if said == ["else"] else [shown, *said])


def _fold(big: Element, under: Element, *over: Element) -> _Fold:
    name = next(name for name, sign in FOLDS.items() if sign == big.text)
    tokens = [*_tokens(under)]
    if not over:
        depth = 0
        parts: list[list[_Token]] = [[]]
        for token in tokens:
            depth += (token in ("(", "[")) - (token in (")", "]"))
            if token == "," and not depth:
                parts.append([])
            else:
                parts[-1].append(token)
        return _Fold(name, " if ".join(map(_said, parts)))
    place = tokens.index("=")
    index, first, last = _said(tokens[:place]), _said(tokens[place + 1 :]), _all(over[0])
    end = str(int(last) + 1) if last.isdigit() else last.removesuffix(" - 1")
    end = f"{end} + 1" if end == last else end
    return _Fold(name, f"{index} in range({'' if first == '0' else f'{first}, '}{end})")


def _all(node: Element) -> str:
    return _said(_tokens(node))


def _said(tokens: Iterator[_Token] | list[_Token] | Iterator[str] | list[str]) -> str:
    """Join tokens; the last large sign is closed first, for others may stand before it."""
    found: list[_Token] = list(tokens)
    for place in reversed(range(len(found))):
        fold = found[place]
        if isinstance(fold, _Fold):
            end = next(_ends(found, place + 1), len(found))
            body = _said(found[place + 1 : end])
            found[place:end] = [f"{fold.name}(({body}) for {fold.over})"]
    return " ".join(_compared(list(map(str, found))))


def _ends(tokens: list[_Token], start: int) -> Iterator[int]:
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        if not depth and token in _ENDS:
            yield place
        depth += (token in ("(", "[")) - (token in (")", "]"))


def _compared(tokens: list[str]) -> Iterator[str]:
    """Tell a comparison's sign from a keyword's, which stands behind the first name in a call."""
    calls: list[bool] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if token == "(":
            calls.append(bool(_NAME.fullmatch(before)) and before not in _WORDS)
        elif token == ")":
            calls.pop()
        is_given = calls[-1:] == [True] and tokens[place - 2] in ("(", ",")
        yield "==" if token == "=" and not is_given else token
