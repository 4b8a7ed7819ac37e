"""Which overload of an operator a call means, as far as its form tells.

Python's binding tries the signatures in turn and takes the first that the arguments' types fit.
Types are not known here: only how many arguments there are and how they are called. Where that
leaves several, the plain operator is taken, and the page says how many overloads there are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from srcread.graph.native.operators import is_out
from srcread.model import Operator
from srcread.support.value_class import value_class

_ALSO_CALLED = {"input": "self", "axis": "dim", "keepdims": "keepdim", "x": "self"}
"""Names that Python's bindings take for an argument, as NumPy calls it."""
_MADE_BY_BINDINGS = frozenset(
    {"dtype", "layout", "device", "pin_memory", "requires_grad", "out", "memory_format"}
)
"""What every function that makes a tensor takes in Python, whatever its schema says."""


@value_class
class CallForm:
    """How a call is written: its number of positional arguments, and its keywords.

    `positional` is None where one is starred; a `**` among the keywords is None in `keywords`.
    """

    positional: int | None
    keywords: tuple[str | None, ...] = ()


@value_class
class _Argument:
    name: str
    type: str
    has_default: bool
    keyword_only: bool


def call_form(node: ast.Call) -> CallForm:
    """Return the form of a call."""
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    return CallForm(
        None if starred else len(node.args), tuple(keyword.arg for keyword in node.keywords)
    )


def in_order(overloads: Iterable[Operator], owner: str, method: bool) -> tuple[Operator, ...]:
    """Return overloads, those first that Python offers under this owner, plain ones before others.

    `owner` is the compiled module or class; a module `_nn` offers those of python_module `nn`.
    """
    module = owner.rpartition(".")[2].lstrip("_")

    def rank(operator: Operator) -> tuple[bool, bool, bool, bool, bool]:
        return (
            ("method" if method else "function") not in operator.variants,
            not method and operator.python_module not in ("", module),
            is_out(operator.schema),
            "Dimname" in operator.schema,
            "." in operator.name,
        )

    return tuple(sorted(overloads, key=rank))


def choose(overloads: Sequence[Operator], calls: Iterable[CallForm], method: bool) -> Operator:
    """Return the first overload that every call fits; the first one where none does."""
    forms = tuple(calls)
    for operator in overloads:
        arguments = _arguments(operator.schema, method)
        if all(_fits(arguments, form) for form in forms):
            return operator
    return overloads[0]


def fitting(overloads: Sequence[Operator], form: CallForm, method: bool) -> tuple[Operator, ...]:
    """Return the overloads that a call fits; all of them where none does."""
    found = tuple(item for item in overloads if _fits(_arguments(item.schema, method), form))
    return found or tuple(overloads)


def given_types(operator: Operator, form: CallForm, method: bool) -> list[str]:
    """Return the types of the arguments that a call gives by place, as a schema writes them."""
    arguments = [item for item in _arguments(operator.schema, method) if not item.keyword_only]
    return [item.type for item in arguments[: form.positional]]


def fits_signature(
    node: ast.FunctionDef | ast.AsyncFunctionDef, form: CallForm, method: bool
) -> bool:
    """Tell whether a call fits a definition in a stub; of a method `self` is given already.

    A parameter that may only be None is the form of a call that leaves it out.
    """
    arguments = node.args
    by_place = [*arguments.posonlyargs, *arguments.args][1 if method else 0 :]
    every = [*by_place, *arguments.kwonlyargs]
    given = len(by_place) if form.positional is None else form.positional
    if given > len(by_place) and arguments.vararg is None:
        return False
    named = {name for name in form.keywords if name}
    if not named <= {item.arg for item in every} and arguments.kwarg is None:
        return False
    filled = {item.arg for item in by_place[:given]} | named
    if form.positional is not None and any(_is_none(item) for item in every if item.arg in filled):
        return False
    if form.positional is None or None in form.keywords:
        return True
    optional = by_place[len(by_place) - len(arguments.defaults) :]
    keyword = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    needed = {item.arg for item in by_place} - {item.arg for item in optional}
    return needed | {item.arg for item, default in keyword if default is None} <= filled


def _is_none(argument: ast.arg) -> bool:
    return isinstance(argument.annotation, ast.Constant) and argument.annotation.value is None


def argument_names(schema: str) -> tuple[str, ...]:
    """Return the names of a schema's arguments."""
    return tuple(argument.name for argument in _arguments(schema, method=False))


def _arguments(schema: str, method: bool) -> list[_Argument]:
    """Split a schema's arguments; a method's `self` is left out wherever it stands."""
    inside = schema.partition("(")[2].rpartition(" -> ")[0].removesuffix(")")
    found, keyword_only = [], False
    for part in filter(None, inside.split(", ")):
        if part == "*":
            keyword_only = True
            continue
        declared, has_default, _ = part.partition("=")
        kind, _, name = declared.rpartition(" ")
        if not (method and name == "self"):
            found.append(_Argument(name, kind, bool(has_default), keyword_only))
    return found


def _fits(arguments: Sequence[_Argument], form: CallForm) -> bool:
    names = {argument.name for argument in arguments}
    named = {
        _ALSO_CALLED.get(name, name) if name not in names else name
        for name in form.keywords
        if name
    }
    if not named <= names | _MADE_BY_BINDINGS:
        return False
    if form.positional is None:
        return True
    by_place = [argument for argument in arguments if not argument.keyword_only]
    # `x.view(2, 3)`: a list of numbers that stands first may be written without its brackets.
    first = by_place[0].type if by_place else ""
    spread = first.endswith("]") and first.partition("[")[0] in ("int", "SymInt")
    if form.positional > len(by_place) and not spread:
        return False
    if None in form.keywords:
        return True
    given = form.positional if form.positional <= len(by_place) else len(by_place)
    rest = [*by_place[given:], *(argument for argument in arguments if argument.keyword_only)]
    return all(argument.has_default or argument.name in named for argument in rest)
