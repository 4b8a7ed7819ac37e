"""An expression as it is drawn on one line: fractions, roots, powers, indices, sums, cases.

Brackets stand where Python's precedence needs them and the drawing does not group: none around a
numerator, around what is raised, or around what stands below a sign. Some are added that Python
need not have, where an eye would group otherwise: around a minus behind another sign, around a sum
that something follows, around `a % b` and operators of bits beside others, around `a * b` in front
of `@`, and around a comparison by `==` inside an equation, for `==` is drawn as `=`.

For example, `(a + b) / 2 * c` is a fraction, a point and c: no bracket; `-x ** 2` is a minus and a
power, `(-x) ** 2` has its bracket.

`q @ k` is written side by side, as matrices are, and with × where a bracket would make it look like
a call; `a * b` has a point. In an exponent and an index a division is on one line.
"""

# ruff: noqa: RUF001, RUF002 - signs of mathematics look like letters

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from srcread.equations import boxes
from srcread.equations.boxes import NOTHING, Box
from srcread.equations.names import dotted
from srcread.equations.vocabulary import FOLDS, GREEK, word_of

ANY, OR, AND, NOT, COMPARED, BITS, SUM, PRODUCT, SIGNED, POWER, BASE, INDEXED = range(12)
"""How tightly a drawing binds. BASE is what may be raised, INDEXED what may have an index."""

_SIGNS = {
    **{ast.Add: "+", ast.Sub: "−", ast.Mult: "·", ast.Mod: "mod", ast.Div: "/"},
    **{ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.LShift: "<<", ast.RShift: ">>"},
}
_LEVELS: dict[type[ast.operator], int] = {
    **dict.fromkeys((ast.Add, ast.Sub), SUM),
    **dict.fromkeys((ast.Mult, ast.MatMult, ast.Div), PRODUCT),
}
_COMPARED: dict[type[ast.cmpop], str] = {
    **{ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥"},
    **{ast.In: "∈", ast.NotIn: "∉"},
}
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "−", ast.UAdd: "+", ast.Invert: "~"}

AROUND = {"abs": "|", "norm": "‖"}
"""The functions that are drawn as a sign on both sides of what they are given."""

_EXPONENT = re.compile(r"e([+-])0+(?=\d)")


class Place(NamedTuple):
    """Where an expression stands: how tightly it must bind there, and what is around it.

    `first` tells that no sign stands before it, `last` that nothing goes on behind it; `states`
    that a comparison may stand there bare, and `flat` that a division is on one line.
    """

    level: int = ANY
    first: bool = True
    last: bool = True
    states: bool = False
    flat: bool = False


class Piece(NamedTuple):
    """A part of a chain: what stands in front of it, and the part in its place."""

    sign: Box
    node: ast.expr
    place: Place


TOP = Place()
STATED = Place(states=True)
_SCRIPT = Place(flat=True)


def draw(node: ast.expr, place: Place = TOP) -> Box:
    """Return an expression as it stands in a place, with brackets if it needs them."""
    if is_enclosed(node, place):
        return boxes.enclosed(bare(node, inside(place)), "(", ")")
    return bare(node, place)


def inside(place: Place) -> Place:
    """Return the place in brackets: anything may stand there."""
    return Place(flat=place.flat)


def is_enclosed(node: ast.expr, place: Place) -> bool:
    """Tell whether an expression has brackets in this place."""
    match node:
        case ast.Compare(ops=signs) if not place.states:
            if any(isinstance(one, ast.Eq) for one in signs):
                return True
        case ast.UnaryOp(op=sign) if type(sign) in _UNARY and not place.first:
            return True
    return _binds(node, place) < place.level


def bare(node: ast.expr, place: Place) -> Box:
    """Return an expression without brackets of its own."""
    if pieces := pieces_of(node, place):
        return boxes.row(*(box for one in pieces for box in (one.sign, draw(*one[1:]))))
    match node:
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return boxes.raised(draw(left, based(BASE, place)), script(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return boxes.fraction(draw(left), draw(right))
        case ast.BinOp(op=ast.FloorDiv()):
            return boxes.enclosed(bare(divided(node), place), "⌊", "⌋")
        case ast.IfExp():
            return cases([(draw(v), draw(t, STATED) if t else None) for v, t in branches(node)])
        case ast.Tuple(elts=parts):
            return boxes.enclosed(_listed(parts), "(", ")")
        case ast.List(elts=parts):
            return boxes.enclosed(_listed(parts, alone=False), "[", "]")
        case ast.Subscript(value=value, slice=index):
            return boxes.lowered(draw(value, based(INDEXED, place)), script(index))
        case ast.Call():
            return _call(node, place)
        case ast.Constant():
            return _constant(node)
    return _name(node, place)


def pieces_of(node: ast.expr, place: Place) -> list[Piece]:
    """Return the parts of a chain of signs, in order; none where an expression is no chain.

    For example, `a - b + c` has three, and `a * (b + c)` has two.
    """
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [Piece(boxes.word("not"), operand, place._replace(level=NOT))]
        case ast.UnaryOp(op=sign, operand=operand):
            return [Piece(boxes.mark(_UNARY[type(sign)]), operand, Place(POWER, False, place.last))]
        case ast.BoolOp(op=sign, values=values):
            is_and = isinstance(sign, ast.And)
            word, level = boxes.word("and" if is_and else "or"), NOT if is_and else AND
            inner = Place(level, states=place.states)
            return [Piece(word if number else NOTHING, v, inner) for number, v in enumerate(values)]
        case ast.Compare(left=left, ops=signs, comparators=others):
            shown = [NOTHING, *map(_comparison, signs)]
            inner = Place(BITS, flat=place.flat)
            return [Piece(s, one, inner) for s, one in zip(shown, (left, *others), strict=True)]
        case ast.BinOp(op=sign) if _is_chained(sign, place):
            return _operated(node, place)
    return []


def branches(node: ast.expr) -> list[tuple[ast.expr, ast.expr | None]]:
    """Return the values of a conditional with their tests, down to the one without."""
    found: list[tuple[ast.expr, ast.expr | None]] = []
    while isinstance(node, ast.IfExp):
        found.append((node.body, node.test))
        node = node.orelse
    return [*found, (node, None)]


def cases(pairs: Sequence[tuple[Box, Box | None]]) -> Box:
    """Return values with their conditions, the last of them without one."""
    rows = [
        (value, boxes.row(boxes.word("if"), test) if test else boxes.word("else"))
        for value, test in pairs
    ]
    return boxes.row(boxes.mark("{"), boxes.table(rows))


def divided(node: ast.BinOp) -> ast.BinOp:
    """Return a floor division as a division."""
    return ast.BinOp(node.left, ast.Div(), node.right)


def based(level: int, place: Place) -> Place:
    """Return the place of what is raised, or has an index: something follows."""
    return Place(level, last=False, flat=place.flat)


def script(node: ast.expr) -> Box:
    """Return what is raised or lowered: on one line, and a tuple without its brackets."""
    match node:
        case ast.Tuple(elts=parts) if len(parts) > 1:
            return boxes.joined([script(part) for part in parts], boxes.mark(","))
        case ast.Slice(lower=lower, upper=upper, step=step):
            ends = [lower, upper, *([step] if step else [])]
            drawn = [draw(end, _SCRIPT) if end else NOTHING for end in ends]
            return boxes.row(
                *drawn[:1], *(box for end in drawn[1:] for box in (boxes.mark(":"), end))
            )
    return draw(node, _SCRIPT)


def fold_of(node: ast.Call) -> tuple[list[Box], ast.expr] | None:
    """Return the signs of a sum over a comprehension, or its like, and what it goes over."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as made]) if name in FOLDS:
            return [_folded(FOLDS[name], one) for one in made.generators], made.elt
    return None


def folding(place: Place) -> Place:
    """Return the place of what a sum adds up: a product, or in brackets."""
    return Place(PRODUCT, first=False, last=place.last, flat=place.flat)


def arguments(node: ast.Call) -> list[Piece]:
    """Return what a call is given: a keyword with its name in front."""
    given = [Piece(NOTHING, one, TOP) for one in node.args]
    for one in node.keywords:
        given.append(Piece(boxes.row(boxes.name(one.arg or ""), boxes.sign("=")), one.value, TOP))
    return given


def function_name(node: ast.Call) -> Box:
    """Return the name that a call calls."""
    return _name(node.func, Place(INDEXED))


def is_choice(node: ast.Call) -> bool:
    """Tell whether a call is `where` of a test and two values, which is drawn as cases."""
    return word_of(dotted(node.func) or "") == "where" and len(node.args) == 3 and not node.keywords


def _binds(node: ast.expr, place: Place) -> int:
    match node:
        case ast.IfExp():
            return ANY
        case ast.BoolOp(op=sign):
            return AND if isinstance(sign, ast.And) else OR
        case ast.UnaryOp(op=sign):
            return NOT if isinstance(sign, ast.Not) else SIGNED
        case ast.Compare():
            return COMPARED
        case ast.BinOp(op=ast.FloorDiv()):
            return INDEXED
        case ast.BinOp(op=sign):
            return _LEVELS.get(type(sign), BITS) if _is_chained(sign, place) else POWER
        case ast.Attribute(attr="T" | "mT"):
            return POWER
        case ast.Subscript():
            return BASE
        case ast.Call():
            return _binds_called(node, place)
    return INDEXED


def _binds_called(node: ast.Call, place: Place) -> int:
    if fold_of(node) is not None:
        return INDEXED if place.last else BITS
    return ANY if is_choice(node) else INDEXED


def _is_chained(sign: ast.operator, place: Place) -> bool:
    """Tell whether a sign stands on the line: a fraction and a power do not."""
    return type(sign) in (ast.MatMult, *_SIGNS) and (place.flat or not isinstance(sign, ast.Div))


def _operated(node: ast.BinOp, place: Place) -> list[Piece]:
    level = _LEVELS.get(type(node.op), BITS)
    own, behind = _around(node, level)
    before = Place(own, place.first, last=False, flat=place.flat)
    after = Place(behind, first=False, last=place.last, flat=place.flat)
    left = [] if is_enclosed(node.left, before) else _same(node.left, level, before)
    sign = _operator(node.op, draw(node.right, after))
    return [*(left or [Piece(NOTHING, node.left, before)]), Piece(sign, node.right, after)]


def _around(node: ast.BinOp, level: int) -> tuple[int, int]:
    """Return how tightly the operands of a sign must bind: what stands before it, and behind."""
    match node:
        case ast.BinOp(op=ast.Mod()):
            return PRODUCT, SIGNED
        case ast.BinOp(left=ast.BinOp(op=ast.Mult() | ast.Div()), op=ast.MatMult()):
            return SIGNED, SIGNED
    return (level, level + 1) if level > BITS else (SUM, SUM)


def _same(node: ast.expr, level: int, place: Place) -> list[Piece]:
    """Return the parts of a left operand that is a chain of signs of the same level."""
    match node:
        case ast.BinOp(op=sign) if _is_chained(sign, place) and _LEVELS.get(type(sign)) == level:
            return _operated(node, place)
    return []


def _operator(sign: ast.operator, right: Box) -> Box:
    if isinstance(sign, ast.MatMult):
        is_like_a_call = right.markup.startswith("<mrow><mo>(")
        return boxes.sign("×") if is_like_a_call else boxes.gap(0.25)
    shown = _SIGNS[type(sign)]
    return boxes.word(shown) if shown.isalpha() else boxes.sign(shown)


def _comparison(sign: ast.cmpop) -> Box:
    if isinstance(sign, ast.Is | ast.IsNot):
        return boxes.word("is" if isinstance(sign, ast.Is) else "is not")
    return boxes.sign(_COMPARED[type(sign)])


def _listed(parts: Sequence[ast.expr], *, alone: bool = True) -> Box:
    """Return parts with commas between them; one alone has a comma, as Python's tuple has."""
    drawn = boxes.joined([draw(part) for part in parts], boxes.mark(","))
    return boxes.row(drawn, boxes.mark(",")) if alone and len(parts) == 1 else drawn


def _call(node: ast.Call, place: Place) -> Box:
    if (fold := fold_of(node)) is not None:
        return boxes.row(*fold[0], draw(fold[1], folding(place)))
    word = word_of(dotted(node.func) or "")
    match node:
        case ast.Call(args=[one], keywords=[]) if word == "sqrt":
            return boxes.root(draw(one))
        case ast.Call(args=[one], keywords=[]) if word in AROUND:
            return boxes.enclosed(draw(one), AROUND[word], AROUND[word])
        case ast.Call(args=[test, value, other]) if is_choice(node):
            return cases([(draw(value), draw(test, STATED)), (draw(other), None)])
    given = [boxes.row(one.sign, draw(one.node, one.place)) for one in arguments(node)]
    return boxes.row(
        function_name(node), boxes.enclosed(boxes.joined(given, boxes.mark(",")), "(", ")")
    )


def _folded(big: str, over: ast.comprehension) -> Box:
    """Return a large sign with its indices: from and to where that is a range, else in what."""
    index = _listed_bare(over.target)
    match over:
        case ast.comprehension(
            iter=ast.Call(func=ast.Name(id="range"), args=[*ends], keywords=[]), ifs=[]
        ) if 1 <= len(ends) <= 2:
            first = draw(ends[0], _SCRIPT) if len(ends) == 2 else boxes.number("0")
            below = boxes.row(index, boxes.sign("="), first)
            return boxes.folded(big, below, _one_less(ends[-1]))
    tests = [box for one in over.ifs for box in (boxes.mark(","), draw(one, STATED))]
    among = draw(over.iter, Place(BITS, flat=True))
    return boxes.folded(big, boxes.row(index, boxes.sign("∈"), among, *tests))


def _listed_bare(target: ast.expr) -> Box:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return boxes.joined([draw(part) for part in parts], boxes.mark(","))


def _one_less(end: ast.expr) -> Box:
    """Return the last of a range that ends before this."""
    match end:
        case ast.Constant(value=int(number)):
            return boxes.number(str(number - 1))
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=1)):
            return draw(left, _SCRIPT)
    return draw(ast.BinOp(end, ast.Sub(), ast.Constant(1)), _SCRIPT)


def _constant(node: ast.Constant) -> Box:
    match node.value:
        case bool() | None:
            return boxes.name(str(node.value))
        case int() | float() as value:
            return boxes.number(_EXPONENT.sub(r"e\1", repr(value)))
        case str() as value:
            return boxes.text(repr(value))
    return boxes.mark("…")


def _name(node: ast.expr, place: Place) -> Box:
    match node:
        case ast.Name(id="inf"):
            return boxes.name("∞")
        case ast.Name(id=name):
            return boxes.name(GREEK.get(name, name))
        case ast.Attribute(value=value, attr="T" | "mT"):
            return boxes.raised(draw(value, based(BASE, place)), boxes.mark("⊤"))
        case ast.Attribute(value=value, attr=attr):
            if whole := dotted(node):
                return boxes.name(whole)
            return boxes.row(draw(value, based(INDEXED, place)), boxes.name(f".{attr}"))
    raise TypeError(type(node).__name__)  # `srcread.equations.syntax` lets nothing else pass
