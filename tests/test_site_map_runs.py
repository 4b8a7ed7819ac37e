"""The map of a model holds what its run did: hooks on every module see the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.map_runs import DATA, ModelRun, run_model

from srcread.opening.maps import source_of
from srcread.site.blocks import Block, Role, every_block, leaves
from srcread.site.maps.whole import recorded_root

pytest.importorskip("torch")

TRANSFORMER = """
import torch
torch.manual_seed(0)
model = torch.nn.Transformer(32, 4, 2, 2, 64, batch_first=True)
inputs = (torch.rand(3, 10, 32), torch.rand(3, 7, 32))
"""
FUSED = f"{TRANSFORMER}model.eval()\ntorch.set_grad_enabled(False)\n"
RESNET = """
import torch, small_resnet
model = small_resnet.Stage()
inputs = (torch.rand(2, 16, 8, 8),)
"""
GPT = """
import torch, tiny_gpt
config = tiny_gpt.GPTConfig(n_layer=3, n_head=4, n_embd=32, vocab_size=50, block_size=16)
model = tiny_gpt.GPT(config)
inputs = (torch.randint(0, 50, (2, 8)),)
"""
LSTM = """
import torch
model = torch.nn.LSTM(12, 32, 2, batch_first=True)
inputs = (torch.rand(3, 7, 12),)
"""


def drawn(run: ModelRun) -> Block:
    root = recorded_root(run.trace, source_of(run.code))
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("entry", "setup"),
    [
        ("torch.nn.Transformer", TRANSFORMER),
        ("torch.nn.Transformer", FUSED),
        (f"{DATA / 'maps/small_resnet.py'}:Stage", RESNET),
        (f"{DATA / 'gpt/tiny_gpt.py'}:GPT", GPT),
    ],
    ids=["transformer", "fused", "resnet", "gpt"],
)
def test_its_innermost_modules_are_those_that_hooks_see_in_order_with_their_shapes(
    entry: str, setup: str, tmp_path: Path
) -> None:
    run = run_model(entry, setup, tmp_path)

    root = drawn(run)

    modules = [one for one in leaves(root) if one.role is Role.MODULE]
    assert [(one.kind, one.takes, one.gives) for one in modules] == run.hooked
    assert len(modules) > 10


def test_objects_have_the_paths_that_torch_names_them_by(tmp_path: Path) -> None:
    run = run_model(f"{DATA / 'maps/small_resnet.py'}:Stage", RESNET, tmp_path)

    paths = {one.paths for one in every_block(drawn(run)) if one.kind in ("Conv2d", "Bottleneck")}

    assert ("stage.1", "stage.2") in paths  # equal ones are one block
    assert ("stage.0.downsample.0",) in paths
    assert ("stage.1.conv3", "stage.2.conv3") in paths
    assert not run.trace.unseen


def test_calls_of_modules_that_are_not_watched_are_counted(tmp_path: Path) -> None:
    run = run_model(f"{DATA / 'gpt/tiny_gpt.py'}:MLP", GPT, tmp_path)

    assert run.trace.unseen["Block"] == 3
    assert run.trace.unseen["CausalSelfAttention"] == 3
    assert "MLP" not in run.trace.unseen


def test_an_lstm_shows_the_operators_that_its_one_operator_runs(tmp_path: Path) -> None:
    root = drawn(run_model("torch.nn.LSTM", LSTM, tmp_path))

    kinds = {one.kind: one.times for one in every_block(root)}
    assert kinds["lstm"] == 1
    assert kinds["mkldnn_rnn_layer"] == 2  # one for each layer
    assert (root.takes, root.gives) == ("(3, 7, 12)", "(3, 7, 32)")
