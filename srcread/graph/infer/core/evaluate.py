"""The evaluator: expressions to values, and who answers which kind of question.

A name is told by where it is read, an attribute by all that sets it. Sensitive to the object and
the arguments of a call: a function is looked at once per context. Demand-driven: only what a call's
target depends on is evaluated, and only files on the way are parsed. Unknown values carry their
reason, so that an unresolved call can say why.

For example, `self.layers[0](x)` in `forward`: the call asks for its callee, this item for
`self.layers`, and this attribute for what the object's constructor set, given what the object was
made with. Functions that only other calls reach are never looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable
from dataclasses import replace

from srcread.graph.idioms import Idioms, shipped_idioms
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.core.annotations import Annotations
from srcread.graph.infer.core.attributes import Attributes
from srcread.graph.infer.core.calls import Calls
from srcread.graph.infer.core.classes import Classes
from srcread.graph.infer.core.constructions import Constructions
from srcread.graph.infer.core.contexts import Contexts
from srcread.graph.infer.core.instances import Instances
from srcread.graph.infer.core.items import Items
from srcread.graph.infer.core.modules import Modules
from srcread.graph.infer.core.names import Names
from srcread.graph.infer.core.parameters import Parameters
from srcread.graph.infer.core.returns import Returns
from srcread.graph.infer.core.sharing import Sharing
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.name_patterns import pattern_of
from srcread.graph.infer.rules.callers import Callers
from srcread.graph.infer.rules.choices import one_of, table_name
from srcread.graph.infer.rules.class_statements import ClassStatements
from srcread.graph.infer.rules.dispatch import Dispatch
from srcread.graph.infer.rules.fillings import Fillings
from srcread.graph.infer.rules.kernels import launched
from srcread.graph.infer.rules.lambdas import Lambdas
from srcread.graph.infer.rules.made_names import allowed
from srcread.graph.infer.rules.narrowing import Narrowing
from srcread.graph.infer.rules.operations import compared, of_array, operated
from srcread.graph.infer.rules.outside import Outside
from srcread.graph.infer.rules.patches import Patching
from srcread.graph.infer.rules.plain import Plain
from srcread.graph.infer.rules.protocols import awaited, given_back
from srcread.graph.infer.rules.registered import Registered
from srcread.graph.infer.rules.registries import Registries
from srcread.graph.infer.rules.registry_objects import RegistryObjects
from srcread.graph.infer.rules.sending import Sending
from srcread.graph.infer.rules.set_by_name import ByName
from srcread.graph.infer.rules.set_last import set_last
from srcread.graph.infer.rules.settling import settled
from srcread.graph.infer.rules.stubs import Stubs
from srcread.graph.infer.rules.texts import cut_out, formatted
from srcread.graph.infer.rules.widening import Widening
from srcread.graph.infer.solver import PENDING, Cell, Solver
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    ClassValue,
    Constant,
    Context,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Key,
    ModuleValue,
    Sequence,
    Table,
    Unknown,
    Values,
    held,
    known,
    literal,
    merged,
    table,
    unknown,
)
from srcread.graph.native import Natives
from srcread.index import Index
from srcread.index.block.expressions import key_of
from srcread.model import OWN_ORIGINS

_MOST_PLACES = 64
"""Longer lists are data."""


class Evaluator(Interpreter):
    """Evaluates expressions; holds the parts that answer all other questions."""

    def __init__(
        self,
        index: Index,
        idioms: Idioms | None = None,
        entries: Iterable[str] = (),
        ran: Container[str] | None = None,
    ) -> None:
        """Answer what expressions may be where `entries` are called; `ran` are a run's functions.

        What a function returns that a run did without is not asked for: the run had none of it.
        """
        self.index = index
        self.idioms = _without_own(idioms or shipped_idioms(), index)
        self.natives = Natives(index.sources, self.idioms)
        self.plain = Plain(self)
        self.solver = Solver(Widening(self).widened, settled)
        self.patches = Patching(self)
        self.sending = Sending(self)
        callers = Callers(self)
        outside = Outside(self, callers, entries)
        self._answer(outside, callers, ClassStatements(self, entries), ran)
        heads = {entry.partition(":")[0].partition(".")[0] for entry in entries}
        self._closed = tuple(
            f"{package}."
            for package in self.idioms.folded_packages
            if package.partition(".")[0] not in heads
            or not any(entry.startswith((f"{package}.", f"{package}:")) for entry in entries)
        )
        self._frames: dict[Context, Frame] = {}

    def _answer(
        self,
        outside: Outside,
        callers: Callers,
        statements: ClassStatements,
        ran: Container[str] | None,
    ) -> None:
        """Say who answers which questions, each with the rules that nobody else asks."""
        narrowing, stubs = Narrowing(self), Stubs(self)
        by_name = ByName(self)
        fillings = Fillings(self, by_name)
        self.names = Names(self, callers, fillings)
        registries = Registries(self)
        registry_objects = RegistryObjects(self, registries)
        self.modules = Modules(self, fillings, registries, registry_objects, self.patches)
        self.attributes = Attributes(self, self.patches, outside)
        self.items = Items(self)
        self.classes = Classes(self, statements, registry_objects)
        self.instances = Instances(self, fillings, by_name)
        self.constructions = Constructions(self)
        self.calls = Calls(self)
        self.contexts = Contexts(self)
        self.sharing = Sharing(self)
        self.returns = Returns(self, stubs, ran)
        self.parameters = Parameters(self, narrowing, stubs)
        self.annotations = Annotations(self)
        self.dispatch = Dispatch(self)
        self.registered = Registered(self)
        self.lambdas = Lambdas()
        self._narrowing = narrowing

    def is_closed(self, module: str) -> bool:
        """Tell whether a module is folded and no entry lies in it: its files stay unopened."""
        return f"{module}.".startswith(self._closed)

    def frame(self, context: Context) -> Frame:
        """Return the frame of one context of a function."""
        frame = self._frames.get(context)
        if frame is None:
            defined = self.index.defined(context.function)
            assert defined is not None, context.function
            outer = self.names.enclosing(defined, context.outer)
            outer = outer.within(*self.lambdas.around(defined))
            frame = Frame(defined.module, defined.scope, defined, context, outer)
            self._frames[context] = frame
        return frame

    def named(self, name: str) -> Values:
        """Return what a dotted public name such as `torch.nn.Transformer` stands for."""
        head, *rest = name.split(".")
        values: Values = frozenset({self.modules.named(head)})
        for part in rest:
            values = self.attributes.join(values, part)
        return values

    def evaluate(self, frame: Frame, node: ast.expr) -> Values:
        """Return what an expression may be in a frame; never empty without a reason."""
        cell = frame.expressions.get(id(node))
        if cell is None:
            if isinstance(node, ast.Constant):
                return literal(node.value)
            if isinstance(node, ast.Name) and not self._narrowing.has_facts(frame, node):
                return self.names.read(frame, node) or unknown(
                    f"{node.id!r} has no value that the text tells"
                )
            cell = Cell(PENDING, self._evaluate, frame, node)
            frame.expressions[id(node)] = cell
        return self.solver.answer(cell)

    def _evaluate(self, frame: Frame, node: ast.expr) -> Values:
        match node:
            case ast.Name():
                values = self.names.read(frame, node) or unknown(
                    f"{node.id!r} has no value that the text tells"
                )
                return self._narrowing.applied(frame, node, values)
            case ast.Attribute():
                base = self.evaluate(frame, node.value)
                values = self.attributes.join(base, frame.attribute(node.attr))
                if len(values) > 1:
                    values = set_last(self, frame, node, base, values)
                return self._narrowing.applied(frame, node, values)
            case ast.Call():
                return self.calls.value(frame, node)
            case ast.Constant():
                return literal(node.value)
            case ast.Subscript():
                return self._subscript(frame, node)
            case ast.IfExp():
                return self._either(frame, [node.body, node.orelse])
            case ast.BoolOp():
                return self._either(frame, node.values)
            case ast.Yield():
                return self.sending.given(frame)
            case ast.YieldFrom():
                return given_back(self, frame, node.value)
            case ast.Await():
                return awaited(self, self.evaluate(frame, node.value))
            case ast.NamedExpr() | ast.Starred():
                return self.evaluate(frame, node.value)
            case _:
                return self._literal(frame, node)

    def _literal(self, frame: Frame, node: ast.expr) -> Values:
        match node:
            case ast.Tuple():
                positions = tuple(held(self.evaluate(frame, element)) for element in node.elts)
                if any(isinstance(element, ast.Starred) for element in node.elts):
                    positions = ()
                return frozenset({Sequence(self._elements(frame, node.elts), positions)})
            case ast.List() | ast.Set():
                return frozenset({self._list(frame, node)})
            case ast.Dict():
                return self._table(frame, node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return frozenset({Sequence(self._each(frame.within(node), node.elt))})
            case ast.DictComp():
                items = known(self.evaluate(frame.within(node), node.value))
                return frozenset({Table((), items)})
            case ast.Lambda():
                return self._lambda(frame, node)
            case ast.JoinedStr():
                texts = formatted(node, lambda part: self.evaluate(frame, part))
                return texts or frozenset({ExternalInstance("builtins.str")})
            case ast.Compare():
                return compared(self, frame, node)
            case ast.BinOp():
                operands = [node.left, node.right]
                if PENDING in [self.evaluate(frame, operand) for operand in operands]:
                    return PENDING  # `x = 1 - x`: the number alone would stay there
                found = operated(self, frame, node) or of_array(self, frame, operands)
                return found or self._either(frame, operands)
            case ast.UnaryOp():
                if isinstance(node.op, ast.Not):
                    return frozenset({ExternalInstance("builtins.bool")})
                return self.evaluate(frame, node.operand)
        return unknown(f"{type(node).__name__} is not followed")

    def _list(self, frame: Frame, node: ast.List | ast.Set) -> Sequence:
        """Return a list, by its places where these are worth telling and no star moves them."""
        elements = self._elements(frame, node.elts)
        starred = any(isinstance(element, ast.Starred) for element in node.elts)
        if isinstance(node, ast.Set) or starred or len(node.elts) > _MOST_PLACES:
            return Sequence(elements)
        if all(map(self.plain.is_plain, elements)) and not _is_row(elements):
            return Sequence(elements)
        positions = tuple(self.evaluate(frame, element) for element in node.elts)
        return Sequence(elements, positions, is_list=True)

    def _lambda(self, frame: Frame, node: ast.Lambda) -> Values:
        around = frame.function()
        defined = self.lambdas.find(frame.module, around.defined, node)
        if defined is None:
            return unknown("it is a lambda outside the statements that are read")
        return frozenset({FunctionValue(defined.name, context=around.context)})

    def _either(self, frame: Frame, nodes: list[ast.expr]) -> Values:
        """Join what several expressions may be.

        For an operator this is its operands' types, which is right for numbers, strings, lists
        and tensors.
        """
        return NOTHING.union(*(self.evaluate(frame, node) for node in nodes))

    def _subscript(self, frame: Frame, node: ast.Subscript) -> Values:
        base = self.evaluate(frame, node.value)
        if kernels := launched(self, base):
            return kernels
        classes = frozenset(v for v in base if isinstance(v, ClassValue | External))
        made = classes and self.items.subscripted(classes, self.evaluate(frame, node.slice))
        if made and not base - classes:
            return made
        return made | self._element(frame, node, base - classes)

    def _element(self, frame: Frame, node: ast.Subscript, base: Values) -> Values:
        match node.slice:
            case ast.Constant(value=int(index)):
                return self.items.element(base, index)
            case ast.Constant(value=str(key)):
                return self.items.item(base, key)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(index))):
                return self.items.element(base, -index)
            case ast.Slice():
                texts = frozenset(v for v in base if isinstance(v, Constant) and v.value)
                others = self.items.slice(base - texts, node.slice)
                return cut_out(texts, node.slice) | others if texts else others
            case ast.expr():
                keys = self.evaluate(frame, node.slice)
                named = [key.value for key in keys if isinstance(key, Constant) and key.value]
                found = NOTHING.union(*(self.items.item(base, key) for key in named))
                if named and len(named) == len(keys):
                    return found
                if any(isinstance(value, Table) for value in base):
                    return one_of(self, base, keys, table_name(frame, node.value))
                if modules := frozenset(v for v in base if isinstance(v, ModuleValue)):
                    found |= allowed(self, modules, pattern_of(frame, node.slice))
                    return found | self.items.element(base, None)  # `globals()[name]`
                if named and any(isinstance(value, Instance) for value in base):
                    return found | self.items.element(base, None)
        return self.items.element(base, None)

    def _each(self, frame: Frame, node: ast.expr) -> Values:
        """Return what a comprehension makes; None alone would hide what is not known beside it."""
        values = self.evaluate(frame, node)
        still_open = any(isinstance(value, Unknown) and not value.fails for value in values)
        return held(values) - NONE if still_open else known(values)

    def _elements(self, frame: Frame, nodes: list[ast.expr]) -> Values:
        found = NOTHING
        for node in nodes:
            values = self.evaluate(frame, node)
            found |= self.items.elements(values) if isinstance(node, ast.Starred) else values
        return held(found)

    def _table(self, frame: Frame, node: ast.Dict) -> Values:
        entries: dict[Key, Values] = {}
        items = NOTHING
        for key, value in zip(node.keys, node.values, strict=True):
            values = self.evaluate(frame, value)
            if key is None:  # {**other}
                entries.update(merged(values))
                items = items.union(*(v.items for v in values if isinstance(v, Table)))
                continue
            items |= values
            if (constant := key_of(key)) is not None:
                entries[constant] = values
        return frozenset({table(entries, items)})


def _is_row(elements: Values) -> bool:
    """Tell whether a list holds a text beside what is none: a row of a table, told by places."""
    return len({isinstance(value, Constant) for value in elements}) > 1


def _without_own(idioms: Idioms, index: Index) -> Idioms:
    """Return what is known of frameworks, but for what srcread says of packages of that name.

    A file of the reader's own may be called `decorator` or `fire`: it is no library beside a model.
    """
    shipped = shipped_idioms().folded_packages
    distributions = index.sources.distributions
    own = {name for item in distributions if item.origin in OWN_ORIGINS for name in item.packages}
    meant = own.intersection(shipped)
    if not meant:
        return idioms
    kept = {name: why for name, why in idioms.folded_packages.items() if name not in meant}
    return replace(idioms, folded_packages=kept)
