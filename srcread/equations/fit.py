"""The equations of a fence, laid in lines that are no wider than a note.

MathML does not break lines by itself, and a note's column shows no scroll box. So what is wider is
broken as a formatter breaks Python: behind the equals sign, before a sign of a chain, behind a
comma, inside brackets; a fraction above and below its line. Right sides stand beside their left
sides, with equals signs below each other, unless they take fewer lines below them. What cannot be
broken, a very long name, is too wide: `check` says so, and a page shows it as code.

For example, in little room `y = f(a, b) + c` is `y = f(`, below it `a, b)`, and below that `+ c`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from srcread.equations import boxes
from srcread.equations.boxes import NOTHING, Box
from srcread.equations.draw import (
    AROUND,
    BASE,
    STATED,
    TOP,
    Piece,
    Place,
    arguments,
    based,
    branches,
    cases,
    draw,
    fold_of,
    folding,
    function_name,
    inside,
    is_choice,
    is_enclosed,
    pieces_of,
    script,
)
from srcread.equations.names import dotted
from srcread.equations.syntax import Equation
from srcread.equations.vocabulary import word_of

ROOM = 17.5
"""Width of a line, in em of a note's text: the narrowest column, on a phone or not, has 18."""

_INDENT = 1.0
_LEFT = 0.45
"""The share of the room that left sides may take if lines are to stand beside them."""


class Drawn(NamedTuple):
    """A fence as MathML; `fits` tells that no line is wider than a note."""

    markup: str
    fits: bool


def drawn(equations: Sequence[Equation], source: str) -> Drawn:
    """Return the equations of a fence as one `<math>`, with its source as the text in its place."""
    below = boxes.stack([line for one in equations for line in _below(one)])
    beside = _beside(equations)
    box = below if beside is None or below.lines < beside.lines else beside
    text = "\n".join(line.rstrip() for line in source.strip().split("\n"))
    alternative = escape(" ".join(text.split()), quote=False).replace('"', "&quot;")
    markup = (
        f'<math display="block" alttext="{alternative}"><semantics>{box.markup}'
        f'\n<annotation encoding="text/x-python">{escape(text, quote=False)}</annotation>'
        "</semantics></math>"
    )
    return Drawn(markup, box.width <= ROOM)


def _beside(equations: Sequence[Equation]) -> Box | None:
    """Return right sides beside their left sides, None where there is no room for that."""
    if any(one.target is None for one in equations):
        return None
    lefts = [_left(one) for one in equations]
    widest, equals = (
        max(box.width for box in lefts),
        boxes.row(boxes.gap(0.25), boxes.sign("="), boxes.gap(0.25)),
    )
    if len(equations) == 1:
        whole = boxes.row(lefts[0], boxes.sign("="), draw(equations[0].value))
        if whole.width <= ROOM:
            return whole
    room = ROOM - widest - equals.width
    found = [fit(one.value, TOP, room) for one in equations]
    if widest > _LEFT * ROOM or any(line.width > room for lines in found for line in lines):
        return None
    rows: list[tuple[Box, Box, Box]] = []
    for left, (first, *rest) in zip(lefts, found, strict=True):
        rows += [(left, equals, first), *((NOTHING, NOTHING, line) for line in rest)]
    return boxes.table(rows)


def _below(equation: Equation) -> list[Box]:
    """Return an equation on a line, else its left side and, below, the lines of its right side."""
    if equation.target is None:
        return fit(equation.value, STATED, ROOM)
    left = boxes.row(_left(equation), boxes.sign("="))
    whole = boxes.row(left, draw(equation.value))
    if whole.width <= ROOM:
        return [whole]
    return [left, *_indented(fit(equation.value, TOP, ROOM - _INDENT))]


def _left(equation: Equation) -> Box:
    match equation.target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if len(parts) > 1:
            return boxes.joined([draw(part) for part in parts], boxes.mark(","))
        case None:
            return NOTHING
    return draw(equation.target)


def fit(node: ast.expr, place: Place, room: float) -> list[Box]:
    """Return an expression in a place in as few lines as the room allows."""
    whole = draw(node, place)
    if whole.width <= room:
        return [whole]
    if is_enclosed(node, place):
        return _enclosed(_broken(node, inside(place), room - 1), "(", ")")
    return _broken(node, place, room)


def _broken(node: ast.expr, place: Place, room: float) -> list[Box]:
    """Return the lines of an expression that is too wide for one, without brackets of its own."""
    if pieces := pieces_of(node, place):
        return _filled(pieces, room)
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            halves = (boxes.stack(fit(half, TOP, room - 0.2)) for half in (left, right))
            return [boxes.fraction(*halves)]
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            above = script(right)
            *lines, last = fit(left, based(BASE, place), room - above.width)
            return [*lines, boxes.raised(last, above)]
        case ast.IfExp():
            return [_cases(node, room - 1)]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            given = [Piece(NOTHING, part, TOP) for part in parts]
            if isinstance(node, ast.List):
                return _enclosed(_filled(given, room - 1, ","), "[", "]")
            return _enclosed(_filled(given, room - 1, ","), "(", ",)" if len(parts) == 1 else ")")
        case ast.Call():
            return _call(node, place, room)
    return [draw(node, place)]


def _filled(pieces: Sequence[Piece], room: float, comma: str = "") -> list[Box]:
    """Return lines of pieces as long as there is room; each piece but the last ends in a comma."""
    lines: list[Box] = []
    current = NOTHING
    for number, (sign, node, place) in enumerate(pieces):
        end = boxes.mark(comma) if comma and number < len(pieces) - 1 else NOTHING
        whole = boxes.row(sign, draw(node, place), end)
        if current.markup and current.width + whole.width > room:
            lines.append(current)
            current = NOTHING
            sign = boxes.row(sign, boxes.gap(0.2)) if sign.markup else sign
        if current.markup or whole.width <= room:
            current = boxes.row(current, sign, draw(node, place), end)
            continue
        *before, last = _prefixed(sign, fit(node, place, room - sign.width - end.width))
        lines += before
        current = boxes.row(last, end)
    return [*lines, current]


def _call(node: ast.Call, place: Place, room: float) -> list[Box]:
    """Return a call as code is laid out: its name, and below it what it is given."""
    if (fold := fold_of(node)) is not None:
        signs = boxes.row(*fold[0])
        return _prefixed(signs, fit(fold[1], folding(place), room - signs.width))
    word = word_of(dotted(node.func) or "")
    match node:
        case ast.Call(args=[one], keywords=[]) if word == "sqrt":
            return [boxes.root(boxes.stack(fit(one, TOP, room - 1)))]
        case ast.Call(args=[one], keywords=[]) if word in AROUND:
            return _enclosed(fit(one, TOP, room - 1), AROUND[word], AROUND[word])
        case ast.Call(args=[test, value, other]) if is_choice(node):
            return [_cases(ast.IfExp(test, value, other), room - 1)]
    *lines, last = _filled(arguments(node), room - _INDENT - 0.5, ",")
    head = boxes.row(function_name(node), boxes.mark("("))
    return [head, *_indented([*lines, boxes.row(last, boxes.mark(")"))])]


def _cases(node: ast.IfExp, room: float) -> Box:
    """Return cases with each condition behind its value, or below it where that is too wide."""
    found = branches(node)
    beside = cases([(draw(v), draw(t, STATED) if t else None) for v, t in found])
    if beside.width <= room:
        return beside
    lines: list[Box] = []
    for value, test in found:
        lines += fit(value, TOP, room)
        given = fit(test, STATED, room - 2) if test else [NOTHING]
        lines += _indented(_prefixed(boxes.word("if" if test else "else"), given))
    return boxes.row(boxes.mark("{"), boxes.stack(lines))


def _enclosed(lines: Sequence[Box], left: str, right: str) -> list[Box]:
    *before, last = _prefixed(boxes.mark(left), lines)
    return [*before, boxes.row(last, *map(boxes.mark, right))]


def _prefixed(sign: Box, lines: Sequence[Box]) -> list[Box]:
    """Return lines with a sign before the first, the others as far in as that makes it."""
    if not sign.markup:
        return [*lines]
    return [
        boxes.row(sign, lines[0]),
        *(boxes.row(boxes.gap(sign.width), one) for one in lines[1:]),
    ]


def _indented(lines: Sequence[Box]) -> list[Box]:
    return [boxes.row(boxes.gap(_INDENT), line) for line in lines]
