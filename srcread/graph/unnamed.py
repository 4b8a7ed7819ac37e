"""Rows of a user's idioms that name nothing of what is read: typing errors, mostly.

A row counts by the full name of a definition. Where the package of a name is not read its rows may
be right, so nothing is said, unless a package that is read is called nearly so. Of names that end
in `*` only what holds them is looked for. Rows that srcread ships are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.graph.idioms.files import rows_of
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import (
    ClassValue,
    FunctionValue,
    ModuleValue,
    Native,
    Value,
    known,
    ordered,
)
from srcread.model import Diagnostic, Severity


def unnamed_rows(ask: Interpreter, files: Sequence[Path]) -> Iterator[Diagnostic]:
    """Yield a warning for each row of some files of idioms that names nothing."""
    for path in files:
        for row in rows_of(path):
            if (hint := _what_is_wrong(ask, row.name)) is not None:
                yield Diagnostic(
                    path=str(path),
                    line=row.line,
                    code="SRC007",
                    message=f"{row.name!r} in [{row.table}] names nothing that is read.",
                    hint=hint.strip() or "Write the full name of where it is defined.",
                    severity=Severity.WARNING,
                )


def _what_is_wrong(ask: Interpreter, name: str) -> str | None:
    """Return a hint, perhaps empty, for a name that is none; None for one that may be right."""
    name = name.rpartition(".")[0] if name.endswith("*") else name
    head, dot, _ = name.partition(".")
    packages = {package for item in ask.index.sources.distributions for package in item.packages}
    if head not in packages:
        return did_you_mean(head, packages) or None
    if not dot or ask.index.symbol(name) is not None:
        return None
    values = ordered(known(ask.named(name)))
    if any(isinstance(value, ModuleValue | Native) for value in values):
        return None
    for value in values:
        if isinstance(value, FunctionValue | ClassValue):
            return f"Its full name is {value.name.partition('~')[0]!r}."
    return _nearest(ask, name)


def _nearest(ask: Interpreter, name: str) -> str:
    """Return a hint that names what is there instead of the first part of a name that is not."""
    holder, dot, last = name.rpartition(".")
    values = ordered(known(ask.named(holder))) if dot else []
    if not values:
        return _nearest(ask, holder) if dot else ""
    beside = sorted({member for value in values for member in _members(ask, value)})
    near = did_you_mean(last, beside)
    return near.replace("Did you mean '", f"Did you mean '{holder}.") if near else ""


def _members(ask: Interpreter, value: Value) -> Iterator[str]:
    match value:
        case ModuleValue(name):
            module = ask.index.module(name)
            yield from module.scope.bindings if module is not None else ()
        case ClassValue(name):
            for cls in ask.classes.mro(name):
                defined = ask.index.defined(cls)
                yield from defined.scope.bindings if defined is not None else ()
