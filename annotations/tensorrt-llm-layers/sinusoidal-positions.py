"""Compute the table of rotary positions, and rotate by such a table in a recorded network."""

import math
import sys

import numpy as np
import torch

from srcread.lab import equation, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

POSITIONS, SIZE, HEADS = 7, 8, 3
x = torch.randn(2, POSITIONS, HEADS, SIZE, device=device)  # (batch, seq, heads, head_dim)


def angles(positions, size, theta=10000.0):
    """Return position times theta^(-2i/size), in fp64."""
    return np.arange(positions)[:, None] * theta ** (-np.arange(0, size, 2) / size)


def by_formula(positions, size, theta=10000.0):
    """Return the table: (1, positions, size)."""
    exact = angles(positions, size, theta)
    return np.concatenate([np.sin(exact), np.cos(exact)], axis=1)[None]


def difference(first, second):
    """Return how far apart two arrays are at most; NaN between shapes that differ."""
    return abs(first - second).max().item() if first.shape == second.shape else math.nan


def rotated(kind):
    """Rotate x in a network of its own, by the formula's table, split as attention splits it."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        given = tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape))
        exact = functional.constant(by_formula(POSITIONS, SIZE).astype(np.float32))
        sin, cos = functional.split(exact, SIZE // 2, dim=-1)
        y = rope.apply_rotary_pos_emb(given, [cos, sin], functional.PositionEmbeddingType[kind])
    network.trt_network.mark_output(y.trt_tensor)
    (result,) = stand_in.evaluate({"x": x}).values()
    return result


def attend():
    """Record an Attention with another base than 10,000; return it and its network's layers."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        hidden = tensorrt_llm.Tensor(name="x", dtype=float32, shape=[2, 5, HEADS * SIZE])
        past = tensorrt_llm.Tensor(name="past", dtype=float32, shape=[2, 2, HEADS, 4, SIZE])
        attention = tensorrt_llm.layers.Attention(
            hidden_size=HEADS * SIZE,
            num_attention_heads=HEADS,
            max_position_embeddings=POSITIONS,
            position_embedding_type=layers.PositionEmbeddingType.rope_gpt_neox,
            rotary_embedding_base=500.0,
            dtype="float32",
        )
        try:
            attention(hidden, kv_cache_params=layers.KeyValueCacheParams([past]))
        except ValueError as error:
            return None, str(error)
    return attention, network.trt_network.layers


def by_complex(pairs):
    """Rotate pairs of numbers, the last dimension, as complex numbers."""
    turn = torch.polar(
        torch.ones(POSITIONS, SIZE // 2), torch.tensor(angles(POSITIONS, SIZE)).float()
    )
    return torch.view_as_real(torch.view_as_complex(pairs.contiguous()) * turn.to(device)[:, None])


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(device=device, version="9.1.0") as stand_in:
    import tensorrt_llm
    from tensorrt_llm import layers

    float32 = tensorrt_llm.str_dtype_to_trt("float32")
    _, older = attend()

sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional, layers
    from tensorrt_llm.layers.attention import RopeEmbeddingUtils as rope

    float32 = tensorrt_llm.str_dtype_to_trt("float32")
    table = rope.create_sinusoidal_positions(POSITIONS, SIZE)
    tables = [rope.create_sinusoidal_positions(POSITIONS, SIZE, theta=500.0), table]
    long_table = rope.create_sinusoidal_positions(32768, 128)
    assert (
        table.dtype == np.float32
        and equation("concat", tables[0], dim=SIZE, theta=500.0)
        and equation("concat", table, dim=SIZE, theta=1e4)
    ), (
        "A row holds first all sines, then all cosines of position · theta^(-2i/rotary_dim), "
        "in fp32."
    )
    late = difference(long_table[0, -1], by_formula(32768, 128)[0, -1])
    print("table:", table.shape, table.dtype, "| error of a sine at position 32,767:", late)
    assert 0.001 < late < 0.002, (
        "The angles are made in fp32: at position 32,767 a sine is off by up to 0.002."
    )
    neighbours, halves = rotated("rope_gptj"), rotated("rope_gpt_neox")
    attention, recorded = attend()


pairs = x.unflatten(-1, (-1, 2)), x.unflatten(-1, (2, -1)).transpose(-1, -2)
by_neighbours = by_complex(pairs[0]).flatten(-2)
by_halves = by_complex(pairs[1]).transpose(-1, -2).flatten(-2)
print("rotated:", difference(neighbours, by_neighbours), difference(halves, by_halves))
print("0.5.0 without the plugin:", older)
sin, cos = torch.tensor(by_formula(POSITIONS, SIZE)[0]).float().to(device)[:, None].chunk(2, -1)
twice = {"cos": cos.repeat_interleave(2, -1), "sin": sin.repeat_interleave(2, -1)}
both = {"cos": torch.cat([cos, cos], -1), "sin": torch.cat([sin, sin], -1)}


def every_two(tensor):
    """Return each pair (a, b) of neighbours as (-b, a)."""
    return torch.stack([-tensor[..., 1::2], tensor[..., ::2]], -1).flatten(-2)


def half(tensor):
    """Return the second half with a minus, then the first."""
    return torch.cat([-tensor[..., SIZE // 2 :], tensor[..., : SIZE // 2]], -1)


assert difference(neighbours, by_neighbours) < 1e-5 and equation(
    "rotated", neighbours, tensor=x, rotate_func=every_two, **twice
), "rope_gptj rotates each number with its neighbour."
assert difference(halves, by_halves) < 1e-5 and equation(
    "rotated", halves, tensor=x, rotate_func=half, **both
), "rope_gpt_neox rotates each number of the first half with one of the second."
expected = by_formula(POSITIONS, SIZE)
assert difference(attention.embed_positions, expected) < 1e-6, (
    "The table of an Attention has the base 10,000, whatever rotary_embedding_base says."
)
constants = [each.values for each in recorded if each.kind.name == "CONSTANT"]
shown = [each for each in constants if tuple(each.shape) == expected.shape]
right = [difference(each.cpu().numpy(), expected) < 1e-6 for each in shown]
assert (older, right) == ("RoPE is only supported with GPTAttention plugin", [True]), (
    "Without the plugin, 0.5.0 refuses rotary positions, and 0.7.1 puts the table into the network."
)
