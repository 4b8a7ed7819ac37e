"""What a module imports, by its import statements, wherever in the file they stand.

Imports by `importlib` are left out: their names are values.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from srcread.index.late import may_mention
from srcread.index.module import Module
from srcread.model import SourceFile
from srcread.sources import Sources

_LATER = ast.If | ast.Try | ast.TryStar | ast.FunctionDef | ast.AsyncFunctionDef
"""What stands in these may be missing: it is tested for, tried, or needed by who calls only."""
_BLOCKS = ("body", "orelse", "finalbody")
_CLAUSES = ("handlers", "cases")
_STATEMENT = re.compile(
    r"[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<source>[\w.]*)[ \t]+import[ \t]*"
    r"(?:\((?P<several>[^()]*)\)|(?P<names>[\w*, \t]+))|import[ \t]+(?P<modules>[\w., \t]+))"
    r"[ \t]*(?:#[^\n]*)?(?:\n|$)|[ \t]*#",
)
"""An import statement on lines of its own, or the beginning of a comment."""
_WORD = re.compile(r"import(?!\w)")  # that nothing stands before it is cheaper to test afterwards
_RENAMED = re.compile(r"[ \t]as[ \t]+\w+")


@dataclass(frozen=True, slots=True)
class ImportedModule:
    """One imported module; `modules` are what else its names may be: its submodules.

    `optional` imports stand in a `try`, an `if` or a function: without them the module can be
    imported.
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


def imports_of(module: Module) -> Iterator[ImportedModule]:
    """Yield what a module imports, relative imports by their full names, in the file's order."""
    for node, optional in _statements(module.tree.body, False):
        place = f"{module.file.distribution}:{module.file.path}:{node.lineno}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield ImportedModule(alias.name, (), optional, place)
            continue
        source = import_source(module, node)
        inner = tuple(f"{source}.{alias.name}" for alias in node.names if alias.name != "*")
        if source:
            yield ImportedModule(source, inner, optional, place)


def may_import(name: str, file: SourceFile) -> set[str] | None:
    """Return all that a file's import statements may name, without parsing it.

    Imports that only stand in a text are among them, and names that are no modules. None where an
    import may be written so that only parsing tells.
    """
    text, is_package, done = file.text, _is_package(file), 0
    found: set[str] = set()
    for word in _WORD.finditer(text):
        start = text.rfind("\n", 0, word.start()) + 1
        if start < done or text[word.start() - 1 : word.start()].isidentifier():
            continue
        if (statement := _STATEMENT.match(text, start)) is None:
            return None
        done = statement.end()
        dots, source = statement["dots"] or "", statement["source"] or ""
        if modules := statement["modules"]:
            found |= {item.strip() for item in _RENAMED.sub("", modules).split(",")}
        elif source or dots:
            full = _full_name(name, is_package, len(dots), source)
            names = re.findall(r"\w+", statement["several"] or statement["names"] or "")
            found |= {full, *(f"{full}.{item}" for item in names)} if full else set()
    return found - {""}


def import_source(module: Module, node: ast.ImportFrom) -> str:
    """Return the full name of the module that a `from … import` names; empty above the top."""
    return _full_name(module.name, module.is_package, node.level, node.module or "")


def is_pythons(module: Module, name: str) -> bool:
    """Tell whether a module that is called like one of Python's, `logging`, imports that one.

    It would import itself, where its folder leads the path; nobody means that.
    """
    own = name.partition(".")[0]
    return own in sys.stdlib_module_names and own == module.name.rpartition(".")[2]


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


def _full_name(importer: str, is_package: bool, level: int, source: str) -> str:
    if not level:
        return source
    parts = importer.split(".")
    package = parts[: max(len(parts) - level + is_package, 0)]
    return ".".join([*package, source] if source else package) if package else ""


def _is_package(file: SourceFile) -> bool:
    return f"/{file.path}".endswith("/__init__.py")


def _statements(
    body: Iterable[ast.stmt], optional: bool
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the import statements below some statements, each with whether it is optional.

    Expressions, most of a tree, hold none.
    """
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, optional
            continue
        if not may_mention(node, "import"):
            continue  # a look inside would parse it
        inside = optional or isinstance(node, _LATER)
        for field in _BLOCKS:
            yield from _statements(getattr(node, field, ()), inside)
        for field in _CLAUSES:
            for clause in getattr(node, field, ()):
                yield from _statements(clause.body, inside)
