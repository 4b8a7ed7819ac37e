"""Small models as activations, written out by hand, for the tests of maps."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from textwrap import dedent

from srcread.model import Case, Operation, Span, Value
from srcread.site.blocks import Block
from srcread.site.maps.flow import Walk
from srcread.site.maps.run import Run
from srcread.site.runs.ends import Source

X = "(2, 8) f32"


class Model:
    """Functions of a text, and activations of them that are added one by one, callees first."""

    def __init__(self, text: str) -> None:
        self.text = dedent(text)
        self.lines = self.text.splitlines()
        self.cases: list[Case] = []
        self.operations: list[Operation] = []
        self._nodes = {
            f"{cls.name}.{node.name}" if isinstance(cls, ast.ClassDef) else node.name: node
            for cls in ast.parse(self.text).body
            for node in (cls.body if isinstance(cls, ast.ClassDef) else [cls])
            if isinstance(node, ast.FunctionDef)
        }

    def source(self, name: str) -> Source:
        node = self._nodes.get(name.removeprefix("pkg."))
        return Source(node, self.lines, node.lineno if node is not None else 1)

    def ran(
        self,
        name: str,
        arguments: Mapping[str, Value] | None = None,
        calls: Mapping[str, Sequence[tuple[int, int]]] | None = None,
        operators: Mapping[str, Sequence[str]] | None = None,
        without: Sequence[str] = (),
        gives: Value = X,
    ) -> int:
        """Add an activation in which every statement ran but those that begin with `without`.

        Calls and operators are told by the text of the call or of the statement.
        """
        node = self._nodes[name]
        statements = [
            one for one in ast.walk(node) if isinstance(one, ast.stmt) and one is not node
        ]
        ran = [one for one in statements if not ast.unparse(one).startswith(tuple(without) or "\0")]
        case = Case(
            symbol=f"pkg.{name}",
            arguments=arguments if arguments is not None else {"self": "", "x": X},
            ran=tuple(self._span(one, node) for one in ran),
            values={self._span(one, node): (gives,) for one in ran if isinstance(one, ast.Return)},
            tests={},
            operations={
                self._place(text, node): tuple(self._operator(one) for one in names)
                for text, names in (operators or {}).items()
            },
            calls={self._place(text, node): tuple(of) for text, of in (calls or {}).items()},
        )
        self.cases.append(case)
        return len(self.cases) - 1

    def leaf(self, name: str, operator: str = "linear", takes: str = X, gives: str = X) -> int:
        """Add an activation of a module that returns what one operator gives."""
        arguments = {"self": f"<{name.partition('.')[0]}>", "x": takes}
        statement = ast.unparse(self._nodes[name].body[-1])
        return self.ran(name, arguments, {}, {statement: [operator]}, gives=gives)

    def map(self, number: int = -1, *, static: bool = False) -> Block:
        """Return the map of an activation, of the last one if none is named."""
        run = Run(self.cases, self.operations, self.source, static=static)
        return Walk(run).root(range(len(self.cases))[number])

    def _operator(self, name: str) -> int:
        self.operations.append(Operation(f"aten::{name}"))
        return len(self.operations) - 1

    def _place(self, text: str, node: ast.FunctionDef) -> Span:
        for one in ast.walk(node):
            if isinstance(one, ast.expr | ast.stmt) and ast.unparse(one) == text:
                return self._span(one, node)
        raise AssertionError(f"{text!r} is not in {node.name}")

    def _span(self, one: ast.expr | ast.stmt, node: ast.FunctionDef) -> Span:
        assert one.end_lineno is not None and one.end_col_offset is not None
        first = node.lineno
        return Span(one.lineno - first, one.col_offset, one.end_lineno - first, one.end_col_offset)


def outline(block: Block, depth: int = 0) -> list[str]:
    """Return a map as indented lines: name, class, how often it runs, what goes in.

    A block that goes in is told by its name, or else by its class.
    """
    known: dict[int, str] = {}

    def names(one: Block) -> None:
        known[one.number] = one.name or one.kind
        for step in one.steps:
            names(step)

    def lines(one: Block, depth: int) -> list[str]:
        given = ", ".join(
            known.get(i.origin, "?") if isinstance(i.origin, int) else str(i.origin)
            for i in one.inputs
        )
        times = "" if one.times == 1 else f" x{one.times}"
        title = " ".join(text for text in (one.name, one.kind) if text) or one.role.value
        test = f" if {one.condition}" if one.condition else ""
        own = f"{'  ' * depth}{title}{times}({given}){test}"
        return [own, *(line for step in one.steps for line in lines(step, depth + 1))]

    names(block)
    return lines(block, depth)
