"""Write `srcread/graph/infer/rules/python_results.toml`: what Python's own functions return.

Read from the stubs of typeshed, which mypy brings: of each function and method the class of its
result, where an annotation names it and every overload names the same. Only these facts are kept.

    python tools/python_results.py
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

import mypy

import srcread

MODULES = (
    "builtins", "argparse", "base64", "contextlib", "copy", "csv", "datetime", "decimal",
    "fnmatch", "fractions", "glob", "hashlib", "importlib.metadata", "inspect", "json", "logging",
    "math", "operator", "os", "pathlib", "pickle", "platform", "posixpath", "pprint", "random",
    "re", "secrets", "shlex", "shutil", "socket", "string", "struct", "subprocess", "sys",
    "tempfile", "textwrap", "threading", "time", "timeit", "traceback", "urllib.parse", "uuid",
    "zlib",
)  # fmt: skip
PUBLIC = {"posixpath": "os.path"}
"""Modules that are read under another name than the one they are used by."""
PLAIN = ("str", "int", "bool", "float", "bytes", "complex", "bytearray", "slice", "range")
FOLLOWED = ("list", "tuple", "dict", "set", "frozenset", "map", "filter", "zip", "enumerate")
"""Classes whose methods give what they hold: rules of the graph's own follow them."""


def main() -> None:
    """Write the file."""
    found: dict[str, list[str]] = {}
    for module in MODULES:
        for name, result in sorted(_module(module).items()):
            found.setdefault(result, []).append(name)
    lines = [
        "# Written by tools/python_results.py: the class of a result, and functions of Python's",
        "# own library that return an object of it, by the annotations of typeshed.",
    ]
    for result in sorted(found):
        lines.append(f'"{result}" = [')
        names = ", ".join(f'"{name}"' for name in sorted(set(found[result])))
        lines += textwrap.wrap(f"{names},", 98, initial_indent="  ", subsequent_indent="  ")
        lines.append("]")
    path = Path(srcread.__file__).parent / "graph" / "infer" / "rules" / "python_results.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _module(module: str) -> dict[str, str]:
    stubs = Path(mypy.__file__).parent / "typeshed" / "stdlib"
    path = stubs.joinpath(*module.split(".")).with_suffix(".pyi")
    if not path.is_file():
        path = stubs.joinpath(*module.split("."), "__init__.pyi")
    tree = ast.parse(path.read_text("utf-8"))
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    public = PUBLIC.get(module, module)
    results: dict[str, set[str]] = {}
    for owner, node in _functions(tree.body, ""):
        if not node.name.startswith("_") and not owner.startswith(("_", *FOLLOWED)):
            name = f"{public}.{owner}{node.name}"
            results.setdefault(name, set()).add(_result(node.returns, owner, public, classes))
    for found in results.values():
        if found == {"builtins.str", "builtins.bytes"}:
            found.remove("builtins.bytes")  # what is given decides; paths and texts are mostly str
    alike = {name: found.pop() for name, found in results.items() if len(found) == 1}
    return {name: result for name, result in alike.items() if result}


def _functions(body: list[ast.stmt], owner: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in body:
        match node:
            case ast.FunctionDef(decorator_list=decorators):
                if "property" not in map(ast.unparse, decorators):
                    yield owner, node
            case ast.ClassDef(name):
                yield from _functions(node.body, f"{owner}{name}.")
            case ast.If():
                yield from _functions([*node.body, *node.orelse], owner)


def _result(node: ast.expr | None, owner: str, module: str, classes: set[str]) -> str:
    """Return the class of a function's result as a name, "" where no class is named."""
    match node:
        case ast.Name("Self") if owner:
            return f"{module}.{owner[:-1]}"
        case ast.Name("AnyStr"):
            return "builtins.str"
        case ast.Name(name) | ast.Subscript(value=ast.Name(name)) if name in classes - {*FOLLOWED}:
            return "" if name.startswith("_") else f"{module}.{name}"
        case ast.Name(name) if name in PLAIN:
            return f"builtins.{name}"
        case ast.BinOp(left=named, right=ast.Constant(None)):
            found = _result(named, owner, module, classes)
            return found and f"{found} | None"
        case ast.Subscript(value=ast.Name("list"), slice=ast.Name("str" | "AnyStr")):
            return "list[str]"
        case ast.Subscript(value=ast.Name("tuple"), slice=ast.Tuple(parts)):
            texts = [isinstance(part, ast.Name) and part.id in ("str", "AnyStr") for part in parts]
            return f"tuple[{', '.join(['str'] * len(parts))}]" if all(texts) else ""
    return ""


if __name__ == "__main__":
    main()
