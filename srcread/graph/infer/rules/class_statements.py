"""Statements behind a class that change it when a module is imported: `Layer.forward = fast`.

Looked for in the class's own module, in those of the entries and in what these import of their own
distribution: a script patches what it has imported. `setattr` with a constant name counts, and what
functions do that a statement of such a module calls. A plain statement that always runs takes the
place of what the class's text holds, if its module names that attribute of the class nowhere else;
otherwise both may run. Left out are names of classes that begin with a small letter.

For example, `class Layer` with a `forward`, and behind it `Layer.forward = fast`: `layer(x)`
reaches `fast` alone. With `if is_fast():` before it, or `slow = Layer.forward`, either may run.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules.class_decorators import Change, Put, handed, put_into, telling
from srcread.graph.infer.rules.neighbours import statement_calls
from srcread.graph.infer.solver import OutOfTime
from srcread.graph.infer.values import ClassValue, Context, FunctionValue, known, ordered
from srcread.index import Defined, Module
from srcread.index.imports import import_source

_OF_A_CLASS = re.compile(
    r"\n[ \t]*+(?:(?:[a-z_]\w*+\.)*+[A-Z]\w*+(?:\.\w++)++ *+=(?!=)|setattr\(\s*+(?:\w++\.)*[A-Z])"
)
"""Whole files are searched: what gives nothing back takes a sixth of the time of what does."""
_OF_SOMETHING = re.compile(r"^[ \t]*\w+\.\w+ *=(?!=)|\bsetattr\(", re.MULTILINE)
_LIKELY = re.compile(
    _OF_A_CLASS.pattern
    + r"|\n[ \t]++(?!self\.|cls\.)\w++\.\w++ *+=(?!=)|\n[ \t]++setattr\(\s*+(?!self\b)"
)
"""The same, and what a function would do that a statement of the module calls."""
_MOST = 64
"""So many modules that an entry's module imports are looked at; of more entries their texts are."""


class _Statement(NamedTuple):
    """A statement of a module that sets an attribute; `is_certain` where it always runs."""

    owner: ast.expr
    name: str
    value: ast.expr
    is_certain: bool


class ClassStatements:
    """Finds what code outside of a class puts into it."""

    def __init__(self, ask: Interpreter, entries: Iterable[str]) -> None:
        self.ask = ask
        self._entries = [entry.replace(":", ".") for entry in entries]
        self._entered: list[Module] | None = None
        self._statements: dict[str, list[_Statement]] = {}
        self._calls: dict[str, list[ast.Call]] = {}

    def put(self, defined: Defined) -> Put:
        """Return what statements put into a class."""
        if self._entered is None:
            self._entered = list(dict.fromkeys(self._modules()))
        modules = dict.fromkeys((defined.module, *self._entered))
        return tuple(change for module in modules for change in self._put(module, defined))

    def _modules(self) -> Iterator[Module]:
        """Yield the modules of the entries, and those that they import of their distribution."""
        index = self.ask.index
        if len(self._entries) > _MOST:
            yield from self._likely()
            return
        for entry in self._entries:
            module = index.module_of(entry)
            if module is None:
                continue
            yield module
            own = module.name.partition(".")[0] + "."
            for name in list(dict.fromkeys(_imported(module)))[:_MOST]:
                if name.startswith(own) and not self.ask.is_closed(name):
                    found = index.module_with(name, _OF_A_CLASS)
                    if found is not None:
                        yield found

    def _likely(self) -> Iterator[Module]:
        """Yield of very many entries' modules those whose text has such a statement.

        Raises:
            OutOfTime: the time of the walk is over.
        """
        deadline = self.ask.solver.deadline
        for name in dict.fromkeys(entry.rstrip(".") for entry in self._entries):
            if deadline is not None and time.monotonic() > deadline:
                raise OutOfTime
            module = self.ask.index.module_with(name, _LIKELY)
            if module is not None:
                yield module

    def _put(self, module: Module, defined: Defined) -> Iterator[Change]:
        frame, cls = self.ask.modules.frame(module), ClassValue(defined.name)
        for statement in self._statements_of(module):
            is_own = cls in self.ask.evaluate(frame, statement.owner)
            if is_own and (values := telling(self.ask.evaluate(frame, statement.value))):
                yield statement.name, values, statement.is_certain
        for context in self._called(module):
            for inner in handed(self.ask, context, cls):
                for name, values, _ in put_into(self.ask, self.ask.frame(inner), cls):
                    yield name, values, False

    def _statements_of(self, module: Module) -> list[_Statement]:
        if module.name not in self._statements:
            found = _changing(module) if _OF_A_CLASS.search(module.file.text) else ()
            self._statements[module.name] = list(found)
        return self._statements[module.name]

    def _called(self, module: Module) -> Iterator[Context]:
        """Yield the contexts of the module's functions that its statements call, if they set."""
        if module.name not in self._calls:
            self._calls[module.name] = [
                call for call in statement_calls(module) if _sets(module, call.func)
            ]
        frame = self.ask.modules.frame(module)
        for call in self._calls[module.name]:
            for value in ordered(known(self.ask.evaluate(frame, call.func))):
                if isinstance(value, FunctionValue):
                    yield self.ask.contexts.of_call(value, frame, call)


def _imported(module: Module) -> Iterator[str]:
    """Yield the names of modules that a module's statements may import."""
    for node in module.tree.body:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(names=names):
                source = import_source(module, node)
                yield source
                yield from (f"{source}.{alias.name}" for alias in names)


def _changing(module: Module) -> Iterator[_Statement]:
    """Yield the statements of a module, in its branches too, that set an attribute of a name."""
    waiting = [(node, True) for node in reversed(module.tree.body)]
    while waiting:
        node, is_straight = waiting.pop()
        match node:
            case ast.Assign(targets=[ast.Attribute(value=owner, attr=name)], value=value):
                pass
            case ast.Expr(
                value=ast.Call(
                    func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=str(name)), value]
                )
            ):
                pass
            case ast.If() | ast.For() | ast.With() | ast.Try():
                inner = [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]
                waiting += [(statement, False) for statement in reversed(inner)]
                continue
            case _:
                continue
        if not isinstance(owner, ast.Name | ast.Attribute) or not _is_of_a_class(owner):
            continue
        yield _Statement(owner, name, value, is_straight and _is_named_once(module, owner, name))


def _is_of_a_class(owner: ast.Name | ast.Attribute) -> bool:
    return (owner.id if isinstance(owner, ast.Name) else owner.attr)[:1].isupper()


def _is_named_once(module: Module, owner: ast.expr, name: str) -> bool:
    """Tell whether a module names an attribute of a class in one place, where it sets it."""
    written = re.escape(ast.unparse(owner))
    named = re.findall(rf"{written}(?<!\w{written})\.{name}\b", module.file.text)
    return len(named) <= 1


def _sets(module: Module, callee: ast.expr) -> bool:
    """Tell whether a callee is a function of the module that sets an attribute of something."""
    if not isinstance(callee, ast.Name):
        return False
    defined = module.definitions.get(f"{module.name}.{callee.id}")
    if defined is None or isinstance(defined.node, ast.ClassDef):
        return False
    lines = module.lines[defined.node.lineno - 1 : defined.node.end_lineno]
    return _OF_SOMETHING.search("\n".join(lines)) is not None
