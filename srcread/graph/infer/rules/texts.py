"""Texts that are put together from texts that are known: `"visit_" + name`, `f"visit_{name}"`.

They choose what `getattr` and tables give. A format or a conversion hides what a part becomes.

For example, `getattr(self, "visit_" + kind)` where `kind` may be "call" or "name": `joined` answers
the texts "visit_call" and "visit_name", so the call reaches these two methods. Of more than 64
texts none is told (widening).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from srcread.graph.infer.values import Constant, Values

_MOST = 64


def joined(parts: Sequence[Values]) -> Values:
    """Return all texts that the parts make; empty where a part is not only known texts."""
    texts = [
        sorted(value.value for value in part if isinstance(value, Constant) and value.value)
        for part in parts
    ]
    known = all(text and len(text) == len(part) for text, part in zip(texts, parts, strict=True))
    if not known or prod(map(len, texts)) > _MOST:
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
