"""The libcst transformer behind `instrument`: wraps tests and operands, moves no line.

It is told which statements are claims, and looks for none: they are counted in the order of the
text, which no tab, form feed or line end changes. Positions by libcst would take as long again as
all the rest.

What a claim reports stands on the interpreter's stack from where it was computed to where it is
reported, and in no variable of the snippet: `a` and `b` are parameters of a lambda on the line of
the claim. Texts that begin with the mark stand for what the child puts in their place.

Behind each import that may bring more than the standard library, on its line, a call says that it
has ended.

Every wrapped expression is put in parentheses of its own, so that `assert(a)in(b)` stays legal.
Apart from `instrument` because importing libcst takes 0.2 s; only that function imports this.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

from srcread.running.claims.site import (
    CALLED,
    COMPARED,
    HELD,
    PASSED,
    SEEN,
    Site,
    imported_of,
    lambda_of,
    ready_of,
)

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
_STANDARD = sys.stdlib_module_names
_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


class ClaimRewriter(cst.CSTTransformer):
    """Rewrites the claims at these places among the asserts and expressions that are statements.

    `seen` counts these statements, and `sites` lists what reports, part by part. `frameworks` are
    names of modules of which a function may decide a claim.
    """

    def __init__(self, claims: Mapping[int, int], mark: str, frameworks: Collection[str]) -> None:
        super().__init__()
        self._frameworks = frameworks
        self.seen = 0
        self.sites: list[Site] = []
        self._claims = claims
        self._mark = mark

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
        """Let a claim that is a call of `torch.testing` say when it begins, and that it passed."""
        claim, call = self._next_claim(), updated_node.value
        if claim is None or not isinstance(call, cst.Call):
            return updated_node
        passes = self._reporting(claim, PASSED, ("==",))
        return updated_node.with_changes(value=self._handed(passes, call))

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        """Let imports say when they have ended."""
        return updated_node.with_changes(body=self._told(updated_node.body))

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        """Let imports say when they have ended, behind a colon, too."""
        return updated_node.with_changes(body=self._told(updated_node.body))

    def _told(self, body: Sequence[cst.BaseSmallStatement]) -> list[cst.BaseSmallStatement]:
        made: list[cst.BaseSmallStatement] = []
        for statement in body:
            made.append(statement)
            if not _STANDARD.issuperset(_brought_by(statement)):
                last = statement.semicolon
                made[-1] = statement.with_changes(semicolon=cst.Semicolon())
                call = cst.parse_expression(imported_of(self._mark))
                made.append(cst.Expr(call, semicolon=last))
        return made

    def parts(self, claim: int) -> int:
        """Return how many parts of a claim have been rewritten."""
        return sum(site.claim == claim for site in self.sites)

    def _next_claim(self) -> int | None:
        self.seen += 1
        return self._claims.get(self.seen - 1)

    def _joined(self, claim: int, test: cst.BaseExpression) -> cst.BaseExpression:
        match test:
            case cst.BooleanOperation(operator=cst.And()):
                left = self._joined(claim, test.left)
                return test.with_changes(left=left, right=self._joined(claim, test.right))
            case cst.Comparison(comparisons=[only]):
                signs = (_SIGNS[type(only.operator)],)
                compared = self._reporting(claim, COMPARED, signs)
                return self._call(compared, test.left, only.comparator)
            case cst.Comparison(comparisons=targets):
                all_signs = tuple(_SIGNS[type(target.operator)] for target in targets)
                held = self._reporting(claim, HELD, all_signs)
                return self._call(held, _as_truth(self._seen(test)))
            case cst.Call(func=cst.Attribute() as function) if self._is_of_framework(function):
                called = self._reporting(claim, CALLED)
                return _bracketed(self._handed(called, test))
            case _:
                return self._call(self._reporting(claim, HELD), _as_truth(test))

    def _is_of_framework(self, function: cst.BaseExpression) -> bool:
        while isinstance(function, cst.Attribute):
            function = function.value
        return isinstance(function, cst.Name) and function.value in self._frameworks

    def _seen(self, test: cst.Comparison) -> cst.Comparison:
        """Let each operand of a chain be seen when it is evaluated, if it is."""

        def seen(number: int, operand: cst.BaseExpression) -> cst.BaseExpression:
            return self._call(self._lambda(SEEN, number), operand)

        targets = [
            one.with_changes(comparator=seen(number, one.comparator))
            for number, one in enumerate(test.comparisons, 1)
        ]
        return test.with_changes(left=seen(0, test.left), comparisons=targets)

    def _reporting(self, claim: int, form: str, signs: tuple[str, ...] = ()) -> cst.BaseExpression:
        self.sites.append(Site(claim, self.parts(claim), signs))
        return self._lambda(form)

    def _lambda(self, form: str, operand: int | None = None) -> cst.BaseExpression:
        return cst.parse_expression(lambda_of(form, self._mark, self.sites[-1], operand))

    def _call(self, function: cst.BaseExpression, *given: cst.BaseExpression) -> cst.BaseExpression:
        return _bracketed(cst.Call(function, [cst.Arg(one) for one in (*given, self._ready())]))

    def _handed(self, function: cst.BaseExpression, call: cst.Call) -> cst.Call:
        """Return a call of a function that is handed another call's function and arguments."""
        ready = cst.Arg(self._ready(), cst.Name("srcread_"), equal=_TIGHT)
        given = [
            one.with_changes(value=_bracketed(one.value))
            if isinstance(one.value, cst.GeneratorExp) and not one.value.lpar
            else one
            for one in call.args
        ]
        return cst.Call(function, [cst.Arg(call.func), *given, ready], call.lpar, call.rpar)

    def _ready(self) -> cst.BaseExpression:
        return cst.parse_expression(ready_of(self._mark, self.sites[-1]))


def _brought_by(statement: cst.BaseSmallStatement) -> Iterator[str]:
    """Yield the top-level packages that a statement imports."""
    match statement:
        case cst.Import(names=names):
            yield from (alias.evaluated_name.partition(".")[0] for alias in names)
        case cst.ImportFrom(module=module):
            named = get_full_name_for_node(module) if module is not None else None
            yield (named or "").partition(".")[0]


def _as_truth(test: cst.BaseExpression) -> cst.IfExp:
    """Return an expression that takes a truth once, whatever the name `bool` stands for."""
    return cst.IfExp(_bracketed(test), cst.Name("True"), cst.Name("False"))


def _bracketed(node: cst.BaseExpression) -> cst.BaseExpression:
    lpar, rpar = [cst.LeftParen(), *node.lpar], [*node.rpar, cst.RightParen()]
    return node.with_changes(lpar=lpar, rpar=rpar)
