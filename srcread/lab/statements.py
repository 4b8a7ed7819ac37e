"""What one statement says: which names it reads, binds, changes and imports; and it compiled.

Names are read from bytecode, which tells global from local ones as Python does.
"""

from __future__ import annotations
import __future__

import ast
import dis
from collections.abc import Iterator
from types import CodeType
from typing import TypeAlias

from srcread.index.block.scope import scope_of

Import: TypeAlias = ast.Import | ast.ImportFrom

_AS_TEXTS = __future__.annotations.compiler_flag
_READS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")


def compiled(statement: ast.stmt, path: str) -> CodeType:
    """Compile one statement, its positions those of its file, annotations kept as texts."""
    tree = ast.Module([statement], [])
    code: CodeType = compile(tree, path, "exec", _AS_TEXTS, dont_inherit=True)
    return code


def reads(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the global names that a statement and the functions in it read, and those perhaps.

    The latter are read in a class that binds them itself, before or after.
    """
    certain: set[str] = set()
    perhaps: set[str] = set()
    waiting = [(compiled(statement, "<reads>"), False)]
    while waiting:
        code, is_inner = waiting.pop()
        instructions = [(each.opname, each.argval) for each in dis.get_instructions(code)]
        stored = {name for operation, name in instructions if operation == "STORE_NAME"}
        read = {name for operation, name in instructions if operation in _READS}
        own = read & stored if is_inner else set()
        certain |= read - own
        perhaps |= own
        inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        waiting.extend((constant, True) for constant in inner)
    return certain, perhaps


def bound_names(statement: ast.stmt) -> set[str]:
    """Return the names that a statement gives values."""
    return set(scope_of([statement], expressions=False).bindings)


def changed(statement: ast.stmt) -> set[str]:
    """Return the names whose values a statement changes in place, as far as it says so itself."""
    match statement:
        case ast.Assign(targets=targets):
            places = [target for target in targets if not isinstance(target, ast.Name)]
        case ast.AugAssign(target=(ast.Attribute() | ast.Subscript()) as target):
            places = [target]
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            places = [method]
        case _:
            return set()
    return {name for name in map(_root, places) if name}


def _root(node: ast.expr) -> str:
    """Return the name that `a.b[c].d` starts with, or ''."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def trimmed(node: Import, name: str, before: ast.stmt | None) -> Import:
    """Return an import with only the aliases that bind needed names."""
    kept = list(before.names) if isinstance(before, Import) else []
    kept += [
        alias
        for alias in node.names
        if alias not in kept and (alias.asname or alias.name.partition(".")[0]) == name
    ]
    return _with_names(node, kept)


def unstarred(node: ast.ImportFrom, name: str, before: ast.stmt | None) -> ast.ImportFrom:
    """Return `from x import *` with the needed names in the star's place."""
    kept = list(before.names) if isinstance(before, ast.ImportFrom) else []
    alias = ast.copy_location(ast.alias(name), node)
    result = _with_names(node, [*kept, alias])
    assert isinstance(result, ast.ImportFrom)
    return result


def _with_names(node: Import, names: list[ast.alias]) -> Import:
    copy = (
        ast.Import(names=names)
        if isinstance(node, ast.Import)
        else ast.ImportFrom(module=node.module, names=names, level=node.level)
    )
    return ast.copy_location(copy, node)


def aliases(statement: ast.stmt) -> tuple[tuple[Import, ast.alias], ...]:
    """Return what a statement imports, and the functions in it do."""
    imports = [node for node in ast.walk(statement) if isinstance(node, Import)]
    return tuple((node, alias) for node in imports for alias in node.names)


def chains(statement: ast.stmt) -> Iterator[tuple[str, ...]]:
    """Yield `a.b.c` as its parts, for every longest chain of attributes that starts with a name."""
    inner: set[int] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            parts = [node.attr]
            value = node.value
            while isinstance(value, ast.Attribute):
                inner.add(id(value))
                parts.append(value.attr)
                value = value.value
            if isinstance(value, ast.Name):
                yield (value.id, *reversed(parts))
