"""The questions that the parts of the interpreter ask each other.

An abstract interpreter is a mutual recursion: what a call gives depends on a name, which depends on
an attribute, which depends on a call. The recursion is made here, by name, so that no part needs to
import another: a rule about one habit of Python is given an `Interpreter` and asks. Who answers is
told by `core/evaluate`. A part that nobody but its owner asks (stubs, narrowing) is handed to that
owner instead, and stands in no list here.

For example, `rules/protocols.awaited` meets `await thing`: it asks `ask.attributes.special(thing,
"__await__")` for the method that Python would run, then `ask.evaluate` for each of its `return`s;
whether the answer takes a class's bases, a decorator or a stub to find is not its affair.
"""

from __future__ import annotations

import ast
from typing import Protocol

from srcread.graph.idioms import Idioms
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.questions import (
    AnnotationQuestions,
    AttributeQuestions,
    CallQuestions,
    ClassQuestions,
    ConstructionQuestions,
    ContextQuestions,
    DispatchQuestions,
    InstanceQuestions,
    ItemQuestions,
    ModuleQuestions,
    NameQuestions,
    OperatorQuestions,
    ParameterQuestions,
    PatchQuestions,
    PlainQuestions,
    ReturnQuestions,
    SendingQuestions,
    SharingQuestions,
)
from srcread.graph.infer.solver import Solver
from srcread.graph.infer.values import Context, Values
from srcread.graph.native import Natives
from srcread.index import Index


class Interpreter(Protocol):
    """All that may be asked; each kind of question by the name of what it is about."""

    index: Index
    idioms: Idioms
    natives: Natives
    solver: Solver
    names: NameQuestions
    modules: ModuleQuestions
    attributes: AttributeQuestions
    items: ItemQuestions
    classes: ClassQuestions
    instances: InstanceQuestions
    constructions: ConstructionQuestions
    calls: CallQuestions
    contexts: ContextQuestions
    sharing: SharingQuestions
    returns: ReturnQuestions
    parameters: ParameterQuestions
    annotations: AnnotationQuestions
    plain: PlainQuestions
    dispatch: DispatchQuestions
    registered: OperatorQuestions
    patches: PatchQuestions
    sending: SendingQuestions

    def evaluate(self, frame: Frame, node: ast.expr) -> Values:
        """Return what an expression may be in a frame; never empty without a reason."""

    def frame(self, context: Context) -> Frame:
        """Return the frame of one context of a function."""

    def named(self, name: str) -> Values:
        """Return what a dotted public name such as `torch.nn.Transformer` stands for."""

    def is_closed(self, module: str) -> bool:
        """Tell whether a module is folded and no entry lies in it: its files stay unopened."""
