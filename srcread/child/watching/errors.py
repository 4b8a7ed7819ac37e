"""Errors that pass through a snippet, told when they come: what follows a new one is no proof.

A change of the source may make its code crash. A snippet that catches the error goes on, and its
next claim is false of nothing that the source computed. So each block of a snippet in which an
error may end has a probe: its own body, those of `try` and `with`, and of functions. A probe lets
the error go on as it was. For example,

    try:                                 try:
        size = m.size(x)                     try:
    except ValueError:            is             size = m.size(x)
        size = None                          except:
                                                 "the probe"()
                                                 raise
                                         except ValueError:
                                             size = None

An error is the snippet's own where its `raise`, `assert` or exit makes it, and refused where one of
the changed function does: both decide something. All others are crashes, and new where an unchanged
run has not as many of this type in this line of the snippet.

Not seen: what is caught where no frame of the snippet lies between, as by an executor that is given
a function of the source. A lambda has no probe.
"""

from __future__ import annotations

import ast
import dis
import sys
import types
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, Union

_Block = Union[ast.Try, ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef]  # noqa: UP007 - Python 3.9

_INNER = "srcread: an error passes"
_OUTER = "srcread: an error ends the snippet"
_RAISE = dis.opmap["RAISE_VARARGS"]
_OWN = "own"

_seen: Counter[tuple[int, str]] = Counter()


def observe(about: Any, load: Callable[[str], Any]) -> Callable[[], list[list[Any]]]:
    """Return what lists the errors of others that came to the snippet: line, type, how often.

    They are seen where the snippet has been compiled by `probed`.
    """
    return lambda: [[*place, count] for place, count in sorted(_seen.items())]


def probed(
    source: str,
    path: str,
    known: list[list[Any]],
    tell: Callable[[str, object], None],
    load: Callable[[str], Any],
) -> types.CodeType:
    """Compile a snippet with its probes.

    `tell` is called with "crashed" at the first crash of its line and type that is not among the
    `known` ones, and with "stopped" and the kind of an error that ends the snippet.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a text that is called stands for a probe
        tree = ast.parse(source, path)
        _Prober().visit(tree)
        head = next((n for n, item in enumerate(tree.body) if not _is_head(item)), len(tree.body))
        tree.body[head:] = _guarded(tree.body[head:], _OUTER)
        code = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    expected = {(line, kind): count for line, kind, count in known}
    told = False

    def inner() -> None:
        nonlocal told
        how, place = _passing(path, load)
        if how != _OWN:
            _seen[place] += 1
        if how == "crashed" and not told and _seen[place] > expected.get(place, 0):
            told = True
            tell(how, list(place))

    def outer() -> None:
        tell("stopped", _passing(path, load)[0])

    whole: types.CodeType = load("marks").replaced(code, {_INNER: inner, _OUTER: outer})
    return whole


class _Prober(ast.NodeTransformer):
    """Puts a probe into each block in which an error may end."""

    def _visit_block(self, node: _Block) -> ast.AST:
        self.generic_visit(node)
        head = 0
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            head = ast.get_docstring(node, clean=False) is not None
        node.body[head:] = _guarded(node.body[head:], _INNER)
        return node

    visit_Try = visit_With = visit_AsyncWith = _visit_block
    visit_FunctionDef = visit_AsyncFunctionDef = _visit_block

    def visit_TryStar(self, node: Any) -> ast.AST:  # Python 3.11
        return self._visit_block(node)


def _guarded(body: list[ast.stmt], probe: str) -> list[ast.stmt]:
    if not body:
        return []
    call = ast.Expr(ast.Call(ast.Constant(probe), [], []))
    handler = ast.ExceptHandler(None, None, [call, ast.Raise()])
    guarded = ast.copy_location(ast.Try(body, [handler], [], []), body[0])
    return [ast.fix_missing_locations(guarded)]


def _is_head(item: ast.stmt) -> bool:
    """Tell whether a statement must stand first: the docstring, an import from the future."""
    if isinstance(item, ast.ImportFrom):
        return item.module == "__future__"
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def _passing(path: str, load: Callable[[str], Any]) -> tuple[str, tuple[int, str]]:
    """Return the kind of the error that is passing, and its line in the snippet with its type."""
    kind, _, trace = sys.exc_info()
    line, last = 0, trace
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        last, trace = trace, trace.tb_next
    assert kind is not None and last is not None
    file, said = last.tb_frame.f_code.co_filename, _is_raise(last)
    how = "crashed"
    if issubclass(kind, SystemExit) or (said and file in (path, "<string>")):
        how = _OWN
    elif issubclass(kind, GeneratorExit) or (said and load("units").holds(file, last.tb_lineno)):
        how = "refused"
    return how, (line, kind.__qualname__)


def _is_raise(trace: types.TracebackType) -> bool:
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE
