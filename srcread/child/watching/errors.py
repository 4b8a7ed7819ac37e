"""Errors that pass through a snippet, told when they come: what follows a new one is no proof.

A change of the source may make its code crash. A snippet that catches the error goes on, and its
next claim is false of nothing that the source computed. So each block of a snippet in which an
error may end has a probe: its own body, those of `try` and `with`, of functions and of lambdas. A
probe lets the error go on as it was. For example,

    try:                                 try:
        size = m.size(x)                     try:
    except ValueError:            is             size = m.size(x)
        size = None                          except:
                                                 "the probe"()
                                                 raise
                                         except ValueError:
                                             size = None

An error is the snippet's own where its `raise`, `assert` or exit makes it, or an assertion of a
package for testing, and refused where a `raise` or `assert` of the changed function does: all these
decide something. Any other is a crash, and a failure where it arose in the snippet's own code. Such
a one is new where an unchanged run has not as many errors in this line of the snippet, or out of
this unit, between the same two evaluations of claims: what comes later excuses nothing. An error
out of a unit counts whoever catches it: an executor, or the source itself.

Not seen: what is caught before it comes to a line of the snippet, and came from another function
than a unit; what passes only a lambda that yields or asks for its own variables; and a new error
before known ones of its place, where between the same two evaluations fewer of these come.
"""

from __future__ import annotations

import ast
import dis
import os
import sys
import types
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple, Union

_Block = Union[ast.Try, ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef]  # noqa: UP007 - Python 3.9

_INNER = "srcread: an error passes"
_OUTER = "srcread: an error ends the snippet"
_CLAIM = "srcread: a claim is evaluated next"
_LAMBDA = "srcread: a lambda's body"
_ASKING = frozenset(("super", "locals", "vars", "dir", "eval", "exec", "__class__"))
_RAISE = dis.opmap["RAISE_VARARGS"]
_OWN, _REFUSED, _FAILED, _CRASHED = "own", "refused", "failed", "crashed"
_TESTING = frozenset(("testing", "unittest"))


class Compiled(NamedTuple):
    """A snippet's code, where its statements stand, and by each line where its statement begins."""

    source: str
    path: str
    code: types.CodeType
    places: list[tuple[int, int]]
    starts: dict[int, int]


class _Watch:
    """What came, by the line of the snippet or by -1 - N for unit N, and what ran.

    With its place stands how many evaluations of claims had begun before.
    """

    def __init__(self) -> None:
        self.path = ""
        self.claims = 0
        self.came: Counter[tuple[int, int]] = Counter()
        self.known: dict[tuple[int, int], int] = {}
        self.tell: Callable[[str, object], None] = lambda observer, value: None
        self.holds: Callable[[str, int], bool] = lambda file, line: False
        self.told = False
        self.places: list[tuple[int, int]] = []
        self.ran = bytearray()

    def note(self, how: str, place: int) -> None:
        """Count an error, and tell of the first one that is new and that nobody decided on."""
        when = place, self.claims
        if how != _OWN:
            self.came[when] += 1
        new = self.came[when] > self.known.get(when, 0)
        if how in (_FAILED, _CRASHED) and new and not self.told:
            self.told = True
            self.tell("crashed", place)


_watch = _Watch()
_last: Compiled | None = None


def observe(about: Any, load: Callable[[str], Any]) -> Callable[[], dict[str, list[Any]]]:
    """Return what lists the errors that `came`, and the lines `left_out`.

    An error is its place, how many evaluations of claims had begun, and a count. A line left out
    begins a statement of the snippet which did not run: they are seen where the snippet has been
    given its probes.
    """

    def seen() -> dict[str, list[Any]]:
        pairs = zip(_watch.places, _watch.ran)  # noqa: B905 - Python 3.9
        left_out = {line for (line, _), ran in pairs if not ran}
        came = [[*when, count] for when, count in sorted(_watch.came.items())]
        return {"came": came, "left_out": sorted(left_out)}

    return seen


def ends(unit: int) -> None:
    """Note that the error which is passing ends an activation of the unit of this number."""
    _watch.note(_passing()[0], -1 - unit)


def compiled(source: str, path: str, mark: str, load: Callable[[str], Any]) -> Compiled:
    """Compile a snippet with texts in the places of its probes: forks of one process share it.

    Texts that begin with `mark` stand in its claims.
    """
    global _last
    if _last is None or (_last.source, _last.path) != (source, path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a text that is called stands for a probe
            tree = ast.parse(source, path)
            statements = _statements(tree)
            places = sorted({(item.lineno, item.col_offset) for item in statements})
            starts, head = _starts(statements), _head(tree)
            load("marks").mark_statements(tree, places)
            _Prober(mark).visit(tree)
            tree.body[head:] = _guarded(tree.body[head:], _OUTER)
            code = compile(tree, path, "exec", dont_inherit=True, optimize=0)
        _last = Compiled(source, path, code, places, starts)
    return _last


def probed(
    snippet: Compiled,
    known: list[tuple[int, int, int]],
    tell: Callable[[str, object], None],
    load: Callable[[str], Any],
) -> types.CodeType:
    """Give a compiled snippet its probes.

    `tell` is called with "crashed" at the first error that is not among the `known` ones, and with
    "stopped" and [KIND, LINES] at an error that ends the snippet: where the statements begin that
    it came through, outermost first.
    """
    marks, _watch.holds = load("marks"), load("units").holds
    _watch.path, _watch.tell = snippet.path, tell
    _watch.known = {(place, claims): count for place, claims, count in known}
    _watch.places, _watch.ran = snippet.places, marks.Ran(len(snippet.places))

    def inner() -> None:
        how, lines = _passing()
        _watch.note(how, lines[-1])

    def outer() -> None:
        how, lines = _passing()
        tell("stopped", [how, [snippet.starts.get(line, line) for line in lines]])

    def claim() -> None:
        _watch.claims += 1

    def body(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except:
            inner()
            raise

    probes = {_INNER: inner, _OUTER: outer, _CLAIM: claim, _LAMBDA: body, marks.RAN: _watch.ran}
    whole: types.CodeType = load("constants").replaced(snippet.code, probes)
    return whole


class _Prober(ast.NodeTransformer):
    """Puts a probe into each block in which an error may end, and before each claim."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def _visit_claim(self, node: ast.stmt) -> Any:
        self.generic_visit(node)
        if not self._is_of_claim(node):
            return node
        claim = ast.Expr(ast.Call(ast.Constant(_CLAIM), [], []))
        return [ast.fix_missing_locations(ast.copy_location(claim, node)), node]

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        if not (self._is_of_claim(node.body) or any(map(_asks, ast.walk(node.body)))):
            nothing = ast.arguments([], [], None, [], [], None, [])
            inner = ast.copy_location(ast.Lambda(nothing, node.body), node.body)
            call = ast.Call(ast.Constant(_LAMBDA), [inner], [])
            node.body = ast.fix_missing_locations(ast.copy_location(call, node.body))
        return node

    def _is_of_claim(self, node: ast.AST) -> bool:
        texts = (item.value for item in ast.walk(node) if isinstance(item, ast.Constant))
        return any(isinstance(text, str) and text.startswith(self._mark) for text in texts)

    def _visit_block(self, node: _Block) -> ast.AST:
        self.generic_visit(node)
        head = 0
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            head = ast.get_docstring(node, clean=False) is not None
        node.body[head:] = _guarded(node.body[head:], _INNER)
        return node

    visit_Assert = visit_Expr = _visit_claim
    visit_Try = visit_With = visit_AsyncWith = _visit_block
    visit_FunctionDef = visit_AsyncFunctionDef = _visit_block

    def visit_TryStar(self, node: Any) -> ast.AST:  # Python 3.11
        return self._visit_block(node)


def _asks(node: ast.AST) -> bool:
    """Tell whether something means another thing in a function of its own."""
    if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)):
        return True
    return isinstance(node, ast.Name) and node.id in _ASKING


def _guarded(body: list[ast.stmt], probe: str) -> list[ast.stmt]:
    if not body:
        return []
    call = ast.Expr(ast.Call(ast.Constant(probe), [], []))
    handler = ast.ExceptHandler(None, None, [call, ast.Raise()])
    guarded = ast.copy_location(ast.Try(body, [handler], [], []), body[0])
    return [ast.fix_missing_locations(guarded)]


def _head(tree: ast.Module) -> int:
    """Return how many statements must stand first: the docstring, imports from the future."""
    first = (n for n, item in enumerate(tree.body) if not (_is_text(item) or _is_future(item)))
    return next(first, len(tree.body))


def _is_text(item: ast.AST) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def _is_future(item: ast.AST) -> bool:
    return isinstance(item, ast.ImportFrom) and item.module == "__future__"


def _is_ours(item: ast.AST) -> bool:
    """Tell whether a statement is what says that an import has ended: nobody calls a constant."""
    value = item.value if isinstance(item, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Constant)


def _statements(tree: ast.Module) -> list[ast.stmt]:
    """Return what is executed of a snippet, outer statements before those in them."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return [node for node in nodes if not (_is_text(node) or _is_future(node) or _is_ours(node))]


def _starts(statements: list[ast.stmt]) -> dict[int, int]:
    """Return by each line of a snippet where its statement begins, the innermost of several."""
    lines = {}
    for item in statements:
        lines.update(dict.fromkeys(range(item.lineno, (item.end_lineno or 0) + 1), item.lineno))
    return lines


def _passing() -> tuple[str, list[int]]:
    """Return the kind of the error that is passing, and its lines in the snippet, inwards."""
    kind, _, trace = sys.exc_info()
    places = []
    while trace is not None:
        places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        last, trace = trace, trace.tb_next
    lines = [line for file, line in places if file == _watch.path]
    assert kind is not None
    return _kind(kind, _is_raise(last), places), lines


def _kind(kind: type[BaseException], said: bool, places: list[tuple[str, int]]) -> str:
    file, line = places[-1]
    written = [name for name, _ in places if name != "<string>"]  # `exec` is whose calls it
    by_snippet = written[-1:] == [_watch.path]
    by_test = issubclass(kind, AssertionError) and not _TESTING.isdisjoint(file.split(os.sep))
    if issubclass(kind, SystemExit) or (said and (by_snippet or by_test)):
        return _OWN
    if issubclass(kind, GeneratorExit) or (said and _watch.holds(file, line)):
        return _REFUSED
    through = any(_watch.holds(*place) for place in places)
    return _FAILED if by_snippet and not through else _CRASHED


def _is_raise(trace: types.TracebackType) -> bool:
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE
