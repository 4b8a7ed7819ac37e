"""The bases that no source tells of: classes that inherit from a package which was not read.

Such a class is half known, and the reader has to be told: of `class Net(lightning.Module)`, with
lightning not read, nobody can say what calling a Net runs. Python's own classes are no loss.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import External
from srcread.model import Symbol, SymbolKind

_PYTHONS = ("builtins", "typing_extensions")  # the latter brings what newer Pythons have


def unread_bases(ask: Interpreter, symbols: Iterable[Symbol]) -> dict[str, str]:
    """Return the classes among some symbols that inherit from what is not read, with that."""
    classes: dict[str, None] = {}
    for symbol in symbols:
        match symbol.kind:
            case SymbolKind.CLASS:
                classes[symbol.name] = None
            case SymbolKind.METHOD if not ask.is_closed(symbol.name):
                classes[symbol.name.rpartition(".")[0]] = None
    found: dict[str, str] = {}
    for cls in classes:
        for base in ask.classes.foreign_bases(cls) if not ask.is_closed(cls) else ():
            if isinstance(base, External) and _is_lost(ask, base.name):
                found.setdefault(cls, base.name)
    return dict(sorted(found.items()))


def _is_lost(ask: Interpreter, name: str) -> bool:
    package = name.partition(".")[0]
    known = package in _PYTHONS or package in sys.stdlib_module_names
    return not known and not ask.index.sources.is_package(package)
