"""Which names of a file stand for something of its own: what it defines, makes, or calls anew.

Read off the assignments in the file's own code, in their order, whatever branch they stand in.
Containers of the file's own are told apart: calling what stands in one runs the file's code, and
filling one does not. What a function of another file gives is the file's own for who calls its
methods; a logger is not. Whatever else the code binds and then calls by that name, or out of it by
a key, counts: who only defines calls nothing of that.

For example, `run, net = main, Net()` and `jobs = {"a": main}`: `run()`, `net.fit()` and
`jobs["a"]()` are calls of something of the file's own; `jobs.update(other)` is none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from srcread.index import Module
from srcread.index.block.bindings import path_of

_LOGGER = "getLogger"
_CONTAINERS = ast.List | ast.Dict | ast.Set | ast.Tuple | ast.ListComp | ast.DictComp | ast.SetComp


@dataclass(slots=True)
class Owned:
    """Names that stand for functions, classes and objects, and those of containers of them."""

    names: set[str]
    objects: set[str] = field(default_factory=set)
    """Those of the names that a call gave."""
    containers: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    """All that the code binds itself, whatever that is."""

    def has(self, node: ast.expr) -> bool:
        """Tell whether an expression begins at something of the file's own."""
        while True:
            match node:
                case ast.Name(id=name):
                    return name in self.names
                case ast.Subscript(value=ast.Name(id=name)) if name in self.containers:
                    return True
                case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                    node = inner
                case ast.Call(func=inner):
                    node = inner
                case _:
                    return False

    def calls(self, node: ast.expr) -> bool:
        """Tell whether a call of an expression runs something of the file's own."""
        if self.has(node):
            return True
        is_result = False
        while not isinstance(node, ast.Name):
            match node:
                case ast.Subscript(value=inner):
                    node = inner
                case ast.Call(func=inner):
                    node, is_result = inner, True
                case ast.Attribute(value=inner) if is_result:
                    node = inner
                case _:
                    return False
        return node.id in self.bound or (is_result and node.id == "globals")

    def made(self, node: ast.expr) -> bool:
        """Tell whether an expression is the name of an object that a call gave."""
        return isinstance(node, ast.Name) and node.id in self.objects


def owned(module: Module) -> Owned:
    """Return the names of a module that stand for something of its own."""
    own = Owned({defined.node.name for defined in module.definitions.values()})
    for target, value in _given(module.tree.body):
        _keep(own, target, value)
    own.bound.update(_bound(module.tree.body))
    return own


def _bound(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the names that a block's statements bind, but for definitions and imports."""
    waiting: list[ast.AST] = [*body]
    while waiting:  # in a loop: a sum of thousands of terms nests as deep
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
        waiting += ast.iter_child_nodes(node)


def _given(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a block gives names to, in the branches and loops of the block, too."""
    waiting = [*reversed(body)]
    while waiting:  # in a loop: a chain of `elif` nests as deep as it is long
        node = waiting.pop()
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield target, value
            case ast.For(target=target, iter=value):
                yield target, value
            case ast.With(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        yield item.optional_vars, item.context_expr
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = (*getattr(node, "body", ()), *getattr(node, "orelse", ()))
            waiting += reversed(inner)


def _keep(own: Owned, target: ast.expr, value: ast.expr) -> None:
    """Note what a target stands for behind an assignment; of several together each."""
    match target, value:
        case (
            (ast.Tuple(elts=targets) | ast.List(elts=targets)),
            (ast.Tuple(elts=values) | ast.List(elts=values)),
        ) if len(targets) == len(values) and not any(map(_is_starred, (*targets, *values))):
            for single, part in zip(targets, values, strict=True):
                _keep(own, single, part)
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), _):
            for single in targets:
                _keep(own, single, value)
        case ast.Starred(value=inner), _:
            _keep(own, inner, value)
        case ast.Name(id=name), _ if not name.startswith("__"):
            _name(own, name, value)
        case ast.Subscript(value=ast.Name(id=name)), _ if own.has(value):
            own.containers.add(name)


def _name(own: Owned, name: str, value: ast.expr) -> None:
    """Note what one name stands for."""
    match value:
        case ast.Call(func=function) if not path_of(function).endswith(_LOGGER):
            own.names.add(name)
            own.objects.add(name)
        case ast.IfExp(body=first, orelse=second) if own.has(first) or own.has(second):
            own.names.add(name)
        case _ if isinstance(value, _CONTAINERS):
            if any(own.has(part) for part in ast.walk(value) if isinstance(part, ast.Name)):
                own.containers.add(name)
                own.names.update([name] if isinstance(value, ast.Tuple) else [])
        case _ if own.has(value):
            own.names.add(name)


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)
