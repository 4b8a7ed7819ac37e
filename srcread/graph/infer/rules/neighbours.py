"""The modules around another: where what fills its tables is looked for.

Whatever is imported when the code runs may register itself; finding all of it would take a whole
distribution. What registers itself stands, as a rule, beside the table or below it: the module's
own folder is searched, by its words first, so that few files are parsed. What lies elsewhere is
not found.

For example, models/acts.py has a table that its `register` fills: `modules_with` its module and the
word "register" answers models/acts.py and, of the files in models/ and below, those in whose text
that word stands; the others are not parsed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from srcread.errors import SourceError
from srcread.graph.infer.ask import Interpreter
from srcread.index import Module

_MOST = 300


def modules_with(ask: Interpreter, module: Module, words: Collection[str]) -> list[Module]:
    """Return a module and those around it whose text has one of some words, itself first."""
    index = ask.index
    found = [module]
    for name in index.sources.modules_around(module.name, _MOST):
        if name == module.name or ask.is_closed(name):
            continue
        try:
            file = index.sources.find_module(name)
        except SourceError:
            continue  # whoever imports it is told
        if file is None:
            continue
        index.files[f"{file.distribution}:{file.path}"] = file.sha256
        if any(word in file.text for word in words):
            other = index.module(name)
            found += [other] if other is not None else []
    return found


def statement_calls(module: Module) -> Iterator[ast.Call]:
    """Yield the calls that are statements of a module, in its `if`s and loops too."""
    waiting: list[ast.stmt] = list(reversed(module.tree.body))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Expr(value=ast.Call() as call):
                yield call
            case ast.If() | ast.For() | ast.With() | ast.Try():
                waiting += [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]
