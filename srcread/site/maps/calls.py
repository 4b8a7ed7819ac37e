"""Calls to blocks: a module, a function that calls modules, an operator.

A module without modules below it is one block with its operators, and so is a function of the same
kind: `F.relu` is one `relu`. A function that calls modules is a group, through which its result
goes on. What was called natively has no activation, and is found among the operators of its
statement by its name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from srcread.model import Operation
from srcread.site.blocks import Block, Input, Role
from srcread.site.maps.run import (
    SHAPING,
    Activation,
    may_be_tensor,
    shape_of,
    shapes_of,
    short_name,
)
from srcread.site.maps.values import Made, first_of

if TYPE_CHECKING:
    from srcread.site.maps.flow import Walk

_WEIGHTY = (
    "linear",
    "conv",
    "matmul",
    "bmm",
    "addmm",
    "rnn",
    "lstm",
    "gru",
    "attention",
    "softmax",
)
_MOST_RIVALS = 3
_MAKING = frozenset({"zeros", "ones", "arange", "full", "empty", "tril", "triu", "rand", "randn"})


class Given(NamedTuple):
    """A call: what made its object and its arguments."""

    node: ast.Call
    base: Made
    arguments: tuple[tuple[str | None, Made], ...]
    aliases: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the caller calls it: `self_attn`, or `layers` for what goes through that list.

        Of an expression that makes what is called, as `ACTIVATIONS[kind](x)`, it is nothing.
        """
        function = self.node.func
        match function:
            case ast.Attribute(value=inner, attr="forward"):
                function = inner
            case ast.Subscript(value=inner, slice=ast.Constant()):
                function = inner
        text = ast.unparse(function)
        text = self.aliases.get(text, text)
        plain = text.removeprefix("self.").removeprefix("F.")
        for outer in ("torch._C._nn.", "torch.nn.functional.", "torch.", "_VF."):
            plain = plain.removeprefix(outer)
        is_name = plain != "self" and all(part.isidentifier() for part in plain.split("."))
        return plain if is_name else ""

    @property
    def first(self) -> Made:
        """What made the object, or else the first argument that is known."""
        made = [self.base, *(value for _, value in self.arguments)]
        return next((one for one in made if first_of(one) is not None), None)


def place(walk: Walk, steps: list[Block], given: Given, cases: Sequence[tuple[int, int]]) -> Made:
    """Add the blocks of a call's activations, in series where there are several.

    Returns what made the call's value.
    """
    if walk.run.static and len(cases) > 1:
        return _rivals(walk, steps, given, cases)
    made: Made = None
    for place_in_row, (number, times) in enumerate(cases):
        made = _place(walk, steps, given, number, times, made if place_in_row else None)
    return made


def native(
    walk: Walk,
    steps: list[Block],
    given: Given,
    activation: Activation,
    operators: Sequence[Operation],
    gives: str,
) -> Made:
    """Add the block of an operator called at a call, and return what made the call's value.

    `operators` are those of the whole statement. One of a name that the call does not say, as of
    an activation that the module keeps, is taken where there is no other.
    """
    first = given.first
    called = ast.unparse(given.node.func).rpartition(".")[2].strip("_")
    named = [one for one in operators if short_name(one.name).strip("_") == called]
    is_own = isinstance(given.node.func, ast.Attribute) and _is_self(given.node.func.value)
    if not named and is_own and len(operators) == 1:
        named = list(operators)
    if not named or first_of(first) is None or called in _MAKING:
        return first
    block = _operator(walk, given, activation, named[0], gives)
    steps.append(block)
    return block.number


def _place(
    walk: Walk, steps: list[Block], given: Given, number: int, times: int, before: Made
) -> Made:
    run, activation = walk.run, walk.run.activation(number)
    inputs = _inputs(given, activation, before)
    made = {one.name: one.origin for one in inputs}
    is_module, has_modules = run.is_module(number), bool(run.modules_below[number])
    symbol = activation.case.symbol
    paths = run.paths_of(number, given.name, walk.above) if is_module else None
    walked = walk.body(number, made, paths) if has_modules else None
    block = Block(
        number=walk.next(),
        role=Role.MODULE if is_module else Role.GROUP if has_modules else Role.OPERATOR,
        name=given.name,
        kind=run.class_of(number) if is_module else "" if has_modules else _function(symbol),
        symbol=symbol,
        times=0 if run.static and times != 1 else times,
        takes=next((one.shape for one in inputs if one.shape), ""),
        gives=activation.returned(),
        inputs=inputs,
        steps=walked.steps if walked else (),
        operators=run.operators_of[number],
        paths=paths or (),
    )
    steps.append(block)
    through = walked is not None and not is_module and first_of(walked.result) is not None
    return walked.result if walked is not None and through else block.number


def _rivals(walk: Walk, steps: list[Block], given: Given, cases: Sequence[tuple[int, int]]) -> Made:
    """Add one block for all that a call may go to: the first module, which names the others."""
    run = walk.run
    numbers = [number for number, _ in cases if run.is_module(number)]
    if not numbers:
        return _place(walk, steps, given, *cases[0], None)
    kinds = [*dict.fromkeys(map(run.class_of, numbers))]
    numbers.sort(key=lambda number: not run.modules_below[number])
    made = _place(walk, steps, given, numbers[0], 1, None)
    first = steps[-1].kind
    others = [kind for kind in kinds if kind != first]
    more = "…" if len(others) > _MOST_RIVALS else ""
    rivals = "".join(f" | {kind}" for kind in [*others[:_MOST_RIVALS], *more])
    steps[-1] = steps[-1]._replace(kind=first + rivals)
    return made


def _inputs(given: Given, activation: Activation, before: Made) -> tuple[Input, ...]:
    """Return what goes into an activation; `before` takes the place of the first in a series."""
    parameters, told = activation.parameters, activation.case.arguments
    found: list[Input] = []
    for place_of, (name, made) in enumerate(given.arguments):
        known = name or (parameters[place_of] if place_of < len(parameters) else None)
        origin = first_of(made)
        if known is None or origin is None or not may_be_tensor(told.get(known, "")):
            continue
        origin = origin if before is None or found else first_of(before)
        found.append(Input(known, origin, shape_of(told.get(known, ""))))
    if not found:
        shape = next((shape for shape in map(shape_of, told.values()) if shape), "")
        name = parameters[0] if parameters else ""
        origin = first_of(before if before is not None else given.first)
        found.append(Input(name, origin, shape))
    return tuple(found)


def _operator(
    walk: Walk, given: Given, activation: Activation, operation: Operation, gives: str
) -> Block:
    name = short_name(operation.name)
    origins = [first_of(made) for made in (given.base, *(made for _, made in given.arguments))]
    inside = _inside(walk, operation)
    fed = _fed(given, activation) if inside else ()
    known = [one for one in origins if one is not None]
    known = known[:1] if fed else known
    return Block(
        number=walk.next(),
        role=Role.OPERATOR,
        name=given.name.rpartition(".")[2] or name,
        kind=name,
        inputs=(*(Input("", origin, "") for origin in known), *fed),
        gives=gives,
        steps=inside,
        operators=(name,),
    )


def _fed(given: Given, activation: Activation) -> tuple[Input, ...]:
    """Return by its name what else goes into an operator that is a model by itself.

    These are states, whose shapes are those of the variable there, and weights that the module
    holds, of which a run tells no shape.
    """
    found: list[Input] = []
    for argument in given.node.args[1:]:
        match argument:
            case ast.Name(id=name):
                shapes = shapes_of(activation.value_named(name, given.node))
                found += [Input(name, name, shapes)] if shapes else []
            case ast.Attribute(value=owner, attr=name) if _is_self(owner) and "weight" in name:
                found.append(Input(name, name, ""))
    return tuple(found)


def _inside(walk: Walk, operation: Operation) -> tuple[Block, ...]:
    """Return the operators that one runs, where several of these carry weight, as an LSTM's do."""
    names = [short_name(walk.run.operation(child).name) for child in operation.children]
    names = [name for name in names if name not in SHAPING]
    if sum(any(part in name for part in _WEIGHTY) for name in names) < 2:
        return ()
    return tuple(
        Block(walk.next(), Role.OPERATOR, kind=name, times=len(list(same)), operators=(name,))
        for name, same in groupby(names)
    )


def _function(symbol: str) -> str:
    return symbol.rpartition(".")[2].partition("~")[0]


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
