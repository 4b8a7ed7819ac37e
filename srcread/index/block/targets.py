"""What binds names: assignment targets, patterns of `case`, and scopes inside an expression."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

from srcread.index.block.bindings import Binding, How, Inner, Scope, Unpacking

_MAKING = (How.IMPORTED, How.DEFINED, How.VALUE)


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


def targets(target: ast.expr, path: Unpacking = ()) -> Iterator[tuple[ast.expr, Unpacking]]:
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


def captures(pattern: ast.pattern) -> Iterator[str]:
    """Yield the names that a pattern of `case` binds."""
    for inner in ast.walk(pattern):
        match inner:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name


def is_new(name: str, binding: Binding) -> bool:
    """Tell whether a binding makes its value without the name's own earlier value."""
    return binding.how in _MAKING and not rests_on(binding, {name})


def rests_on(binding: Binding, names: Set[str]) -> bool:
    """Tell whether a binding's value is made of what some names stand for."""
    return mention(parts_of(binding), names)


def mention(parts: Iterable[ast.expr], names: Set[str]) -> bool:
    """Tell whether some expressions mention one of some names."""
    return any(
        isinstance(inner, ast.Name) and inner.id in names
        for part in parts
        for inner in ast.walk(part)
    )


def resting_on(scope: Scope, names: Set[str]) -> dict[str, list[Binding]]:
    """Return the bindings of all names whose values are made of some names', however far."""
    found: dict[str, list[Binding]] = {}
    waiting = set(names)
    while waiting:
        resting = {
            name: bindings
            for name, bindings in scope.bindings.items()
            if name not in found and name not in names
            if any(rests_on(binding, waiting) for binding in bindings)
        }
        found |= resting
        waiting = set(resting)
    return found


def parts_of(binding: Binding) -> Iterable[ast.expr]:
    """Return the expressions of which a binding's value is made."""
    match binding.node:
        case ast.ClassDef() as node:
            return (*node.decorator_list, *node.bases)
        case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
            return node.decorator_list
        case ast.expr() as node:
            return (node,)
    return ()


def is_globals_item(node: ast.AST) -> bool:
    """Tell whether a node is `globals()[…]` that is assigned to."""
    match node:
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), ctx=ast.Store()):
            return True
    return False
