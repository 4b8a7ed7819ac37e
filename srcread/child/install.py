"""Give functions of the read source other code where they stand: `__code__` is replaced.

    function = find(unit["module"], unit["name"])
    function.__code__ = build(unit, parse(unit), function)

What holds a function keeps the function: module attributes, names imported elsewhere, bound
methods. The unit is the outermost function, for what is defined in it is a constant of its code.
Its text is parsed at its own lines and columns and compiled beside the names that its module
imports and inside the classes around it: so the unchanged text gives the bytecode that the import
gave, as `same` tells, mangled names and `super()` included. Decorators stay as they were applied.

Out of reach, and refused: functions that a call at import made (their free variables have values
which no text can give), classes, and what is not written in Python.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]  # noqa: UP007 - Python 3.9

_FLAGS = sum(
    {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
    - {__future__.nested_scopes.compiler_flag, __future__.generators.compiler_flag}
)


class NotInstallable(Exception):
    """A function that cannot be found or given other code; `why` is the reason: a code and values.

    The codes are those of `srcread.model.reasons`.
    """

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code, values)
        self.why = {"code": code, **values}


def why(error: BaseException, clean: Callable[[str], str]) -> dict[str, str]:
    """Return what kept a function from being installed; `clean` cuts what tells of a machine."""
    found = getattr(error, "why", None) or {"code": "raised", "error": type(error).__name__}
    if found["code"] == "raised" and str(error):
        found = {**found, "code": "raised-saying", "message": str(error)}
    return {key: clean(value) for key, value in found.items()}


def find(module: str, name: str) -> types.FunctionType:
    """Import a module and return one of its functions, as `find_in` does.

    Raises:
        NotInstallable: it is not there, or not a function written in Python.
    """
    try:
        imported = importlib.import_module(module)
    except ImportError as error:
        raise NotInstallable("not-imported", module=module, message=str(error)) from None
    return find_in(imported, name)


def find_in(module: types.ModuleType, name: str) -> types.FunctionType:
    """Return the function that stands in a module under a qualname, whatever wraps it.

    `name` may end in `@setter` or `@deleter`, and in `~2` for a later definition of that name.

    Raises:
        NotInstallable: it is not there, or not a function written in Python.
    """
    found: Any = module
    path, _, accessor = name.partition("~")[0].partition("@")
    for part in path.split("."):
        try:
            found = vars(found)[_stored(part, found)]
        except (KeyError, TypeError):
            raise NotInstallable("not-there", module=module.__name__, name=name) from None
    found = _unwrapped(found, accessor)
    if not isinstance(found, types.FunctionType):
        raise NotInstallable("not-python", module=module.__name__, name=name)
    return found


def parse(unit: dict[str, Any]) -> Function:
    """Parse a unit's text to its one function, at the lines and columns of its file.

    Raises:
        NotInstallable: the text is not one function.
    """
    text = unit["text"]
    indented = text[:1] in (" ", "\t")
    above = unit["line"] - 1 - indented
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = ast.parse("\n" * above + ("if 1:\n" if indented else "") + text).body
    if indented and body:
        body = body[0].body  # the `if` above
    if len(body) != 1 or not isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise NotInstallable("not-one-function", name=unit["name"])
    return body[0]


def build(unit: dict[str, Any], node: Function, function: types.FunctionType) -> types.CodeType:
    """Compile a function's tree, changed or not, to code that can replace the function's own.

    Raises:
        NotInstallable: it needs free variables that the function does not have.
    """
    code = _compile(unit, node, function.__code__)
    if "__class__" in set(function.__code__.co_freevars) - set(code.co_freevars):
        node.body.append(_mention("__class__", node))  # a change has dropped its `super()`
        code = _compile(unit, node, function.__code__)
    if code.co_freevars != function.__code__.co_freevars:
        raise NotInstallable("made-by-call", name=unit["name"])
    return code


def same(one: types.CodeType, other: types.CodeType) -> bool:
    """Tell whether two codes are the same instructions on the same names and constants."""
    return all(a == b for a, b in zip(_parts(one), _parts(other)))  # noqa: B905 - Python 3.9


def _stored(name: str, owner: Any) -> str:
    """Return the name under which an owner holds a function: classes mangle private ones."""
    if isinstance(owner, type) and name.startswith("__") and not name.endswith("__"):
        return f"_{owner.__name__.lstrip('_')}{name}"
    return name


def _unwrapped(found: Any, accessor: str) -> Any:
    if isinstance(found, property):
        found = {"setter": found.fset, "deleter": found.fdel}.get(accessor, found.fget)
    if isinstance(found, (staticmethod, classmethod)):
        found = found.__func__
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found


def _compile(unit: dict[str, Any], node: Function, old: types.CodeType) -> types.CodeType:
    tree: ast.stmt = node
    for name in reversed(unit["classes"]):
        around = ast.parse(f"class {name}: pass").body[0]
        around.body = [tree]  # type: ignore[attr-defined] # it is a class
        tree = around
    imports = [ast.Import([ast.alias(name)]) for name in unit["imports"]]
    module = ast.fix_missing_locations(ast.Module([*imports, tree], []))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file's own warnings came when it was imported
        flags = old.co_flags & _FLAGS
        code: Any = compile(module, old.co_filename, "exec", flags, dont_inherit=True)
    for name in (*unit["classes"], node.name):
        code = next(item for item in _codes(code) if item.co_name == name)
    return code  # type: ignore[no-any-return] # `compile` of a tree


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield the codes inside one, type parameters' scopes opened."""
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            yield item
            if item.co_name.startswith("<generic parameters"):
                yield from _codes(item)


def _mention(name: str, node: Function) -> ast.stmt:
    """Return a statement that runs nothing and keeps a name among the free variables."""
    mention = ast.If(ast.Constant(0), [ast.Expr(ast.Name(name, ast.Load()))], [])
    return ast.copy_location(mention, node.body[-1])


def _parts(code: types.CodeType) -> Iterator[object]:
    yield code.co_code
    yield code.co_names + code.co_varnames + code.co_freevars + code.co_cellvars
    yield (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    yield len(code.co_consts)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _parts(constant)
        else:
            yield type(constant)
            yield repr(constant) if isinstance(constant, (float, complex, tuple)) else constant
