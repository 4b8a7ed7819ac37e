"""What a block of code binds: names to the statements that give them their values.

Purely syntactic and flow-insensitive: a name that is assigned in five places has five bindings, and
what reads it sees them all. Only in a module or a class, which others read when it is complete,
does a plain second binding replace the first. One pass over a block; nested functions, classes,
lambdas and comprehensions are gathered only when somebody asks for their own scope.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from srcread.index.bindings import Binding, How, Inner, Path, Scope, Use
from srcread.index.patterns import captures

_MAX_DEPTH = 100
"""How deep expressions are followed: each level takes two calls of Python's 1,000."""

Body = Sequence[ast.stmt]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def scope_of(body: Body, *, expressions: bool = True, replaces: bool = False) -> Scope:
    """Gather a block's scope.

    Without `expressions` only what statements bind is gathered: a module's names are asked for far
    more often than its calls. With `replaces` a later plain binding replaces the earlier ones.
    """
    gatherer = _Gatherer(expressions, replaces)
    for statement in body:
        gatherer.straight = True
        gatherer.statement(statement, None)
    return gatherer.scope


def inner_scope(node: Inner) -> Scope:
    """Gather the names of a lambda or a comprehension; its calls are those of the block around."""
    scope = Scope()
    if isinstance(node, ast.Lambda):
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        for argument in (*positional, *arguments.kwonlyargs):
            scope.bindings[argument.arg] = [Binding(How.PARAMETER, argument)]
        pairs = [
            *zip(reversed(positional), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for argument, default in pairs:
            if default is not None:
                scope.bindings[argument.arg].append(Binding(How.VALUE, default, outside=True))
        return scope
    for number, generator in enumerate(node.generators):
        for single, path in targets(generator.target):
            if isinstance(single, ast.Name):
                binding = Binding(How.ELEMENT, generator.iter, path, outside=number == 0)
                scope.bindings.setdefault(single.id, []).append(binding)
    return scope


def targets(target: ast.expr, path: Path = ()) -> Iterator[tuple[ast.expr, Path]]:
    """Yield the single targets of an assignment target, each with its path into the value."""
    if not isinstance(target, ast.Tuple | ast.List):
        yield target, path
        return
    count = len(target.elts)
    starred = next((i for i, e in enumerate(target.elts) if isinstance(e, ast.Starred)), count)
    for index, element in enumerate(target.elts):
        if isinstance(element, ast.Starred):
            yield from targets(element.value, (*path, (index, index + 1 - count or None)))
        else:
            yield from targets(element, (*path, index if index < starred else index - count))


class _Gatherer:
    """Walks statements, then expressions, with the innermost condition carried along.

    `straight` tells that a statement stands in no branch, `inside` which lambdas and comprehensions
    are around an expression.
    """

    def __init__(self, expressions: bool, replaces: bool) -> None:
        self.scope = Scope()
        self.expressions = expressions
        self.replaces = replaces
        self.straight = True
        self.depth = 0
        self.inside: tuple[Inner, ...] = ()

    def block(self, body: Body, condition: ast.expr | None) -> None:
        self.straight = False
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
            case ast.If():
                self.branches(node, condition)
            case ast.While():
                self.visit(node.test, condition)
                self.block(node.body, condition)
                self.block(node.orelse, condition)
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
                self.straight = False
                for match_case in node.cases:
                    self.captured(match_case.pattern, node.subject)
                    self.visit(match_case.guard, condition)
                    self.block(match_case.body, condition)
            case _:
                for child in ast.iter_child_nodes(node):
                    self.visit(child, condition)

    def branches(self, node: ast.If, condition: ast.expr | None) -> None:
        """Gather an `if` and its `elif`s; in a loop, for they nest as deep as they are many."""
        while True:
            self.visit(node.test, condition)
            self.block(node.body, node.test)
            condition = node.test
            match node.orelse:
                case [ast.If() as following]:
                    node = following
                case _:
                    self.block(node.orelse, condition)
                    return

    def captured(self, pattern: ast.pattern, subject: ast.expr) -> None:
        for name, node in captures(pattern):
            match node:
                case None:
                    self.bind(name, Binding(How.VALUE, subject))
                case ast.MatchClass(cls=cls):
                    self.bind(name, Binding(How.DECLARED, cls))
                case _:
                    self.bind(name, Binding(How.CAPTURED, node))

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
        bindings = self.scope.bindings.setdefault(name, [])
        if bindings and self.replaces and self.straight and _is_new(name, binding):
            bindings[:] = [earlier for earlier in bindings if earlier.how is How.DECLARED]
        bindings.append(binding)

    def visit(self, node: ast.AST | None, condition: ast.expr | None) -> None:
        """Gather what an expression calls, reads and binds, in the order of evaluation."""
        if node is None or not self.expressions:
            return
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self.flat(node, condition)
        else:
            self.expression(node, condition)
        self.depth -= 1

    def flat(self, node: ast.AST, condition: ast.expr | None) -> None:
        """Gather the calls of what nests too deeply, without the names that it binds."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self.scope.calls.append(Use(inner, condition, self.inside))

    def expression(self, node: ast.AST, condition: ast.expr | None) -> None:
        match node:
            case ast.Call():
                self.visit(node.func, condition)
                for argument in (*node.args, *node.keywords):
                    self.visit(argument, condition)
                self.scope.calls.append(Use(node, condition, self.inside))
                return
            case ast.Attribute(ctx=ast.Load()):
                self.scope.reads.append(Use(node, condition, self.inside))
            case ast.Name() | ast.Constant():
                return
            case ast.IfExp():
                self.visit(node.test, condition)
                self.visit(node.body, node.test)
                self.visit(node.orelse, node.test)
                return
            case ast.NamedExpr():
                binding = Binding(How.VALUE, node.value, inside=self.inside)
                self.bind(node.target.id, binding)
            case ast.Lambda():
                for default in (*node.args.defaults, *node.args.kw_defaults):
                    self.visit(default, condition)
                self.enter(node, [node.body], condition)
                return
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self.comprehension(node, condition)
                return
            case ast.Yield(value=ast.expr() as value):
                self.scope.yields.append(value)
            case ast.YieldFrom(value=value):
                self.scope.delegates.append(value)
            case ast.stmt():
                self.statement(node, condition)
                return
        for child in ast.iter_child_nodes(node):
            self.visit(child, condition)

    def comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        condition: ast.expr | None,
    ) -> None:
        first, *more = node.generators
        self.visit(first.iter, condition)  # in the block around, where its names are
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        parts += [test for generator in node.generators for test in generator.ifs]
        parts += [generator.iter for generator in more]
        self.enter(node, parts, condition)

    def enter(self, node: Inner, parts: list[ast.expr], condition: ast.expr | None) -> None:
        self.inside = (*self.inside, node)
        for part in parts:
            self.visit(part, condition)
        self.inside = self.inside[:-1]


def _is_new(name: str, binding: Binding) -> bool:
    """Tell whether a binding makes its value without the name's own earlier value."""
    match binding.how, binding.node:
        case How.IMPORTED, _:
            return True
        case How.DEFINED, ast.ClassDef() as node:
            parts = [*node.decorator_list, *node.bases]
        case How.DEFINED, ast.FunctionDef() | ast.AsyncFunctionDef() as node:
            parts = node.decorator_list
        case How.VALUE, ast.expr() as node:
            parts = [node]
        case _:
            return False
    return not any(
        isinstance(inner, ast.Name) and inner.id == name
        for part in parts
        for inner in ast.walk(part)
    )


def _is_globals_item(node: ast.AST) -> bool:
    match node:
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), ctx=ast.Store()):
            return True
    return False
