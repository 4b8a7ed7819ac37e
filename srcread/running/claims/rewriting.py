"""The libcst transformer behind `instrument`: wraps tests and operands, moves no line.

It is told which statements are claims, and looks for none: they are counted in the order of the
text, which no tab, form feed or line end changes. Positions by libcst would take as long again as
all the rest.

Every wrapped expression is put in parentheses of its own, so that `assert(a)in(b)` stays legal.
Apart from `instrument` because importing libcst takes 0.2 s; only that function imports this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

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
    """Rewrites the claims at these places among the asserts and expressions that are statements.

    `seen` counts these statements, and `parts` for each claim the tests that `and` joins.
    """

    def __init__(self, claims: Mapping[int, int], reporter: str) -> None:
        super().__init__()
        self.seen = 0
        self.parts = dict.fromkeys(claims.values(), 0)
        self._claims = claims
        self._reporter = reporter

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Go into statements only: no expression holds one."""
        return not isinstance(node, cst.BaseExpression | cst.BaseSmallStatement)

    def leave_Assert(self, original_node: cst.Assert, updated_node: cst.Assert) -> cst.Assert:
        """Wrap the test of a claim."""
        claim = self._next_claim()
        if claim is None:
            return updated_node
        return updated_node.with_changes(test=self._joined(claim, updated_node.test))

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr:
        """Route a claim that is a call of `torch.testing` through the reporter."""
        claim, call = self._next_claim(), updated_node.value
        if claim is None or not isinstance(call, cst.Call):
            return updated_node
        passes = self._call("passes", (claim, self._next_part(claim)), call.func)
        call = call.with_changes(func=passes.func, args=(*passes.args, *call.args))
        return updated_node.with_changes(value=call)

    def _next_claim(self) -> int | None:
        self.seen += 1
        return self._claims.get(self.seen - 1)

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
