"""Calls: what a call expression reaches, in which context, and what it returns."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from srcread.graph.infer.core.annotations import promises_text
from srcread.graph.infer.core.contexts import MAX_NESTING, told, worth_keeping, worth_passing_on
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.containers import contents, is_abstract_method, mixed_in
from srcread.graph.infer.rules.plain import of_schema
from srcread.graph.infer.rules.python import container_method, external_result, is_followed
from srcread.graph.infer.rules.registered import KERNEL, SEPARATOR
from srcread.graph.infer.values import (
    NOTHING,
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
    Sequence,
    Super,
    Table,
    Unknown,
    Value,
    Values,
    depth,
    known,
    merged,
    ordered,
    same,
    unknown,
)
from srcread.index import Defined

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

_MAX_TURNS = 3
_PARTIAL = ("functools.partial", "types.MethodType")


class Calls:
    """Resolves calls."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._returned: dict[Context, Values] = {}

    def value(self, frame: Frame, node: ast.Call) -> Values:
        """Return what a call expression may give."""
        special = self._special(frame, node)
        if special is not None:
            return special
        found = NOTHING
        for callee in ordered(self.evaluator.evaluate(frame, node.func)):
            match callee:
                case Unknown() | Constant(None):
                    found |= {callee} if isinstance(callee, Unknown) else NOTHING
                case External(name):
                    found |= self._external(frame, node, name)
                case _:
                    arguments, keywords = self.arguments(frame, node)
                    for function in self._kernels(frame, callee) or [callee]:
                        found |= self.result(function, arguments, keywords)
        return found or unknown("what the call returns is not known")

    def _kernels(self, frame: Frame, callee: Value) -> list[Value]:
        """Return the functions in Python that an operator by name runs."""
        if not isinstance(callee, Native) or SEPARATOR not in callee.name:
            return []
        registered = self.evaluator.registered.of(frame.module, callee.name)
        return [item.function for item in registered if item.role == KERNEL]

    def _special(self, frame: Frame, node: ast.Call) -> Values | None:
        """`super()`, and `globals()` where a module reads itself."""
        match node:
            case ast.Call(func=ast.Name(id="super")):
                return self._super(frame, node)
            case ast.Call(func=ast.Name(id="globals"), args=[]):
                return frozenset({ModuleValue(frame.module.name)})
        return None

    def _super(self, frame: Frame, node: ast.Call) -> Values:
        inner: Frame | None = frame.function()
        method: Defined | None = inner.defined if inner is not None else None
        while method is not None and not _in_class(method):
            method = method.owner
            inner = inner.outer if inner is not None else None
        if method is None or method.owner is None or inner is None:
            return unknown("`super()` outside a method")
        cls = method.owner.name
        if node.args:
            named = ordered(self.evaluator.evaluate(frame, node.args[0]))
            cls = next((value.name for value in named if isinstance(value, ClassValue)), cls)
        bound = self.evaluator.parameters.first(inner, method)
        return frozenset(Super(cls, value) for value in bound)

    def _external(self, frame: Frame, node: ast.Call, name: str) -> Values:
        """Results of Python's own functions, which pass values through, select and wrap."""
        if name == "typing.cast" and len(node.args) > 1:
            promised = self.evaluator.annotations.values(frame, node.args[0])
            return promised or self.evaluator.evaluate(frame, node.args[1])
        if name == "builtins.type.__call__":
            classes, call = self.evaluator.constructions.by_type(frame, node)
            arguments, keywords = self.arguments(frame, call)
            make = self.evaluator.constructions.make
            made = frozenset(make(cls, arguments, keywords) for cls in classes)
            return made or unknown("the class that type.__call__ makes an object of is not known")
        if name in _PARTIAL and node.args:
            return self._partial(frame, node)
        receiver = NOTHING
        if isinstance(node.func, ast.Attribute):
            receiver = self.evaluator.evaluate(frame, node.func.value)
        idioms = self.evaluator.idioms
        if (position := idioms.looks_up_native.get(name)) is not None:
            return self.looked_up(frame, node, position) or unknown(
                f"{name} looks up a name that is no constant"
            )
        if (cls := idioms.instance_returned(name)) is not None:
            return frozenset({ExternalInstance(cls)})
        returned = idioms.returns_argument.get(name)
        arguments = []
        if returned is not None or is_followed(name) or is_abstract_method(name):
            arguments, _ = self.arguments(frame, node)
        held = contents(self.evaluator, receiver) if is_followed(name) else receiver
        result = container_method(self.evaluator, held, name, arguments)
        if result is None:
            result = mixed_in(self.evaluator, receiver, name, arguments)
        if result is None:
            result = external_result(self.evaluator, name, arguments)
        if result is None and returned is not None:
            result = _argument(arguments, returned, receiver)
        if result is None and name.rpartition(".")[2][:1].isupper():
            result = frozenset({ExternalInstance(name)})  # a class, by PEP 8
        return result if result else unknown(f"the result of {name} is not followed")

    def looked_up(self, frame: Frame, node: ast.Call, position: int) -> Values:
        """Return what is native by the name that stands in a call, as an idiom says."""
        if position >= len(node.args):
            return NOTHING
        return frozenset(
            Native(value.value)
            for value in self.evaluator.evaluate(frame, node.args[position])
            if isinstance(value, Constant) and value.value
        )

    def _partial(self, frame: Frame, node: ast.Call) -> Values:
        """Return what `partial(function, …)` and `MethodType(function, object)` make."""
        given, keywords = self.arguments(frame, node)
        if not given:
            return unknown("what `partial` is given is not known")
        arguments = tuple(worth_keeping(self.evaluator, values) for values in given[1:])
        named = tuple(
            (name, worth_keeping(self.evaluator, values)) for name, values in keywords.items()
        )
        found = NOTHING
        for value in known(given[0]):
            made = Partial(value, arguments, named)
            found |= {made if depth(made) <= MAX_NESTING else Partial(value)}
        return found

    def arguments(self, frame: Frame, node: ast.Call) -> tuple[list[Values], dict[str, Values]]:
        """Evaluate a call's arguments; a starred one gives its elements, by place if known."""
        positional: list[Values] = []
        for argument in node.args:
            values = self.evaluator.evaluate(frame, argument)
            if isinstance(argument, ast.Starred):
                starred = [v for v in values if isinstance(v, Sequence) and v.positions]
                if len(starred) == 1:
                    positional.extend(starred[0].positions)
                    continue
                values = self.evaluator.attributes.elements(values)
            positional.append(values)
        keywords: dict[str, Values] = {}
        for keyword in node.keywords:
            values = self.evaluator.evaluate(frame, keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = values
                continue
            keywords.update(merged(values))
        return positional, keywords

    def context(
        self, callee: FunctionValue, frame: Frame, node: ast.Call, before: Partial | None = None
    ) -> Context:
        """Return the context in which a call runs a function, `before` being what it is part of."""
        arguments, keywords = self.all_arguments(frame, node, before)
        return self.bind(callee, arguments, keywords)

    def all_arguments(
        self, frame: Frame, node: ast.Call, before: Partial | None
    ) -> tuple[list[Values], dict[str, Values]]:
        """Return a call's arguments behind those that a partial function holds."""
        arguments, keywords = self.arguments(frame, node)
        if before is None:
            return arguments, keywords
        return [*before.arguments, *arguments], {**dict(before.keywords), **keywords}

    def result(
        self, callee: Value, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Values:
        """Return what calling a value with these arguments may give."""
        match callee:
            case FunctionValue(name):
                if callee.around is not None:
                    around = self.around(callee.around, callee)
                    found = known(self.result(around, arguments, keywords))
                    return found or self.result(replace(callee, around=None), arguments, keywords)
                position = self.evaluator.idioms.returns_argument.get(name.partition("~")[0])
                if position is not None:
                    receiver = frozenset({callee.bound}) if callee.bound is not None else NOTHING
                    if given := _argument(arguments, position, receiver):
                        return given
                dispatched = self._dispatched_by_class(callee)
                if dispatched is not None:
                    arguments = [NOTHING, *arguments]
                return self.returned(self.bind(dispatched or callee, arguments, keywords))
            case ClassValue():
                return frozenset({self.evaluator.constructions.make(callee, arguments, keywords)})
            case Instance():
                methods = known(self.called(callee))
                return NOTHING.union(*(self.result(m, arguments, keywords) for m in methods))
            case GenericFunction():
                chosen = self.evaluator.dispatch.chosen(callee, arguments)
                return NOTHING.union(*(self.result(f, arguments, keywords) for f in chosen))
            case Partial(function, bound, named):
                return self.result(function, [*bound, *arguments], {**dict(named), **keywords})
            case Native(by_name=True):
                return frozenset({callee})  # an object, whose methods are the class's
            case Native(name):
                return self._native(name, arguments)
            case Folded(name):
                return unknown(f"the result of {name} is not followed: it is folded")
        return unknown("what the call returns is not known")

    def around(self, wrapper: FunctionValue | Instance, callee: FunctionValue) -> Value:
        """Return what runs around a decorated function, bound to the object that this is bound to.

        An object is not bound: only functions are.
        """
        return (
            replace(wrapper, bound=callee.bound) if isinstance(wrapper, FunctionValue) else wrapper
        )

    def _dispatched_by_class(self, callee: FunctionValue) -> FunctionValue | None:
        """Return the static method whose result a class method gives, as an idiom says."""
        methods = self.evaluator.idioms.method_dispatches_to.get(callee.name, ())
        if not methods or not isinstance(callee.bound, ClassValue):
            return None
        classes = self.evaluator.attributes.classes
        names = classes.nearest_functions(callee.bound.name, methods[0])
        return FunctionValue(names[0]) if names else None

    def called(self, value: Instance) -> Values:
        """Return the methods that calling an object comes to."""
        return self.evaluator.attributes.get(value, self._dispatched(value))

    def _dispatched(self, callee: Instance) -> str:
        """Return the method that calling an object comes to: `forward` for a module."""
        for function in known(self.evaluator.attributes.get(callee, "__call__")):
            if isinstance(function, FunctionValue):
                return self.evaluator.idioms.call_dispatches_to.get(function.name, "__call__")
        return "__call__"

    def _native(self, name: str, arguments: list[Values]) -> Values:
        position = self.evaluator.idioms.returns_argument.get(name)
        if position is not None:
            return _argument(arguments, position, NOTHING)
        found = NOTHING
        for schema_type in self.evaluator.natives.result_types(name):
            found |= of_schema(self.evaluator.idioms, schema_type)
        return found or unknown(f"what the native function {name} returns is not known")

    def returned(self, context: Context) -> Values:
        """Return what a function may return in one context."""
        if context in self._returned:
            return self._returned[context]
        with self.evaluator.questions.asking(context) as earlier:
            if earlier is not None:
                return earlier
            for _ in range(_MAX_TURNS):
                values = self.evaluator.questions.answered(context, self._return_values(context))
                if self.evaluator.questions.settled(
                    context
                ) or not self.evaluator.questions.turns_alone(context):
                    break
                # A function that calls itself: turning here is cheaper than another whole round.
                self.evaluator.questions.so_far[context] = values
                self.evaluator.frame(context).forget()
            self._returned[context] = values
        return self._returned[context]

    def _return_values(self, context: Context) -> Values:
        frame = self.evaluator.frame(context)
        assert frame.defined is not None
        node = frame.defined.node
        annotated = foreign = NOTHING
        if not isinstance(node, ast.ClassDef) and node.returns is not None:
            outer = frame.outer or frame
            annotated = self.evaluator.annotations.values(outer, node.returns)
            foreign = self.evaluator.annotations.foreign(outer, node.returns)
            if annotated and all(map(self.is_plain, annotated)) and not promises_text(annotated):
                return annotated
        if frame.scope.yields or frame.scope.delegates:
            items = known(self._join(frame, frame.scope.yields))
            # A generator that goes through itself, as walks over trees do, gives at least these.
            self.evaluator.questions.so_far[context] = frozenset({Sequence(items)})
            delegated = known(self._join(frame, frame.scope.delegates))
            return frozenset(
                {Sequence(items | known(self.evaluator.attributes.elements(delegated)))}
            )
        returned = self._join(frame, frame.scope.returns)
        found = known(returned)
        if annotated and all(isinstance(value, External) for value in found):
            return annotated
        if found != returned and promises_text(annotated):
            return found | annotated  # any text, besides those that are known
        found = found or foreign or self.evaluator.stubs.result(frame.defined)
        return found or unknown(f"what {context.function} returns is not known")

    def _join(self, frame: Frame, nodes: list[ast.expr]) -> Values:
        return NOTHING.union(*(self.evaluator.evaluate(frame, node) for node in nodes))

    def bind(
        self, callee: FunctionValue, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Context:
        """Pair arguments with parameters; keep what can choose a callee further down."""
        defined = self.evaluator.index.defined(callee.name)
        assert defined is not None
        signature = self.evaluator.parameters.signature(defined)
        names = signature.by_position
        receiver = callee.bound
        if receiver is not None and defined.receiver is None:
            arguments = [frozenset({receiver}), *arguments]  # a wrapper that stands for a method
        elif receiver is not None:
            names = names[1:]
        elif defined.receiver is not None and arguments and len(arguments[0]) == 1:
            (receiver,) = arguments[0]  # `Class.method(self)`
            if isinstance(receiver, Instance | ClassValue):
                names, arguments = names[1:], arguments[1:]
            else:
                receiver = None
        bound: dict[str, Values] = dict(zip(names, arguments, strict=False))
        if signature.starred is not None:
            keep = worth_passing_on if signature.starred in signature.loose else worth_keeping
            rest = tuple(keep(self.evaluator, item) for item in arguments[len(names) :])
            bound[signature.starred] = frozenset({Sequence(NOTHING.union(*rest), rest)})
        extra: dict[str, Values] = {}
        keep = worth_passing_on if signature.double_starred in signature.loose else worth_keeping
        for name, values in sorted(keywords.items()):
            if name in names or name in signature.by_name_only:
                bound[name] = values
            else:
                extra[name] = keep(self.evaluator, values)
        if signature.double_starred is not None:
            table = Table(tuple(extra.items()), NOTHING.union(*extra.values()))
            bound[signature.double_starred] = frozenset({table})
        kept = told(self.evaluator, defined, bound)
        return same(Context(callee.name, receiver, kept, outer=callee.context))

    def is_plain(self, value: Value, none: bool = True) -> bool:
        """Tell whether a value is a number, a text, a tensor, or a container of only these."""
        match value:
            case Constant(None):
                return none
            case Constant(str(text)):
                return not text.isidentifier()
            case ExternalInstance():
                return True
            case Instance(cls):
                return self.evaluator.attributes.is_leaf(cls)
            case Sequence(items, positions):
                inner = [*items, *(v for values in positions for v in values)]
                return all(map(self.is_plain, inner))
            case Table(_, items):
                return all(map(self.is_plain, items))
        return False


def _argument(arguments: list[Values], position: int | str, receiver: Values) -> Values:
    if position == "self":
        return receiver
    index = int(position)
    return arguments[index] if index < len(arguments) else NOTHING


def _in_class(defined: Defined) -> bool:
    return defined.owner is not None and isinstance(defined.owner.node, ast.ClassDef)
