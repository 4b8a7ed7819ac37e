"""One peer's call graph of a few files, as JSON: `PYTHON peer_tools.py TOOL ROOT FILE...`.

Runs in an environment that has the tool, so it imports nothing of srcread. What is written is a
list of pairs: the caller's place `path:line` below ROOT, and the callee's place or, for a compiled
function, its dotted name. Each tool gets the benefit of the doubt: what it can't name is left out,
a class stands for its `__init__`, a generator or lambda for the function around it.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

Pair = tuple[str, str]


def main() -> None:
    tool, root, *files = sys.argv[1:]
    tools: dict[str, Callable[[Path, list[str]], Iterator[Pair]]] = {
        "griffe": griffe,
        "jedi": jedi,
        "pyan3": pyan3,
    }
    json.dump(sorted(set(tools[tool](Path(root), files))), sys.stdout)


def griffe(root: Path, files: list[str]) -> Iterator[Pair]:
    """Load the package: griffe has an index of definitions and no calls."""
    package = files[0].partition("/")[0]
    import_module("griffe").load(package, search_paths=[str(root)], allow_inspection=False)
    yield from ()


def pyan3(root: Path, files: list[str]) -> Iterator[Pair]:
    """Analyse the files together; what pyan3 calls a use is taken for a call."""
    analyzer = import_module("pyan.analyzer")
    visitor = analyzer.CallGraphVisitor([str(root / file) for file in files], root=str(root))
    for user, used in visitor.uses_edges.items():
        caller = _pyan_place(root, visitor, user)
        for callee in used:
            name = callee.get_name()
            place = name if name.startswith("torch._C.") else _pyan_place(root, visitor, callee)
            if caller and place:
                yield caller, place


def _pyan_place(root: Path, visitor: Any, node: Any) -> str | None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node.ast_node, ast.ClassDef):
        inits = [item for item in node.ast_node.body if getattr(item, "name", "") == "__init__"]
        return _place(root, node.filename, inits[0].lineno) if inits else None
    if isinstance(node.ast_node, functions) and node.filename:
        return _place(root, node.filename, node.ast_node.lineno)
    if node.flavor.name == "SCOPE":  # `f.genexpr.0`, `f.lambda.0`: the function around it
        around = node.get_name().rsplit(".", 2)[0]
        for others in visitor.nodes.values():
            for other in others:
                if other.get_name() == around and isinstance(other.ast_node, functions):
                    return _place(root, other.filename, other.ast_node.lineno)
    return None


def jedi(root: Path, files: list[str]) -> Iterator[Pair]:
    """Ask jedi at every call of every function where its callee is defined."""
    library = import_module("jedi")
    project = library.Project(str(root), sys_path=[str(root)], smart_sys_path=False)
    for file in files:
        path = root / file
        script = library.Script(path=str(path), project=project)
        for function, call in _calls(ast.parse(path.read_bytes()), None):
            where = call.func
            try:
                found = script.goto(
                    where.end_lineno, (where.end_col_offset or 1) - 1, follow_imports=True
                )
            except Exception as error:  # jedi fails on some calls: that is a miss, not the end
                print(f"{file}:{where.lineno}: {error!r}", file=sys.stderr)
                continue
            for definition in found:
                callee = _jedi_place(library, project, root, definition)
                if callee:
                    yield f"{file}:{function.lineno}", callee


def _calls(
    node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef | None
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and function is not None:
            yield function, child
        inner = child if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        yield from _calls(child, inner)


def _jedi_place(library: Any, project: Any, root: Path, definition: Any) -> str | None:
    path = definition.module_path
    if path is None or definition.type not in ("function", "class"):
        return None
    if path.suffix == ".pyi":
        return str(definition.full_name)
    line = definition.line
    if definition.type == "class":
        tree = ast.parse(path.read_bytes())
        node = next(
            (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.lineno == line), None
        )
        if node is None:
            return None
        inits = [item for item in node.body if getattr(item, "name", "") == "__init__"]
        if not inits:
            script = library.Script(path=str(path), project=project)
            for base in node.bases:
                column = (base.end_col_offset or 1) - 1
                for above in script.goto(base.end_lineno, column, follow_imports=True):
                    if above.type == "class" and above.full_name != definition.full_name:
                        return _jedi_place(library, project, root, above)
            return None
        line = inits[0].lineno
    return _place(root, str(path), line)


def _place(root: Path, file: str, line: int) -> str | None:
    path = Path(file)
    return f"{path.relative_to(root).as_posix()}:{line}" if path.is_relative_to(root) else None


if __name__ == "__main__":
    main()
