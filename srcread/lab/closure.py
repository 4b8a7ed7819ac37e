"""Which statements of a source tree a function needs: itself, its helpers, theirs, and imports.

What a statement reads is told by its bytecode: the global names, and no local ones of the same
spelling. A name of another module of the tree is followed there, by imports at the top and inside
functions, and by attributes of an imported module. What changes a needed value in place is taken
too; what else runs when a module is imported is not, and is told.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from srcread.errors import NotFoundError, SourceError, did_you_mean
from srcread.index import Module, digest, parse
from srcread.index.imports import import_source
from srcread.lab.statements import (
    Import,
    aliases,
    bound_names,
    chains,
    changed,
    reads,
    trimmed,
    unstarred,
)
from srcread.model import Diagnostic, SourceFile
from srcread.sources import Sources, open_path

_PASS = ast.Pass()


class Tree:
    """A source tree: its modules by dotted name, and scripts, which import what lies beside them.

    A script is a module under the name of its path: `examples/bloom/build.py`, with a slash.
    """

    def __init__(self, root: Path, imported: Collection[str]) -> None:
        self.distribution = open_path(root)
        self._sources = Sources([self.distribution])
        self._imported = tuple(imported)
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """Return a module or a script by its name; None for one that is not in the tree.

        Raises:
            SourceError: its file cannot be read or parsed.
        """
        if any(name == package or name.startswith(f"{package}.") for package in self._imported):
            return None
        if name not in self._modules:
            self._modules[name] = self._parsed(name)
        return self._modules[name]

    def is_own(self, name: str) -> bool:
        """Tell whether a module is of the tree, a package without `__init__.py` included."""
        return self.module(name) is not None or (
            not name.endswith(".py")
            and name.partition(".")[0] not in self._imported
            and self._sources.is_package(name)
        )

    def beside(self, importer: str, name: str) -> str:
        """Return the name under which a module that imports `name` finds it."""
        if importer.endswith(".py"):
            folder = importer.rpartition("/")[0]
            neighbour = f"{folder}/{name}.py" if folder else f"{name}.py"
            if "." not in name and self.module(neighbour) is not None:
                return neighbour
        return name

    def _parsed(self, name: str) -> Module | None:
        file = self._script(name) if name.endswith(".py") else self._sources.find_module(name)
        if file is None:
            return None
        tree = parse(file)  # whole: an index parses functions late, and these are to be compiled
        if isinstance(tree, Diagnostic):
            raise SourceError(str(tree))
        return Module(name, file, tree, is_package=file.path.endswith("__init__.py"))

    def _script(self, path: str) -> SourceFile | None:
        try:
            return self._sources.read(self.distribution.name, path)
        except NotFoundError:
            return None


@dataclass(slots=True)
class Piece:
    """What is needed of one module: its statements by place in the file, and aliases of imports."""

    module: Module
    statements: dict[int, ast.stmt] = field(default_factory=dict)
    binders: dict[str, list[int]] = field(default_factory=dict)
    """Every name that the module binds, with the statements that do."""
    modules: set[str] = field(default_factory=set)
    """Modules that its statements reach as attributes."""

    def __post_init__(self) -> None:
        for number, statement in enumerate(self.module.tree.body):
            for name in bound_names(statement):
                self.binders.setdefault(name, []).append(number)

    def taken(self) -> set[str]:
        """Return the names that taken statements bind, those of imports left out."""
        return {
            name
            for name, numbers in self.binders.items()
            for number in numbers
            if not isinstance(self.statements.get(number, _PASS), Import | ast.Pass)
        }

    def ordered(self) -> list[ast.stmt]:
        """The statements in the file's order."""
        return [self.statements[number] for number in sorted(self.statements)]


class Closure:
    """Grows from the names that are wanted until nothing is missing; `left_out` tells the rest."""

    def __init__(self, tree: Tree, given: Collection[str]) -> None:
        self.tree = tree
        self.parts: dict[str, Piece] = {}
        self.left_out: dict[str, str] = {}
        self.given_used: set[str] = set()
        self._given = given
        self._aliases: dict[ast.stmt, tuple[tuple[Import, ast.alias], ...]] = {}
        self._waiting: list[tuple[str, str]] = []
        self._wanted: set[tuple[str, str]] = set()

    def want(self, module: str, name: str) -> None:
        """Take a name of a module and all that it needs.

        Raises:
            NotFoundError: the module is not in the tree, or binds no such name.
        """
        part = self._part(module)
        if part is None:
            raise NotFoundError(f"There is no module {module!r} in {self.tree.distribution.root}.")
        if name not in part.binders:
            near = did_you_mean(name, part.binders)
            raise NotFoundError(f"{module!r} binds no {name!r} at its top.{near}")
        self._waiting.append((module, name))
        while self._waiting:
            self._take(*self._waiting.pop())
            if not self._waiting:
                self._take_changes()

    def digests(self) -> tuple[tuple[str, str], ...]:
        """Return each taken statement's digest, under what it binds, sorted."""
        found = []
        for module, part in self.parts.items():
            for statement in part.statements.values():
                names = bound_names(statement) or changed(statement)
                found.append((f"{module}:{','.join(sorted(names))}", digest(statement)))
        return tuple(sorted(found))

    def untaken(self) -> dict[str, str]:
        """Return the statements that bind nothing and mention what was taken, with the reason."""
        told = {}
        for name, part in self.parts.items():
            taken = part.taken()
            for number, statement in enumerate(part.module.tree.body):
                if number in part.statements or bound_names(statement):
                    continue
                if reads(statement)[0] & taken:  # a star import reads nothing
                    place = f"{part.module.file.path}:{statement.lineno}"
                    told[place] = f"it runs when {name!r} is imported, and gives no name a value"
        return told

    def _part(self, module: str) -> Piece | None:
        if module not in self.parts:
            found = self.tree.module(module)
            if found is None:
                return None
            self.parts[module] = Piece(found)
        return self.parts[module]

    def _take(self, module: str, name: str) -> None:
        if (module, name) in self._wanted:
            return
        self._wanted.add((module, name))
        part = self._part(module)
        for key in (name, f"{module}.{name}"):
            if key in self._given:
                self.given_used.add(key)
                return
        if part is None or name not in part.binders:
            self._take_elsewhere(module, name, part)
            return
        for number in part.binders[name]:
            statement = part.module.tree.body[number]
            if isinstance(statement, Import):
                before = part.statements.get(number)
                part.statements[number] = trimmed(statement, name, before)
                self._follow_import(part, statement, name)
            elif number not in part.statements:
                part.statements[number] = statement
                self._follow(part, statement)

    def _take_changes(self) -> None:
        """Take what changes a taken value in place: by an item, an attribute or a method."""
        for part in list(self.parts.values()):
            taken = part.taken()
            for number, statement in enumerate(part.module.tree.body):
                if number not in part.statements and changed(statement) & taken:
                    part.statements[number] = statement
                    self._follow(part, statement)

    def _take_elsewhere(self, module: str, name: str, part: Piece | None) -> None:
        """Follow a name that a module does not bind itself: a star, a submodule, or nothing."""
        for node in part.module.scope.starred if part is not None else ():
            assert part is not None
            source = import_source(part.module, node)
            inner = self._part(source)
            if inner is not None and name in inner.binders:
                number = part.module.tree.body.index(node)
                part.statements[number] = unstarred(node, name, part.statements.get(number))
                self._waiting.append((source, name))
                return
        if self.tree.is_own(f"{module}.{name}"):
            self._part(f"{module}.{name}")
        else:
            self.left_out[f"{module}.{name}"] = "no statement at the top of its module binds it"

    def _follow(self, part: Piece, statement: ast.stmt) -> None:
        """Want what a statement reads, imports inside, and reaches as attributes."""
        certain, perhaps = reads(statement)
        for name in sorted(certain | perhaps):
            if name in part.binders or (name in certain and not hasattr(builtins, name)):
                self._waiting.append((part.module.name, name))
        for node, alias in self._aliases_of(statement):
            self._follow_alias(part, node, alias)
        for chain in chains(statement):
            self._follow_chain(part, chain, statement)

    def _follow_import(self, part: Piece, node: Import, name: str) -> None:
        for alias in node.names:
            if (alias.asname or alias.name.partition(".")[0]) == name or alias.asname == name:
                self._follow_alias(part, node, alias)
        for statement in list(part.statements.values()):
            for chain in chains(statement):
                if chain[0] == name:
                    self._follow_chain(part, chain, statement)

    def _follow_alias(self, part: Piece, node: Import, alias: ast.alias) -> None:
        if isinstance(node, ast.Import):
            self._part(self.tree.beside(part.module.name, alias.name))
            return
        source = self.tree.beside(part.module.name, import_source(part.module, node))
        if not self.tree.is_own(source):
            return
        self._waiting.append((source, alias.name))

    def _follow_chain(self, part: Piece, chain: tuple[str, ...], statement: ast.stmt) -> None:
        """Want the name that an attribute of an imported module of the tree stands for."""
        target = self._imported_module(part, chain[0], statement)
        for name in chain[1:] if target else ():
            inner = self._part(target)
            if (inner is None or name not in inner.binders) and self.tree.is_own(
                f"{target}.{name}"
            ):
                target = f"{target}.{name}"
                part.modules.add(target)
            else:
                self._waiting.append((target, name))
                return

    def _aliases_of(self, statement: ast.stmt) -> tuple[tuple[Import, ast.alias], ...]:
        """Return what a statement imports: looked for once, for each of its attributes asks."""
        if statement not in self._aliases:
            self._aliases[statement] = aliases(statement)
        return self._aliases[statement]

    def _imported_module(self, part: Piece, name: str, statement: ast.stmt) -> str:
        """Return which module of the tree a name stands for in a statement, or ''."""
        bindings = part.module.scope.bindings.get(name, ())
        outside = [(each.node, each.alias) for each in bindings if each.alias is not None]
        for node, alias in [*self._aliases_of(statement), *outside]:
            match node:
                case ast.Import() if alias.asname == name:
                    full = alias.name
                case ast.Import() if alias.name.partition(".")[0] == name:
                    full = name
                case ast.ImportFrom() if name in (alias.asname, alias.name):
                    full = f"{import_source(part.module, node)}.{alias.name}"
                case _:
                    continue
            full = self.tree.beside(part.module.name, full)
            if self.tree.is_own(full):
                return full
        return ""


def whole_digest(digests: Collection[tuple[str, str]]) -> str:
    """Return one digest of many, each with its name."""
    text = "\n".join(f"{name} {each}" for name, each in sorted(digests))
    return "d1:" + hashlib.sha256(text.encode()).hexdigest()
