"""A framework's own graph, recorded by the stand-in, equals another implementation of its model.

The framework is `tests/data/tinyllm`, ours, with the idioms of TensorRT-LLM.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from srcread.lab.extract import extract  # noqa: E402  behind the skip
from srcread.lab.tensorrt import (  # noqa: E402  behind the skip
    StandIn,
    StandInError,
    calls_by_line,
    layers_by_module,
    outline,
    standing_in,
)

TINYLLM = Path(__file__).parent / "data" / "tinyllm"
HEADS, SIZE, TOKENS = 2, 3, 7
WIDTH = HEADS * SIZE


@contextmanager
def framework(**arguments: Any) -> Iterator[tuple[StandIn, Any, Any]]:
    """Import the framework with the stand-in in TensorRT's place."""
    sys.path.insert(0, str(TINYLLM))
    try:
        with standing_in(framework="tinyllm", **arguments) as stand_in:
            from tinyllm import builder, model  # data of tests

            yield stand_in, model, builder
    finally:
        sys.path.remove(str(TINYLLM))


def other_weights() -> dict[str, Any]:
    """Weights of another implementation: its q, k and v alternate by head."""
    generator = torch.Generator().manual_seed(0)
    shapes = {
        "wte": (TOKENS, WIDTH),
        "attn.weight": (3 * WIDTH, WIDTH),
        "attn.bias": (3 * WIDTH,),
        "lm.weight": (TOKENS, WIDTH),
        "lm.bias": (TOKENS,),
    }
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def other_model(weights: dict[str, Any], tokens: Any) -> Any:
    """The model in plain torch."""
    x = weights["wte"][tokens.long()]
    joined = (x @ weights["attn.weight"].T + weights["attn.bias"]).view(-1, HEADS, 3, SIZE)
    q, k, v = (joined[:, :, part].transpose(0, 1) for part in range(3))
    mixed = torch.softmax(q @ k.mT, 2) @ v
    x = torch.tanh(x + mixed.transpose(0, 1).reshape(-1, WIDTH))
    return x @ weights["lm.weight"].T + weights["lm.bias"]


def converted(**given: Any) -> dict[str, Any]:
    """The weights as the framework's own script converts them."""
    taken = extract(
        TINYLLM, "examples/convert.py:convert", "examples/convert.py:Options", given=given
    )
    weights: dict[str, Any] = taken["convert"](other_weights(), taken["Options"](HEADS))
    return weights


def build(model: Any, builder: Any, weights: dict[str, Any], **options: Any) -> bytes:
    made = model.Model(TOKENS, HEADS, SIZE, **options)
    made.load(weights)
    engine: bytes = builder.build(made, 5)
    return engine


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=needs_gpu)])
@pytest.mark.parametrize("reordered", [True, False])
def test_the_graph_equals_the_other_implementation_unless_weights_are_not_reordered(
    reordered: bool, device: str
) -> None:
    weights = converted() if reordered else converted(reorder=lambda weight, heads: weight)
    tokens = torch.tensor([1, 0, 6, 2, 2], dtype=torch.int32)
    with framework(device=device) as (stand_in, model, builder):
        build(model, builder, weights)
        logits = stand_in.evaluate({"tokens": tokens})["logits"]
        assert logits.device.type == device
    error = (logits.cpu() - other_model(other_weights(), tokens)).abs().max().item()
    assert error < 1e-5 if reordered else error > 0.1


def test_a_plugin_in_the_graph_is_known_in_shape_and_computed_by_a_reference_only() -> None:
    def gemm(fields: Any, left: Any, right: Any) -> Any:
        return left @ right.mT

    tokens = torch.tensor([1, 0, 6, 2, 2], dtype=torch.int32)
    with framework() as (stand_in, model, builder):
        build(model, builder, converted(), plugin=True)
        assert stand_in.network.outputs[0].shape == (5, TOKENS)
        with pytest.raises(StandInError, match=r"Model/Attention/Linear/PLUGIN_V2_0.*'Gemm'"):
            stand_in.evaluate({"tokens": tokens})
    with framework(references={"Gemm": gemm}) as (stand_in, model, builder):
        build(model, builder, converted(), plugin=True)
        logits = stand_in.evaluate({"tokens": tokens})["logits"]
        assert stand_in.referenced() == (f"Gemm: {__name__}.{gemm.__qualname__}",)
    torch.testing.assert_close(logits, other_model(other_weights(), tokens))


OUTLINE = """\
network: 28 layers, 1 inputs, 1 outputs
inputs
  tokens INT32 (5,)
outputs
  logits FLOAT (5, 7)
layers by module
  Model: 4
    ACTIVATION, CONSTANT, ELEMENTWISE, GATHER
  Model/Attention: 16
    CONSTANT x3, MATRIX_MULTIPLY x2, SHUFFLE x7, SLICE x3, SOFTMAX
  Model/Attention/Linear: 4
    CONSTANT x2, ELEMENTWISE, MATRIX_MULTIPLY
  Model/Linear: 4
    CONSTANT x2, ELEMENTWISE, MATRIX_MULTIPLY
calls by line
  tinyllm.builder.build+4: add_input
  tinyllm.builder.build+6: mark_output
  tinyllm.functional.activation+1: add_activation
  tinyllm.functional.constant+3: add_constant x8
  tinyllm.functional.elementwise+2: add_elementwise x3
  tinyllm.functional.gather+1: add_gather
  tinyllm.functional.matmul+3: add_matrix_multiply x4
  tinyllm.functional.part+2: add_slice x3
  tinyllm.functional.softmax+1: add_softmax
  tinyllm.functional.view+1: add_shuffle x7
"""


def test_a_network_is_shown_by_module_and_by_line() -> None:
    with framework() as (stand_in, model, builder):
        build(model, builder, converted())
        assert outline(stand_in.network, "tinyllm") == OUTLINE


def test_an_engine_holds_the_outline_and_is_the_same_for_the_same_network() -> None:
    engines = []
    for _ in range(2):
        with framework() as (stand_in, model, builder):
            engines.append(build(model, builder, converted()))
            assert engines[-1].decode() == outline(stand_in.network)
    assert engines[0].startswith(OUTLINE[:40].encode())


def test_layers_are_listed_by_number_for_each_module() -> None:
    with framework() as (stand_in, model, builder):
        build(model, builder, converted())
        network = stand_in.network
        modules = layers_by_module(network)
    names = {number: network.layers[number].name for part in modules for number in part.numbers}
    assert len(names) == network.num_layers
    assert [part.module for part in modules] == [
        "Model",
        "Model/Attention",
        "Model/Attention/Linear",
        "Model/Linear",
    ]
    assert all(
        names[number].startswith(f"{part.module}/") for part in modules for number in part.numbers
    )


def test_a_line_knows_the_calls_that_it_made_and_those_that_it_led_to() -> None:
    with framework() as (stand_in, model, builder):
        build(model, builder, converted())
        lines = {str(line.place): line for line in calls_by_line(stand_in.network, "tinyllm")}
    softmax = lines["tinyllm.functional.softmax+1"]
    assert (softmax.made, softmax.led_to) == ((("add_softmax", 1),), ())
    linear = lines["tinyllm.model.Linear.forward+2"]
    assert linear.made == ()
    assert dict(linear.led_to) == {
        "add_constant": 4,
        "add_elementwise": 2,
        "add_matrix_multiply": 2,
    }


def test_the_framework_is_forgotten_with_the_stand_in() -> None:
    with framework():
        assert "tinyllm" in sys.modules
    assert not [name for name in sys.modules if name.partition(".")[0] == "tinyllm"]
    with pytest.raises(ModuleNotFoundError):
        import tinyllm  # noqa: F401  only that it imports
