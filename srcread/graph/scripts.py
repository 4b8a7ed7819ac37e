"""Whether a file is a script: does it do something when it runs, beside defining?

Told by the text, for who opens a file as an entry. What a library's file runs when it is imported,
a logger made, a table filled, a version tested, is no reason to begin there; so of the calls
outside of functions and classes only those count that are made for what they do with something of
the file's own, by whatever name: `owned` says which names stand for that. What is behind the guard
of `__name__` always counts. A file that only makes something of its own behind all definitions is
no script, but what it runs is told last (`makes_something`).

For example, `main()`, `for batch in loader: step(batch)` and `run = main; run()` make a script;
`logger = getLogger()`, `warnings.filterwarnings("ignore")` and `DEFAULT = Config()` do not, beside
definitions; behind them `DEFAULT = Config()` makes something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from srcread.graph.owned import Owned, owned
from srcread.index import Module
from srcread.index.block.bindings import path_of

_PRIVATE = ("_", "<")
_LOOPS = ast.For | ast.AsyncFor | ast.While
_WITH = ast.With | ast.AsyncWith
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_script(module: Module) -> bool:
    """Tell whether a module's own code is worth a walk before what it defines."""
    public = [d for d in module.definitions.values() if not d.node.name.startswith(_PRIVATE)]
    if not public:
        return any(True for statement in module.tree.body for _ in _calls(statement))
    own = owned(module)
    return any(_does(node, own, inside) for node, inside in _ran(module.tree.body))


def makes_something(module: Module) -> bool:
    """Tell whether a file runs something of its own behind all that it defines."""
    body = module.tree.body
    places = [n for n, statement in enumerate(body, 1) if isinstance(statement, _DEFINITIONS)]
    last = body[max(places, default=0) :]
    own = owned(module)
    return any(own.has(call.func) for statement in last for call in _calls(statement))


def runs_when_imported(module: Module) -> bool:
    """Tell whether importing a file runs something of its own that may be told by its own code.

    Not where that has a part that only runs as a script.
    """
    body = module.tree.body
    if any(_is_guard(node) for node in body):
        return False
    own = owned(module)
    return makes_something(module) or any(_does(node, own, inside) for node, inside in _ran(body))


def _ran(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the statements of a block and of those in it, and whether a loop or `with` is around.

    What a handler of a `try` does is what a library does where something is missing.
    """
    waiting = [(node, False) for node in reversed(body)]
    while waiting:  # in a loop: a chain of `elif` nests as deep as it is long
        node, inside = waiting.pop()
        yield node, inside
        inside = inside or isinstance(node, _LOOPS | _WITH)
        if not isinstance(node, _DEFINITIONS) and not _is_guard(node):
            blocks = [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
            blocks += [case.body for case in node.cases] if isinstance(node, ast.Match) else []
            waiting += reversed([(item, inside) for block in blocks for item in block])


def _is_guard(node: ast.stmt) -> bool:
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False


def _does(node: ast.stmt, own: Owned, inside: bool) -> bool:
    """Tell whether a statement does something; `inside` a loop or a `with` values count, too."""
    match node:
        case ast.If():
            return _is_guard(node)
        case ast.Expr():
            return any(_is_own(call, own) for call in _calls(node))
        case ast.Raise(exc=ast.expr() as raised):
            return own.has(raised)
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() if inside:
            return any(_is_own(call, own) for call in _calls(node))
    return any(_begins(head, own) for head in _heads(node))


def _heads(node: ast.stmt) -> list[ast.expr]:
    """Return what a loop goes through, and what a `with` enters."""
    match node:
        case ast.For(iter=head) | ast.AsyncFor(iter=head):
            return [head]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [item.context_expr for item in items]
    return []


def _begins(head: ast.expr, own: Owned) -> bool:
    """Tell whether going through something, or entering it, runs code of the file's own."""
    return own.made(head) or any(_is_own(call, own) for call in _calls(head))


def _is_own(call: ast.Call, own: Owned) -> bool:
    """Tell whether a call is one of something of the file, or is handed that."""
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    return own.calls(call.func) or any(own.has(item) for item in arguments if path_of(item))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that a statement runs, not those in what it defines."""
    waiting = [node]
    while waiting:  # in a loop: a sum of thousands of terms nests as deep
        inner = waiting.pop()
        if isinstance(inner, _DEFINITIONS | ast.Lambda):
            continue
        if isinstance(inner, ast.Call):
            yield inner
        waiting += ast.iter_child_nodes(inner)
