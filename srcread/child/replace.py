"""The observer of a run on another version: functions given the code of the tour's version.

About it, `units`: those whose source differs. Each is compiled as it is where the old code stands,
and its defaults are evaluated anew among the names of its module. It has seen, by name, why one
could not be replaced. What the new code needs and the old module lacks is met when it runs.

It comes before every other observer of the run: they watch the functions as they are to run.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from typing import Any


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], dict[str, Any]]:
    """Replace the functions, and return what tells afterwards which could not be."""
    install = load("install")
    refused: dict[str, Any] = {}
    for unit in about["units"]:
        try:
            _replace(unit, install)
        except Exception as error:  # an import of the read source may raise anything
            name = f"{unit['module']}.{unit['name']}"
            refused[name] = install.why(error, load("describing").clean)
    return lambda: refused


def _replace(unit: dict[str, Any], install: Any) -> None:
    function = install.find(unit["module"], unit["name"])
    node = install.parse(unit)
    found = function.__code__.co_name
    if found != node.name:  # a decorator's: others may call it, too
        raise install.NotInstallable("other-function", name=found)
    code = install.build(unit, node, function)
    plain, keyword = _defaults(node.args, function)
    function.__code__ = code
    function.__defaults__, function.__kwdefaults__ = plain, keyword


def _defaults(arguments: ast.arguments, function: types.FunctionType) -> tuple[Any, Any]:
    """Return the defaults of parameters: of a lambda that has the same ones, and no annotations."""
    for one in ast.walk(arguments):
        if isinstance(one, ast.arg):
            one.annotation = None
    made = ast.Expression(ast.Lambda(arguments, ast.Constant(None)))
    code = compile(ast.fix_missing_locations(made), "<defaults>", "eval", dont_inherit=True)
    found = eval(code, function.__globals__)
    return found.__defaults__, found.__kwdefaults__
