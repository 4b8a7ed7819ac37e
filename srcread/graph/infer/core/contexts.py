"""What a context keeps of a call's arguments: as much as can choose a callee, and no more.

Each further value makes contexts that a function is looked at in. Numbers, texts and constructions
nested too deep are dropped; so are tensors, but where a parameter has no annotation to say so.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from srcread.graph.infer.values import (
    ANYTHING,
    NONE,
    NOTHING,
    Arguments,
    Instance,
    Sequence,
    Table,
    Unknown,
    Values,
    depth,
    shallow,
)
from srcread.index import Defined

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

MAX_NESTING = 5


def told(evaluator: Evaluator, defined: Defined, bound: Mapping[str, Values]) -> Arguments:
    """Return what a call tells the parameters of a function, by name."""
    assert not isinstance(defined.node, ast.ClassDef)
    alike = evaluator.parameters.alike(defined)
    signature = evaluator.parameters.signature(defined)
    starred = (signature.starred, signature.double_starred)
    kept = []
    for name, values in sorted(bound.items()):
        keep = worth_passing_on if name in signature.unsaid else worth_keeping
        worth = keep(evaluator, values)
        if name in starred:
            worth |= _holding_arrays(evaluator, values)
        kept.append((name, NOTHING if name in alike and _is_alike(evaluator, worth) else worth))
    return tuple(kept)


def worth_keeping(evaluator: Evaluator, values: Values) -> Values:
    """Drop what chooses no callee, and constructions nested too deep to stay finite."""
    worth = evaluator.parameters.worth
    if values not in worth:  # 19 of 20 questions are about the same few sets
        worth[values] = frozenset(
            value
            for value in map(shallow, values)
            if not evaluator.calls.is_plain(value, none=False)
            and (value == ANYTHING or not isinstance(value, Unknown))
            and depth(value) <= MAX_NESTING
        )
    return worth[values]


def worth_passing_on(evaluator: Evaluator, values: Values) -> Values:
    """Keep tensors too: they may be handed on to parameters that no annotation tells of."""
    return worth_keeping(evaluator, values) | _arrays(evaluator, values)


def _holding_arrays(evaluator: Evaluator, values: Values) -> Values:
    """Return what holds tensors among what `*args` and `**kwargs` take."""
    arrays = evaluator.attributes.of_schema_type
    return frozenset(v for v in values if isinstance(v, Sequence | Table) and arrays(v.items))


def _arrays(evaluator: Evaluator, values: Values) -> Values:
    """Return the tensors among some values, as tensors that nothing more is known of."""
    leaves = evaluator.idioms.schema_types.values()
    order = evaluator.attributes.classes.order
    return frozenset(
        Instance(next(name for name in order(value.cls) if name in leaves), constructed=False)
        for value in evaluator.attributes.of_schema_type(values)
        if isinstance(value, Instance)
    )


def _is_alike(evaluator: Evaluator, values: Values) -> bool:
    """Tell whether values say no more than an annotation that promises objects all alike."""
    others = values - NONE
    return bool(others) and all(
        isinstance(value, Unknown) or evaluator.is_data(value) for value in others
    )
