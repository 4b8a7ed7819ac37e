"""Texts that are made of texts that are known: `"visit_" + name`, `name.rsplit(".", 1)`.

They choose what `getattr` and tables give. A format or a conversion hides what a part becomes. Of a
text's methods those are followed that only cut it or change its letters.

For example, `getattr(self, "visit_" + kind)` where `kind` may be "call" or "name": `joined` answers
the texts "visit_call" and "visit_name", so the call reaches these two methods. Of more than 64
texts none is told (widening). `"a.b.C".rsplit(".", 1)` is the pair "a.b" and "C", by `by_method`,
and `"nn.GELU"[3:]` is "GELU", by `cut_out`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod

from srcread.graph.infer.rules.lists import taken_by
from srcread.graph.infer.values import NOTHING, Constant, ExternalInstance, Values, known
from srcread.graph.infer.values import Sequence as Listed

_MOST = 64
_TEXT = ExternalInstance("builtins.str")
_CHANGING = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix"}
)
"""None that could make a text longer each time that a loop comes by."""
_CUTTING = frozenset({"split", "rsplit", "partition", "rpartition", "splitlines"})


def joined(parts: Sequence[Values]) -> Values:
    """Return all texts that the parts make; empty where a part is not only known texts."""
    texts = [
        sorted(value.value for value in part if isinstance(value, Constant) and value.value)
        for part in parts
    ]
    told = all(text and len(text) == len(part) for text, part in zip(texts, parts, strict=True))
    if not told or prod(map(len, texts)) > _MOST:
        return frozenset()
    return frozenset(Constant("".join(chosen)) for chosen in product(*texts))


def formatted(node: ast.JoinedStr, evaluate: Callable[[ast.expr], Values]) -> Values:
    """Return the texts that an f-string makes; empty where they are not known."""
    parts: list[Values] = []
    for part in node.values:
        match part:
            case ast.Constant(value=str(text)):
                parts.append(frozenset({Constant(text)}))
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                parts.append(evaluate(value))
            case _:
                return frozenset()
    return joined(parts)


def by_method(name: str, receiver: Values, node: ast.Call) -> Values:
    """Return what a method of a text gives of texts that are known; NOTHING where one is not."""
    method = name.removeprefix("builtins.str.")
    texts = [value.value for value in receiver if isinstance(value, Constant) and value.value]
    others = receiver & {_TEXT}
    is_told = 0 < len(texts) == len(known(receiver - others)) <= _MOST
    if not is_told or method not in _CHANGING | _CUTTING or node.keywords:
        return NOTHING
    if not all(isinstance(argument, ast.Constant) for argument in node.args):
        return NOTHING
    given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    cut = others if method in _CHANGING else NOTHING
    return cut.union(_applied(sorted(texts), method, given))


def cut_out(texts: Values, node: ast.Slice) -> Values:
    """Return the parts of texts that a slice takes; an empty one names nothing."""
    taken = taken_by(node)
    told = [value.value for value in texts if isinstance(value, Constant) and value.value]
    parts = {text[taken] for text in told} - {""} if taken and len(told) <= _MOST else ()
    return frozenset(map(Constant, parts)) or (frozenset({_TEXT}) if told else NOTHING)


def _applied(
    texts: Sequence[str], method: str, given: Sequence[object]
) -> Iterator[Constant | Listed]:
    """Yield what Python's own method gives of each text: nothing of the read code runs."""
    for text in texts:
        try:
            made = getattr(text, method)(*given)
        except (TypeError, ValueError):
            continue  # the call fails when it runs
        if isinstance(made, str):
            yield Constant(made)
        elif len(made) <= _MOST:
            positions = tuple(frozenset({Constant(part)}) for part in made)
            yield Listed(NOTHING.union(*positions), positions)
