"""One walk over values: words that must be equal, and the floats and tensors among them.

Values of unknown classes are their attributes, slots and what their builtin bases hold; `natives`
reads them, and no code of theirs is run. A function is its name and place, or its text where a unit
holds it, with what it has closed over; a module is its name, and so is a class but for the values
of one that is handed to a unit.

Of a network that the lab's stand-in records, each part is its names: any of them leads to the whole
network, which a walk from every call would take minutes for, and to addresses of memory. So the
numbers of a recorded constant are not compared: only a claim notices that they have changed.
"""

from __future__ import annotations

import collections
import dis
import marshal
import math
import types
from typing import Any

_MOST_WORDS = 100_000
_MOST_ITEMS = 2000
_KINDS = {
    id(kind): number
    for number, kinds in enumerate(
        (
            (type(None), bool, type(Ellipsis), type(NotImplemented), str, bytes),
            (float,),
            (int,),
            (complex,),
            (types.FunctionType,),
            (types.BuiltinFunctionType, types.MethodWrapperType),
            (types.CodeType,),
            (dict, list, tuple),
            (collections.OrderedDict,),
        )
    )
    for kind in kinds
}
_PLAIN, _FLOAT, _INT, _COMPLEX, _FUNCTION, _NATIVE, _CODE, _ITEMS, _ORDERED = range(9)


class Walk:
    """One walk; `whole` says whether all was looked into.

    An `exact` one, of an element of a set, has floats and tensors among its words.
    """

    def __init__(
        self, values: Any, unit: int, exact: bool = False, most: int = _MOST_WORDS
    ) -> None:
        self.words: list[str] = []
        self.floats: list[float | str] = []
        self.tensors: list[int] = []
        self.whole, self._exact = True, exact
        self._values, self._natives = values, values.natives
        self._unit, self._most = unit, most
        self._seen: dict[int, tuple[int, Any]] = {}  # with the value, whose id must stay its own
        self._waiting: list[Any] = []

    def visit(self, value: Any) -> None:
        """Describe a value, and what it leads to, depth first."""
        self._waiting.append(value)
        while self._waiting:
            if len(self.words) > self._most:
                self.whole = False
                break
            self._one(self._waiting.pop())

    def visit_class(self, kind: type) -> None:
        """Describe the values that a class itself holds."""
        held = self._natives.dict_of(kind)
        names = sorted(
            name for name in list(held) if type(name) is str and self._is_state(name, held)
        )
        self.visit([part for name in names for part in (name, held[name])])

    def _one(self, value: Any) -> None:
        kind = type(value)  # not isinstance: that asks `__class__`, which may be anything
        number = _KINDS.get(id(kind))
        if number == _PLAIN:
            self.words.append(repr(value))
        elif number == _FLOAT:
            self._float(value)
        elif number == _INT:
            self.words.append(hex(value))
        elif number == _COMPLEX:
            self.words.append("complex")
            self._float(value.real)
            self._float(value.imag)
        elif issubclass(kind, type):
            self.words.append(f"class {self._natives.name_of(value)}")
        elif id(value) in self._seen:
            self.words.append(f"the same as {self._seen[id(value)][0]}")
        else:
            self._seen[id(value)] = len(self._seen), value
            if _is_empty(value, number):
                self.words.append(f"no items of {kind.__name__}")
            else:
                self._object(value, kind, number)

    def _float(self, value: float) -> None:
        self.words.append(f"float {value!r}" if self._exact else "float")
        if not self._exact:
            self.floats.append(value if math.isfinite(value) else repr(value))

    def _object(self, value: Any, kind: type, number: int | None) -> None:
        layout = self._natives.layout_of(kind)
        self.words.append(layout.name)
        if number == _FUNCTION:
            self._function(value)
        elif number == _NATIVE:
            self.words.append(self._natives.text_of(value.__name__))
            if type(value.__self__) is not types.ModuleType:
                self._waiting.append(value.__self__)
        elif number == _CODE:
            self.words.append(self._place(value))
        elif layout.special == "module":
            self.words.append(self._natives.module_name(value))
        elif layout.special == "shown":
            self.words.append(str(value))
        elif layout.special == "recorded":
            self._recorded(value, layout)
        else:
            self._instance(value, layout)

    def _instance(self, value: Any, layout: Any) -> None:
        waiting: list[Any] = []
        base = layout.items
        if layout.tensor is not None:
            self._tensor(value, layout, waiting)
        elif base is dict:
            waiting += [part for item in list(dict.items(value)) for part in item]
        elif base is list or base is tuple:
            waiting += list(base.__iter__(value))
        elif base is not None:
            self._elements(value, base)
        if layout.kind is not base and layout.tensor is None:
            waiting += self._parts(value, layout)
            self.whole &= layout.whole or self._buffer(value)
        held = self._natives.attributes(value, layout)
        if held:
            names = sorted(name for name in held if type(name) is str)
            self.whole &= len(names) == len(held)
            self.words.append(repr(names))
            waiting += map(held.__getitem__, names)
        self._items(waiting)

    def _parts(self, value: Any, layout: Any) -> list[Any]:
        parts: list[Any] = self._natives.held(value, layout)
        if layout.special != "error":
            return parts
        clean = self._values.clean  # a message may tell of addresses of memory
        return [clean(one) if type(one) is str else one for one in (*parts[0], *parts[1:])]

    def _items(self, items: list[Any]) -> None:
        self.words.append(f"{len(items)} items")
        if not items:
            return
        if len(items) > _MOST_ITEMS:
            try:  # no references in this version: equal values have equal bytes
                self.words.append(repr(marshal.dumps(items[_MOST_ITEMS:], 2)))
                items = items[:_MOST_ITEMS]
            except ValueError:  # something else than plain values
                pass
        self._waiting += reversed(items)

    def _elements(self, value: Any, base: Any) -> None:
        """Describe the elements of a set, each by itself, in the order of their descriptions."""
        described, left = [], self._most - len(self.words)
        for item in list(base.__iter__(value)):
            walk = Walk(self._values, self._unit, exact=True, most=max(left, 0))
            walk.visit(item)
            self.whole &= walk.whole
            left -= len(walk.words)
            described.append("\t".join(walk.words))
        self.words += [f"{len(described)} elements", *sorted(described)]

    def _function(self, value: Any) -> None:
        code = value.__code__
        text = self._natives.text_of
        self.words += [text(value.__module__), text(value.__qualname__), self._place(code)]
        cells = []
        for name, cell in zip(code.co_freevars, value.__closure__ or ()):  # noqa: B905 - Python 3.9
            try:
                cells += [name, cell.cell_contents]
            except ValueError:  # it has not been given a value
                cells.append(name)
        self._items([*cells, value.__defaults__, value.__kwdefaults__, value.__dict__])

    def _place(self, code: types.CodeType) -> str:
        """Return what tells a code from others: probes are in the codes of one run only."""
        text = self._values.text_of(self._unit, code)
        if text is not None:
            return repr(text)
        lines = [line for _, line in dis.findlinestarts(code) if line is not None]
        positions: Any = getattr(code, "co_positions", list)()  # Python 3.11
        first = min(lines, default=0)
        columns = [column or 0 for line, _, column, _ in positions if line == first]
        return f"{code.co_name} {first}:{min(columns, default=0)}"

    def _buffer(self, value: Any) -> bool:
        """Describe what a value shows of its memory; tell whether it shows any."""
        found = self._natives.buffer_of(value)
        if found is None:
            return False
        self.words.append(f"{found[0]} {found[1]}")
        self._number(self._values.buffer(*found), found[2])
        return True

    def _tensor(self, value: Any, layout: Any, waiting: list[Any]) -> None:
        """Describe a tensor, and add its gradient to what is waiting."""
        torch, kind = self._values.torch(), layout.kind
        try:
            exactly = kind is torch.Tensor or kind is torch.nn.Parameter
            if not exactly and torch._C._dispatch_keys(value).has(torch._C.DispatchKey.Python):
                raise TypeError("code of its class says what it is")
            own = self._natives.asked(value, layout.tensor)
            about = f"{own('dtype')} {own('device').type} {own('layout')} {own('requires_grad')}"
            self.words.append(about if own("is_nested") else f"{about} {tuple(own('shape'))}")
            self._number(self._values.tensor(value), value)
            self.whole &= not own("is_quantized")
            if own("is_leaf") and own("requires_grad"):
                waiting.append(own("grad"))
        except Exception as error:  # sparse, fake and wrapped tensors have no bytes to read
            self.words.append(f"its bytes cannot be read: {type(error).__name__}")
            self.whole = False

    def _number(self, number: int, value: Any) -> None:
        if self._exact:  # numbers come in the order in which contents are met
            self.words.append(self._values.digest(number))
        else:
            self.tensors.append(number)

    def _is_state(self, name: str, held: Any) -> bool:
        kind, special = type(held[name]), name[:2] == name[-2:] == "__" or name == "_abc_impl"
        return not (special or issubclass(kind, type) or self._natives.is_read_by_get(kind))

    def _recorded(self, value: Any, layout: Any) -> None:
        held = self._natives.attributes(value, layout) or {}
        names = sorted(name for name in held if name != "address")  # where weights lie
        self.words += [f"{name} {_names(held[name])}" for name in names]


def _is_empty(value: Any, number: int | None) -> bool:
    """Tell whether a value holds nothing, as most dicts of a torch module do."""
    return not value if number == _ITEMS else number == _ORDERED and not (value or value.__dict__)


def _names(held: Any) -> str:
    """Return what tells an attribute of a recorded part: a name, or the names of what it lists."""
    kind = type(held)
    if held is None or kind in (str, bool, int, float):
        return str(held)
    if issubclass(kind, (list, tuple)):
        return f"{len(held)}: {', '.join(map(_names, list(held)))}"
    try:
        own = object.__getattribute__(held, "__dict__")
    except AttributeError:
        return kind.__qualname__
    name = own.get("name", own.get("_name_"))
    return name if type(name) is str else kind.__qualname__
