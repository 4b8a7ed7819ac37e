"""Compute the table of rotary positions, and rotate with it in a recorded network."""

import sys

import numpy as np
import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

POSITIONS, SIZE = 7, 8
x = torch.randn(
    2, POSITIONS, 3, SIZE, device=device
)  # (batch, seq, heads, head_dim), as it is rotated


def angles(positions, size, theta=10000.0):
    """Return position times theta^(-2i/size), in doubles."""
    return np.arange(positions)[:, None] * theta ** (-np.arange(0, size, 2) / size)


def rotated(kind):
    """Rotate x in a network of its own, with the table split as attention splits it."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        given = tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape))
        sin, cos = functional.split(functional.constant(table), SIZE // 2, dim=-1)
        y = rope.apply_rotary_pos_emb(given, [cos, sin], functional.PositionEmbeddingType[kind])
    network.trt_network.mark_output(y.trt_tensor)
    (result,) = stand_in.evaluate({"x": x}).values()
    return result


def by_complex(pairs):
    """Rotate pairs of numbers, the last dimension, as complex numbers."""
    turn = torch.polar(
        torch.ones(POSITIONS, SIZE // 2), torch.tensor(angles(POSITIONS, SIZE)).float()
    )
    return torch.view_as_real(torch.view_as_complex(pairs.contiguous()) * turn.to(device)[:, None])


with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional
    from tensorrt_llm.layers.attention import RopeEmbeddingUtils as rope

    table = rope.create_sinusoidal_positions(POSITIONS, SIZE)
    other_base = rope.create_sinusoidal_positions(POSITIONS, SIZE, theta=500.0)
    long_table = rope.create_sinusoidal_positions(32768, 128)
    neighbours, halves = rotated("rope_gptj"), rotated("rope_gpt_neox")

exact, by_base = angles(POSITIONS, SIZE), angles(POSITIONS, SIZE, 500.0)
sines, cosines = table[0, :, : SIZE // 2], table[0, :, SIZE // 2 :]
late = np.abs(long_table[0, -1, :64] - np.sin(angles(32768, 128)[-1])).max()


def difference(first, second):
    return (first - second).abs().max().item()


pairs = x.unflatten(-1, (-1, 2)), x.unflatten(-1, (2, -1)).transpose(-1, -2)
by_neighbours = by_complex(pairs[0]).flatten(-2)
by_halves = by_complex(pairs[1]).transpose(-1, -2).flatten(-2)
print("table:", table.shape, table.dtype, "| error of a sine at position 32,767:", late)
print("rotated:", difference(neighbours, by_neighbours), difference(halves, by_halves))
if must_fail("The table is (1, positions, rotary_dim), in floats."):
    table = table.astype(np.float64)
assert table.shape == (1, POSITIONS, SIZE) and table.dtype == np.float32, (
    "The table is (1, positions, rotary_dim), in floats."
)
assert (
    np.abs(sines - np.sin(exact)).max() < 1e-6 and np.abs(cosines - np.cos(exact)).max() < 1e-6
), "A row holds first all sines, then all cosines of position times theta^(-2i/rotary_dim)."
assert np.abs(other_base[0, :, : SIZE // 2] - np.sin(by_base)).max() < 1e-6, (
    "The base theta can be another than 10,000."
)
assert 1e-4 < late < 1e-2, (
    "The angles are made in floats: at position 32,767 a sine is off by more than 0.0001."
)
assert difference(neighbours, by_neighbours) < 1e-5, (
    "In the manner of GPT-J each number is rotated with its neighbour."
)
assert difference(halves, by_halves) < 1e-5, (
    "In the manner of GPT-NeoX each number of the first half is rotated with one of the second."
)
