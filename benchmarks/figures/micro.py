"""The micro-benchmark programs of PyCG and Jarvis, as they are: the file is the entry.

Each program is a folder with `main.py`; beside it, or in a folder of the same name, its published
expectation `callgraph.json` maps each function to what it calls. A program is exact if the edges
are equal under this mapping: the code of a module is named by the module, `<locals>` and numbers of
overloads fall away, the n-th lambda of a scope is `<lambdaN>`, a class of the program stands for
nothing (its `__init__` is an edge of its own). What Python itself brings is compared only where the
expectation names it, for expectations list few of these calls. A call of a decorated function is
two edges at one place of the graph, to the wrapper and to the function inside: of the same program
PyCG's expectation names the wrapper, to which the name is bound, and Jarvis' the function. Where
one of the two is named the other does not count. What a class's body runs is named by the module,
or by the class where the expectation does. The programs are no part of this repository: a checkout
is named by whoever measures.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.costs import srcread

Edges = frozenset[tuple[str, str]]

_PYTHONS = {
    "<builtin>": "builtins",
    "<**PyStr**>": "builtins.str",
    "<str>": "builtins.str",
    "<**PyDict**>": "builtins.dict",
    "<map>": "builtins.dict",
}
_LAMBDA = re.compile(r"<lambda>(?:~(\d+))?")
_LIMIT_SECONDS = 60
_AROUND = "runs around "
"""How the graph says that an edge leads to a wrapper, before the name of the function inside."""
_FOLDER = "program"
"""Where a program is read; one with an `__init__.py` beside it is a package of this name."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program: the folder of its `main.py`, and the file of what is expected."""

    name: str
    folder: Path
    expected: Path


def programs_of_pycg(checkout: Path) -> list[Program]:
    """Return PyCG's programs: program and expectation share a folder."""
    snippets = checkout / "micro-benchmark/snippets"
    return [
        Program(f"{path.parts[-3]}/{path.parts[-2]}", path.parent, path)
        for path in sorted(snippets.glob("*/*/callgraph.json"))
    ]


def programs_of_jarvis(checkout: Path) -> list[Program]:
    """Return Jarvis' programs: `ground_truth` and `dataset` have the same folders, but for one.

    That one is spelled with a space in `dataset`.
    """
    base = next((path for path in (checkout, checkout / "Jarvis") if _is_jarvis(path)), checkout)
    found = []
    for path in sorted((base / "ground_truth/micro_benchmark").glob("*/*/callgraph.json")):
        kind, name = path.parts[-3:-1]
        dataset = base / "dataset/micro_benchmark"
        folders = [dataset / kind / name, dataset / kind.replace("_calls", " calls") / name]
        folder = next((item for item in folders if (item / "main.py").is_file()), folders[0])
        found.append(Program(f"{kind}/{name}", folder, path))
    return found


def measured(programs: list[Program]) -> dict[str, Any]:
    """Read every program, and return how many are exact, and what differs in the others."""
    with ThreadPoolExecutor(2) as pool:
        differences = list(pool.map(_difference, programs))
    inexact = {
        program.name: list(lines)
        for program, lines in zip(programs, differences, strict=True)
        if lines
    }
    return {"exact": (len(programs) - len(inexact), len(programs)), "inexact": inexact}


def expected_edges(expectation: Mapping[str, list[str]]) -> Edges:
    """Return what is expected, in the names of this comparison."""
    return frozenset(
        (caller, _named(callee)) for caller, callees in expectation.items() for callee in callees
    )


def found_edges(graph: Mapping[str, Any], expected: Edges) -> Edges:
    """Return a graph's edges in the same names, without what only the graph lists of Python."""
    classes = {item["name"] for item in graph["symbols"] if item["kind"] == "class"}
    own = {item["name"].partition(".")[0] for item in graph["symbols"] if item["path"]}
    edges: set[tuple[str, str]] = set()
    for site in _sites(graph):
        found = {}
        for edge in site:
            callee = edge["callee"]
            if edge["kind"] != "unresolved" and not (
                callee in classes and callee.partition(".")[0] in own
            ):
                found[callee] = (short_name(edge["caller"]), short_name(callee))
        edges |= {found[callee] for callee in found.keys() - _other_halves(site, found, expected)}
    return frozenset(item for item in edges if item in expected or not _is_pythons(item[1]))


def _sites(graph: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Return a graph's edges by the places where they begin."""
    sites: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for edge in graph["edges"]:
        place = [edge[key] for key in ("caller", "line", "column", "end_line", "end_column")]
        sites.setdefault(tuple(place), []).append(edge)
    return list(sites.values())


def _other_halves(
    site: list[dict[str, Any]], found: Mapping[str, tuple[str, str]], expected: Edges
) -> set[str]:
    """Return what is not expected of the two edges of a decorated call of which one is."""
    other: set[str] = set()
    for edge in site:
        _, is_wrapper, inside = (edge["reason"] or "").partition(_AROUND)
        pair = [edge["callee"], inside] if is_wrapper else []
        unexpected = {half for half in pair if found.get(half) not in expected}
        other |= unexpected if len(unexpected) == 1 else set()
    return other


def short_name(name: str) -> str:
    """Return the name of a function or a module as the expectations write it."""
    name = name.replace(".<locals>", "").removesuffix(".<module>").removeprefix(f"{_FOLDER}.")
    name = _LAMBDA.sub(lambda found: f"<lambda{found[1] or 1}>", name)
    return re.sub(r"~\d+", "", name)


def _is_jarvis(path: Path) -> bool:
    return (path / "ground_truth").is_dir()


def _named(callee: str) -> str:
    head, dot, rest = callee.partition(">.")
    return f"{_PYTHONS[head + '>']}.{rest}" if dot and head + ">" in _PYTHONS else callee


def _is_pythons(callee: str) -> bool:
    return callee.partition(".")[0] == "builtins"


def _difference(program: Program) -> tuple[str, ...]:
    """Return what is missing (-) and what is too much (+), or what the command said."""
    expected = expected_edges(json.loads(program.expected.read_text("utf-8")))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / _FOLDER
        if not (program.folder / "main.py").is_file():
            return ("there is no program",)
        shutil.copytree(program.folder, folder, ignore=shutil.ignore_patterns("*.json"))
        cost = srcread("graph", "main.py", "--json", folder=folder, limit=_LIMIT_SECONDS)
        if cost.status != 0:
            return (cost.errors.strip() or "no end",)
        graph = _by_classes(json.loads(cost.out), expected, folder / "main.py")
    found = found_edges(graph, expected)
    return tuple([*_lines("-", expected - found), *_lines("+", found - expected)])


def _by_classes(graph: dict[str, Any], expected: Edges, main: Path) -> dict[str, Any]:
    """Return a graph whose class bodies are callers of their own, where that is expected."""
    classes = [n for n in ast.parse(main.read_bytes()).body if isinstance(n, ast.ClassDef)]
    for edge in graph["edges"]:
        if edge["caller"].endswith(".<module>") and short_name(edge["caller"]) == main.stem:
            for node in classes:
                callee, last = edge["callee"] or "", node.end_lineno or 0
                named = f"{main.stem}.{node.name}"
                if node.lineno <= edge["line"] <= last and (named, short_name(callee)) in expected:
                    edge["caller"] = named
    return graph


def _lines(sign: str, edges: Edges) -> Iterator[str]:
    for caller, callee in sorted(edges):
        yield f"{sign} {caller} -> {callee}"
