"""What a function's parameters may hold in one context."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    ClassValue,
    Instance,
    Sequence,
    Table,
    Values,
    known,
    unknown,
)
from srcread.index import Defined

if TYPE_CHECKING:
    from srcread.graph.infer.evaluate import Evaluator


class Parameters:
    """Resolves parameters: by the call, else by annotation, else by default."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def value(self, frame: Frame, name: str) -> Values | None:
        """Return what the parameter `name` may hold, or None where there is no such one."""
        defined, context = frame.defined, frame.context
        if defined is None or context is None or isinstance(defined.node, ast.ClassDef):
            return None
        arguments = defined.node.args
        if name == defined.receiver:
            return self.first(frame, defined)
        for parameter in (arguments.posonlyargs, arguments.args, arguments.kwonlyargs):
            for single in parameter:
                if single.arg == name:
                    return self._given(frame, single)
        given = dict(context.arguments).get(name)
        if arguments.vararg is not None and arguments.vararg.arg == name:
            return given or frozenset({Sequence(NOTHING)})
        if arguments.kwarg is not None and arguments.kwarg.arg == name:
            return given or frozenset({Table((), NOTHING)})
        return None

    def _given(self, frame: Frame, parameter: ast.arg) -> Values:
        assert frame.context is not None and frame.defined is not None
        given = dict(frame.context.arguments).get(parameter.arg)
        annotated = NOTHING
        if parameter.annotation is not None and (not given or given == NONE):
            outer = frame.outer or frame
            annotated = self.evaluator.annotations.values(outer, parameter.annotation)
        if given:
            # Tensors are not kept as arguments: a None among them says nothing against one.
            plain = annotated and all(map(self.evaluator.calls.is_plain, annotated))
            return given | annotated if plain else given
        default = self._default(frame, parameter.arg)
        if given is None and frame.context.called and default is not None:
            plain = annotated and all(map(self.evaluator.calls.is_plain, annotated))
            return default | annotated if plain else default
        if given is None and default is not None:
            annotated = known(annotated) | default
        return annotated or unknown(f"the parameter {parameter.arg!r} may hold anything")

    def first(self, frame: Frame, defined: Defined) -> Values:
        """Return `self` or `cls`: what the method is bound to, else any object of its class."""
        assert frame.context is not None
        if frame.context.bound is not None:
            return frozenset({frame.context.bound})
        given = dict(frame.context.arguments).get(defined.receiver or "")
        if given:
            return given
        owner = defined.owner
        assert owner is not None
        if "classmethod" in defined.symbol.decorators or defined.node.name == "__new__":
            return frozenset({ClassValue(owner.name)})
        return frozenset({Instance(owner.name, constructed=False)})

    def _default(self, frame: Frame, name: str) -> Values | None:
        assert frame.defined is not None and not isinstance(frame.defined.node, ast.ClassDef)
        arguments = frame.defined.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [
            *zip(reversed(positional), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for parameter, default in pairs:
            if parameter.arg == name and default is not None:
                return self.evaluator.evaluate(frame.outer or frame, default)
        return None
