"""What a value holds, read so that no code of its class is run.

Python gives a class ways to answer for its attributes, its class and its comparisons. None is asked
here: an attribute is looked up in the value's own dict, a slot by the descriptor that Python made
for it, and what a builtin base holds by that base's own method. So a class that lies, raises or
changes as it is looked at tells as much as any other.

A class written in C may hold what no such way leads to. It is told by its size: objects of a class
take the room of its base, slots, dict and weak references, and what takes more has something else.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import functools
import io
import pathlib
import random
import re
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

Parts = list[Any]

dict_of: Callable[[Any], Any] = type.__dict__["__dict__"].__get__
mro_of: Callable[[Any], Any] = type.__dict__["__mro__"].__get__
_title_of: Callable[[Any], Any] = type.__dict__["__qualname__"].__get__
_module_of: Callable[[Any], Any] = type.__dict__["__module__"].__get__
_names_of: Callable[[Any], Any] = vars(types.ModuleType)["__dict__"].__get__
_room_of: Callable[[Any], Any] = type.__dict__["__basicsize__"].__get__
_flags_of: Callable[[Any], Any] = type.__dict__["__flags__"].__get__
_offsets_of = (
    (type.__dict__["__dictoffset__"].__get__, 1 << 4),
    (type.__dict__["__weakrefoffset__"].__get__, 1 << 3),
)  # with the flag of a class whose objects have it before them, where it takes no room
_HEAP = 1 << 9  # of a class that was made by a statement, or as one
_WORD = 8


def text_of(value: Any) -> str:
    """Return a text as a plain one, a question mark for what is none."""
    return str.__str__(value) if issubclass(type(value), str) else "?"


def name_of(kind: Any) -> str:
    """Return the module and name of a class, whatever its own class says."""
    module = _module_of(kind) if _is_static(kind) else dict_of(kind).get("__module__")
    return f"{text_of(module)}.{text_of(_title_of(kind))}"


class Layout(NamedTuple):
    """Where objects of a class keep what they hold.

    `items` is the builtin class whose items they have, `tensor` torch's class of tensors, if they
    derive from one; `special` is what else they are: "module", "error", "shown", of which `str`
    says all, or "recorded", a part of a network of the lab's. `asked` gives what a builtin base
    holds, `own` the dict, `slots` have names. `whole` says whether that is all.
    """

    kind: Any
    name: str
    items: Any
    tensor: Any
    special: str
    asked: Callable[[Any], Parts]
    slots: list[tuple[str, Any]]
    own: Any
    whole: bool


def layout_of(kind: Any) -> Layout:
    """Return the layout of a class, which is kept: no class is looked at twice."""
    found = _layouts.get(id(kind))
    if found is None:
        found = _layouts[id(kind)] = _layout(kind, mro_of(kind))
    return found


def base_of(kind: Any, name: str) -> Any:
    """Return the class of this name, written in C, that a class is or derives from, or None.

    No snippet can make one: what a statement makes is marked so.
    """
    return next((one for one in mro_of(kind) if _is_static(one) and name_of(one) == name), None)


def asked(value: Any, base: Any) -> Callable[[str], Any]:
    """Return what gives an attribute of a value, as a class that it derives from has it."""
    names = dict_of(base)
    return lambda name: names[name].__get__(value)


def module_name(value: Any) -> str:
    """Return the name of a module, whatever its class."""
    return text_of(_names_of(value).get("__name__"))


def attributes(value: Any, layout: Layout) -> dict[Any, Any] | None:
    """Return a value's own dict; None where it has none, or none that can be had so."""
    own = layout.own.__get__(value) if layout.own is not None else None
    return own if type(own) is dict else None


def held(value: Any, layout: Layout) -> Parts:
    """Return what a value holds beside its items and attributes: slots come with their names."""
    parts = layout.asked(value)
    for name, slot in layout.slots:
        try:
            parts += [name, slot.__get__(value)]
        except AttributeError:  # it has not been given one
            continue
    return parts


def buffer_of(value: Any) -> tuple[str, tuple[int, ...], bytes] | None:
    """Return format, shape and bytes of what a value written in C shows of its memory, or None."""
    for one in mro_of(type(value)):
        asked = dict_of(one).get("__buffer__")  # Python 3.12
        if asked is not None and type(asked) is not types.WrapperDescriptorType:
            return None  # code of a class
    try:
        with memoryview(value) as view:
            if set("OPpXn&") & set(view.format):
                return None  # addresses
            return view.format, tuple(view.shape or ()), view.tobytes()
    except (TypeError, ValueError, BufferError):
        return None


def is_read_by_get(kind: Any) -> bool:
    """Tell whether objects of a class, standing in another, answer for what they stand for."""
    return any("__get__" in dict_of(one) for one in mro_of(kind))


def _is_static(kind: Any) -> bool:
    return not _flags_of(kind) & _HEAP


def _layout(kind: Any, mro: tuple[Any, ...]) -> Layout:
    base, asked = next((one, _BASES[id(one)]) for one in mro if id(one) in _BASES)
    apart = base in _CLOSED
    slots = [(one, *item) for one in (() if apart else mro) for item in _members(one)]
    names = dict_of(numpy)["str"].__get__ if (numpy := base_of(kind, "numpy.dtype")) else None
    own = next(filter(None, map(_own_dict, mro)), None)
    fits = apart or _room_of(kind) <= _room(kind, base, slots)
    named = any(name_of(one) in _WHOLE for one in mro)
    has_address = any("_cdata" in dict_of(one) for one in mro if _is_static(one))
    return Layout(
        kind,
        name_of(kind),
        next((one for one in _ITEMS if issubclass(kind, one)), None),
        base_of(kind, _TENSOR),
        _special(kind, mro),
        (lambda value: [*asked(value), names(value)]) if names else asked,
        [(f"{name_of(one)}.{text_of(name)}", slot) for one, name, slot in slots],
        own,
        (named or bool(names) or (fits and not has_address)) and _has_dict(kind) <= bool(own),
    )


def _special(kind: Any, mro: tuple[Any, ...]) -> str:
    if issubclass(kind, types.ModuleType):
        return "module"
    if any(map(_is_recorded, mro)) and name_of(kind).startswith(_RECORDED):
        return "recorded"
    shown = any(name_of(one) in _SHOWN for one in mro if _is_static(one))
    return "shown" if shown else "error" if issubclass(kind, BaseException) else ""


def _is_recorded(kind: Any) -> bool:
    """Tell whether the lab defines a class: what else says so is not there under that name."""
    module, name = text_of(dict_of(kind).get("__module__")), text_of(_title_of(kind))
    found = sys.modules.get(module) if module.startswith(_RECORDED) else None
    held = _names_of(found) if issubclass(type(found), types.ModuleType) else {}
    return held.get(name.partition(".")[0]) is kind


def _members(kind: Any) -> list[tuple[Any, Any]]:
    """Return the slots of a class, without where torch keeps an object of C++."""
    return [
        (name, slot)
        for name, slot in list(dict_of(kind).items())
        if type(slot) is types.MemberDescriptorType and name not in ("__dict__", "_cdata")
    ]


def _own_dict(kind: Any) -> Any:
    """Return what leads to the dict of a class's objects, if Python made it."""
    found = dict_of(kind).get("__dict__")
    native = type(found) in (types.GetSetDescriptorType, types.MemberDescriptorType)
    return found if native else None


def _room(kind: Any, base: Any, slots: list[tuple[Any, Any, Any]]) -> int:
    """Return how much room objects take that hold nothing but what can be had."""
    room: int = _room_of(base)
    room += _WORD * sum(one is not base and not issubclass(base, one) for one, _, _ in slots)
    for offset, managed in _offsets_of:
        if offset(kind) and not offset(base) and not _flags_of(kind) & managed:
            room += _WORD
    return room


def _has_dict(kind: Any) -> bool:
    return bool(_offsets_of[0][0](kind))


def _reduced(value: Any) -> Parts:
    """Return what an iterator of Python's would be made anew from; that takes nothing from it."""
    kind: Any = type(value)
    return list(kind.__reduce__(value)[1:])


def _date(kind: Any) -> Callable[[Any], Parts]:
    return lambda value: list(kind.__reduce__(value)[1:])


def _listed(kind: Any) -> Callable[[Any], Parts]:
    return lambda value: [list(kind.__iter__(value))]


def _nothing(value: Any) -> Parts:
    return []


_ARGS: Any = BaseException.__dict__["args"]
_ZONE: Any = datetime.timezone.__dict__["__getinitargs__"]
_LONGEST: Any = collections.deque.__dict__["maxlen"]
_ANY: list[Any] = []
_SEQUENCES: tuple[Any, ...] = ([], (), "", b"", range(0), range(1 << 70))
_ITERATORS: tuple[type, ...] = (
    *(type(iter(one)) for one in _SEQUENCES),
    *map(type, (zip(), map(len, _ANY), filter(None, _ANY), enumerate(_ANY), reversed(_ANY))),
)
_EMPTY: dict[Any, Any] = {}
_VIEWS = (type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items()))
_PATHS = (
    *(pathlib.PurePosixPath, pathlib.PureWindowsPath),
    *(pathlib.PosixPath, pathlib.WindowsPath),
)

# What is walked by its items (dict, list, tuple, set) has nothing more here than its room.
_KNOWN: tuple[tuple[Any, Callable[[Any], Parts]], ...] = (
    (object, _nothing),
    *((one, _nothing) for one in (dict, list, tuple, set, frozenset)),
    *((one, _nothing) for one in (collections.OrderedDict, collections.defaultdict)),
    (int, lambda value: [int.__int__(value)]),
    (float, lambda value: [float.__float__(value)]),
    (complex, lambda value: [complex.__pos__(value)]),
    (str, lambda value: [str.__str__(value)]),
    (bytes, lambda value: [bytes.__getitem__(value, slice(None))]),
    (bytearray, lambda value: [bytes(bytearray.__getitem__(value, slice(None)))]),
    *(
        (one, lambda value: [_ARGS.__get__(value)])
        for one in (BaseException, OSError, ImportError, SyntaxError)
    ),
    (collections.deque, lambda value: [list(_DEQUE(value)), _LONGEST.__get__(value)]),
    (decimal.Decimal, lambda value: [decimal.Decimal.__str__(value)]),
    *((one, _date(one)) for one in (datetime.date, datetime.time, datetime.datetime)),
    (datetime.timedelta, _date(datetime.timedelta)),
    (datetime.timezone, lambda value: list(_ZONE(value))),
    (io.StringIO, lambda value: [io.StringIO.getvalue(value)]),
    (io.BytesIO, lambda value: [io.BytesIO.getvalue(value)]),
    (random.Random, lambda value: [_STATE(value)]),
    (weakref.ref, lambda value: [weakref.ref.__call__(value)]),
    *((one, _nothing) for one in (range, slice, property, staticmethod, classmethod)),
    *((one, _nothing) for one in (functools.partial, types.MethodType, re.Pattern)),
    *((one, _nothing) for one in (type(threading.Lock()), type(threading.RLock()))),
    *((one, _reduced) for one in _ITERATORS),
    *((one, _listed(one)) for one in _VIEWS),
    *((one, lambda value: [pathlib.PurePath.__str__(value)]) for one in _PATHS),
)
_DEQUE: Any = collections.deque.__iter__
_STATE: Any = random.Random.__mro__[1].getstate  # type: ignore[attr-defined] # of _random
_ITEMS = (dict, list, tuple, set, frozenset)
_RECORDED = "srcread.lab.tensorrt."
_TENSOR = "torch._C.TensorBase"
_SHOWN = frozenset(
    f"torch.{name}"
    for name in ("dtype", "device", "layout", "memory_format", "qscheme", "finfo", "iinfo")
)
_layouts: dict[int, Layout] = {}
_WHOLE = frozenset(("torch.Size",))  # a tuple
_BASES = {id(one): asked for one, asked in _KNOWN}
_CLOSED = frozenset(_PATHS)  # they keep in slots what they have been asked for, hashes among them
