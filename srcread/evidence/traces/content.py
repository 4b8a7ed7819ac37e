"""The content of a trace file to a Trace and back; what is missing or of a wrong kind is refused.

    {"cases": [[symbol, [argument…], [ran…], values, tests, operations, calls, raised]…],
     "operations": [[name, [child…], [kernel…]]…],  "roots": [case…],  "words": [text…],
     "symbols": [[name, digest, [parameter…], [[line, column, end line, end column]…]]…], …}

Numbers are indexes: `symbol` of `symbols`, a value of `words` (a list of such for a tuple), a place
of its symbol's places, callees and children of what stands before them, so that there is no circle.
`values` … `calls` are [[place, [item…]]…]; a test is [outcome, operand's place, truth, values,
element], a call [case, count]. Left out are what ends a row and is nothing, a count of one, an end
line that is the line, and values that only repeat the truth (1, 0 or null). `…` stands for more.
`modules` are [[case, [path…]]…] of the objects whose `forward` a case is, `unseen` {class: count}
of calls of modules that were not watched. Older recorders wrote neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from srcread.evidence.bounds import day_of, name_of
from srcread.evidence.loading import Unusable
from srcread.evidence.reasons import read_reasons
from srcread.evidence.runs import environment_json
from srcread.model import (
    Case,
    Confinement,
    Decision,
    Depends,
    Device,
    Environment,
    Operation,
    Span,
    Trace,
    Value,
)

OPERATIONS, CALLS, RAISED = 5, 6, 7  # where they stand in a case

_T = TypeVar("_T")
_MORE = "…"
_DEEPEST = 50  # the recorder stops long before
_NOTHING: Sequence[Any] = (None, [], [], [], [], [], [], None)


def trace_of(content: Mapping[str, Any]) -> Trace:
    """Read a trace.

    Raises:
        Unusable: something is missing, of a wrong kind, or names what is not there.
    """
    words = _each(_field(content, "words", list), str)
    symbols = [_Symbol(row, words) for row in _field(content, "symbols", list)]
    operations: list[Operation] = []
    for row in _field(content, "operations", list):
        operations.append(_operation(row, len(operations)))
    cases: list[Case] = []
    for row in _field(content, "cases", list):
        cases.append(_case(row, symbols, len(operations), len(cases)))
    digests = {symbol.name: symbol.digest for symbol in symbols}
    with _of_a_trace():
        date, by = day_of(content, "date"), name_of(content, "by")
        imported = day_of(content, "imported") if "imported" in content else None
        untraced = read_reasons(_field(content, "untraced", dict))
    return Trace(
        scenario=_field(content, "scenario", str),
        environment=_environment(_field(content, "environment", dict)),
        date=date,
        depends=Depends(_field(content, "digest", str), dict(sorted(digests.items()))),
        cases=tuple(cases),
        operations=tuple(operations),
        roots=tuple(_index(item, len(cases)) for item in _field(content, "roots", list)),
        untraced=untraced,
        by=by,
        imported=imported,
        modules=_modules(content.get("modules", []), len(cases)),
        unseen=_counts(content.get("unseen", {})),
    )


def whole_case(row: Sequence[Any]) -> list[Any]:
    """Return a case's row with what was left out at its end."""
    return [*row, *_NOTHING[len(row) :]]


def environment_as_json(environment: Environment) -> dict[str, Any]:
    """Return an environment as a file keeps it: a trace is of one version, wherever installed."""
    return environment_json(replace(environment, records={}))


def _modules(rows: object, cases: int) -> dict[int, tuple[str, ...]]:
    """Read the paths of modules by case; older recorders wrote none."""
    found = {}
    for row in _kind(rows, list):
        case, paths = _parts(row, 2, 2)
        found[_index(case, cases)] = tuple(_each(_kind(paths, list), str))
    return found


def _counts(value: object) -> dict[str, int]:
    """Read how many calls of each class were not seen; older recorders did not count."""
    counts = _mapping(value)
    return {name: _kind(counts[name], int) for name in sorted(counts)}


class _Symbol:
    """A symbol of a file, to look up what its cases name by index."""

    def __init__(self, row: object, words: Sequence[str]) -> None:
        name, digest, parameters, places = _parts(row, 4, 4)
        self.name, self.digest = _kind(name, str), _kind(digest, str)
        self.parameters = _each(_kind(parameters, list), str)
        self.places = [_place(place) for place in _kind(places, list)]
        self._words = words

    def place(self, index: object) -> Span:
        return self.places[_index(index, len(self.places))]

    def given(self, items: object) -> tuple[Value, ...]:
        words, count = self._words, len(self._words)
        return tuple(
            [
                words[item] if type(item) is int and 0 <= item < count else _value(item, words)
                for item in _kind(items, list)
            ]
        )


def _case(row: object, symbols: Sequence[_Symbol], operations: int, cases: int) -> Case:
    parts = whole_case(_parts(row, 1, RAISED + 1))
    number, arguments, ran, values, tests, ops, calls, raised = parts
    symbol = symbols[_index(number, len(symbols))]
    given = symbol.given(arguments)
    if len(given) != len(symbol.parameters):
        raise Unusable("TRAC004", f"gives {symbol.name} {len(given)} arguments")
    return Case(
        symbol=symbol.name,
        arguments=dict(zip(symbol.parameters, given, strict=True)),
        ran=tuple(map(symbol.places.__getitem__, _indexes(ran, len(symbol.places)))),
        values=_rows(values, symbol, symbol.given),
        tests=_rows(tests, symbol, lambda items: _decisions(items, symbol)),
        operations=_rows(ops, symbol, lambda items: _indexes(items, operations)),
        calls=_rows(calls, symbol, lambda items: _calls(items, cases)),
        raised=None if raised is None else _kind(raised, str),
    )


def _rows(
    rows: object, symbol: _Symbol, read: Callable[[object], tuple[_T, ...]]
) -> dict[Span, tuple[_T, ...]]:
    found = {}
    for row in _kind(rows, list):
        place, values = _parts(row, 2, 2)
        found[symbol.place(place)] = read(values)
    return found


def _decisions(rows: object, symbol: _Symbol) -> tuple[Decision, ...]:
    return tuple([_decision(row, symbol) for row in _kind(rows, list)])


def _decision(row: object, symbol: _Symbol) -> Decision:
    if row == _MORE:
        return Decision(None, Span(0, 0, 0, 0), None, (_MORE,))
    parts = _parts(row, 3, 5)
    outcome, operand, truth = _flag(parts[0]), parts[1], _flag(parts[2])
    element = parts[4] if len(parts) > 4 else None
    return Decision(
        outcome=outcome,
        operand=symbol.place(operand),
        truth=truth,
        values=symbol.given(parts[3]) if len(parts) > 3 else (str(truth),),
        element=None if element is None else _kind(element, str),
    )


def _flag(value: object) -> bool | None:
    return None if value is None else bool(_index(value, 2))


def _operation(row: object, known: int) -> Operation:
    parts = _parts(row, 1, 3)
    children = _kind(parts[1], list) if len(parts) > 1 else []
    kernels = _each(_kind(parts[2], list), str) if len(parts) > 2 else []
    return Operation(
        _kind(parts[0], str), tuple(_index(child, known) for child in children), tuple(kernels)
    )


def _calls(rows: object, cases: int) -> tuple[tuple[int, int], ...]:
    return tuple([_call(row, cases) for row in _kind(rows, list)])


def _call(row: object, cases: int) -> tuple[int, int]:
    case, count = _parts(row, 2, 2) if isinstance(row, list) else (row, 1)
    return _index(case, cases), _kind(count, int)


def _value(item: object, words: Sequence[str], depth: int = 0) -> Value:
    if isinstance(item, list):
        if depth == _DEEPEST:
            raise Unusable("TRAC004", f"has a value nested more than {_DEEPEST} deep")
        return tuple(_value(part, words, depth + 1) for part in item)
    return words[_index(item, len(words))]


def _place(row: object) -> Span:
    numbers = _parts(row, 3, 4)
    for number in numbers:
        if type(number) is not int:
            _kind(number, int)
    line, column, *end_line, end_column = numbers
    return Span(line, column, end_line[0] if end_line else line, end_column)


def _environment(value: object) -> Environment:
    device = _field(value, "device", dict)
    return Environment(
        python=_field(value, "python", str),
        platform=_field(value, "platform", str),
        distributions=_texts(_field(value, "distributions", dict)),
        device=Device(
            kind=_field(device, "kind", str),
            name=_field(device, "name", str),
            **{key: _optional(device, key) for key in ("compute_capability", "cuda", "driver")},
        ),
        sandbox=tuple(map(_confinement, _field(value, "sandbox", list))),
    )


def _confinement(value: object) -> Confinement:
    try:
        return Confinement(value)
    except ValueError:
        raise Unusable("TRAC004", f"was confined by {value!r}, which is unknown") from None


@contextmanager
def _of_a_trace() -> Iterator[None]:
    """Give what is wrong with a part that runs have, too, a trace's code."""
    try:
        yield
    except Unusable as problem:
        raise Unusable("TRAC004", problem.message) from None


def _index(value: object, length: int) -> int:
    if type(value) is int and 0 <= value < length:  # nine of ten values in a trace are such
        return value
    raise Unusable("TRAC004", f"names item {_kind(value, int)} of {length}")


def _indexes(values: object, length: int) -> tuple[int, ...]:
    found = tuple(_kind(values, list))
    for value in found:
        if type(value) is not int or not 0 <= value < length:
            _index(value, length)
    return found


def _parts(row: object, least: int, most: int) -> list[Any]:
    parts = row if type(row) is list else _kind(row, list)
    if not least <= len(parts) <= most:
        raise Unusable("TRAC004", f"has a row of {len(parts)} parts")
    return parts


def _mapping(value: object) -> Mapping[str, Any]:
    return _kind(value, dict)


def _field(value: object, key: str, kind: type[_T]) -> _T:
    found = _mapping(value).get(key)
    if type(found) is not kind:  # and not isinstance, for a bool is an int
        raise Unusable("TRAC004", f"has no key {key!r} of kind {kind.__name__}")
    return found


def _optional(value: object, key: str) -> str | None:
    return None if _mapping(value).get(key) is None else _field(value, key, str)


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: _kind(value[name], str) for name in sorted(value)}


def _each(values: Sequence[object], kind: type[_T]) -> list[_T]:
    return [_kind(value, kind) for value in values]


def _kind(value: object, kind: type[_T]) -> _T:
    if type(value) is not kind:
        raise Unusable("TRAC004", f"has {type(value).__name__} where {kind.__name__} belongs")
    return value
