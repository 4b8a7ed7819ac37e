"""Transfer functions: what Python's own functions and containers do with values that pass through.

Those that pass a value on, select one, wrap it or name a class; of all others nothing is known.

For example, `for name, layer in zip(names, layers)`: `external_result` of "builtins.zip" is a list
of pairs, at whose second place stands what `layers` holds; `getattr(F, "relu")` is the function
`F.relu`, and `len(x)` an int.
"""

from __future__ import annotations

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules import tables
from srcread.graph.infer.rules.choices import one_of
from srcread.graph.infer.rules.protocols import ENTERING, entered
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    ModuleValue,
    Partial,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    held,
    known,
    ordered,
    unknown,
)

_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"})
_CONTAINERS = (
    *("builtins.list.", "builtins.tuple.", "builtins.dict."),
    *("collections.OrderedDict.", "collections.UserDict.", "types.GeneratorType."),
    "types.AsyncGeneratorType.",
)
_TYPED = {
    "len": "int",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "str",
    "repr": "str",
    "isinstance": "bool",
    "issubclass": "bool",
    "hasattr": "bool",
    "callable": "bool",
    "any": "bool",
    "all": "bool",
    "id": "int",
    "hash": "int",
    "round": "int",
    "abs": "float",
}

_WRAPPING = "functools.update_wrapper"
_LOADING = (".load_module", ".module_from_spec")
ITERATED = ("__iter__", "__getitem__")
PROTOCOLS: dict[str, tuple[str, ...]] = {
    "builtins.len": ("__len__",),
    "builtins.bool": ("__bool__", "__len__"),
    "builtins.iter": ITERATED,
    "builtins.next": ("__next__",),
    "builtins.reversed": ("__reversed__",),
    "builtins.str": ("__str__", "__repr__"),
    "builtins.repr": ("__repr__",),
    "builtins.format": ("__format__", "__str__", "__repr__"),
    "builtins.hash": ("__hash__",),
    "builtins.int": ("__int__", "__index__"),
    "builtins.float": ("__float__",),
    "builtins.abs": ("__abs__",),
    "builtins.round": ("__round__",),
    "builtins.dir": ("__dir__",),
    "builtins.isinstance": ("__instancecheck__",),
    "builtins.issubclass": ("__subclasscheck__",),
    "builtins.getattr": ("__getattr__",),
    "builtins.hasattr": ("__getattr__",),
    "builtins.setattr": ("__setattr__",),
    "builtins.delattr": ("__delattr__",),
    "builtins.list": ITERATED,
    "builtins.tuple": ITERATED,
    "builtins.set": ITERATED,
    "builtins.frozenset": ITERATED,
    "builtins.sorted": ITERATED,
    "builtins.enumerate": ITERATED,
    "builtins.filter": ITERATED,
    "builtins.map": ITERATED,
    "builtins.zip": ITERATED,
    "functools.reduce": ITERATED,
    "builtins.any": ITERATED,
    "builtins.all": ITERATED,
    "builtins.sum": ITERATED,
    "builtins.min": ITERATED,
    "builtins.max": ITERATED,
}
"""Which method of its first argument a function of Python's own calls: the first that is there."""

_FOLLOWED = frozenset(
    {"getattr", "type", "enumerate", "zip", "next", "map", "filter", "dict", "max", "min", "sum"}
    | {"dict.fromkeys", "collections.OrderedDict", "typing.cast", "functools.reduce"}
)


def is_followed(name: str) -> bool:
    """Tell whether the result of one of Python's own functions depends on its arguments."""
    function = name.removeprefix("builtins.")
    followed = function in _FOLLOWED or function in _SAME or name in ENTERING
    return followed or name.startswith(_CONTAINERS)


def external_result(ask: Interpreter, name: str, arguments: list[Values]) -> Values | None:
    """Return what a function of Python's own gives for these arguments; None if not known."""
    first = arguments[0] if arguments else NOTHING
    elements = ask.items.elements
    function = name.removeprefix("builtins.")
    if function in _TYPED:
        return frozenset({ExternalInstance(f"builtins.{_TYPED[function]}")})
    if function in _SAME:
        return frozenset({Sequence(held(elements(first)) if first else NOTHING)})
    match function:
        case "getattr":
            return _getattr(ask, arguments)
        case "functools.wraps":
            return frozenset({Partial(External(_WRAPPING))})
        case _ if name == _WRAPPING:
            return first or None
        case "type" if len(arguments) == 1:
            return frozenset(ClassValue(v.cls) for v in first if isinstance(v, Instance)) or None
        case "enumerate":
            index: Values = frozenset({ExternalInstance("builtins.int")})
            inner = held(elements(first))
            pair = Sequence(index | inner, (index, inner))
            return frozenset({Sequence(frozenset({pair}))})
        case "zip":
            positions = tuple(held(elements(values)) for values in arguments)
            pair = Sequence(NOTHING.union(*positions), positions)
            return frozenset({Sequence(frozenset({pair}))})
        case "next":
            return held(elements(first)) or None
        case "map" if len(arguments) > 1:
            each = [elements(values) for values in arguments[1:]]
            results = NOTHING.union(*(ask.calls.result(f, each, {}) for f in known(first)))
            return frozenset({Sequence(held(results))})
        case "dict.fromkeys" if arguments:
            return frozenset({tables.of_keys(elements(first), NOTHING.union(*arguments[1:2]))})
        case "functools.reduce" if len(arguments) > 1:
            return _reduced(ask, first, elements(arguments[1]), arguments[2:])
        case "filter" if len(arguments) > 1:
            return frozenset({Sequence(held(elements(arguments[1])))})
        case "dict" | "collections.OrderedDict":
            return tables.made(ask, arguments, {})
        case "sum":
            return known(elements(first)).union(*map(known, arguments[1:2])) or None
        case "max" | "min":
            given = arguments if len(arguments) > 1 else [elements(first)]
            return held(NOTHING.union(*given)) or None
        case "typing.cast" if len(arguments) > 1:
            return arguments[1]
        case _ if name in ENTERING:
            return entered(ask, first)
    if name.startswith("importlib.") and function.endswith(_LOADING):
        return unknown(f"{name} loads a module whose file is named when it runs")
    return None


def _reduced(
    ask: Interpreter, functions: Values, each: Values, start: list[Values]
) -> Values | None:
    """Return what `reduce(function, elements, start)` comes to, by two of its steps."""
    made = NOTHING.union(*start) if start else known(each)
    for _ in range(2):
        results = (ask.calls.result(f, [made, each], {}) for f in known(functions))
        made = made.union(*results)
    return known(made) or made or None


def _getattr(ask: Interpreter, arguments: list[Values]) -> Values | None:
    if len(arguments) < 2:
        return None
    found = arguments[2] if len(arguments) > 2 else NOTHING
    for key in arguments[1]:
        if isinstance(key, Constant) and key.value:
            found |= ask.attributes.join(arguments[0], key.value)
    why = [value for value in ordered(arguments[0]) if isinstance(value, Unknown)]
    made = Unknown("the name that builtins.getattr looks up is made when it runs")
    if any(not isinstance(key, Constant) for key in arguments[1]):
        return known(found) | frozenset({*why[:1]} or {made})
    return known(found) or found or frozenset({*why[:1]} or {made})


def container_method(
    ask: Interpreter, receiver: Values, name: str, arguments: list[Values], where: str
) -> Values | None:
    """Return what a method of a list, tuple or dictionary gives; None if it is none of those.

    `where` is how a reader finds the container.
    """
    owner, _, method = name.rpartition(".")
    if names := frozenset(v for v in receiver if isinstance(v, ModuleValue)):
        return _of_names(ask, names, method, arguments)
    containers = [v for v in receiver if isinstance(v, Sequence | Table)]
    if f"{owner}." not in _CONTAINERS or not containers:
        return None
    items = NOTHING.union(*(value.items for value in containers))
    match method:
        case "items":
            return frozenset(tables.pairs(v) for v in containers if isinstance(v, Table)) or None
        case "values" | "copy":
            return receiver if method == "copy" else frozenset({Sequence(items)})
        case "send" | "throw" | "__next__" | "asend" | "__anext__":
            return items or None
        case "keys":
            keys = NOTHING.union(*(tables.keys(v) for v in containers if isinstance(v, Table)))
            return frozenset({Sequence(keys)})
        case "get" | "pop" | "setdefault" | "popitem" | "__getitem__":
            keys = arguments[0] if arguments else NOTHING
            named = [key.value for key in keys if isinstance(key, Constant) and key.value]
            if named and len(named) == len(known(keys)):
                items = NOTHING.union(*(ask.items.item(receiver, key) for key in named))
            elif method != "popitem" and any(isinstance(item, Table) for item in containers):
                items = one_of(ask, receiver, keys, where)
            return items.union(*arguments[1:2])
    return None


def _of_names(
    ask: Interpreter, modules: Values, method: str, arguments: list[Values]
) -> Values | None:
    """Return what `globals().get(name)` gives, by the names that the text tells."""
    if method not in ("get", "pop", "setdefault", "__getitem__") or not arguments:
        return None
    texts = [key.value for key in arguments[0] if isinstance(key, Constant) and key.value]
    found = NOTHING.union(*(ask.items.item(modules, text) for text in texts))
    if len(texts) < len(arguments[0]):
        found |= ask.items.element(modules, None)
    return found.union(*arguments[1:2])


def builtin_class(value: Value) -> str:
    """Return the class of a value whose class is Python's own."""
    match value:
        case Constant():
            return "builtins.str"
        case ExternalInstance(cls):
            return cls
        case Sequence(_, positions, is_list):
            return "builtins.tuple" if positions and not is_list else "builtins.list"
        case Table():
            return "builtins.dict"
        case FunctionValue():
            return "builtins.function"
    return "builtins.object"
