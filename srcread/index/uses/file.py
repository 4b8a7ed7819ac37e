"""The uses of one symbol in one parsed file: where, of which kind, how certain.

Certain, `resolved`, is what the file's own names lead to: imports, definitions, plain assignments;
and `self.name` where the class that it stands in, or a base, has the method. `possible` is a name
with another way to be bound; a call of an attribute with the method's name on a value of unknown
class; and of `self.name` where a subclass has the method. What is only mentioned counts where it is
certain. Functions that do not hold the word are not parsed. The walk is a loop over a stack: some
files nest deeper than Python's own.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from srcread.index.block.bindings import How, path_of
from srcread.index.imports import import_source
from srcread.index.late import may_mention
from srcread.index.module import Module
from srcread.index.uses.classes import Classes
from srcread.index.uses.frames import Frame, frame_of, meanings, parameters_of, shadowed
from srcread.model import Certainty


class UseKind(Enum):
    """How a place uses a symbol."""

    CALL = "call"
    """`name(…)`, or `@name` above a definition."""
    MENTION = "mention"
    """Named without being called: handed on, compared, annotated."""
    SUBCLASS = "subclass"
    """A base in a `class` statement."""
    OVERRIDE = "override"
    """The `def` of a method that takes its place in a subclass."""
    IMPORT = "import"
    """Brought into a file by an import statement."""
    REEXPORT = "re-export"
    """Brought into a package's `__init__.py`: others may take it from there."""
    REPLACED = "replaced"
    """Assigned to or deleted, as tests and patches do."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses a symbol; `text` is its line, `inside` the definition that it stands in.

    The line and column are those of the symbol's last name. `inside` is a full name, of the module
    itself at its top.
    """

    path: str
    line: int
    column: int
    kind: UseKind
    certainty: Certainty
    inside: str
    text: str

    def order(self) -> tuple[str, int, int, str]:
        """Return what uses are sorted by."""
        return self.path, self.line, self.column, self.kind.value


_RUNS = (UseKind.CALL, UseKind.SUBCLASS)
"""What counts where it is only possible: what hands a name on may mean anything."""
_Item = tuple[ast.AST, Frame, UseKind]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The symbol that is looked for: its full names, and the class that it is a member of, if any.

    `words` are the last names by which files may know it.
    """

    names: frozenset[str]
    words: frozenset[str]
    holder: str = ""

    @property
    def member(self) -> str:
        """The name of the member; empty for what is no member."""
        return min(self.names).rpartition(".")[2] if self.holder else ""


def local_words(module: Module, wanted: Wanted) -> frozenset[str]:
    """Return the words for the symbol at a file's top: `lin`, too, after `import linear as lin`."""
    found = set(wanted.words)
    for name, bindings in module.scope.bindings.items():
        for binding in bindings:
            if binding.how is How.IMPORTED and binding.alias is not None:
                last = binding.alias.name.rpartition(".")[2]
            elif binding.how is How.VALUE and isinstance(binding.node, ast.expr):
                last = path_of(binding.node).rpartition(".")[2]
            else:
                continue
            if last in wanted.words:
                found.add(name)
    return frozenset(found)


def uses_in(module: Module, wanted: Wanted, classes: Classes) -> list[Use]:
    """Return the uses in a file, in no order."""
    words = local_words(module, wanted)
    return _File(module, replace(wanted, words=words), classes).uses()


@dataclass(slots=True)
class _File:
    """One walk over a file's tree; `stack` holds what is still to be looked at."""

    module: Module
    wanted: Wanted
    classes: Classes
    stack: list[_Item] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """The numbers of the lines that hold one of the words: what has none of them is passed by."""

    def uses(self) -> list[Use]:
        word = re.compile("|".join(map(re.escape, sorted(self.wanted.words))))
        numbered = enumerate(self.module.lines, 1)
        self.lines = [number for number, line in numbered if word.search(line)]
        top = Frame(self.module.name, {})
        self.push(self.module.tree.body, top)
        found: list[Use] = []
        while self.stack:
            node, frame, kind = self.stack.pop()
            found += self.look(node, frame, kind)
        return found

    def push(self, nodes: Iterable[ast.AST], frame: Frame, kind: UseKind = UseKind.MENTION) -> None:
        self.stack += [(node, frame, kind) for node in nodes if self.may_use(node)]

    def may_use(self, node: ast.AST) -> bool:
        """Tell whether a node's lines hold a word; a definition is asked when its turn comes."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return True
            case ast.stmt() | ast.expr():
                place = bisect_left(self.lines, node.lineno)
                last = node.end_lineno or node.lineno
                return place < len(self.lines) and self.lines[place] <= last
        return True

    def look(self, node: ast.AST, frame: Frame, kind: UseKind) -> Iterator[Use]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self.function(node, frame)
            case ast.ClassDef():
                self.push(node.decorator_list, frame, UseKind.CALL)
                self.push(node.bases, frame, UseKind.SUBCLASS)
                self.push(node.keywords, frame)
                self.push(node.body, frame_of(node, frame))
            case ast.Lambda(args=arguments, body=body):
                self.push([arguments], frame)
                self.push([body], shadowed(frame, parameters_of(arguments)))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self.push(ast.iter_child_nodes(node), shadowed(frame, _targets(node)))
            case ast.Call(func=callee, args=arguments, keywords=keywords):
                self.push([callee], frame, UseKind.CALL)
                self.push([*arguments, *keywords], frame)
            case ast.Name() | ast.Attribute():
                yield from self.name(node, frame, kind)
            case ast.Import() | ast.ImportFrom():
                yield from self.imported(node, frame)
            case _:
                self.push(ast.iter_child_nodes(node), frame)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Iterator[Use]:
        self.push(node.decorator_list, frame, UseKind.CALL)
        self.push(filter(None, [node.args, node.returns]), frame)
        if self.overrides(node.name, frame):
            yield self.use(node.lineno, -1, UseKind.OVERRIDE, Certainty.RESOLVED, frame)
        if any(may_mention(node, word) for word in self.wanted.words):
            self.push(node.body, frame_of(node, frame))

    def overrides(self, name: str, frame: Frame) -> bool:
        if not frame.is_class or name != self.wanted.member or frame.name == self.wanted.holder:
            return False
        return self.wanted.holder in self.classes.line(frame.name)

    def name(self, node: ast.Name | ast.Attribute, frame: Frame, kind: UseKind) -> Iterator[Use]:
        last = node.id if isinstance(node, ast.Name) else node.attr
        if not isinstance(node, ast.Name):
            self.push([node.value], frame)
        if last not in self.wanted.words:
            return
        certainty = self.certainty(node, frame, last)
        if certainty is None or (certainty is Certainty.POSSIBLE and kind not in _RUNS):
            return
        if not isinstance(node.ctx, ast.Load):
            if isinstance(node, ast.Name):
                return  # a plain binding is no use; it may be the definition
            kind = UseKind.REPLACED
        column = (node.end_col_offset or 0) - len(last.encode())
        yield self.use(node.end_lineno or node.lineno, column, kind, certainty, frame)

    def certainty(
        self, node: ast.Name | ast.Attribute, frame: Frame, last: str
    ) -> Certainty | None:
        """Tell how surely a name is the symbol's; None where it is surely another's."""
        if (path := path_of(node)) and not self.is_own(path, frame):
            found = meanings(self.module, frame, path, self.classes)
            if found is not None and found & self.wanted.names:
                return Certainty.RESOLVED if found <= self.wanted.names else Certainty.POSSIBLE
            if found is not None and not self.is_value(found):
                return None
        if last != self.wanted.member or isinstance(node, ast.Name):
            return None
        return self.of_value(node.value, frame)

    def is_own(self, path: str, frame: Frame) -> bool:
        return bool(frame.receiver) and path.partition(".")[0] == frame.receiver

    def is_value(self, found: frozenset[str]) -> bool:
        """Tell whether an attribute is one of a module's variable, whose class is unknown."""
        for name in found:
            head, rest = self.classes.names.split(name)
            if head and len(rest) > 1 and not self.classes.is_class(f"{head}.{rest[0]}"):
                return True
        return False

    def of_value(self, value: ast.expr, frame: Frame) -> Certainty | None:
        """Tell how surely an attribute of some value is the member that is looked for."""
        match value:
            case ast.Name(id=name) if name == frame.receiver:
                return self.of_class(frame.holder, above=False)
            case ast.Call(func=ast.Name(id="super"), args=[]) if frame.holder:
                return self.of_class(frame.holder, above=True)
            case ast.Constant():
                return None
        return Certainty.POSSIBLE

    def of_class(self, name: str, *, above: bool) -> Certainty | None:
        member = self.classes.member(name, self.wanted.member, above=above)
        if member in self.wanted.names:
            return Certainty.RESOLVED
        if not above and name in self.classes.line(self.wanted.holder):
            return Certainty.POSSIBLE  # an object of the subclass runs its own
        return Certainty.POSSIBLE if member is None and not self.classes.is_known(name) else None

    def imported(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> Iterator[Use]:
        for alias in node.names:
            if alias.name.rpartition(".")[2] not in self.wanted.words:
                continue
            path = alias.name
            if isinstance(node, ast.ImportFrom):
                path = f"{import_source(self.module, node)}.{alias.name}"
            if self.classes.meanings(path) & self.wanted.names:
                outward = self.module.is_package and frame.outer is None
                kind = UseKind.REEXPORT if outward else UseKind.IMPORT
                yield self.use(alias.lineno, alias.col_offset, kind, Certainty.RESOLVED, frame)

    def use(self, line: int, column: int, kind: UseKind, certainty: Certainty, frame: Frame) -> Use:
        text = self.module.lines[line - 1]
        if column < 0:
            column = max(text.find("def "), 0) + len("def ")
        elif not text.isascii():  # `ast` counts UTF-8 bytes
            column = len(text.encode()[:column].decode(errors="replace"))
        path = self.module.file.path
        return Use(path, line, column, kind, certainty, frame.name, " ".join(text.split()))


def _targets(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> set[str]:
    """Return the names that a comprehension binds."""
    return {
        inner.id
        for generator in node.generators
        for inner in ast.walk(generator.target)
        if isinstance(inner, ast.Name)
    }
