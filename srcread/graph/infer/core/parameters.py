"""Parameters: what a function's parameters may hold in one context.

By the call, else by annotation, else by default. A parameter of an entry, which nobody has called,
may hold whatever its annotation allows or its body tests it for, besides its default.

For example, `norm=None` in the `__init__` of torch.nn.TransformerEncoder: in a context that a call
made without it, None; where `LayerNorm(8)` is given, that object; at an entry None, and any object
of `Module`, as its annotation promises.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.field_defaults import is_open_ended
from srcread.graph.infer.rules.injected import Injection
from srcread.graph.infer.rules.kernels import kernel_data
from srcread.graph.infer.rules.narrowing import Narrowing
from srcread.graph.infer.rules.offers import tensor_given
from srcread.graph.infer.rules.stages import handed_over
from srcread.graph.infer.rules.stubs import Stubs
from srcread.graph.infer.values import (
    ANYTHING,
    NONE,
    NOTHING,
    OFFERED,
    ClassValue,
    Context,
    External,
    Folded,
    FunctionValue,
    Instance,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    known,
    unknown,
)
from srcread.index import Defined
from srcread.index.trees import LAMBDA


class Parameters:
    """Resolves parameters: by the call, else by annotation, else by default."""

    def __init__(self, ask: Interpreter, narrowing: Narrowing, stubs: Stubs) -> None:
        self.ask = ask
        self._injection = Injection(ask)
        self._narrowing = narrowing
        self._stubs = stubs

    def has(self, frame: Frame, name: str) -> bool:
        """Tell whether a frame is a function's that has a parameter of this name."""
        defined = frame.defined
        if defined is None or frame.context is None or isinstance(defined.node, ast.ClassDef):
            return False
        return name == defined.receiver or name in defined.parameters

    def value(self, frame: Frame, name: str) -> Values | None:
        """Return what the parameter `name` may hold, or None where there is no such one."""
        defined, context = frame.defined, frame.context
        if defined is None or context is None or isinstance(defined.node, ast.ClassDef):
            return None
        arguments = defined.node.args
        if name == defined.receiver:
            return self.receiver(frame, defined)
        for parameter in (arguments.posonlyargs, arguments.args, arguments.kwonlyargs):
            for single in parameter:
                if single.arg == name:
                    return tensor_given(self.ask, frame, single, self._given(frame, single))
        if arguments.vararg is not None and arguments.vararg.arg == name:
            handed = handed_over(self.ask, frame, name)
            return self._starred(context, name, handed or frozenset({Sequence(NOTHING)}))
        if arguments.kwarg is not None and arguments.kwarg.arg == name:
            others = NOTHING if context.called else frozenset({ANYTHING})
            return self._starred(context, name, frozenset({Table((), others)}))
        return None

    def _starred(self, context: Context, name: str, without: Values) -> Values:
        given = self.ask.sharing.given(context, name)
        return NOTHING.union(*(values or without for values in given))

    def _given(self, frame: Frame, single: ast.arg) -> Values:
        assert frame.context is not None
        given = self.ask.sharing.given(frame.context, single.arg)
        return NOTHING.union(*(self._held(frame, single, values) for values in given))

    def _held(self, frame: Frame, single: ast.arg, given: Values | None) -> Values:
        """Return what a parameter holds that a call gives this; None is nothing."""
        assert frame.context is not None and frame.defined is not None
        name = single.arg
        if given and ANYTHING in given:
            hints = self._narrowing.hinted(frame, name)
            return hints | (self._promised(frame, single, given) or given)
        if not given and (handed := handed_over(self.ask, frame, name)):
            return handed
        annotated = NOTHING
        loose = not given or all(isinstance(v, Instance) and not v.constructed for v in given)
        if single.annotation is not None and (loose or given == NONE):
            outer = self.ask.names.around(frame)
            annotated = self.ask.annotations.values(outer, single.annotation)
        if given:
            # Tensors are not kept as arguments: a None, or what else only an annotation tells of,
            # among them says nothing against one.
            plain = annotated and all(map(self.ask.plain.is_plain, annotated))
            return given | annotated if plain else given
        if not annotated and single.annotation is None:
            annotated = self._overloaded(frame, name)
        default = self.default(frame, name)
        if given is None and frame.context.called and default is not None:
            plain = annotated and all(map(self.ask.plain.is_plain, annotated))
            return default | annotated if plain else default
        if given is None and default is not None:
            if not known(annotated) or is_open_ended(single.annotation):
                annotated |= self._narrowing.hinted(frame, name)
                annotated |= self._injected(frame, name, ANYTHING.reason) or {ANYTHING}
            still_open = {v for v in annotated if isinstance(v, Unknown) and not v.fails}
            annotated = known(annotated) | default | still_open
        annotated = annotated or self._stubs.parameter(frame.defined, name)
        if not annotated and single.annotation is None:
            annotated = kernel_data(self.ask, frame)
        if not annotated and single.annotation is not None:
            outer = self.ask.names.around(frame)
            annotated = self.ask.annotations.foreign(outer, single.annotation)
        reason = f"the parameter {name!r} may hold anything"
        if known(annotated):
            return annotated | self._more_special(frame, name, annotated)
        return annotated or self._injected(frame, name, reason) or unknown(reason)

    def _promised(self, frame: Frame, single: ast.arg, given: Values) -> Values:
        """Return what a call gives that may give anything, where the annotation says what at most.

        Only where that are tensors, numbers or texts, and what is known of the call are such, too.
        """
        if single.annotation is None:
            return NOTHING
        annotated = self.ask.annotations.values(self.ask.names.around(frame), single.annotation)
        told = annotated | known(given)
        return told if annotated and all(map(self.ask.plain.is_plain, told)) else NOTHING

    def _injected(self, frame: Frame, name: str, reason: str) -> Values:
        """Return what its own file gives an entry's constructor, and that others may give more."""
        assert frame.context is not None and frame.defined is not None
        if frame.context.called:
            return NOTHING
        injected = self._injection.given(frame.defined, name)
        return injected | {Unknown(reason, of_entry=True)} if injected else NOTHING

    def _more_special(self, frame: Frame, name: str, annotated: Values) -> Values:
        """Return what its own file gives where an annotation leaves to a subclass what a call does.

        `backbone: nn.Module` says as little of what `self.backbone(x)` runs as no annotation.
        """
        assert frame.context is not None
        if frame.context.called or not any(map(self._is_left_open, annotated)):
            return NOTHING
        injected = self._injected(frame, name, ANYTHING.reason)
        special = frozenset(
            value
            for value in injected
            if isinstance(value, Instance) and not self._is_left_open(value)
        )
        return special and special | {OFFERED}

    def _is_left_open(self, value: Value) -> bool:
        """Tell whether a subclass provides what calling a declared object comes to."""
        if not isinstance(value, Instance) or value.constructed:
            return False
        called = self.ask.calls.called(value)
        return any(
            isinstance(v, FunctionValue) and v.name in self.ask.idioms.abstract for v in called
        )

    def _overloaded(self, frame: Frame, name: str) -> Values:
        """Return what the overload signatures of a function say of a parameter without a hint."""
        defined = frame.defined
        assert defined is not None
        base = defined.name.partition("~")[0]
        if defined.name == base or defined.node.name == LAMBDA:
            return NOTHING  # nothing of its name stands before it
        siblings = defined.module.definitions if defined.owner is None else defined.owner.inner()
        found = NOTHING
        for sibling, other in list(siblings.items()):
            if sibling.partition("~")[0] != base or isinstance(other.node, ast.ClassDef):
                continue
            arguments = other.node.args
            for single in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                if single.arg == name and single.annotation and self._is_overload(frame, other):
                    outer = self.ask.names.around(frame)
                    found |= self.ask.annotations.values(outer, single.annotation)
        return found

    def _is_overload(self, frame: Frame, other: Defined) -> bool:
        outer = self.ask.names.around(frame)
        return any(
            isinstance(value, External | FunctionValue | Folded)
            and value.name in self.ask.idioms.overloads
            for decorator in other.node.decorator_list
            for value in self.ask.evaluate(outer, decorator)
        )

    def receiver(self, frame: Frame, defined: Defined) -> Values:
        """Return `self` or `cls`: what the method is bound to, else any object of its class."""
        assert frame.context is not None
        if frame.context.bound is not None:
            return frozenset({frame.context.bound})
        given = self.ask.sharing.given(frame.context, defined.receiver or "")
        if found := NOTHING.union(*(values for values in given if values)):
            return found
        owner = defined.owner
        assert owner is not None
        if "classmethod" in defined.symbol.decorators or defined.node.name == "__new__":
            return frozenset({ClassValue(owner.name)})
        return frozenset({Instance(owner.name, constructed=False)})

    def default(self, frame: Frame, name: str) -> Values | None:
        """Return what a parameter holds where a call gives it nothing; None if it must be given."""
        assert frame.defined is not None and not isinstance(frame.defined.node, ast.ClassDef)
        arguments = frame.defined.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [
            *zip(reversed(positional), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for parameter, default in pairs:
            if parameter.arg == name and default is not None:
                outer = self.ask.modules.meanwhile(self.ask.names.around(frame), (default,))
                return self.ask.evaluate(outer, default)
        return None
