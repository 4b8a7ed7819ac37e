"""Write probes into a function's tree: calls that let values pass and tell a recorder of them.

Every statement is announced before it runs, and the values of assignments, returns, loop targets
and the operands of tests go through a probe. Each is evaluated once, where and when it was; a test
keeps its shape, so that no operand is asked twice whether it is true. Nodes keep their places, and
probes stand at the places of what they watch.

A probe is called as a constant: a marker stands for it in the tree, and `connect` puts the function
in its place among the constants of the compiled code. So no name is added to any scope.

Left as they are: lambdas, classes inside functions, f-strings, and functions inside functions that
are generators. A generator's or coroutine's activation has no one end: `watch` refuses them.
"""

from __future__ import annotations

import ast
import contextlib
import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]  # noqa: UP007 - Python 3.9

Span = tuple[int, int, int, int]

_Node = TypeVar("_Node", bound=ast.AST)
_MARKER = "srcread probe: "
PROBES = ("enter", "leave", "at", "value", "leaf", "operand", "element")


class NotWatchable(Exception):
    """A function that probes cannot be written into; `why` is the reason, as `install` has them."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.why = {"code": code}


class Watched(NamedTuple):
    """A function with probes: its parameters, and by end the place of each of its calls.

    `blocks` has by the place of a statement or comprehension what it asks first: what a loop goes
    through, what each part of a `with` enters. `wide` holds, by number, the lines of its file on
    which columns in bytes are not those in characters.
    """

    name: str
    line: int
    parameters: list[str]
    calls: dict[tuple[int, int], Span]
    blocks: dict[Span, list[Span]]
    wide: Mapping[int, bytes]


class Leaf(NamedTuple):
    """An operand of a test: which outcomes of it end the test, and whether they turn it round."""

    function: int
    test: Span
    place: Span
    ends: tuple[bool, bool]
    negated: bool
    search: str


class Sites:
    """What the numbers mean that probes are called with, over all functions watched."""

    def __init__(self) -> None:
        self.functions: list[Watched] = []
        self.places: list[tuple[int, Span]] = []
        self.leaves: list[Leaf] = []


def wide_lines(text: str, first: int) -> dict[int, bytes]:
    """Return the lines of a text that are not all ASCII; `first` is the number of its first."""
    lines = enumerate(text.split("\n"), first)
    return {number: line.encode() for number, line in lines if not line.isascii()}


def watch(node: Function, name: str, sites: Sites, wide: Mapping[int, bytes]) -> None:
    """Write probes into a function's tree and into those of the functions in it.

    Raises:
        NotWatchable: it is a generator or a coroutine.
    """
    if isinstance(node, ast.AsyncFunctionDef):
        raise NotWatchable("coroutine")
    if _yields(node):
        raise NotWatchable("generator")
    _Writer(node, name, sites, wide).write()


def connect(code: types.CodeType, probes: Mapping[str, Callable[..., Any]]) -> types.CodeType:
    """Put the probes where their markers stand among the constants of a code and those in it."""
    constants: list[Any] = []
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            item = connect(item, probes)
        elif type(item) is str and item.startswith(_MARKER):
            item = probes[item[len(_MARKER) :]]
        constants.append(item)
    return code.replace(co_consts=tuple(constants))


class _Writer(ast.NodeTransformer):
    """Writes probes into one function; `generic_visit` is the way through expressions."""

    def __init__(self, node: Function, name: str, sites: Sites, wide: Mapping[int, bytes]) -> None:
        self.node, self.sites, self.wide = node, sites, wide
        self.number = len(sites.functions)
        self.first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        given = node.args
        listed = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        listed += [item for item in (given.vararg, given.kwarg) if item is not None]
        parameters = [item.arg for item in listed]
        calls, blocks = {}, {}
        for item in _own(node):
            if isinstance(item, ast.Call):
                place = self.place(item)
                calls[place[2:]] = place
            elif asked := _asked_first(item):
                blocks[self.place(item)] = [self.place(one) for one in asked]
        self.names: dict[str, int] = {}
        sites.functions.append(Watched(name, self.first, parameters, calls, blocks, wide))

    def write(self) -> None:
        """Rewrite the body: enter, then all of it under a `finally` that leaves."""
        node, parameters = self.node, self.sites.functions[self.number].parameters
        start = 1 if ast.get_docstring(node, clean=False) is not None else 0
        if len(node.body) == start:
            start = 0  # only a docstring: it is announced like any other statement
        names = [ast.Name(item, ast.Load()) for item in parameters]
        given = ast.Tuple(names, ast.Load())  # type: ignore[arg-type] # list is invariant
        first = node.body[start]
        enter = ast.Expr(self.probe("enter", first, ast.Constant(self.number), given))
        leave = ast.Expr(self.probe("leave", first))
        around = ast.Try(self.body(node.body[start:]), [], [], [leave])
        node.body[start:] = [_at(first, enter), _at(first, around)]
        _at(first, leave)
        ast.fix_missing_locations(node)

    def body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Announce each statement of a block, and write probes into it."""
        written: list[ast.stmt] = []
        for statement in statements:
            number = self.site(_header(statement, self.place))
            call = self.probe("at", statement, ast.Constant(number))
            written += [_at(statement, ast.Expr(call)), self.statement(statement, number)]
            if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
                written.append(self.seen(statement.target, number))
        return written

    def statement(self, node: ast.stmt, number: int) -> ast.stmt:
        """Write probes into one statement, which `number` announces."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.inner(node)
        if isinstance(node, ast.ClassDef):
            return node
        if isinstance(node, (ast.If, ast.While, ast.Assert)):
            self.visit(node.test)
            node.test = self.test(node.test)
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, field, self.body(value))
            elif isinstance(value, list):
                setattr(node, field, [self.part(item) for item in value])
            elif isinstance(value, ast.expr) and field != "test":
                setattr(node, field, self.visit(value))
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return)) and node.value is not None:
            node.value = self.passed("value", number, node.value)
        if isinstance(node, ast.For):
            node.body[:0] = [self.seen(item, number) for item in _plain_target(node.target)]
        return node

    def part(self, item: Any) -> Any:
        """Write probes into what a list of a statement holds: handlers, cases, expressions."""
        if isinstance(item, (ast.ExceptHandler, ast.match_case)):
            item.body = self.body(item.body)
            return item
        return self.visit(item) if isinstance(item, ast.AST) else item

    def inner(self, node: Function) -> ast.stmt:
        """Watch a function in this one, unless it has no one end."""
        holder = self.sites.functions[self.number].name
        count = self.names[node.name] = self.names.get(node.name, 0) + 1
        name = f"{holder}.<locals>.{node.name}" + (f"~{count}" if count > 1 else "")
        with contextlib.suppress(NotWatchable):
            watch(node, name, self.sites, self.wide)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Watch the test of a conditional expression."""
        self.generic_visit(node)
        node.test = self.test(node.test)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Watch the conditions of a comprehension."""
        self.generic_visit(node)
        node.ifs = [self.test(item) for item in node.ifs]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Leave a lambda as it is."""
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Leave an f-string as it is: before Python 3.12 its parts have no places."""
        return node

    def test(self, node: ast.expr) -> ast.expr:
        """Watch the operands of a test; what is in them has been visited before."""
        return self.operands(node, self.place(node), (True, True), False)

    def operands(
        self,
        node: ast.expr,
        test: Span,
        ends: tuple[bool, bool],
        negated: bool,
    ) -> ast.expr:
        """Watch what a test is made of; `ends` says whether False and True decide all of it."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self.operands(node.operand, test, ends[::-1], not negated)
            return node
        if isinstance(node, ast.BoolOp):
            early = (ends[0], False) if isinstance(node.op, ast.And) else (False, ends[1])
            *front, last = node.values
            node.values = [self.operands(item, test, early, negated) for item in front]
            node.values.append(self.operands(last, test, ends, negated))
            return node
        return self.leaf(node, test, ends, negated)

    def leaf(
        self,
        node: ast.expr,
        test: Span,
        ends: tuple[bool, bool],
        negated: bool,
    ) -> ast.expr:
        """Watch one operand of a test, both sides of a comparison, elements of an `any`."""
        number = len(self.sites.leaves)
        search = _search(node)
        place = self.place(node)
        self.sites.leaves.append(Leaf(self.number, test, place, ends, negated, search))
        if isinstance(node, ast.Compare):
            node.left = self.passed("operand", number, node.left)
            node.comparators = [self.passed("operand", number, item) for item in node.comparators]
        if search:
            self.elements(node.args[0], search, number)  # type: ignore[attr-defined] # by _search
        return self.probe("leaf", node, ast.Constant(number), node)

    def elements(self, made: Any, search: str, number: int) -> None:
        """Watch the elements of an `any` or `all`, and what its one loop variable was."""
        target = made.generators[-1].target
        variable = [ast.Name(target.id, ast.Load())] if isinstance(target, ast.Name) else []
        known = [ast.Constant(number), ast.Constant(search == "any"), made.elt, *variable]
        made.elt = self.probe("element", made.elt, *known)

    def passed(self, probe: str, number: int, node: ast.expr) -> ast.expr:
        """Let a value pass through a probe; the page shows constants from the source."""
        if isinstance(node, ast.Constant):
            return node
        return self.probe(probe, node, ast.Constant(number), node)

    def seen(self, node: ast.expr, number: int) -> ast.stmt:
        """Show a probe what a target holds now."""
        loaded = _at(node, _loaded(node))
        shown: ast.stmt = ast.Expr(self.probe("value", node, ast.Constant(number), loaded))
        return _at(node, shown)

    def probe(self, name: str, where: ast.AST, *given: ast.expr) -> ast.expr:
        """Return a call of a probe, at the place of what it watches."""
        call: ast.expr = ast.Call(ast.Constant(_MARKER + name), list(given), [])
        return _at(where, call)

    def site(self, place: Span) -> int:
        """Number the place of a statement."""
        self.sites.places.append((self.number, place))
        return len(self.sites.places) - 1

    def place(self, node: Any) -> Span:
        """Return where a node stands, its lines counted from the function's first."""
        first = self.first
        return (
            node.lineno - first,
            node.col_offset,
            node.end_lineno - first,
            node.end_col_offset,
        )


def _header(node: ast.stmt, place: Callable[[Any], Span]) -> Any:
    """Return the place of a statement; of one with a block, that of what runs before the block."""
    start = place(node)
    ends: list[Any] = []
    if isinstance(node, (ast.If, ast.While)):
        ends = [node.test]
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        ends = [node.iter]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        ends = [node.items[-1].optional_vars or node.items[-1].context_expr]
    elif isinstance(node, ast.Match):
        ends = [node.subject]
    elif hasattr(node, "body"):
        return (start[0], start[1], start[0], start[1])  # `try:`, `def`, `class`: only its line
    return (*start[:2], *place(ends[0])[2:]) if ends else start


def _asked_first(node: ast.AST) -> list[ast.expr]:
    """Return the expressions whose own methods a statement or comprehension calls by itself."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.iter]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [item.context_expr for item in node.items]
    return [one.iter for one in getattr(node, "generators", ())[:1]]


def _plain_target(target: ast.expr) -> list[ast.expr]:
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return [target] if all(isinstance(item, ast.Name) for item in names) else []


def _loaded(target: Any) -> ast.expr:
    """Return an expression that reads what a target of plain names was given."""
    if isinstance(target, ast.Tuple):
        return ast.Tuple([_at(item, _loaded(item)) for item in target.elts], ast.Load())
    return ast.Name(target.id, ast.Load())


def _search(node: ast.expr) -> str:
    """Return "any" or "all" for a call of it on a comprehension, else nothing."""
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if not named or node.func.id not in ("any", "all"):  # type: ignore[attr-defined] # named
        return ""
    given = node.args  # type: ignore[attr-defined] # named
    made = len(given) == 1 and isinstance(given[0], (ast.GeneratorExp, ast.ListComp))
    return str(node.func.id) if made else ""  # type: ignore[attr-defined] # named


def _own(node: Function) -> list[ast.AST]:
    """Return the nodes of a function that are not of a function in it; its lambdas are its own."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        item = waiting.pop()
        found.append(item)
        if not isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting += ast.iter_child_nodes(item)
    return found


def _yields(node: Function) -> bool:
    nodes: list[ast.AST] = []
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        item = waiting.pop()
        nodes.append(item)
        if not isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(item)
    return any(isinstance(item, (ast.Yield, ast.YieldFrom)) for item in nodes)


def _at(where: Any, node: _Node) -> _Node:
    for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        setattr(node, name, getattr(where, name))
    return node
