"""Other entries into torch 2.13.0 than the tour's, and the names that the shipped idioms know."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.pinned_torch import needs_pinned_torch

from srcread.about import PACKAGE
from srcread.errors import NotFoundError
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import Distribution, EdgeKind
from srcread.sources import Sources, open_distribution

FUNCTIONAL = "torch.nn.functional"
NATIVE = "torch._C._VariableFunctions"


pytestmark = needs_pinned_torch


@pytest.fixture(scope="module")
def torch() -> Distribution:
    return open_distribution("torch", "2.13.0")


def test_every_row_of_torch_in_the_shipped_idioms_names_something(torch: Distribution) -> None:
    """Of namespaces, of packages and of what C++ defines, names are not those of symbols here."""
    tables = tomllib.loads((Path(PACKAGE) / "graph" / "idioms" / "idioms.toml").read_text("utf-8"))
    index = Index(Sources([torch]))
    unknown, rows = [], 0
    for table in tables.keys() - {"operators", "aten", "folded_packages", "has_attribute"}:
        listed = tables[table].get("names", ())
        for name in [*tables[table], *listed]:
            if name.startswith("torch.") and not name.startswith("torch._C."):
                rows += 1
                symbol = name.rpartition(".")[0] if table == "kept_in" else name
                unknown += [] if _is_there(index, symbol) else [(table, name)]
    assert unknown == []
    assert rows > 30


def _is_there(index: Index, name: str) -> bool:
    """Tell whether there is such a symbol; of names that end in `*`, whether there is a holder."""
    if not name.endswith("*"):
        return index.symbol(name) is not None
    holder = name.rpartition(".")[0]
    return index.module(holder) is not None or index.symbol(holder) is not None


def test_an_lstm_leads_to_its_native_kernel(torch: Distribution) -> None:
    graph = build_graph(Index(Sources([torch])), ["torch.nn.LSTM"])
    forward = graph.entries[0]
    assert [name.partition("~")[0] for name in graph.entries] == [
        "torch.nn.modules.rnn.LSTM.forward",
        "torch.nn.modules.rnn.LSTM.__init__",
    ]
    native = {
        edge.callee
        for edge in graph.edges
        if edge.kind is EdgeKind.NATIVE and edge.site.caller == forward
    }
    assert f"{NATIVE}.lstm" in native


def test_a_function_that_dispatches_on_a_flag_is_an_entry(torch: Distribution) -> None:
    graph = build_graph(Index(Sources([torch])), ["torch.nn.functional.max_pool2d"])
    names = " ".join(graph.order)
    assert f"{FUNCTIONAL}._max_pool2d" in names
    assert f"{FUNCTIONAL}.max_pool2d_with_indices" in names


def test_a_mistyped_native_name_is_not_found_though_the_module_makes_names_lazily(
    torch: Distribution,
) -> None:
    with pytest.raises(NotFoundError, match=r"There is no 'torch\.rellu' in the sources"):
        build_graph(Index(Sources([torch])), ["torch.rellu"])
