"""Whether a file is a script: does it do something when it runs, beside defining?

Told by the text, for who opens a file as an entry. What a library's file runs when it is imported,
a logger made, a table filled, a version tested, is no reason to begin there; so of the calls
outside of functions and classes only those count that are made for what they do with something of
the file's own. What is behind the guard of `__name__` always counts.

For example, `main()` and `for batch in loader: step(batch)` make a script; `logger = getLogger()`,
`warnings.filterwarnings("ignore")` and `DEFAULT = Config()` do not, beside definitions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from srcread.index import Module
from srcread.index.block.bindings import path_of

_PRIVATE = ("_", "<")
_LOGGER = "getLogger"
_LOOPS = ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith


def is_script(module: Module) -> bool:
    """Tell whether a module's own code is worth a walk."""
    public = [d for d in module.definitions.values() if not d.node.name.startswith(_PRIVATE)]
    if not public:
        return any(True for statement in module.tree.body for _ in _calls(statement))
    own = {defined.node.name for defined in module.definitions.values()}
    own |= set(_made(module.tree.body))
    return any(_does(statement, own, False) for statement in module.tree.body)


def _does(node: ast.stmt, own: set[str], inside: bool) -> bool:
    """Tell whether a statement does something; `inside` a loop or a `with` values count, too."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return False
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.If(body=body, orelse=orelse):
            return any(_does(item, own, inside) for item in (*body, *orelse))
        case ast.Try(body=body, orelse=orelse, finalbody=finalbody):
            return any(_does(item, own, inside) for item in (*body, *orelse, *finalbody))
        case ast.Expr():
            return any(_is_own(call, own) for call in _calls(node))
        case _ if isinstance(node, _LOOPS):
            heads = (node.iter,) if isinstance(node, ast.For | ast.AsyncFor) else ()
            return any(_is_own(call, own) for head in heads for call in _calls(head)) or any(
                _does(item, own, True) for item in (*node.body, *getattr(node, "orelse", ()))
            )
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() if inside:
            return any(_is_own(call, own) for call in _calls(node))
    return False


def _is_own(call: ast.Call, own: set[str]) -> bool:
    """Tell whether a call is one of something of the file, or is handed that."""
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    paths = map(path_of, (call.func, *arguments))
    return any(path.partition(".")[0] in own for path in paths if path)


def _made(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that a block gives to what calls return, but for loggers."""
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)):
                if not name.startswith("__") and not path_of(function).endswith(_LOGGER):
                    yield name
            case ast.If(body=inner) | ast.With(body=inner) | ast.For(body=inner):
                yield from _made(inner)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that a statement runs, not those in what it defines."""
    waiting = [node]
    while waiting:  # in a loop: a sum of thousands of terms nests as deep
        inner = waiting.pop()
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(inner, ast.Call):
            yield inner
        waiting += ast.iter_child_nodes(inner)
