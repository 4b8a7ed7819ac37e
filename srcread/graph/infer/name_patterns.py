"""Which names a text allows that is made when it runs: `f"conv{i}"`, `"conv%d" % i`, `"conv" + i`.

Its literal parts stand where they stand, and anything may stand between them. A text without any
literal part allows every name.

For example, `pattern_of` for `f"block{i}_norm"` allows "block0_norm" and not "block0"; two patterns
`meet` where one text may be of both.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from srcread.graph.infer.frame import Frame
from srcread.index.block.bindings import How

_GAP = "\0"
_MAX_STEPS = 4


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text's literal parts, a gap between each and the next."""

    parts: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether it has no literal part."""
        return not any(self.parts)

    def allows(self, name: str) -> bool:
        """Tell whether a name may be the text."""
        return re.fullmatch(".+".join(map(re.escape, self.parts)), name) is not None

    def meets(self, other: Pattern) -> bool:
        """Tell whether one text may be of both: by how they begin and how they end."""
        starts = self.parts[0], other.parts[0]
        ends = self.parts[-1][::-1], other.parts[-1][::-1]
        return all(a.startswith(b) or b.startswith(a) for a, b in (starts, ends))


def pattern_of(frame: Frame, node: ast.expr) -> Pattern:
    """Return what is known of a text that an expression makes."""
    return Pattern(tuple(re.sub(f"{_GAP}+", _GAP, _made(frame, node, _MAX_STEPS)).split(_GAP)))


def _made(frame: Frame, node: ast.expr, steps: int) -> str:
    """Write down an expression's literal parts, with a gap for each of the others."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_made(frame, value, steps) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _made(frame, left, steps) + _made(frame, right, steps)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return re.sub(r"%[-+# 0-9.]*[a-z]", _GAP, text)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return re.sub(r"\{[^{}]*\}", _GAP, text)
        case ast.Name(id=name) if steps:
            return _bound(frame, name, steps - 1)
    return _GAP


def _bound(frame: Frame, name: str, steps: int) -> str:
    """Write down what a name stands for that is bound once."""
    bindings = frame.function().scope.bindings.get(name, ())
    if len(bindings) == 1 and bindings[0].how is How.VALUE and not bindings[0].path:
        node = bindings[0].node
        return _made(frame, node, steps) if isinstance(node, ast.expr) else _GAP
    return _GAP
