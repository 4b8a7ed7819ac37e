"""The map of a model holds what its run did: hooks on every module see the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.map_runs import DATA, ModelRun, run_model

from srcread.opening.maps import source_of
from srcread.site.blocks import Block, ModelMap, Role, every_block, leaves, map_json
from srcread.site.data.maps import MapFigure
from srcread.site.maps.drawing.text import text_list
from srcread.site.maps.figure import figure
from srcread.site.maps.whole import recorded_root

pytest.importorskip("torch")

TEMPLATES = Path(__file__).parents[1] / "templates"
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
    (lstm,) = (one for one in every_block(root) if one.kind == "lstm")
    assert [(one.name, one.shape) for one in lstm.inputs[1:]] == [
        ("hx", "(2, 3, 32), (2, 3, 32)"),  # h_0 and c_0, which the module makes
        ("_flat_weights", ""),  # of which a run tells no shape
    ]


def test_an_lstm_that_is_given_its_states_shows_those_and_says_them_in_words(
    tmp_path: Path,
) -> None:
    setup = LSTM.replace("batch_first=True", "batch_first=True, bidirectional=True")
    setup += "inputs += ((torch.zeros(4, 3, 32), torch.zeros(4, 3, 32)),)\n"
    root = drawn(run_model("torch.nn.LSTM", setup, tmp_path))

    (lstm,) = (one for one in every_block(root) if one.kind == "lstm")
    assert [one.name for one in lstm.inputs] == ["", "hx", "_flat_weights"]
    assert next(one.kind for one in lstm.steps if one.times == 2) == "mkldnn_rnn_layer"
    words = tomllib.loads((TEMPLATES / "words.en.toml").read_text("utf-8"))
    said = text_list(root, lambda _: "", words)
    assert "hx (4, 3, 32), (4, 3, 32), _flat_weights" in said
    html = figure(MapFigure(map_json(ModelMap(root, "one")), "One", {}), words)
    assert html.count(">hx (4,\xa03,\xa032),\xa0(4,\xa03,\xa032)</text>") == 2  # wide and narrow
    assert html.count(">_flat_weights</text>") == 2
