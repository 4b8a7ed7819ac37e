"""Other tools' call graphs of nn.Transformer beside ours: what they cost, and what they know.

    python -m benchmarks.peers [--python PATH]

griffe, jedi and pyan3 come from an environment of their own, whose interpreter PATH is: a virtual
environment with `pip install griffe jedi pyan3`. What it lacks is skipped with the reason. Each
tool does the work that it is made for: griffe indexes all of torch (it has no calls), pyan3 reads
torch/nn, jedi is asked at every call of the core files. Ours starts from the command line.

What ran is recorded as benchmarks.call_graph does, and pairs of caller and callee are compared,
because the peers don't give the places of calls. CPU seconds are those of whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.call_graph.compare import compare
from benchmarks.call_graph.observed import Record, Site, record_from_json
from benchmarks.call_graph.static import StaticEdge, StaticGraph, native_names, read_static
from benchmarks.call_graph.subjects import SUBJECTS
from srcread.model import Distribution
from srcread.sources import Sources, open_distribution

SUBJECT = SUBJECTS[0]
TOOLS = ("griffe", "jedi", "pyan3")
LIMIT_SECONDS = 300
ROWS = (
    "recall: explicit calls of Python functions, core",
    "recall: module(...) to its forward",
    "recall: builtins of the framework, core",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool gave: its cost, and its edges, None where it has no graph."""

    tool: str
    work: str
    seconds: float
    edges: Sequence[tuple[str, str]] | None


def main() -> int:
    """Run every tool, record what really runs, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--python", metavar="PATH", help="an interpreter that has the peers")
    chosen = parser.parse_args().python
    name, version = SUBJECT.distributions[0]
    torch = open_distribution(name, version)
    ours, graph = _ours(torch)
    outcomes, skipped = [], []
    for tool in TOOLS:
        outcome = _peer(tool, chosen, torch)
        if isinstance(outcome, Outcome):
            outcomes.append(outcome)
        else:
            skipped.append(outcome)
    called = {callee for item in outcomes for _, callee in item.edges or () if ":" not in callee}
    # Only the framework's: a name that is asked for is counted, `builtins.isinstance` as well.
    natives = {name for name in called if name.partition(".")[0] in SUBJECT.packages}
    record = _recorded(sorted(natives | set(native_names(graph))))
    static = read_static(graph, record.canonical)
    print("\n".join(_table(ours, outcomes, static, record)))
    print("\n".join(skipped))
    return 0


def _ours(torch: Distribution) -> tuple[Outcome, dict[str, Any]]:
    command = [sys.executable, "-m", "srcread", "graph", SUBJECT.entry, "--json"]
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(os.environ.get("SRCREAD_CACHE", "")) / "sources"
        if stored.is_dir():
            (Path(folder) / "sources").symlink_to(stored)
        environment = {**os.environ, "SRCREAD_CACHE": folder}
        _timed(command, environment)  # Python compiles what was edited; that is not the graph
        for path in Path(folder).iterdir():
            if path.is_file():
                path.unlink()
        out, seconds = _timed(command, environment)
    return Outcome("srcread", "from the entry, no cache", seconds, ()), json.loads(out)


def _peer(tool: str, python: str | None, torch: Distribution) -> Outcome | str:
    """Run one peer; return the reason as a sentence where it cannot be run."""
    if python is None:
        return f"{tool} is skipped: name an interpreter that has it with --python."
    module = {"pyan3": "pyan"}.get(tool, tool)
    has = subprocess.run([python, "-c", f"import {module}"], capture_output=True, text=True)
    if has.returncode != 0:
        return f"{tool} is skipped: {python!r} cannot import {module}."
    below = [f"{name.replace('.', '/')}.py" for name in Sources([torch]).modules(torch.name)]
    everything = [path for path in below if path.startswith("torch/nn/")]
    files = [path for path in everything if (torch.root / path).is_file()]
    work, files = {
        "griffe": ("index of torch, no graph", ["torch/__init__.py"]),
        "jedi": (f"every call of {len(SUBJECT.core)} files", list(SUBJECT.core)),
        "pyan3": (f"torch/nn, {len(files)} files", files),
    }[tool]
    script = str(Path(__file__).with_name("peer_tools.py"))
    try:
        out, seconds = _timed([python, script, tool, str(torch.root), *files], dict(os.environ))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return f"{tool} is skipped: it gave no result: {error.__class__.__name__}."
    edges = [(caller, callee) for caller, callee in json.loads(out)]
    return Outcome(tool, work, seconds, edges if tool != "griffe" else None)


def _timed(command: list[str], environment: dict[str, str]) -> tuple[str, float]:
    """Run a command and return what it printed, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        timeout=LIMIT_SECONDS,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _recorded(natives: list[str]) -> Record:
    request = {
        "scenarios": f"benchmarks.call_graph.{SUBJECT.scenarios}",
        "packages": SUBJECT.packages,
        "natives": natives,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.call_graph.record"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    return record_from_json(json.loads(ran.stdout))


def _table(
    ours: Outcome, others: Iterable[Outcome], static: StaticGraph, record: Record
) -> Iterable[str]:
    yield "| tool | work | CPU s | core explicit | module to forward | builtins, core | precision |"
    yield "|---|---|---|---|---|---|---|"
    yield _row(ours, static, record)
    for outcome in others:
        if outcome.edges is None:
            yield f"| {outcome.tool} | {outcome.work} | {outcome.seconds:.2f} | - | - | - | - |"
        else:
            yield _row(outcome, _as_graph(outcome.edges, static, record), record)


def _row(outcome: Outcome, graph: StaticGraph, record: Record) -> str:
    rows = {row.what: row.pairs for row in compare(graph, record, SUBJECT.core).rows}
    figures = [rows[what] for what in ROWS] + [_precision(graph, record)]
    cells = " | ".join(
        f"{found / total:.3f} ({found} of {total})" if total else "none" for found, total in figures
    )
    return f"| {outcome.tool} | {outcome.work} | {outcome.seconds:.2f} | {cells} |"


def _precision(graph: StaticGraph, record: Record) -> tuple[int, int]:
    """Count the pairs, of all out of functions whose every line ran, that were seen."""
    seen = {(edge.caller, name) for edge in record.edges for name in (edge.callee, *edge.via)}
    pairs = {
        (edge.caller, edge.key)
        for edge in graph.edges
        if edge.is_python and edge.key is not None and edge.caller in record.whole
    }
    return len(pairs & seen), len(pairs)


def _as_graph(edges: Iterable[tuple[str, str]], ours: StaticGraph, record: Record) -> StaticGraph:
    """Return a peer's pairs in the comparison's form: at no site, from the same entries."""
    nowhere = Site("", 0, 0, 0, 0)
    found = tuple(
        StaticEdge(
            caller=caller,
            site=nowhere,
            kind="direct" if ":" in callee else "native",
            certainty="resolved",
            name=callee,
            key=callee if ":" in callee else record.canonical.get(callee),
            reason=None,
        )
        for caller, callee in edges
    )
    callers = frozenset(edge.caller for edge in found)
    return replace(ours, edges=found, walked=callers, folded=frozenset(), by_site={})


if __name__ == "__main__":
    sys.exit(main())
