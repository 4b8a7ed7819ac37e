"""Things that are named by a text which is known: `import_module("a.b")`, `instantiate(config)`.

Which functions look a dotted name up, and which make an object of the class that their first
argument names under a key, is said by the idioms; of the latter the other keys are its arguments.
A name is looked up only among what is read. A text that is made when it runs names nothing here,
nor does a whole package alone: what is asked of it then would open all that its `__init__` imports.

For example, `instantiate({"_target_": "models.Net", "norm": LayerNorm(8)})` with the idioms of
Hydra: `made_by_name` answers the class `models.Net` and that `norm` is this `LayerNorm`.
`import_module("models")` is the module, by `looked_up_by_name`.
"""

from __future__ import annotations

from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    FunctionValue,
    Partial,
    Table,
    Values,
    known,
    ordered,
    unknown,
)


def looked_up_by_name(ask: Interpreter, function: str, arguments: list[Values]) -> Values:
    """Return what a function finds under the names that it is given; NOTHING of other functions."""
    position = ask.idioms.looks_up_name.get(function.partition("~")[0])
    if position is None or position >= len(arguments):
        return NOTHING
    texts = _texts(arguments[position])
    told = [text for text in texts if "." in text or not ask.index.sources.is_package(text)]
    found = NOTHING.union(*(_named(ask, text) for text in told))
    if all(isinstance(value, Constant) for value in arguments[position]):
        return found
    return found | unknown(f"what {function} finds is named when it runs")


def made_by_name(ask: Interpreter, function: str, arguments: list[Values]) -> Iterator[Partial]:
    """Yield what a function calls that is told by a key of its first argument, with the others."""
    key = ask.idioms.instantiates.get(function.partition("~")[0])
    if key is None or not arguments:
        return
    for table in ordered(arguments[0]):
        if isinstance(table, Table):
            entries = dict(table.entries)
            named = [(key, held) for key, held in table.entries if isinstance(key, str)]
            given = tuple((k, held) for k, held in named if k.isidentifier() and k[0] != "_")
            for text in _texts(entries.get(key, NOTHING)):
                for value in ordered(known(_named(ask, text))):
                    if isinstance(value, ClassValue | FunctionValue):
                        yield Partial(value, (), given)


def _named(ask: Interpreter, text: str) -> Values:
    """Return what a dotted name stands for, where its first part is read."""
    found = ask.named(text)
    return frozenset(v for v in found if not isinstance(v, External)) if found else NOTHING


def _texts(values: Values) -> list[str]:
    texts = (v.value for v in ordered(values) if isinstance(v, Constant) and v.value)
    return [text for text in texts if all(part.isidentifier() for part in text.split("."))]
