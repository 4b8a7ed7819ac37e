"""What can be said against a snippet before it runs: claims that cannot fail, imports, seeds.

Of 34 cheating snippets these rules catch the few that need no run. They are strict on purpose:
`f(x) == f(x)` may well be false, but a reader cannot tell, and naming the two results mends it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Diagnostic
from srcread.notes.format.codes import finding

Nodes = Sequence[ast.AST]
"""Every node of a snippet, walked once for all rules."""

_LAB = "srcread.lab"
_CATCH_ASSERTIONS = {"AssertionError", "Exception", "BaseException"}
_EQUALITIES = {"allclose", "array_equal", "assert_close", "equal", "is_same", "isclose"}
_DRAWS = {
    "bernoulli",
    "bernoulli_",
    "dropout",
    "multinomial",
    "normal",
    "normal_",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "random_",
    "randperm",
    "uniform_",
}


def check_test(path: Path, test: ast.expr) -> Iterator[Diagnostic]:
    """Report a test, one operand of a claim's `and`, that no change of the code can turn false."""
    code, why = _constant_truth(test)
    if not code and (same := _compared_with_itself(test)):
        code, why = "CLAIM010", f"{same!r} is compared with itself"
    if not code and not any(isinstance(node, ast.Name) for node in ast.walk(test)):
        code, why = "CLAIM011", "It names nothing that the code could change"
    if code:
        shown = ast.unparse(test)
        shown = shown if len(shown) <= 60 else shown[:57] + "…"
        hint = {
            "CLAIM007": "Drop the brackets, or write each test as a claim of its own.",
            "CLAIM010": "Name the two results first if two runs are compared.",
        }.get(code, "Test a value that the framework computes.")
        yield finding(code, path, test.lineno, f"{shown!r} proves nothing: {why}.", hint)


def check_guards(path: Path, nodes: Nodes) -> Iterator[Diagnostic]:
    """Report each `assert False` whose AssertionError is caught around it: it guards nothing."""
    for node in nodes:
        if not isinstance(node, ast.Try | ast.TryStar):
            continue
        swallowed = node.body if any(_catches(h) for h in node.handlers) else []
        handled = [s for h in node.handlers if _names(h.type) & {"AssertionError"} for s in h.body]
        for guard in (g for part in swallowed + handled for g in ast.walk(part)):
            match guard:
                case ast.Assert(test=ast.Constant(value=False)):
                    hint = "Put it behind the try statement, or test what was caught."
                    message = "assert False stands where its AssertionError is caught."
                    yield finding("CLAIM012", path, guard.lineno, message, hint)


def check_controls(path: Path, nodes: Nodes, sentences: Collection[str]) -> Iterator[Diagnostic]:
    """Report each call of must_fail that declares no control: no test of an if, or of no claim."""
    tests = {id(node.test) for node in nodes if isinstance(node, ast.If) and not node.orelse}
    for node in nodes:
        if not isinstance(node, ast.Call) or _last_name(node.func) != "must_fail":
            continue
        match node.args:
            case [ast.Constant(value=str(sentence))]:
                known = sentence in sentences
            case _:
                sentence, known = "", False
        if not known:
            hint = did_you_mean(sentence, sentences).strip() or "Repeat a claim's sentence in it."
            message = f"must_fail names {sentence!r}, which is no claim of this snippet."
            yield finding("CLAIM017", path, node.lineno, message, hint)
        elif id(node) not in tests:
            hint = 'Write: if must_fail("…"):, and below it what changes. It has no else.'
            message = "must_fail is not the whole test of an if."
            yield finding("CLAIM017", path, node.lineno, message, hint)


def check_imports(path: Path, nodes: Nodes, packages: Collection[str]) -> Iterator[Diagnostic]:
    """Report imports of what the tour neither reads nor declares."""
    allowed = sys.stdlib_module_names | set(packages)
    for line, name in _imported(nodes):
        if name == _LAB or name.startswith(_LAB + ".") or name.split(".")[0] in allowed:
            continue
        if name.split(".")[0] == "srcread":
            hint = f"Of srcread a snippet may import {_LAB} only."
        elif name.startswith("."):
            hint = "A snippet is one file that runs on its own."
        else:
            own = name.split(".")[0]
            nearest = did_you_mean(own, packages).strip()
            declared = f'Declare it in tour.toml, below [snippets]: imports = ["{own}"].'
            hint = nearest or declared
        yield finding("CLAIM013", path, line, f"A snippet may not import {name!r}.", hint)


def check_seed(path: Path, nodes: Nodes) -> Iterator[Diagnostic]:
    """Warn where torch draws numbers or initial weights at module level before it is seeded."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    seeds = [call.lineno for call in calls if _last_name(call.func) == "manual_seed"]
    draws = [call for call in calls if _draws(call)]
    if seeds:
        inside = {
            line
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        draws = [call for call in draws if call.lineno < min(seeds) and call.lineno not in inside]
    if draws:
        first = min(draws, key=lambda call: (call.lineno, call.col_offset))
        message = f"{ast.unparse(first.func)} draws before torch.manual_seed."
        hint = "Put torch.manual_seed(0) below the imports."
        yield finding("CLAIM014", path, first.lineno, message, hint)


def _constant_truth(test: ast.expr) -> tuple[str, str]:
    match test:
        case ast.Tuple(elts=[_, *_]) | ast.List(elts=[_, *_]) | ast.Set() | ast.Dict(keys=[_, *_]):
            return "CLAIM007", "What holds something is always true"
        case ast.JoinedStr():
            return "CLAIM007", "A text that holds something is always true"
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()) | ast.Tuple() | ast.List():
            return "CLAIM008", "It is a constant"
        case ast.Lambda():
            return "CLAIM009", "A function is always true; it is not called"
    return "", ""


def _compared_with_itself(test: ast.expr) -> str | None:
    match test:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
        case ast.Call(func=callee, args=[first, second, *_]) if _last_name(callee) in _EQUALITIES:
            sides = [first, second]
        case ast.Call(func=ast.Attribute(value=first, attr=name), args=[second, *_]) if (
            name in _EQUALITIES
        ):
            sides = [first, second]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _compared_with_itself(operand)
        case _:
            return None
    texts = [ast.unparse(side) for side in sides]
    return next((a for a, b in pairwise(texts) if a == b), None)


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(_names(handler.type) & _CATCH_ASSERTIONS)


def _names(kind: ast.expr | None) -> set[str]:
    return {_last_name(node) for node in ast.walk(kind)} if kind is not None else set()


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _imported(nodes: Nodes) -> list[tuple[int, str]]:
    """Return line and module of every import; `from srcread import lab` imports srcread.lab."""
    found = []
    for node in nodes:
        match node:
            case ast.Import(names=names):
                found += [(node.lineno, alias.name) for alias in names]
            case ast.ImportFrom(module="srcread", level=0, names=names):
                found += [(node.lineno, f"srcread.{alias.name}") for alias in names]
            case ast.ImportFrom(module=module, level=level):
                found.append((node.lineno, "." * level + (module or "")))
    return sorted(found)


def _draws(call: ast.Call) -> bool:
    """Whether a call looks like one that draws: a random function, or a module with weights."""
    match call.func:
        case ast.Attribute(value=owner, attr=name):
            owner_text = ast.unparse(owner)
            if owner_text in ("nn", "torch.nn"):
                return name[:1].isupper() and name not in ("Module", "Parameter")
            return name in _DRAWS and owner_text not in ("random", "math")
        case ast.Name(id=name):
            return name in ("rand", "randn", "randint", "randperm")
    return False
