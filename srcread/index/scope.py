"""What a block of code binds: names to the statements that give them their values.

Purely syntactic and flow-insensitive: a name that is assigned in five places has five bindings, and
what reads it sees them all. One pass over a block; nested functions and classes are bindings of it
and are gathered only when somebody asks for their own scope.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum


class How(Enum):
    """By what construct a name gets its value from a binding's node."""

    VALUE = "value"
    """`name = node`"""
    ELEMENT = "element"
    """`for name in node`, in a comprehension too."""
    ENTERED = "entered"
    """`with node as name`"""
    RAISED = "raised"
    """`except node as name`"""
    UPDATED = "updated"
    """`name += node`: the value is of the kind that it was."""
    DECLARED = "declared"
    """`name: node`, an annotation without a value."""
    IMPORTED = "imported"
    """`import x`, `from x import y`: the node is the statement, `alias` its part."""
    DEFINED = "defined"
    """`def name`, `class name`: the node is the definition."""
    PARAMETER = "parameter"
    """A parameter of a lambda."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that gives a name its value.

    `path` leads into the value when a tuple is unpacked: `a, (b, c) = node` binds c by (1, 1);
    None in it is a starred target.
    """

    how: How
    node: ast.AST
    path: tuple[int | None, ...] = ()
    alias: ast.alias | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A call, or a read attribute, with the tests of the branches in which it stands."""

    node: ast.Call | ast.Attribute
    condition: ast.expr | None


@dataclass(slots=True)
class Scope:
    """What one block (a module's, a class's or a function's) binds, calls and returns."""

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    """`self.x = node`, keyed by ("self", "x"), for every plain name before the dot."""
    calls: list[Use] = field(default_factory=list)
    reads: list[Use] = field(default_factory=list)
    returns: list[ast.expr] = field(default_factory=list)
    yields: list[ast.expr] = field(default_factory=list)
    starred: list[ast.ImportFrom] = field(default_factory=list)
    injections: list[ast.expr] = field(default_factory=list)
    """What is copied into `globals()`: `X` of `for n in dir(X): globals()[n] = …`."""
    outer: set[str] = field(default_factory=set)
    """Names declared global or nonlocal here."""


Body = Sequence[ast.stmt]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def scope_of(body: Body, *, expressions: bool = True) -> Scope:
    """Gather a block's scope.

    Without `expressions` only what statements bind is gathered: a module's names are asked for far
    more often than its calls.
    """
    gatherer = _Gatherer(expressions)
    gatherer.block(body, None)
    return gatherer.scope


def targets(
    target: ast.expr, path: tuple[int | None, ...] = ()
) -> Iterator[tuple[ast.expr, tuple[int | None, ...]]]:
    """Yield the single targets of an assignment target, each with its path into the value."""
    if isinstance(target, ast.Tuple | ast.List):
        for index, element in enumerate(target.elts):
            if isinstance(element, ast.Starred):
                yield from targets(element.value, (*path, None))
            else:
                yield from targets(element, (*path, index))
    else:
        yield target, path


class _Gatherer:
    """Walks statements, then expressions, with the innermost condition carried along."""

    def __init__(self, expressions: bool) -> None:
        self.scope = Scope()
        self.expressions = expressions

    def block(self, body: Body, condition: ast.expr | None) -> None:
        for statement in body:
            self.statement(statement, condition)

    def statement(self, node: ast.stmt, condition: ast.expr | None) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node, condition)
            case ast.Assign():
                self.visit(node.value, condition)
                for target in node.targets:
                    self.assign(target, How.VALUE, node.value, condition)
            case ast.AnnAssign():
                self.visit(node.value, condition)
                if node.value is not None:
                    self.assign(node.target, How.VALUE, node.value, condition)
                self.assign(node.target, How.DECLARED, node.annotation, condition)
            case ast.AugAssign():
                self.visit(node.value, condition)
                self.assign(node.target, How.UPDATED, node.value, condition)
            case ast.Import() | ast.ImportFrom():
                self.imports(node)
            case ast.Global() | ast.Nonlocal():
                self.scope.outer.update(node.names)
            case ast.Return():
                self.visit(node.value, condition)
                if node.value is not None:
                    self.scope.returns.append(node.value)
            case _:
                self.compound(node, condition)

    def compound(self, node: ast.stmt, condition: ast.expr | None) -> None:
        match node:
            case ast.If() | ast.While():
                self.visit(node.test, condition)
                inner = node.test if isinstance(node, ast.If) else condition
                self.block(node.body, inner)
                self.block(node.orelse, inner)
            case ast.For() | ast.AsyncFor():
                self.visit(node.iter, condition)
                self.assign(node.target, How.ELEMENT, node.iter, condition)
                self.injection(node)
                self.block(node.body, condition)
                self.block(node.orelse, condition)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.visit(item.context_expr, condition)
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, How.ENTERED, item.context_expr, condition)
                self.block(node.body, condition)
            case ast.Try() | ast.TryStar():
                self.try_statement(node, condition)
            case ast.Match():
                self.visit(node.subject, condition)
                for match_case in node.cases:
                    self.visit(match_case.guard, condition)
                    self.block(match_case.body, condition)
            case _:
                for child in ast.iter_child_nodes(node):
                    self.visit(child, condition)

    def try_statement(self, node: ast.Try | ast.TryStar, condition: ast.expr | None) -> None:
        self.block(node.body, condition)
        for handler in node.handlers:
            self.visit(handler.type, condition)
            if handler.name and handler.type is not None:
                self.bind(handler.name, Binding(How.RAISED, handler.type))
            self.block(handler.body, condition)
        self.block(node.orelse, condition)
        self.block(node.finalbody, condition)

    def definition(self, node: Definition, condition: ast.expr | None) -> None:
        self.bind(node.name, Binding(How.DEFINED, node))
        for decorator in node.decorator_list:
            self.visit(decorator, condition)
        if isinstance(node, ast.ClassDef):
            for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
                self.visit(base, condition)
        else:
            for default in (*node.args.defaults, *node.args.kw_defaults):
                self.visit(default, condition)

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" and isinstance(node, ast.ImportFrom):
                self.scope.starred.append(node)
            elif alias.asname or isinstance(node, ast.ImportFrom):
                self.bind(alias.asname or alias.name, Binding(How.IMPORTED, node, alias=alias))
            else:
                self.bind(alias.name.partition(".")[0], Binding(How.IMPORTED, node, alias=alias))

    def injection(self, node: ast.For | ast.AsyncFor) -> None:
        """Recognise `for n in dir(X): … globals()[n] = …`: all of X's names become ours."""
        match node.iter:
            case ast.Call(func=ast.Name(id="dir"), args=[source]):
                if any(_is_globals_item(inner) for inner in ast.walk(node)):
                    self.scope.injections.append(source)

    def assign(
        self, target: ast.expr, how: How, value: ast.AST, condition: ast.expr | None
    ) -> None:
        for single, path in targets(target):
            match single:
                case ast.Name():
                    self.bind(single.id, Binding(how, value, path))
                case ast.Attribute(value=ast.Name(id=owner)):
                    bindings = self.scope.attributes.setdefault((owner, single.attr), [])
                    bindings.append(Binding(how, value, path))
                case ast.Subscript(
                    value=ast.Call(func=ast.Name(id="globals")), slice=ast.Constant(value=str(name))
                ):
                    self.bind(name, Binding(how, value, path))
                case _:
                    self.visit(single, condition)

    def bind(self, name: str, binding: Binding) -> None:
        self.scope.bindings.setdefault(name, []).append(binding)

    def visit(self, node: ast.AST | None, condition: ast.expr | None) -> None:
        """Gather what an expression calls, reads and binds, in the order of evaluation."""
        if node is None or not self.expressions:
            return
        match node:
            case ast.Call():
                for child in ast.iter_child_nodes(node):
                    self.visit(child, condition)
                self.scope.calls.append(Use(node, condition))
                return
            case ast.Attribute(ctx=ast.Load()):
                self.scope.reads.append(Use(node, condition))
            case ast.IfExp():
                self.visit(node.test, condition)
                self.visit(node.body, node.test)
                self.visit(node.orelse, node.test)
                return
            case ast.NamedExpr():
                self.bind(node.target.id, Binding(How.VALUE, node.value))
            case ast.comprehension():
                self.assign(node.target, How.ELEMENT, node.iter, condition)
            case ast.Lambda():
                for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                    self.bind(argument.arg, Binding(How.PARAMETER, argument))
            case ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value):
                self.scope.yields.append(value)
            case ast.stmt():
                self.statement(node, condition)
                return
        for child in ast.iter_child_nodes(node):
            self.visit(child, condition)


def _is_globals_item(node: ast.AST) -> bool:
    match node:
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), ctx=ast.Store()):
            return True
    return False
