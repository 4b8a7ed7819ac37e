"""The libcst transformer behind `instrument`: wraps tests and operands, moves no line.

Every wrapped expression is put in parentheses of its own, so that `assert(a)in(b)` stays legal.
Apart from `instrument` because importing libcst takes 0.2 s; only that function imports this.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst import matchers as m

_SIGNS: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}


class ClaimRewriter(cst.CSTTransformer):
    """Rewrites the claims that say one of `sentences`.

    `found` counts, per sentence, the places that say it, and `parts` the tests that `and` joins.
    """

    def __init__(self, sentences: Sequence[str], reporter: str) -> None:
        super().__init__()
        self.found = [0] * len(sentences)
        self.parts = [0] * len(sentences)
        self._claims = {text: number for number, text in enumerate(sentences) if text}
        self._reporter = reporter

    def leave_Assert(self, original_node: cst.Assert, updated_node: cst.Assert) -> cst.Assert:
        """Wrap the test of a planned claim."""
        claim = self._claims.get(_literal(updated_node.msg))
        if claim is None:
            return updated_node
        self.found[claim] += 1
        return updated_node.with_changes(test=self._joined(claim, updated_node.test))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Route a call of `torch.testing` with a planned `msg="sentence"` through the reporter."""
        claim = self._claims.get(_message_argument(updated_node))
        if claim is None:
            return updated_node
        self.found[claim] += 1
        part = self._next_part(claim)
        call = self._call("passes", (claim, part), updated_node.func)
        return updated_node.with_changes(func=call.func, args=(*call.args, *updated_node.args))

    def _joined(self, claim: int, test: cst.BaseExpression) -> cst.BaseExpression:
        match test:
            case cst.BooleanOperation(operator=cst.And()):
                left = self._joined(claim, test.left)
                return test.with_changes(left=left, right=self._joined(claim, test.right))
            case cst.Comparison():
                return self._comparison(claim, test)
            case _:
                return self._call("truth", (claim, self._next_part(claim)), test)

    def _comparison(self, claim: int, test: cst.Comparison) -> cst.Call:
        part = self._next_part(claim)
        targets = [
            target.with_changes(
                comparator=self._call("see", (claim, part, place), target.comparator)
            )
            for place, target in enumerate(test.comparisons, 1)
        ]
        left = self._call("see", (claim, part, 0), test.left)
        seen = test.with_changes(left=left, comparisons=targets)
        signs = [_SIGNS[type(target.operator)] for target in test.comparisons]
        texts = [cst.SimpleString(f'"{sign}"') for sign in signs]
        return self._call("truth", (claim, part), seen, *texts)

    def _next_part(self, claim: int) -> int:
        self.parts[claim] += 1
        return self.parts[claim] - 1

    def _call(self, method: str, numbers: Sequence[int], *values: cst.BaseExpression) -> cst.Call:
        arguments = [cst.Integer(str(number)) for number in numbers]
        return cst.Call(
            cst.Attribute(cst.Name(self._reporter), cst.Name(method)),
            [cst.Arg(value) for value in (*arguments, *values)],
            lpar=[cst.LeftParen()],
            rpar=[cst.RightParen()],
        )


def _message_argument(call: cst.Call) -> str:
    """Return the literal `msg=` of a call, or an empty string; its name may be an alias."""
    for argument in call.args:
        if m.matches(argument, m.Arg(keyword=m.Name("msg"))):
            return _literal(argument.value)
    return ""


def _literal(node: cst.BaseExpression | None) -> str:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            value = node.evaluated_value
            return value if isinstance(value, str) else ""
    return ""
