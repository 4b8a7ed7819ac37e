"""Scenario scripts: what they say of themselves, read without running them.

A scenario is a plain script in a tour's `scenarios/`, which also runs on its own:

    \"\"\"One sentence: its title, what a reader sees in its trace.\"\"\"
    GROUP = "why-not"        # or "reading", "errors"
    FORCED = True            # only where it sets what no caller would set
    ...
    output = model(source, target)

It seeds before it makes anything. What it leaves in `output` is what tells whether watching has
changed it: tensors, plain values, tuples, lists and dicts of them, or an exception that it caught.

SCEN001 cannot be read or parsed · SCEN002 no title · SCEN003 no or another GROUP · SCEN004 FORCED
is not True or False · SCEN005 no `output` · SCEN006 a control character hidden in the title.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Diagnostic, Scenario, ScenarioGroup
from srcread.notes.format.files import hidden
from srcread.support.files import read_plain

_GROUPS = {group.value: group for group in ScenarioGroup}


def scenario_paths(folder: Path) -> list[Path]:
    """Return the scenario scripts of a tour's folder, sorted."""
    return sorted((folder / "scenarios").glob("*.py"))


def read_scenario(path: Path) -> tuple[Scenario | None, tuple[Diagnostic, ...]]:
    """Read a scenario script: None where something is wrong, which findings explain."""
    try:
        text = read_plain(path).decode("utf-8")
        tree = ast.parse(text)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError) as error:
        line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
        reason = _reason(error)
        return None, (_finding(path, line, "SCEN001", f"cannot be read: {reason}", "Mend it."),)
    problems: list[Diagnostic] = []
    constants = dict(_constants(tree))
    title = (ast.get_docstring(tree) or "").partition("\n")[0].strip().rstrip(".")
    if not title:
        hint = "Begin it with a docstring of one sentence."
        problems.append(_finding(path, 1, "SCEN002", "has no title", hint))
    for code in hidden(title):
        what = f"has the invisible control character {code} in its title"
        problems.append(_finding(path, 1, "SCEN006", what, "Delete it."))
    line, group = constants.get("GROUP", (0, None))
    if group not in _GROUPS:
        what = f"is of group {group!r}" if "GROUP" in constants else "is of no group"
        near = did_you_mean(group, _GROUPS) if isinstance(group, str) else ""
        hint = f"Write GROUP = one of {', '.join(map(repr, _GROUPS))}.{near}"
        problems.append(_finding(path, line, "SCEN003", what, hint))
    line, forced = constants.get("FORCED", (0, False))
    if not isinstance(forced, bool):
        hint = "Write FORCED = True."
        problems.append(_finding(path, line, "SCEN004", f"has FORCED = {forced!r}", hint))
    if not any(isinstance(n, ast.Name) and n.id == "output" for n in _stored(tree)):
        hint = "Assign what is to be compared to `output`."
        problems.append(_finding(path, 0, "SCEN005", "leaves nothing in 'output'", hint))
    if problems:
        return None, tuple(problems)
    found = Scenario(path.stem, path, title, _GROUPS[str(group)], bool(forced), text)
    return found, ()


def _reason(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return error.msg
    return error.strerror or "" if isinstance(error, OSError) else str(error)


def _constants(tree: ast.Module) -> Iterator[tuple[str, tuple[int, object]]]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                yield name, (statement.lineno, value)


def _stored(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if isinstance(getattr(node, "ctx", None), ast.Store))


def _finding(path: Path, line: int, code: str, what: str, hint: str) -> Diagnostic:
    return Diagnostic(str(path), line, code, f"{path.stem!r} {what}.", hint)
