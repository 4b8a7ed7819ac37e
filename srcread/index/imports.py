"""What a module imports, by its import statements, wherever in the file they stand.

Imports by `importlib` are left out: their names are values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from srcread.index.module import Module


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module; `modules` are what else its names may be: its submodules.

    `optional` imports stand in a `try` or in `if TYPE_CHECKING`: without them the code runs.
    `place` is `distribution:path:line`.
    """

    module: str
    modules: tuple[str, ...]
    optional: bool
    place: str

    @property
    def package(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]


def imports_of(module: Module) -> Iterator[Import]:
    """Yield what a module imports, relative imports by their full names."""
    optional = {
        node
        for block in ast.walk(module.tree)
        if isinstance(block, ast.Try) or _is_type_checking(block)
        for node in ast.walk(block)
    }
    for node in ast.walk(module.tree):
        place = f"{module.file.distribution}:{module.file.path}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(alias.name, (), node in optional, place)
            case ast.ImportFrom(names=names):
                source = _source(module, node)
                inner = tuple(f"{source}.{alias.name}" for alias in names if alias.name != "*")
                if source:
                    yield Import(source, inner, node in optional, place)


def _is_type_checking(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return True
    return False


def _source(module: Module, node: ast.ImportFrom) -> str:
    """Return the full name of the module that a `from … import` names; empty above the top."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = len(parts) - node.level + module.is_package
    package = parts[: max(kept, 0)]
    return ".".join([*package, node.module] if node.module else package) if package else ""
