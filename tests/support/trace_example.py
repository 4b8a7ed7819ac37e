"""Functions watched in this process, and scenarios run in others: what the trace tests stand on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from srcread.child import describing, install
from srcread.child.tracing import cases, modules, operators, probes, recorder, words
from srcread.evidence.traces.content import trace_of
from srcread.index import Index
from srcread.model import Case, Scenario, ScenarioGroup, Span, SymbolKind, Trace
from srcread.running.judge import observed
from srcread.running.runner import run_plan
from srcread.running.targets.units import Unit, unit_of
from srcread.running.traces import Recorded, record, trace_plan
from srcread.sources import Sources, open_distribution, open_path

ENVIRONMENT = {
    "device": {"kind": "cpu", "name": "cpu"},
    "distributions": {"torch": "2.13.0"},
    "platform": "Linux x86_64",
    "python": "3.11.7",
    "sandbox": [],
}
ABOUT = {"scenario": "here", "digest": "5ce7", "date": "2026-01-02", "untraced": {}}
_MODULES = {
    "describing": describing,
    "modules": modules,
    "operators": operators,
    "words": words,
}


def units_of(index: Index, module: str) -> list[Unit]:
    """Return the units of all functions and methods of a module."""
    found = index.module(module)
    assert found is not None
    units = []
    for defined in found.definitions.values():
        parts = defined.inner().values() if defined.symbol.kind is SymbolKind.CLASS else [defined]
        units += [unit_of(index, item.symbol) for item in parts]
    return units


@contextmanager
def watching(folder: Path, text: str) -> Iterator[tuple[Any, Callable[[], Trace]]]:
    """Give a module `watched` of this text with probes, and what returns the trace so far."""
    (folder / "watched.py").write_text(dedent(text), "utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module("watched")
        yield module, _install(folder)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("watched", None)


def _install(folder: Path) -> Callable[[], Trace]:
    sites = probes.Sites()
    ready = []
    for unit in map(dict, units_of(Index(Sources([open_path(folder)])), "watched")):
        name = f"{unit['module']}.{unit['name']}"
        function = install.find(str(unit["module"]), str(unit["name"]))
        node = install.parse(unit)
        wide = probes.wide_lines(str(unit["text"]), int(str(unit["line"])))
        probes.watch(node, name, sites, wide)
        ready.append((function, install.build(unit, node, function), name))
    told = recorder.Recorder(sites, _MODULES.__getitem__, ranges=False)
    for function, code, name in ready:
        code = probes.connect(code, told.probes())
        told.know(code, name)
        function.__code__ = code

    def trace() -> Trace:
        content = cases.cases(told, None, _MODULES.__getitem__)
        symbols = [[name, "d1:0", *rest] for name, *rest in content["symbols"]]
        return trace_of({**ABOUT, **content, "symbols": symbols, "environment": ENVIRONMENT})

    return trace


def case_of(trace: Trace, name: str, number: int = 0) -> Case:
    """Return the number-th case of a function by the last part of its name."""
    return [case for case in trace.cases if case.symbol.endswith(f".{name}")][number]


def at(case: Case, line: int) -> list[Span]:
    """Return the statements of a case that ran and stand on a line of its function."""
    return [place for place in case.ran if place.line == line]


def scenario(text: str, stem: str = "here") -> Scenario:
    return Scenario(stem, Path(f"{stem}.py"), "", ScenarioGroup.READING, False, dedent(text))


def torch_units() -> list[Unit]:
    """Return the functions of torch that run when a Transformer does."""
    index = Index(Sources([open_distribution("torch")]))
    names = [unit["name"] for unit in units_of(index, "torch.nn.modules.transformer")]
    assert "Transformer.forward" in names
    units = units_of(index, "torch.nn.modules.transformer")
    units += units_of(index, "torch.nn.modules.activation")
    attention = index.symbol("torch.nn.functional.multi_head_attention_forward")
    assert attention is not None
    return [*units, unit_of(index, attention)]


def recorded(scenarios: Sequence[Scenario], units: Sequence[Unit]) -> list[Recorded]:
    digests = {f"{unit['module']}.{unit['name']}": "d1:0" for unit in units}
    return list(record(scenarios, units, digests=digests, date="2026-01-02"))


def seen(scenarios: Sequence[Scenario], units: Sequence[Unit]) -> list[list[Any]]:
    """Return what the four runs of each scenario have told, uncompared."""
    planned = trace_plan(scenarios, units)
    runs = zip(planned["runs"], run_plan(planned), strict=True)
    told = [(observed(run, line) or {})["tracer"] for run, (_, line) in runs]
    return [told[start : start + 4] for start in range(0, len(told), 4)]
