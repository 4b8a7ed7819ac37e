"""One parsed module: its names, its definitions, and where each of them stands.

A module is parsed whole, but its functions' insides are gathered one by one, when asked for: of
torch.nn.functional's 300 functions a tour walks 20.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from srcread.index.block.bindings import Scope
from srcread.index.block.scope import Definition, scope_of
from srcread.index.block.targets import resting_on
from srcread.index.late import last_line
from srcread.index.trees import BODY, LAMBDA, as_body, range_of, split_lines
from srcread.model import Position, Range, SourceFile, Symbol, SymbolKind

_END = re.compile("\n")
_GLOBAL = re.compile(r"\n[ \t]+global ")
_OUTER = "nonlocal"


@dataclass(eq=False, slots=True)
class Defined:
    """A definition under its full name; `owner` is the class or function around it.

    Its symbol, scope and inner definitions are made when asked for.
    """

    name: str
    node: Definition
    module: Module
    owner: Defined | None
    receiver: str | None = field(init=False)
    """The name of `self` or `cls`; None for functions, static methods and classes."""
    parameters: frozenset[str] = field(init=False)
    """The names of a function's parameters."""
    _symbol: Symbol | None = None
    _scope: Scope | None = None
    _inner: dict[str, Defined] | None = None
    _rebinders: dict[str, list[Defined]] | None = None
    _mentions: dict[str, list[Defined]] | None = None
    _not_called: dict[str, list[Defined]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.receiver = _receiver(self)
        self.parameters = _given(self.node)

    @property
    def symbol(self) -> Symbol:
        """The definition as a value of the model."""
        if self._symbol is None:
            kind, module = _kind(self), self.module
            self._symbol = symbol_of(self.name, self.node, kind, module.file, module.lines)
        return self._symbol

    @property
    def scope(self) -> Scope:
        """What the body of this definition binds, calls and returns."""
        if self._scope is None:
            replaces = isinstance(self.node, ast.ClassDef)
            self._scope = scope_of(self.node.body, replaces=replaces, given=self.parameters)
        return self._scope

    @property
    def text(self) -> str:
        """The lines on which this definition stands."""
        return "\n".join(self.module.lines[self.node.lineno - 1 : last_line(self.node)])

    def inner(self) -> dict[str, Defined]:
        """The definitions directly inside this one, by full name."""
        if self._inner is None:
            self._inner = {}
            separator = "." if isinstance(self.node, ast.ClassDef) else ".<locals>."
            prefix = self.name + separator
            _gather(self.node.body, prefix, self.module, self, self._inner)
        return self._inner

    def mentioning(self, attribute: str, *, called: bool = True) -> list[Defined]:
        """The methods of this class whose text has `self.attribute`: only these can set it.

        By the text, so that a method that sets nothing of what is asked for is never parsed. Not
        `called`: those that do not only call it.
        """
        if self._mentions is None:
            self._mentions = {}
            for method in self.inner().values():
                if method.receiver is not None:
                    pattern = rf"\b{method.receiver}\s*\.\s*(\w++)(\s*\()?"
                    found = re.findall(pattern, method.text)
                    for name in dict.fromkeys(name for name, _ in found):
                        self._mentions.setdefault(name, []).append(method)
                    for name in dict.fromkeys(name for name, call in found if not call):
                        self._not_called.setdefault(name, []).append(method)
        return (self._mentions if called else self._not_called).get(attribute, [])

    def rebinders(self, name: str) -> list[Defined]:
        """The functions inside this one that declare a name `nonlocal`."""
        if self.node.name == BODY:
            return self.module.rebinders(name)
        if self._rebinders is None:
            self._rebinders = {}
            lines = self.module.lines[self.node.lineno : last_line(self.node)]
            # By the text, as in a module: most functions have none, and need not be parsed.
            numbers = [n for n, text in enumerate(lines, self.node.lineno + 1) if _OUTER in text]
            for inner in _functions(self.inner().values(), numbers):
                for outer_name in inner.scope.outer:
                    self._rebinders.setdefault(outer_name, []).append(inner)
        return self._rebinders.get(name, [])


@dataclass(eq=False, slots=True)
class Module:
    """A parsed file under its dotted name."""

    name: str
    file: SourceFile
    tree: ast.Module
    is_package: bool
    lines: list[str] = field(init=False)
    definitions: dict[str, Defined] = field(init=False)
    scope: Scope = field(init=False)
    _whole: Scope | None = field(init=False, default=None)
    _body: Defined | None = field(init=False, default=None)
    _by_node: dict[int, Defined] = field(init=False, default_factory=dict)
    _rebinders: dict[str, list[Defined]] | None = None
    _ends: list[int] = field(init=False, default_factory=list)
    _starts: dict[int, tuple[list[int], list[Defined]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = split_lines(self.file.text)
        self.definitions = {}
        _gather(self.tree.body, self.name + ".", self, None, self.definitions)
        self.scope = scope_of(self.tree.body, expressions=False, replaces=True)

    @property
    def whole_scope(self) -> Scope:
        """The module's scope with what its expressions do: `scope` leaves that out."""
        if self._whole is None:
            self._whole = scope_of(self.tree.body, replaces=True)
        return self._whole

    @property
    def body(self) -> Defined:
        """The module's own code, as a definition that can be walked.

        What it binds are the module's names; its scope has only those that it binds again, with
        all that they are meanwhile, and those made of them: a module's names tell what they are
        when it is complete.
        """
        if self._body is None:
            node = as_body(self.tree, self.lines)
            scope = scope_of(self.tree.body)
            plain = {name: len(found) for name, found in self.scope.bindings.items()}
            again = {k: v for k, v in scope.bindings.items() if len(v) != plain.get(k)}
            again |= resting_on(scope, set(again))
            scope.bindings.clear()
            scope.bindings.update(again)
            self._body = Defined(
                f"{self.name}.{BODY}", node, self, None, _scope=scope, _inner=self.definitions
            )
        return self._body

    def find(self, name: str) -> Defined | None:
        """Return the definition with this full name, however deep it lies."""
        if name == f"{self.name}.{BODY}":
            return self.body
        if found := self.definitions.get(name):
            return found
        head, _, inside = name[len(self.name) + 1 :].partition(".")
        outermost = self.definitions.get(f"{self.name}.{head}")
        return _descend(outermost, name) if outermost is not None and inside else None

    def at_node(self, node: ast.AST) -> Defined | None:
        """Return the definition whose syntax node this is."""
        return self._by_node.get(id(node))

    def rebinders(self, name: str) -> list[Defined]:
        """Return the functions that declare a name of this module `global`."""
        if self._rebinders is None:
            self._rebinders = {}
            for function in self.functions_with(_GLOBAL) if " global " in self.file.text else ():
                for outer_name in function.scope.outer:
                    self._rebinders.setdefault(outer_name, []).append(function)
        return self._rebinders.get(name, [])

    def functions_with(self, pattern: re.Pattern[str]) -> Iterator[Defined]:
        """Yield the functions in whose text a pattern is found, outer ones first.

        Gathering the scopes of all functions costs more than parsing.
        """
        lines = [self.line_at(match.end()) for match in pattern.finditer(self.file.text)]
        yield from _functions(self.definitions.values(), lines)

    def line_at(self, offset: int) -> int:
        """Return the line in which a place of the text lies, counted in characters from 0."""
        if not self._ends:
            self._ends = [match.start() for match in _END.finditer(self.file.text)]
        return bisect_left(self._ends, offset) + 1

    def function_at(self, offset: int) -> Defined | None:
        """Return the innermost function around a place of the text, lambdas left out."""
        line, found = self.line_at(offset), None
        inner = self._defined_at(None, line)
        while inner is not None:
            found = found if isinstance(inner.node, ast.ClassDef) else inner
            inner = self._defined_at(inner, line)
        return found

    def _defined_at(self, owner: Defined | None, line: int) -> Defined | None:
        """Return the definition around a line, of those directly in another or in the module."""
        if id(owner) not in self._starts:
            inside = (owner.inner() if owner is not None else self.definitions).values()
            named = [item for item in inside if item.node.name != LAMBDA]
            named.sort(key=lambda item: item.node.lineno)
            self._starts[id(owner)] = [item.node.lineno for item in named], named
        lines, named = self._starts[id(owner)]
        place = bisect_right(lines, line) - 1
        return named[place] if place >= 0 and line <= last_line(named[place].node) else None

    def range(self, node: ast.AST) -> Range:
        """Return a node's range in characters."""
        assert isinstance(node, ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler)
        return range_of(node, self.lines)

    def remember(self, defined: Defined) -> None:
        """Let `at_node` find this definition."""
        self._by_node[id(defined.node)] = defined


def _functions(
    definitions: Iterable[Defined], lines: Sequence[int] | None = None
) -> Iterator[Defined]:
    """Yield the functions among definitions and inside them, all or those around some lines."""
    for defined in definitions:
        last = last_line(defined.node)
        first = bisect_left(lines, defined.node.lineno) if lines is not None else 0
        if lines is None or (first < len(lines) and lines[first] <= last):
            if not isinstance(defined.node, ast.ClassDef):
                yield defined
            yield from _functions(defined.inner().values(), lines)


def _descend(defined: Defined, name: str) -> Defined | None:
    """Find a name inside a definition by its beginnings: it has few, a block may have thousands."""
    known = defined.inner()
    if (found := known.get(name)) is not None:
        return found
    ends = (place for place, letter in enumerate(name) if letter == ".")
    around = (known.get(name[:end]) for end in ends)
    deeper = (_descend(inner, name) for inner in around if inner is not None)
    return next((found for found in deeper if found is not None), None)


def _gather(
    body: list[ast.stmt],
    prefix: str,
    module: Module,
    owner: Defined | None,
    into: dict[str, Defined],
) -> None:
    """Gather the definitions of a block, those in its `if`, `try` and `with` blocks too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = _unique(prefix + node.name + _role(node), into)
            defined = Defined(name, node, module, owner)
            into[name] = defined
            module.remember(defined)
        else:
            for block in _blocks(node):
                _gather(block, prefix, module, owner, into)


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    match node:
        case ast.If():
            blocks = [node.body]
            while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
                node = node.orelse[0]  # `elif`s, in a loop: their chain nests as deep as it is long
                blocks.append(node.body)
            return [*blocks, node.orelse]
        case ast.For() | ast.AsyncFor() | ast.While():
            return [node.body, node.orelse]
        case ast.With() | ast.AsyncWith():
            return [node.body]
        case ast.Try() | ast.TryStar():
            handlers = [handler.body for handler in node.handlers]
            return [node.body, *handlers, node.orelse, node.finalbody]
        case ast.Match():
            return [case.body for case in node.cases]
    return []


def _role(node: Definition) -> str:
    """Tell a property's setter and deleter from its getter: `@setter`, `@deleter`."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
            return "@" + decorator.attr
    return ""


def _unique(name: str, taken: dict[str, Defined]) -> str:
    """Number a repeated name; by halving, for a file may define one name 20,000 times."""
    if name not in taken:
        return name
    free = 2
    while f"{name}~{free}" in taken:
        free *= 2
    known = free // 2
    while free - known > 1:
        middle = (free + known) // 2
        known, free = (middle, free) if f"{name}~{middle}" in taken else (known, middle)
    return f"{name}~{free}"


def symbol_of(
    name: str, node: Definition, kind: SymbolKind, file: SourceFile, lines: Sequence[str]
) -> Symbol:
    """Return a definition as a value of the model; `lines` are those of its file."""
    whole = range_of(node, lines)
    if node.decorator_list:
        first = node.decorator_list[0].lineno
        column = len(lines[first - 1]) - len(lines[first - 1].lstrip())
        whole = Range(Position(first, column), whole.end)
    return Symbol(
        name=name,
        kind=kind,
        distribution=file.distribution,
        path=file.path,
        range=whole,
        line=node.lineno,
        signature=signature(node),
        bases=tuple(map(ast.unparse, node.bases)) if isinstance(node, ast.ClassDef) else (),
        decorators=tuple(map(ast.unparse, node.decorator_list)),
    )


def _given(node: Definition) -> frozenset[str]:
    """Return the names of a function's parameters."""
    if isinstance(node, ast.ClassDef):
        return frozenset()
    arguments = node.args
    starred = [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    listed = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred)
    return frozenset(item.arg for item in listed)


def _receiver(defined: Defined) -> str | None:
    node = defined.node
    if isinstance(node, ast.ClassDef) or _kind(defined) is not SymbolKind.METHOD:
        return None
    if any(
        isinstance(item, ast.Name) and item.id == "staticmethod" for item in node.decorator_list
    ):
        return None
    positional = [*node.args.posonlyargs, *node.args.args]
    return positional[0].arg if positional else None


def _kind(defined: Defined) -> SymbolKind:
    if isinstance(defined.node, ast.ClassDef):
        return SymbolKind.CLASS
    if defined.node.name == BODY:
        return SymbolKind.MODULE
    if defined.owner is not None and isinstance(defined.owner.node, ast.ClassDef):
        return SymbolKind.METHOD
    return SymbolKind.FUNCTION


def signature(node: Definition) -> str:
    """Return `(parameters) -> annotation` on one line; `()` for a class."""
    if isinstance(node, ast.ClassDef):
        return "()"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"
