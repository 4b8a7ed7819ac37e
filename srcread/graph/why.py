"""Why a call reaches what it reaches: its parts, what each may be, and where that came from.

A call is taken apart from the outside in. Of each part is said what it may be and what gave it
that: the places that bind a name, the calls that hand a parameter over, the methods that set an
attribute. Where nothing is known of a part though all is known of what it is made of, it was lost
there, and the line says so.

For example, of `self.parts.stem(x)`: `self.parts.stem` is not known, for no 'stem' is ever set on
the ModuleDict that `self.parts` is, which line 5 has set.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    ClassValue,
    Constant,
    Context,
    External,
    ExternalInstance,
    Folded,
    FunctionValue,
    GenericFunction,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Super,
    Table,
    Unknown,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.infer.values import (
    Sequence as Elements,
)
from srcread.index.block.bindings import Binding, How
from srcread.model import CallGraph, Edge, EdgeKind

_DEEPEST = 8
_WIDTH = 60
_MOST = 4
_HOW = {
    How.ELEMENT: "an element of {}",
    How.ENTERED: "what `with {}` gives",
    How.RAISED: "an exception of {}",
    How.DECLARED: "annotated {}",
    How.UPDATED: "changed by {}",
}


def explain(
    evaluator: Interpreter, graph: CallGraph, contexts: Sequence[Context], line: int
) -> Iterator[str]:
    """Yield the lines that explain the calls of a function that begin in a line.

    `contexts` are those in which the function was looked at; what is the same in several of them is
    said once.
    """
    said: dict[tuple[str, ...], int] = {}
    for context in contexts:
        part = tuple(_Explanation(evaluator, graph, context).lines(line))
        said[part] = said.get(part, 0) + 1
    for part, number in said.items():
        if len(said) > 1:
            yield f"In {number} of {len(contexts)} ways in which it is called:"
        yield from part


class _Explanation:
    """The calls of one context of a function, explained."""

    def __init__(self, evaluator: Interpreter, graph: CallGraph, context: Context) -> None:
        self._ask = evaluator
        self._graph = graph
        self._context = context
        self._told: set[tuple[int, int]] = set()

    def lines(self, line: int) -> Iterator[str]:
        frame = self._ask.frame(self._context)
        for use in frame.scope.calls:
            if use.node.lineno == line and isinstance(use.node, ast.Call):
                self._told.clear()
                yield f"{_written(use.node)}"
                yield from self._reached(frame, use.node)
                yield from self._part(frame.within(*use.inside), use.node.func, 1)

    def _reached(self, frame: Frame, node: ast.Call) -> Iterator[str]:
        place = frame.module.range(node)
        edges = [
            edge
            for edge in self._graph.edges
            if edge.site.range == place and edge.site.caller == self._context.function
        ]
        yield from (f"  reaches {_end(edge)}" for edge in edges)

    def _part(self, frame: Frame, node: ast.expr, depth: int) -> Iterator[str]:
        """Say what an expression may be, and go on to what it is made of."""
        key = (id(frame), id(node))
        if key in self._told or isinstance(node, ast.Constant):
            return
        self._told.add(key)
        indent = "  " * depth
        values = self._ask.evaluate(frame, node)
        lost = "  <- lost here" if self._is_lost(frame, node, values) else ""
        yield f"{indent}L{node.lineno} `{_written(node)}` is {self._described(values)}{lost}"
        if depth >= _DEEPEST:
            return
        match node:
            case ast.Name(id=name):
                yield from self._name(frame, name, depth + 1)
            case ast.Attribute(value=value, attr=attribute):
                yield from self._part(frame, value, depth + 1)
                yield from self._set(frame, value, attribute, depth + 1)
            case ast.Call(func=func):
                yield from self._part(frame, func, depth + 1)
                yield from self._returned(frame, node, depth + 1)
            case ast.Subscript(value=value):
                yield from self._part(frame, value, depth + 1)
            case _:
                for inner in ast.iter_child_nodes(node):
                    if isinstance(inner, ast.expr):
                        yield from self._part(frame, inner, depth + 1)

    def _is_lost(self, frame: Frame, node: ast.expr, values: Values) -> bool:
        """Tell whether nothing is known of an expression, but of all that it is made of."""
        if known(values):
            return False
        parts: list[ast.expr] = []
        match node:
            case ast.Attribute(value=value) | ast.Subscript(value=value):
                parts = [value]
            case ast.Call(func=func):
                parts = [func]
        return all(known(self._ask.evaluate(frame, part)) for part in parts) and bool(parts)

    def _name(self, frame: Frame, name: str, depth: int) -> Iterator[str]:
        """Say what binds a name, in the nearest block that does."""
        inner: Frame | None = frame
        while inner is not None:
            bindings = inner.scope.bindings.get(name, [])
            parameter = self._ask.parameters.has(inner, name)
            if parameter:
                yield from self._given(inner, name, depth)
            for binding in bindings[:_MOST]:
                yield from self._binding(inner, name, binding, depth)
            if bindings or parameter:
                yield from _more(len(bindings), depth)
                return
            inner = inner.outer

    def _binding(self, frame: Frame, name: str, binding: Binding, depth: int) -> Iterator[str]:
        node = binding.node
        if not isinstance(node, ast.expr):
            what = "imported" if binding.how is How.IMPORTED else "defined"
            line = getattr(node, "lineno", 0)
            yield f"{'  ' * depth}L{line} {name} is {what} there"
            return
        what = _HOW.get(binding.how, "{}").format(f"`{_written(node)}`")
        if binding.path:
            what = f"a part of {what}"
        yield f"{'  ' * depth}L{node.lineno} {name} = {what}"
        place = frame.outer if binding.outside and frame.outer is not None else frame
        yield from self._part(place.within(*binding.inside), node, depth + 1)

    def _given(self, frame: Frame, name: str, depth: int) -> Iterator[str]:
        """Say who calls the function of which a name is a parameter."""
        indent, context = "  " * depth, frame.context
        if frame.defined is None or context is None or name == frame.defined.receiver:
            return
        given = self._ask.sharing.given(context, name)
        if not any(given):
            how = "as an entry, by anybody" if not context.called else "without it"
            yield f"{indent}{name} is a parameter: here the function is called {how}"
        callers = [edge for edge in self._graph.edges if edge.callee == context.function]
        for edge in callers[:_MOST]:
            yield f"{indent}called from {edge.site.caller} L{edge.site.range.first_line}"
        yield from _more(len(callers), depth)

    def _set(self, frame: Frame, owner: ast.expr, name: str, depth: int) -> Iterator[str]:
        """Say which methods set an attribute of the objects that its owner may be."""
        indent = "  " * depth
        for value in ordered(known(self._ask.evaluate(frame, owner)))[:_MOST]:
            if not isinstance(value, Instance):
                continue
            found = False
            for cls in self._ask.classes.mro(value.cls):
                defined = self._ask.index.defined(cls)
                for method in defined.mentioning(name) if defined is not None else ():
                    for binding in method.scope.attributes.get((method.receiver or "", name), ()):
                        found = True
                        text = _written(binding.node) if isinstance(binding.node, ast.expr) else ""
                        line = getattr(binding.node, "lineno", 0)
                        where = f"{method.module.file.path}:{line}"
                        yield f"{indent}{where} {method.name} sets it: `{text}`"
            if not found and any(self._ask.classes.members(value.cls, name)):
                yield f"{indent}the class {value.cls} has it"

    def _returned(self, frame: Frame, node: ast.Call, depth: int) -> Iterator[str]:
        """Say what the functions that a part calls return, by their own lines."""
        for value in ordered(known(self._ask.evaluate(frame, node.func)))[:_MOST]:
            if isinstance(value, FunctionValue):
                defined = self._ask.index.defined(value.name)
                returns = defined.scope.returns if defined is not None else []
                for expression in returns[:_MOST]:
                    yield (
                        f"{'  ' * depth}{value.name} L{expression.lineno} returns "
                        f"`{_written(expression)}`"
                    )

    def _described(self, values: Values) -> str:
        said = [_value(value) for value in ordered(values)]
        more = f", or one of {len(said) - _MOST} more" if len(said) > _MOST else ""
        return ", or ".join(said[:_MOST]) + more


def _value(value: Value) -> str:
    match value:
        case Constant(None):
            return "None"
        case Constant(text):
            return f"the text {text!r}"
        case ModuleValue(name):
            return f"the module {name}"
        case ClassValue(name):
            return f"the class {name}"
        case FunctionValue(name) | Folded(name):
            return f"the function {name}"
        case Instance(cls, constructed=constructed):
            return f"an object of {cls}" + ("" if constructed else " or of a subclass")
        case ExternalInstance(cls):
            return f"an object of {cls}"
        case Native(name):
            return f"the native {name}"
        case External(name):
            return f"{name}, which is not read"
        case Elements(items, positions):
            kind = "a tuple" if positions else "a list"
            return f"{kind} of {_some(items)}" if items else f"{kind} of which nothing is known"
        case Table(entries, items):
            keys = ", ".join(repr(key) for key, _ in entries[:_MOST])
            return f"a dictionary ({keys or 'keys not known'}) of {_some(items)}"
        case Partial(function):
            return f"a partial of {_value(function)}"
        case GenericFunction(function):
            return f"the generic function {function.name}"
        case Super(cls):
            return f"super() of {cls}"
        case Unknown(reason):
            return f"not known: {reason}"


def _some(values: Values) -> str:
    said = [_value(value) for value in ordered(values)]
    return " | ".join(said[:2]) + (f" | {len(said) - 2} more" if len(said) > 2 else "")


def _end(edge: Edge) -> str:
    if edge.kind is EdgeKind.UNRESOLVED:
        return f"what is not known: {edge.reason}"
    return f"{edge.callee} [{edge.kind.value}] ({edge.certainty.value})"


def _written(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _more(number: int, depth: int) -> Iterable[str]:
    if number > _MOST:
        yield f"{'  ' * depth}and {number - _MOST} more"
