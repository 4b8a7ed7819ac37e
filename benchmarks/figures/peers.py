"""Other tools on the files in which anything of a subject ran, each by its own documented command.

They are installed by whoever measures, each into a folder of its own below one that is named:

    DIR/pyan3/bin/python -m pip install pyan3==2.9.0        and so for jedi, code-review-graph,
    graphify (graphifyy), repowise; npm install --prefix DIR/codegraph @colbymchenry/codegraph

Most read all of the files; jedi answers one question at a time, and is asked at every call of the
subject's own files. A tool that is not there, that fails or that does not end in time is told with
what it said. Their home folder is an empty one: nothing of theirs is left behind, and no key or
setting is found.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.call_graph.compare import below
from benchmarks.call_graph.observed import Record, Site
from benchmarks.call_graph.static import StaticEdge, StaticGraph
from benchmarks.call_graph.subjects import Subject
from benchmarks.costs import Cost, run

from . import peer_graphs
from .peer_graphs import Pair
from .scores import entries, pair_score

TOOLS_SCRIPT = Path(__file__).resolve().parents[1] / "peer_tools.py"
LIMIT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool at its pinned version: its command, {root} and {files} filled in, and its graph."""

    name: str
    package: str
    version: str
    command: tuple[str, ...]
    read: Callable[[Path], Iterator[Pair]] | None
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def program(self) -> str:
        """The file that must be there, below the folder of all tools."""
        return self.command[0]


PEERS = (
    Peer(
        "CodeGraph",
        "@colbymchenry/codegraph",
        "1.6.1",
        ("codegraph/node_modules/.bin/codegraph", "init", "--yes", "{root}"),
        peer_graphs.codegraph,
        (("CODEGRAPH_TELEMETRY", "0"),),
    ),
    Peer(
        "Graphify",
        "graphifyy",
        "0.9.96",
        ("graphify/bin/graphify", "update", "{root}"),
        peer_graphs.graphify,
    ),
    Peer(
        "code-review-graph",
        "code-review-graph",
        "2.3.9",
        ("code-review-graph/bin/code-review-graph", "build", "--repo", "{root}"),
        peer_graphs.code_review_graph,
    ),
    Peer(
        "repowise",
        "repowise",
        "0.59.0",
        (
            *("repowise/bin/repowise", "init", "--mode", "fast", "--no-prose"),
            *("--no-editor-setup", "--yes", "{root}"),
        ),
        peer_graphs.repowise,
    ),
    Peer(
        "pyan3",
        "pyan3",
        "2.9.0",
        ("pyan3/bin/python", str(TOOLS_SCRIPT), "pyan3", "{root}", "{files}"),
        None,
    ),
    Peer(
        "jedi",
        "jedi",
        "0.20.1",
        ("jedi/bin/python", str(TOOLS_SCRIPT), "jedi", "{root}", "{core}"),
        None,
    ),
)


def measured(
    peer: Peer, subject: Subject, record: Record, roots: Sequence[Path], tools: Path, unit: float
) -> dict[str, Any]:
    """Run a tool on the files of a subject, and return its row, or what it said in its place."""
    if not (tools / peer.program).exists():
        return {"failed": f"{peer.package} {peer.version} is not installed"}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve() / "read"
        files = copied(subject, record, roots, root)
        cost = _run(peer, tools, root, files, subject.core)
        if cost.status != 0:
            said = (cost.errors + cost.out).strip().splitlines()
            return {"failed": "no end" if cost.status is None else said[-1].replace(name, "")}
        pairs = set(peer.read(root)) if peer.read is not None else _printed(cost.out)
    graph = as_graph(pairs, record, subject)
    row = asdict(pair_score(graph, record, subject))
    return row | {"units": round(cost.seconds / unit, 2), "megabytes": round(cost.megabytes)}


def copied(subject: Subject, record: Record, roots: Sequence[Path], into: Path) -> list[str]:
    """Copy the files in which anything ran below the entries, and return them.

    The packages around them come along, and the stubs that tell of torch's C functions.
    """
    ran = {place.rpartition(":")[0] for place in below(entries(subject, record), record)}
    files = sorted({file for file in ran if file.endswith(".py")} | set(subject.core))
    around = {str(above / "__init__.py") for file in files for above in Path(file).parents[:-1]}
    stubs = {
        path.relative_to(root).as_posix() for root in roots for path in root.glob("torch/_C/*.pyi")
    }
    for file in sorted({*files, *around, *stubs}):
        found = next((root / file for root in roots if (root / file).is_file()), None)
        if found is not None:
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(found, into / file)
    return [file for file in files if (into / file).is_file()]


def as_graph(pairs: Sequence[Pair] | set[Pair], record: Record, subject: Subject) -> StaticGraph:
    """Return pairs in the comparison's form: at no site, from the subject's entries."""
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
        for caller, callee in sorted(pairs)
    )
    callers = frozenset(edge.caller for edge in found)
    graph = StaticGraph(entries(subject, record), found, callers, frozenset())
    return replace(graph, by_site={})


def _run(peer: Peer, tools: Path, root: Path, files: Sequence[str], core: Sequence[str]) -> Cost:
    home = root.parent / "home"
    home.mkdir()
    run(["git", "init", "--quiet", str(root)])  # two of the tools read repositories only
    command = [str(tools / peer.program)]
    several = {"{files}": files, "{core}": core}
    for part in peer.command[1:]:
        command += several.get(part) or [part.replace("{root}", str(root))]
    environment = {"HOME": str(home), "DO_NOT_TRACK": "1", **dict(peer.environment)}
    return run(command, folder=root, environment=environment, limit=LIMIT_SECONDS)


def _printed(out: str) -> set[Pair]:
    return {(caller, callee) for caller, callee in json.loads(out)}
