"""What a module imports, by its import statements, wherever in the file they stand.

Imports by `importlib` are left out: their names are values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from srcread.index.late import may_mention
from srcread.index.module import Module
from srcread.sources import Sources

_BLOCKS = ("body", "orelse", "finalbody")
_CLAUSES = ("handlers", "cases")


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
    """Yield what a module imports, relative imports by their full names, in the file's order."""
    for node, optional in _statements(module.tree.body, False):
        place = f"{module.file.distribution}:{module.file.path}:{node.lineno}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, (), optional, place)
            continue
        source = import_source(module, node)
        inner = tuple(f"{source}.{alias.name}" for alias in node.names if alias.name != "*")
        if source:
            yield Import(source, inner, optional, place)


def import_source(module: Module, node: ast.ImportFrom) -> str:
    """Return the full name of the module that a `from … import` names; empty above the top."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = len(parts) - node.level + module.is_package
    package = parts[: max(kept, 0)]
    return ".".join([*package, node.module] if node.module else package) if package else ""


def beside(module: Module, name: str, sources: Sources) -> str:
    """Return the full name of a module that a script imports from its own folder.

    The folder of a script leads Python's path; one with `__init__.py` holds no scripts.
    """
    folder, _, _ = module.name.rpartition(".")
    if not folder or module.is_package or sources.is_package(name.partition(".")[0]):
        return name
    own = f"{folder}.{name}"
    is_script = sources.find_module(folder) is None
    return own if is_script and sources.find_module(own) is not None else name


def _statements(
    body: Iterable[ast.stmt], optional: bool
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the import statements below some statements: expressions, most of a tree, hold none."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, optional
            continue
        if not may_mention(node, "import"):
            continue  # a look inside would parse it
        inside = optional or isinstance(node, ast.Try | ast.TryStar) or _is_type_checking(node)
        for field in _BLOCKS:
            yield from _statements(getattr(node, field, ()), inside)
        for field in _CLAUSES:
            for clause in getattr(node, field, ()):
                yield from _statements(clause.body, inside)


def _is_type_checking(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return True
    return False
