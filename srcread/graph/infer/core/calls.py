"""Calls: what a call expression gives, by whatever it may call.

Functions that are read give what they return in the context that the call makes; classes an object;
objects what their `__call__` gives, or `forward` where an idiom says that it ends there. Python's
own functions, native ones and partial ones follow rules of their own.

For example, `self.norm1(x)` in torch.nn.TransformerEncoderLayer: the callee is an object of
`LayerNorm`, its `__call__` is that of `torch.nn.Module`, of which an idiom says that it ends in
`forward`; so the call gives what `LayerNorm.forward` returns: a tensor.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.nesting import depth
from srcread.graph.infer.rules import dataclass_fields, tables
from srcread.graph.infer.rules.by_name import looked_up_by_name, made_by_name
from srcread.graph.infer.rules.choices import MOST, table_name
from srcread.graph.infer.rules.containers import contents, is_abstract_method, mixed_in
from srcread.graph.infer.rules.decorators import around
from srcread.graph.infer.rules.extensions import built
from srcread.graph.infer.rules.handed import handed
from srcread.graph.infer.rules.kernels import as_kernel
from srcread.graph.infer.rules.later import asked_for, held_back
from srcread.graph.infer.rules.library import library_result
from srcread.graph.infer.rules.made_names import by_getattr
from srcread.graph.infer.rules.natives import native_result
from srcread.graph.infer.rules.offers import offered
from srcread.graph.infer.rules.python import container_method, external_result, is_followed
from srcread.graph.infer.rules.registered import KERNEL, SEPARATOR
from srcread.graph.infer.rules.stages import stages
from srcread.graph.infer.rules.submodules import looked_up
from srcread.graph.infer.rules.texts import by_method
from srcread.graph.infer.rules.unread import forwards, is_unread, why_unread
from srcread.graph.infer.rules.yielding import yielded
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    OPEN,
    ClassValue,
    Constant,
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
    failing,
    known,
    ordered,
    unknown,
)
from srcread.graph.native.overloads import CallForm, call_form
from srcread.index import Defined

_MAX_NESTING = 5
_MAX_BOUND = 6
"""So deep and so long is what a partial function holds, at most."""
_MOST_RECEIVERS = 4 * MOST
"""Of so many objects one method is followed: those of a model are more than rivals."""
_BOUND_METHOD = "types.MethodType"
_NOT_KNOWN = "what the call returns is not known"
_PARTIAL = ("functools.partial", _BOUND_METHOD)


class Calls:
    """Resolves calls."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask

    def value(self, frame: Frame, node: ast.Call) -> Values:
        """Return what a call expression may give."""
        special = self._special(frame, node)
        if special is not None:
            return special
        found, called = NOTHING, self.ask.evaluate(frame, node.func)
        functions = frozenset(value for value in called if isinstance(value, FunctionValue))
        names = {value.name for value in functions}
        if len(names) > MOST or len(functions) > _MOST_RECEIVERS:
            found = unknown(f"what one of {len(functions)} functions returns is not followed")
            called -= functions
        for callee in ordered(called):
            found |= self._given_by(frame, node, callee)
        return found or (failing if called == NONE else unknown)(_NOT_KNOWN)

    def _given_by(self, frame: Frame, node: ast.Call, callee: Value) -> Values:
        """Return what a call gives of one of the values that it may call."""
        match callee:
            case Unknown(reason, may_be=maybe) if maybe is not None:
                return offered(reason, self._given_by(frame, node, maybe))
            case Unknown():
                return frozenset({callee})
            case Constant(None):
                return NOTHING
            case External(name):
                return self._external(frame, node, name)
        arguments, keywords = self.ask.contexts.arguments(frame, node)
        if isinstance(callee, Native) and not callee.by_name and SEPARATOR not in callee.name:
            return self._native(callee.name, arguments, call_form(node))
        functions = self._kernels(frame, callee) or [callee]
        return NOTHING.union(*(self.result(f, arguments, keywords) for f in functions))

    def _kernels(self, frame: Frame, callee: Value) -> list[Value]:
        """Return the functions in Python that an operator by name runs."""
        if not isinstance(callee, Native) or SEPARATOR not in callee.name:
            return []
        registered = self.ask.registered.of(frame.module, callee.name)
        return [item.function for item in registered if item.role == KERNEL]

    def _special(self, frame: Frame, node: ast.Call) -> Values | None:
        """`super()`, `globals()`, `vars(x)` and `wraps(f)(function)`."""
        match node:
            case ast.Call(func=ast.Name(id="super")):
                return self._super(frame, node)
            case ast.Call(func=ast.Name(id="globals"), args=[]):
                return frozenset({ModuleValue(frame.module.name, as_dictionary=True)})
            case ast.Call(func=ast.Name(id="vars"), args=[owner]):
                return self.ask.attributes.join(self.ask.evaluate(frame, owner), "__dict__")
            case ast.Call(func=ast.Call(func=maker), args=[function]):
                if External("functools.wraps") in self.ask.evaluate(frame, maker):
                    return self.ask.evaluate(frame, function)
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
            named = ordered(self.ask.evaluate(frame, node.args[0]))
            cls = next((value.name for value in named if isinstance(value, ClassValue)), cls)
        bound = self.ask.parameters.receiver(inner, method)
        return frozenset(Super(cls, value) for value in bound)

    def _external(self, frame: Frame, node: ast.Call, name: str) -> Values:
        """Results of Python's own functions, which pass values through, select and wrap."""
        if name == "typing.cast" and len(node.args) > 1:
            promised = self.ask.annotations.values(frame, node.args[0])
            return promised or self.ask.evaluate(frame, node.args[1])
        if name == "builtins.type.__call__":
            classes, call = self.ask.constructions.by_type(frame, node)
            arguments, keywords = self.ask.contexts.arguments(frame, call)
            make = self.ask.constructions.make
            objects = frozenset(make(cls, arguments, keywords) for cls in classes)
            return objects or unknown(
                "the class that type.__call__ makes an object of is not known"
            )
        if name in _PARTIAL and node.args:
            return self._partial(frame, node, name)
        if name == "builtins.getattr" and (made := by_getattr(self.ask, frame, node)):
            return made
        if name in dataclass_fields.FUNCTIONS:
            given = self.ask.contexts.arguments(frame, node)
            if fields := dataclass_fields.by_function(self.ask, name, *given):
                return fields
        idioms = self.ask.idioms
        if name in idioms.makes_kernel:
            return as_kernel(self.ask, External(name), self.ask.contexts.arguments(frame, node)[0])
        if name in idioms.builds_extension:
            return built(self.ask, name, *self.ask.contexts.arguments(frame, node))
        receiver = NOTHING
        if isinstance(node.func, ast.Attribute):
            receiver = self.ask.evaluate(frame, node.func.value)
        if (position := idioms.looks_up_native.get(name)) is not None:
            return self.looked_up(frame, node, position) or unknown(
                f"{name} looks up a name that is no constant"
            )
        if later := asked_for(name, receiver) or held_back(self.ask, frame, node, name):
            return later
        if (cls := idioms.instance_returned(name)) is not None:
            return frozenset({ExternalInstance(cls)})
        returned = idioms.returns_argument.get(name)
        arguments = []
        yields = name in idioms.yields
        hands_on = returned is not None or yields or name in idioms.handing_on
        if hands_on or is_followed(name) or is_abstract_method(name):
            arguments, keywords = self.ask.contexts.arguments(frame, node)
            if name in tables.MADE_BY:
                return tables.made(self.ask, arguments, keywords)
        if yields and (iterator := yielded(self.ask, name, arguments)) is not None:
            return iterator
        if name.startswith("builtins.str.") and (texts := by_method(name, receiver, node)):
            return texts
        held = contents(self.ask, receiver) if is_followed(name) else receiver
        where = table_name(frame, node.func.value) if isinstance(node.func, ast.Attribute) else ""
        result = container_method(self.ask, held, name, arguments, where)
        if result is None:
            result = mixed_in(self.ask, receiver, name, arguments)
        if result is None:
            result = external_result(self.ask, name, arguments)
        if result is None and returned is not None:
            result = _argument(arguments, returned, receiver)
        handed_on = handed(self.ask, name, arguments) or self._by_name(name, arguments)
        result = result or handed_on or library_result(name) or result
        if result is None and name.rpartition(".")[2][:1].isupper():
            result = frozenset({ExternalInstance(name)})  # a class, by PEP 8
        return result if result else unknown(f"the result of {name} is not followed")

    def looked_up(self, frame: Frame, node: ast.Call, position: int) -> Values:
        """Return what is native by the name that stands in a call, as an idiom says."""
        if position >= len(node.args):
            return NOTHING
        return frozenset(
            Native(value.value)
            for value in self.ask.evaluate(frame, node.args[position])
            if isinstance(value, Constant) and value.value
        )

    def _partial(self, frame: Frame, node: ast.Call, name: str) -> Values:
        """Return what `partial(function, …)` and `MethodType(function, object)` make."""
        given, keywords = self.ask.contexts.arguments(frame, node)
        if not given:
            return unknown("what `partial` is given is not known")
        keep = self.ask.contexts.worth_keeping
        arguments = tuple(map(keep, given[1:]))
        named = tuple((name, keep(values)) for name, values in keywords.items())
        found = NOTHING
        if name == _BOUND_METHOD and len(given) > 1:
            return frozenset(
                replace(function, bound=owner)
                for function in known(given[0])
                if isinstance(function, FunctionValue)
                for owner in self._owners(function, known(given[1]))
            ) or unknown("what `MethodType` is given is not known")
        for value in known(given[0]):
            made = _flat(Partial(value, arguments, named))
            is_small = depth(made) <= _MAX_NESTING and len(made.arguments) <= _MAX_BOUND
            found |= {made if is_small else Partial(made.function)}
        return found

    def _owners(self, function: FunctionValue, objects: Values) -> Values:
        """Return the objects that a function is bound to: of a method those of its class.

        `x.forward = MethodType(x.forward.__func__, x)` binds none to another's object, whatever
        `x` may be.
        """
        cls, mro = function.name.rpartition(".")[0], self.ask.classes.mro
        own = frozenset(v for v in objects if isinstance(v, Instance) and cls in mro(v.cls))
        return own or objects

    def result(
        self, callee: Value, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Values:
        """Return what calling a value with these arguments may give."""
        match callee:
            case FunctionValue(name) | Folded(name) if name in self.ask.idioms.stands_in:
                return failing(f"{name} gives what the function that calls it gives")
            case FunctionValue() | Folded() if kernels := as_kernel(self.ask, callee, arguments):
                return kernels
            case FunctionValue(name):
                if callee.around is not None:
                    wrapper = around(callee.around, callee)
                    found = known(self.result(wrapper, arguments, keywords))
                    return found or self.result(replace(callee, around=None), arguments, keywords)
                given = handed(self.ask, name, arguments) or self._by_name(name, arguments)
                if given := given or built(self.ask, name, arguments, keywords):
                    return given
                position = self.ask.idioms.returns_argument.get(name.partition("~")[0])
                if position is not None:
                    receiver = frozenset({callee.bound}) if callee.bound is not None else NOTHING
                    if given := _argument(arguments, position, receiver):
                        return given
                place = self.ask.idioms.looks_up_path.get(name)
                if place is not None and callee.bound is not None and place < len(arguments):
                    return looked_up(self.ask, callee.bound, arguments[place])
                if name in self.ask.idioms.method_dispatches_to:
                    for stage in stages(self.ask, callee, arguments):
                        callee, arguments = stage.function, stage.arguments or []
                        break
                return self.ask.returns.of(self.ask.contexts.bind(callee, arguments, keywords))
            case ClassValue():
                return frozenset({self.ask.constructions.make(callee, arguments, keywords)})
            case Instance():
                methods = known(self.called(callee)) | forwards(self.ask, callee)
                return NOTHING.union(*(self.result(m, arguments, keywords) for m in methods))
            case External(name):
                found = external_result(self.ask, name, arguments) or NOTHING
                return found or unknown(f"the result of {name} is not followed")
            case GenericFunction():
                chosen = self.ask.dispatch.chosen(callee, arguments)
                return NOTHING.union(*(self.result(f, arguments, keywords) for f in chosen))
            case Partial(function, bound, named):
                return self.result(function, [*bound, *arguments], {**dict(named), **keywords})
            case Native(by_name=True):
                return frozenset({callee})  # an object, whose methods are the class's
            case Native(name):
                form = CallForm(len(arguments), tuple(name for name in keywords if name != OPEN))
                return self._native(name, arguments, form)
            case Folded(name):
                if given := handed(self.ask, name, arguments):
                    return given
                if (cls := self.ask.idioms.instance_returned(name)) is not None:
                    return frozenset({ExternalInstance(cls)})
                return unknown(f"the result of {name} is not followed: it is folded")
            case Constant() | Sequence() | Table():
                return failing(_NOT_KNOWN)
            case ExternalInstance(cls):
                name = f"{cls}.__call__"
                why = why_unread(cls) if is_unread(cls) else f"the result of {name} is not followed"
                return handed(self.ask, name, arguments) or unknown(why)
        return unknown(_NOT_KNOWN)

    def _by_name(self, name: str, arguments: list[Values]) -> Values:
        """Return what a function gives that finds, or makes, what a text names."""
        found = looked_up_by_name(self.ask, name, arguments)
        for made in made_by_name(self.ask, name, arguments):
            found |= self.result(made, [], {})
        return found

    def called(self, value: Instance) -> Values:
        """Return the methods that calling an object comes to."""
        return self.ask.attributes.get(value, self._dispatched(value))

    def _dispatched(self, callee: Instance) -> str:
        """Return the method that calling an object comes to: `forward` for a module."""
        for function in known(self.ask.attributes.get(callee, "__call__")):
            if isinstance(function, FunctionValue):
                return self.ask.idioms.call_dispatches_to.get(function.name, "__call__")
        return "__call__"

    def _native(self, name: str, arguments: list[Values], form: CallForm) -> Values:
        position = self.ask.idioms.returns_argument.get(name)
        if position is not None:
            return _argument(arguments, position, NOTHING)
        found = native_result(self.ask, name, form, arguments)
        return found or unknown(f"what the native function {name} returns is not known")


def _argument(arguments: list[Values], position: int | str, receiver: Values) -> Values:
    if position == "self":
        return receiver
    index = int(position)
    return arguments[index] if index < len(arguments) else NOTHING


def _flat(made: Partial) -> Partial:
    """Return a partial function of a partial one as one, as `functools.partial` makes it."""
    match made.function:
        case Partial(function, arguments, keywords):
            named = {**dict(keywords), **dict(made.keywords)}
            in_order = sorted(named.items(), key=lambda item: item[0])
            return Partial(function, (*arguments, *made.arguments), tuple(in_order))
    return made


def _in_class(defined: Defined) -> bool:
    return defined.owner is not None and isinstance(defined.owner.node, ast.ClassDef)
