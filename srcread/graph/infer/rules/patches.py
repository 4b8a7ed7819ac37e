"""Monkey patches: what walked code puts in the place of what an object was made with.

`layer.attention = Other()`, `thing.__class__ = Other`, `manager.add(pattern)` where `add` fills a
list of the manager, `Layer.go = go`: the text of the class tells nothing of it. It is noted when
the walk comes by. When it happens is not told: what was there
before stays a rival. Of what is put there nothing is followed that chooses no callee: numbers,
texts, tensors. Left out too are functions that close over the object that they are put into: they
made the graph of a model of transformers take three times as long.

For example, `layer.forward = fast` in a function that is walked: noted is a `Patch` of this layer's
"forward" with the function `fast`. From then on `layer(x)` reaches `fast`, and, as its
rival, the `forward` of the class.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.containers import with_put
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    Context,
    ExternalInstance,
    FunctionValue,
    GenericFunction,
    Instance,
    Key,
    ModuleValue,
    Partial,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    known,
    may_be,
    ordered,
)
from srcread.index.block.bindings import Filling

CLASS = "__class__"
_MOST_OWNERS = 12
_TEXT = ExternalInstance("builtins.str")


Owner = Instance | ClassValue | ModuleValue


@dataclass(frozen=True, slots=True)
class Patch:
    """Values that become an attribute of an object or a class, or are put into what it holds."""

    owner: Owner
    values: Values
    filled: bool
    key: Key | None = None


_NO_PATCHES: frozenset[Patch] = frozenset()


class Patching:
    """Notes what the walk puts into objects, and tells it to whoever asks for the attribute."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._noted: dict[str, Cell[frozenset[Patch]]] = {}
        """By the attribute's name."""
        self._worth: dict[Values, Cell[tuple[Values, Values]]] = {}
        self._patched: dict[tuple[str, str], set[Instance]] = {}
        """The objects of a class whose attribute was set, by the attribute's name and the class."""
        self._put: dict[tuple[str, Owner, str], FunctionValue] = {}
        """The function of a name that was first put into an attribute of an owner."""

    def _about(self, name: str) -> Cell[frozenset[Patch]]:
        cell = self._noted.get(name)
        if cell is None:
            self._noted[name] = cell = Cell.noted(_NO_PATCHES)
        return cell

    def note_set(self, owner: Owner, name: str, values: Values) -> None:
        """Note that an attribute of an object, a class or a module is set from outside.

        What chooses no callee is noted only where it stands in the place of what does: a text
        that chose one, or what is not known.
        """
        telling, others = self._told_of(values)
        put = frozenset(v for v in telling if not self._nests(owner, name, v))
        if not put and not others:
            return
        held = self.ask.attributes.get(owner, name)
        put |= self._replacing(others, held)
        if put and not _covered(put, held):
            self._note(name, Patch(self._told_apart(owner, name), put, filled=False))

    def _told_of(self, values: Values) -> tuple[Values, Values]:
        """Return what of some values is worth noting, and what is where it replaces something.

        The same values are put into very many objects.
        """
        nothing = (NOTHING, NOTHING)
        return self.ask.solver.ask(self._worth, values, nothing, self._find_told, values)

    def _find_told(self, values: Values) -> tuple[Values, Values]:
        return self._telling(values), frozenset(v for v in values if _replaces(v))

    def _replacing(self, put: Values, held: Values) -> Values:
        """Return of texts and unknown values those that may stand where now a callee is told."""
        if any(isinstance(value, Unknown) and not value.fails for value in held):
            return NOTHING  # nothing is told
        texts = any(isinstance(value, Constant) and value.value for value in held)
        told = texts or any(map(self._tells, held))
        return frozenset(v for v in put if (told if isinstance(v, Unknown) else texts))

    def _told_apart(self, owner: Owner, name: str) -> Owner:
        """Return an owner; of more objects than a few of one class, any of that class."""
        if not isinstance(owner, Instance):
            return owner
        known = self._patched.setdefault((name, owner.cls), set())
        if owner not in known and len(known) >= _MOST_OWNERS:
            return Instance(owner.cls, constructed=False)
        known.add(owner)
        return owner

    def _nests(self, owner: Owner, name: str, value: Value) -> bool:
        """Tell whether a function that is put somewhere would come to wrap itself without end.

        `x.forward = wrap(x)` closes over the object that it is put into. One of them, with
        whatever it closes over, is enough.
        """
        function = _function(value)
        if function is None:
            return False
        if _closes_over(function.context, owner):
            return True
        return self._put.setdefault((name, owner, function.name), function) != function

    def note_fillings(self, frame: Frame) -> None:
        """Note what a function puts into the containers of objects."""
        for path, fillings in frame.scope.fillings.items():
            receiver, _, name = path.partition(".")
            if name.isidentifier():
                for owner in self._owners(frame, receiver):
                    for filling in fillings:
                        self._note_filling(frame, owner, frame.attribute(name), filling)

    def _owners(self, frame: Frame, receiver: str) -> list[Instance]:
        """Return the objects behind a name, but not those whose class tells what is put there.

        That are holders, known by what they are given, and objects in their own constructor.
        """
        defined = frame.defined
        if defined is None or frame.context is None:
            return []
        if receiver == defined.receiver:
            made = defined.node.name == "__init__" or not frame.context.called
            owners = frozenset({frame.context.bound} if frame.context.bound and not made else ())
        else:
            owners = known(self.ask.names.look_up(frame, receiver))
        order, holds = self.ask.classes.mro, self.ask.idioms.holds
        return [
            owner
            for owner in ordered(owners)
            if isinstance(owner, Instance) and not any(cls in holds for cls in order(owner.cls))
        ]

    def _note_filling(self, frame: Frame, owner: Instance, name: str, filling: Filling) -> None:
        items = self.ask.items
        held = self.ask.attributes.get(owner, name)
        held = items.elements(held) if filling.key is None else items.item(held, filling.key)
        put = known(self.ask.evaluate(frame, filling.node))
        put = items.elements(put) if filling.spread and put else put
        if not _covered(telling := self._telling(put), held):
            told = self._told_apart(owner, name)
            self._note(name, Patch(told, telling, filled=True, key=filling.key))

    def applied(self, value: Instance, name: str, found: Values) -> Values:
        """Return what an attribute may be, with what was put there or into it."""
        for patch in self._of(value, name):
            if patch.filled:
                found = frozenset(
                    with_put(self.ask, item, patch.values, patch.key) for item in found
                )
            else:
                on_class = isinstance(patch.owner, ClassValue)
                found |= _bound(patch.values, value) if on_class else patch.values
        for cls in self._classes(value):
            found |= known(self.ask.attributes.held(replace(value, cls=cls), name))
        return found

    def on_class(self, cls: str, name: str, found: Values) -> Values:
        """Return what an attribute of a class may be, with what was set there."""
        patches = self.ask.solver.answer(self._about(name))
        if not patches:
            return found
        order = self.ask.classes.mro(cls)
        owners = [(patch.owner, patch.values) for patch in patches]
        put = (v for owner, v in owners if isinstance(owner, ClassValue) and owner.name in order)
        return found.union(*put)

    def on_module(self, module: str, name: str, found: Values) -> Values:
        """Return what a name of a module may be, with what was set there."""
        patches = self.ask.solver.answer(self._about(name))
        owner = ModuleValue(module)
        return found.union(*(patch.values for patch in patches if patch.owner == owner))

    def _classes(self, value: Instance) -> list[str]:
        """Return the further classes that an object may be given."""
        changed = NOTHING.union(*(patch.values for patch in self._of(value, CLASS)))
        return [item.name for item in ordered(changed) if isinstance(item, ClassValue)]

    def _of(self, value: Instance, name: str) -> list[Patch]:
        patches = self.ask.solver.answer(self._about(name))
        order = self.ask.classes.mro(value.cls) if patches else ()
        return [
            patch
            for patch in patches
            if (
                patch.owner.name in order
                if isinstance(patch.owner, ClassValue)
                else isinstance(patch.owner, Instance) and may_be(patch.owner, value)
            )
        ]

    def _note(self, name: str, patch: Patch) -> None:
        cell = self._about(name)
        self.ask.solver.put(cell, cell.value | {patch})

    def _telling(self, values: Values) -> Values:
        return frozenset(value for value in known(values) if self._tells(value))

    def _tells(self, value: Value) -> bool:
        """Tell whether a value chooses callees, and more than an annotation would."""
        match value:
            case Sequence(items) | Table(_, items):
                return any(map(self._tells, items))
            case Instance():
                return value.constructed and not self.ask.plain.is_data(value)
            case FunctionValue() | ClassValue() | Partial() | GenericFunction():
                return True
        return False


def _bound(values: Values, owner: Instance) -> Values:
    """Return what a class was given, reached through an object: functions are its methods."""
    return frozenset(
        replace(value, bound=owner) if isinstance(value, FunctionValue) else value
        for value in values
    )


def _function(value: Value) -> FunctionValue | None:
    """Return the function that a value calls in the end, None where it is no such."""
    while isinstance(value, Partial):
        value = value.function
    return value if isinstance(value, FunctionValue) else None


def _replaces(value: Value) -> bool:
    """Tell whether a value that chooses no callee may stand where one was told."""
    match value:
        case Constant(text):
            return text is not None
        case Unknown():
            return not value.fails
    return value == _TEXT


def _closes_over(context: Context | None, owner: Owner) -> bool:
    """Tell whether one of the functions around a closure was called with an object."""
    while context is not None:
        if any(owner in values for _, values in context.arguments):
            return True
        context = context.outer
    return False


def _covered(values: Values, held: Values) -> bool:
    """Tell whether values are there already; one made without arguments says only its class.

    So is one that was filled since.
    """
    objects = [value for value in held if isinstance(value, Instance)]
    classes = {value.cls for value in objects}
    return all(
        value in held
        or (isinstance(value, Instance) and any(_is_later(value, other) for other in objects))
        or (isinstance(value, Instance) and value.cls in classes and value == Instance(value.cls))
        for value in values
    )


def _is_later(value: Instance, other: Instance) -> bool:
    """Tell whether the second object is the first one, filled since."""
    return (
        value.cls == other.cls
        and value.arguments == other.arguments
        and value.items <= other.items
        and {name for name, _ in value.named} <= {name for name, _ in other.named}
    )
