"""Who decides a claim: Python, the framework, or code that the snippet has put in their place.

Doubtful are, whenever a claim is evaluated:

    rebound  a function that it calls is not the one that its name stood for when the snippet began
    own      a comparison is made by a class of the snippet's own, whatever that calls equal

A helper that a snippet defines and calls by a name of its own is neither: what a claim tests is the
author's choice, and controls show what it depends on.

For example, `assert torch.equal(a, b), "…"` looks whether `torch` is the module that was imported,
`torch.equal` the function that it was, and whether `torch.Tensor` compares as it did and has the
methods that the snippet calls.
It is executed for the reporter alone, and has no class of its own: see there.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from sys import getprofile, gettrace
from typing import Any

State = dict[str, Any]

_METHODS = {
    "==": ("__eq__",),
    "!=": ("__ne__", "__eq__"),
    "<": ("__lt__", "__gt__"),
    "<=": ("__le__", "__ge__"),
    ">": ("__gt__", "__lt__"),
    ">=": ("__ge__", "__le__"),
    "in": ("__eq__", "__contains__", "__iter__"),
    "not in": ("__eq__", "__contains__", "__iter__"),
}
_HOOKS = ("__torch_function__", "__torch_dispatch__")
_ALWAYS = ("torch.Tensor", "torch.nn.parameter.Parameter")
_TESTING = "torch.testing"
_STACKS = (
    ("_len_torch_function_stack", "_get_function_stack_at"),
    ("_len_torch_dispatch_stack", "_get_dispatch_stack_at"),
)
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_PYTHONS = (types.FunctionType, types.MethodType)
_MOST, _DEEPEST = 1000, 4
_NOTHING = object()


def prepared(originals: State) -> State:
    """Return what of the kept names every evaluation is held against."""
    named = {entry[0]: entry for entry in originals["entries"].values()}
    native = named["torch._C"][2] if "torch._C" in named else {}
    return {
        "always": [named[name] for name in _ALWAYS if name in named],
        "testing": [one for name, one in named.items() if name.startswith(_TESTING)],
        "python": named["builtins"][2],
        "tensor": named[_ALWAYS[0]][1] if _ALWAYS[0] in named else (),
        "stacks": [tuple(native[name] for name in both) for both in _STACKS if both[0] in native],
    }


def doubts(
    state: State, event: State, frame: Any, operands: list[Any], held: Any
) -> Iterator[tuple[str, str]]:
    """Yield what is doubtful of one evaluation, whose frame is given: a code and a name."""
    if type(held) is not bool:
        yield "elsewhere", ""
    bindings, known = state["bindings"], state["known"]
    for name in (name for one in known["always"] for name in bindings.differing(one)):
        method = name.rpartition(".")[2]
        if method in state["methods"] or method.startswith("__"):
            yield "rebound", name
    for chain in event["called"]:
        yield from (("rebound", name) for name in _rebound(state, event["outer"], chain, frame))
    methods = {name for sign in event["signs"] for name in _METHODS.get(sign, ())}
    for operand in operands if event["signs"] != ["is"] else ():
        yield from (("own", name) for name in _own(state, operand, (*_HOOKS, *methods), 0))
    if event["called"] or any(issubclass(type(one), known["tensor"]) for one in operands):
        yield from (("own", name) for name in modes(state))
        yield from (("rebound", name) for name in bindings.registered(state["originals"]))


def is_other(state: State, function: Any) -> bool:
    """Tell whether what a claim calls as a function of `torch.testing` is none of it."""
    known = [kept for name, _, kept, *_ in state["known"]["testing"] if name == _TESTING]
    return not known or all(function is not value for value in known[0].values())


def watcher(state: State) -> str:
    """Name what looks on as a claim is evaluated, other than our own observers.

    A trace function, a profiler or a tool of `sys.monitoring` may change the variables of what it
    sees.
    """
    if gettrace() is not None:
        return "sys.settrace"
    if type(getprofile()) in _PYTHONS and not state["profiled"]:
        return "sys.setprofile"
    monitoring: Any = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    return "sys.monitoring" if any(tool not in (None, "srcread") for tool in tools) else ""


def _rebound(state: State, place: Any, chain: tuple[str, ...], frame: Any) -> Iterator[str]:
    """Name what of a dotted name stands for something else now, or what the function rests on."""
    root, *rest = chain
    value, name = _value_of(root, place[0], frame), root
    expected = list(_expected(state, root))
    if expected and not any(value is one for one in expected):
        yield root
    elif expected or state["bindings"].is_module(value):
        for attribute in rest:
            name = f"{name}.{attribute}"
            value, same = _step(state, value, attribute)
            if not same:
                yield name
                return
        yield from _rests_on(state, value)


def _value_of(name: str, code: types.CodeType, frame: Any) -> Any:
    """Return what a name stands for in a frame of this code."""
    own = (*code.co_varnames, *code.co_cellvars, *code.co_freevars)
    if not code.co_flags & 1 or name in own:  # 1: it has its variables in places and not by name
        names = frame.f_locals
        if name in names:
            return names[name]
    if name in frame.f_globals:
        return frame.f_globals[name]
    return frame.f_builtins.get(name, _NOTHING)


def _expected(state: State, name: str) -> Iterator[Any]:
    """Yield what a name may stand for by the snippet's imports, or as a builtin."""
    originals = state["originals"]
    for target in state["imported"].get(name, ()):
        module, _, attribute = target.partition(":")
        found = originals["modules"].get(module, sys.modules.get(module, _NOTHING))
        yield _step(state, found, attribute)[0] if attribute else found
    if name not in state["imported"] and name in state["known"]["python"]:
        yield state["known"]["python"][name]


def _step(state: State, owner: Any, attribute: str) -> tuple[Any, bool]:
    """Return what an attribute of a module or class stood for, and whether it still does."""
    bindings, entries = state["bindings"], state["originals"]["entries"]
    for base in bindings.searched(owner):
        held, entry = bindings.held_by(base), entries.get(id(base))
        if entry is not None and attribute in entry[2]:
            return entry[2][attribute], held.get(attribute) is entry[2][attribute]
        if attribute in held:
            return held[attribute], not bindings.made_here(held[attribute], state["namespace"])
    return _NOTHING, True


def _rests_on(state: State, function: Any) -> Iterator[str]:
    """Name what has changed in the module of a function that is written in Python."""
    if type(function) is types.FunctionType:
        bindings, originals = state["bindings"], state["originals"]
        name = function.__globals__.get("__name__")
        module = originals["modules"].get(name) if type(name) is str else None
        entries = [originals["entries"][id(module)]] if module is not None else []
        if str(name).startswith(_TESTING):
            entries = state["known"]["testing"]
        for entry in entries:
            yield from bindings.unexplained(state, entry)
        yield from bindings.recoded(state)


def _own(state: State, value: Any, methods: tuple[str, ...], depth: int) -> Iterator[str]:
    """Name the class of a value, or of one in it, that compares by code of the snippet."""
    kind, bindings = type(value), state["bindings"]
    if kind in _PLAIN:
        return
    for base in bindings.searched(kind):
        found = [bindings.held_by(base).get(name) for name in methods]
        if any(_is_ours(state, base, one) for one in found):
            yield bindings.title_of(kind)
            return
        if any(one is not None for one in found[len(_HOOKS) :]):
            break
    if depth < _DEEPEST:
        for item in _items(value, kind):
            yield from _own(state, item, methods, depth + 1)


def _is_ours(state: State, owner: Any, method: Any) -> bool:
    """Tell whether a method is the snippet's; what a dataclass is given compares its fields."""
    if method is None or not state["bindings"].made_here(method, state["namespace"]):
        return False
    fields = state["bindings"].held_by(owner).get("__dataclass_fields__")
    if type(fields) is not dict or type(method) is not types.FunctionType:
        return True
    code = state["attribute"](method, "__code__")
    compared = {name for name, field in fields.items() if field.compare}
    return not compared or not compared.issubset(code.co_names)


def _items(value: Any, kind: Any) -> list[Any]:
    """Return what a list or its like holds, running no code of its class."""
    if issubclass(kind, dict):
        return list(dict.values(value))[:_MOST]
    for base in (list, tuple, set, frozenset):
        if issubclass(kind, base):
            return list(base.__iter__(value))[:_MOST]
    return []


def modes(state: State) -> Iterator[str]:
    """Name the snippet's own modes that stand between a call and torch's functions."""
    for length, at in state["known"]["stacks"]:
        for number in range(length()):
            mode = at(number)
            if state["bindings"].made_here(mode, state["namespace"]):
                yield state["bindings"].title_of(type(mode))
