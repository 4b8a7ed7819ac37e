"""Containers of torch's modules, as models use them: what `forward` of each class may call.

They are in data/containers/models.py, written as those of YOLO, timm, detectron2, nanoGPT,
torchvision, peft and fairseq are. Behind `# ->` stand the modules whose `forward` a line reaches,
in whatever certainty.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.pinned_torch import needs_pinned_torch

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, EdgeKind
from srcread.sources import Sources, open_distribution, open_path

pytestmark = needs_pinned_torch

MODELS = (Path(__file__).parent / "data" / "containers" / "models.py").read_text("utf-8")
EXPECTED = {
    number: (line.partition("  # ->")[0].strip(), sorted(line.partition("  # ->")[2].split()))
    for number, line in enumerate(MODELS.split("\n"), 1)
    if "  # ->" in line
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    """The graph of all classes, whose constructors are walked as well."""
    return _graph(tmp_path_factory.mktemp("whole"), ["models"])


@pytest.fixture(scope="module")
def forwards(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    """The graph of each `forward` alone: what constructors do counts without being walked."""
    classes = re.findall(r"^class (\w+)\(nn\.", MODELS, re.MULTILINE)
    entries = [f"models.{name}.forward" for name in classes if name not in ("Small", "Large")]
    return _graph(tmp_path_factory.mktemp("forwards"), entries)


@pytest.mark.parametrize("number", EXPECTED, ids=[text for text, _ in EXPECTED.values()])
def test_a_line_reaches_the_modules_that_it_names(whole: CallGraph, number: int) -> None:
    assert _reached(whole, number) == EXPECTED[number][1]


@pytest.mark.parametrize(
    "number",
    [n for n, (text, _) in EXPECTED.items() if "vectors" not in text],
    ids=[text for text, _ in EXPECTED.values() if "vectors" not in text],
)
def test_it_does_so_where_forward_alone_is_the_entry(forwards: CallGraph, number: int) -> None:
    """But for what a method of another class puts into a container: only the walk notes that."""
    assert _reached(forwards, number) == EXPECTED[number][1]


def _graph(folder: Path, entries: list[str]) -> CallGraph:
    (folder / "models.py").write_text(MODELS, "utf-8")
    return build_graph(Index(Sources([open_path(folder), open_distribution("torch")])), entries)


def _reached(graph: CallGraph, line: int) -> list[str]:
    """Return the classes whose `forward` the calls of a line reach, lambdas on it included."""
    return sorted(
        {
            str(edge.callee).rpartition(".forward")[0].rpartition(".")[2]
            for edge in graph.edges
            if edge.site.caller.startswith("models.") and edge.site.range.first_line == line
            if edge.kind is EdgeKind.FORWARD
        }
    )
