"""A loop over torch's DataLoader: its machinery is one row, and the reader's own code is not."""

from __future__ import annotations

from pathlib import Path

from support.pinned_torch import needs_pinned_torch

from srcread.graph.present import graph_as_tree
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph
from srcread.sources import Sources, open_distribution, open_path

pytestmark = needs_pinned_torch

TRAIN = """
import torch
from torch.utils.data import DataLoader, Dataset


class Data(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, place):
        return torch.zeros(3)


def collate(samples):
    return torch.stack([sample.abs() for sample in samples])


def seeded(worker):
    pass


def train():
    loader = DataLoader(Data(), collate_fn=collate, worker_init_fn=seeded)
    for epoch in range(2):
        for batch in loader:
            batch.sum()
    return len(loader)
"""


def test_a_loader_is_one_row_and_what_it_calls_of_the_readers_own_stands_beside_it(
    tmp_path: Path,
) -> None:
    graph = _graph(tmp_path)
    loop = [edge for edge in graph.edges if edge.site.range.first_line == 25]
    assert [edge.callee for edge in loop] == [
        "torch.utils.data.dataloader.DataLoader.__iter__",
        "train.Data.__getitem__",
        "train.collate",
        "train.seeded",
    ]
    row = next(line for line in graph_as_tree(graph) if "DataLoader.__iter__" in line)
    assert row.endswith("folded: fetches batches of the data set (as an entry of its own it opens)")
    assert len(graph.order) < 12
    assert {"train.Data.__getitem__", "train.Data.__len__", "train.collate"} <= set(graph.order)


def test_as_an_entry_the_loader_opens(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAIN, "utf-8")
    sources = Sources([open_path(tmp_path), open_distribution("torch")])
    graph = build_graph(Index(sources), ["torch.utils.data.dataloader.DataLoader.__iter__"])
    assert "torch.utils.data.dataloader.DataLoader._get_iterator" in graph.order


def _graph(folder: Path) -> CallGraph:
    (folder / "train.py").write_text(TRAIN, "utf-8")
    sources = Sources([open_path(folder), open_distribution("torch")])
    return build_graph(Index(sources), ["train.train"])
