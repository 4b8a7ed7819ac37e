"""Capture by a stand-in for CUDA graphs that calls the model again, and decode batches."""

from types import SimpleNamespace
from unittest.mock import patch

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
WIDTH = 4
captured = []
replayed = []


class Graph:
    """Stand in for a graph: replaying computes the model on the fixed tensors again."""

    def pool(self):
        return "pool"

    def replay(self):
        variables = runner.graph_vars
        replayed.append(sizes[id(self)])
        rows = slice(0, sizes[id(self)])
        variables["outputs"][rows] = runner.model(
            variables["input_ids"][rows], variables["positions"][rows]
        )


class Capture:
    """Stand in for the block in which a graph is captured."""

    def __init__(self, graph, pool):
        captured.append(pool)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class Model(torch.nn.Module):
    """Give each row its token and position."""

    def forward(self, tokens, positions):
        return torch.stack([tokens, positions, 0 * tokens, tokens + positions], dim=1).float()

    def compute_logits(self, hidden):
        return 10 * hidden


with (
    standing_in("nanovllm"),
    patch.object(torch.cuda, "CUDAGraph", Graph),
    patch.object(torch.cuda, "graph", Capture),
):
    taken = extract(
        tree,
        "nanovllm.engine.model_runner:ModelRunner",
        "nanovllm.utils.context:set_context",
        given=dict.fromkeys(("Qwen3ForCausalLM", "Sampler", "load_model")),
    )

    def made(most, **fields):
        """Make a runner for at most so many sequences, its graphs captured."""
        one = object.__new__(taken["ModelRunner"])
        hf = SimpleNamespace(hidden_size=WIDTH)
        one.config = SimpleNamespace(hf_config=hf, max_num_seqs=most, max_model_len=1024)
        one.block_size, one.enforce_eager, one.model = 256, False, Model()
        one.capture_cudagraph()
        return one

    wide = list(made(600).graphs)
    runner = made(20)
sizes = {id(graph): size for size, graph in runner.graphs.items()}


def decode(count, is_prefill=False, first=100):
    """Run so many rows; return what comes back."""
    tokens = torch.arange(first, first + count)
    integers = {"dtype": torch.int32}
    taken["set_context"](
        is_prefill,
        slot_mapping=torch.arange(count, **integers),
        context_lens=torch.arange(1, count + 1, **integers),
        block_tables=torch.full((count, 2), first, **integers),
    )
    return runner.run_model(tokens, torch.arange(count), is_prefill)


def expected(count, first=100):
    """Return what the model gives for these rows."""
    return Model().compute_logits(Model()(torch.arange(first, first + count), torch.arange(count)))


print("captured:", *runner.graphs, "| up to 600:", *wide[:3], "…")
assert list(runner.graphs) == [16, 8, 4, 2, 1] and (wide[0], wide[-5:], len(wide)) == (
    512,
    [16, 8, 4, 2, 1],
    36,
), "Up to 20 sequences, graphs are captured for 16, 8, 4, 2 and 1, and up to 600 for 512 at most."
four = decode(4, first=7)
three = decode(3)
tensors = runner.graph_vars
rows = [tensors[name][:5].tolist() for name in ("input_ids", "slot_mapping", "context_lens")]
print("rows:", *rows, "| tables:", tensors["block_tables"][:5, :2].tolist())
assert (
    replayed == [4, 4]
    and torch.equal(four, expected(4, 7))
    and torch.equal(three, expected(3))
    and (rows[0][:3] == [100, 101, 102])
), "Three sequences are copied into the graph for four, and its first three rows come back."
assert (rows[1], rows[2]) == ([0, 1, 2, -1, -1], [1, 2, 3, 0, 0]), (
    "The fourth row has the slot -1 and the length 0."
)
assert tensors["block_tables"][:5, :3].tolist() == [[100, 100, 0]] * 3 + [[7, 7, 0], [0, 0, 0]], (
    "The fourth row's block table is that of an earlier step."
)
replayed.clear()
large, prefill = decode(513), decode(2, is_prefill=True)
assert (replayed, torch.equal(large, expected(513)), torch.equal(prefill, expected(2))) == (
    [],
    True,
    True,
), "Prefill, and more than 512 sequences, run without a graph."


def error_of(count):
    """Return the error with which a batch ends, None without."""
    try:
        decode(count)
    except StopIteration as error:
        return error


errors = [error_of(16), error_of(17)]
print("16 and 17 rows:", *(type(error).__name__ for error in errors))
assert errors[0] is None and isinstance(errors[1], StopIteration) and errors[1].args == (), (
    "With max_num_seqs=20 the seventeenth sequence ends in a StopIteration without words."
)
replayed.clear()
runner.enforce_eager = True
assert (torch.equal(decode(17), expected(17)), replayed) == (True, []), (
    "With enforce_eager no graph is needed."
)
