"""Allocate the cache where torch tells of a GPU with so much memory."""

from types import SimpleNamespace
from unittest.mock import patch

import torch

from srcread.lab import equation, source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import Memory, standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
LAYERS, HEADS, SIZE, BLOCK = 3, 4, 8, 256
BYTES = 2 * LAYERS * BLOCK * HEADS * SIZE * 2


class Layer(torch.nn.Module):
    """What the cache is given to."""

    def __init__(self):
        super().__init__()
        self.k_cache = self.v_cache = torch.tensor([])


def allocated(memory, share=0.9, ranks=1, **fields):
    """Allocate, and return the runner."""
    with standing_in("nanovllm", memory=memory), patch.object(torch, "empty", torch.zeros):
        Runner = extract(
            tree,
            "nanovllm.engine.model_runner:ModelRunner",
            given=dict.fromkeys(("Qwen3ForCausalLM", "Sampler", "load_model")),
        )["ModelRunner"]
        runner = object.__new__(Runner)
        hf = {"num_key_value_heads": HEADS, "num_attention_heads": 8, "hidden_size": 8 * SIZE}
        runner.config = SimpleNamespace(
            hf_config=SimpleNamespace(
                num_hidden_layers=LAYERS, dtype=torch.bfloat16, **hf, **fields
            ),
            gpu_memory_utilization=share,
            num_kvcache_blocks=-1,
        )
        runner.block_size, runner.world_size = BLOCK, ranks
        runner.model = torch.nn.Sequential(*(Layer() for _ in range(LAYERS)))
        runner.allocate_kv_cache()
    return runner


def blocks(*given, **named):
    """Return the number of blocks."""
    return allocated(*given, **named).config.num_kvcache_blocks


total = 100 * BYTES
sizes = {
    "num_hidden_layers": LAYERS,
    "block_size": BLOCK,
    "num_kv_heads": HEADS,
    "head_dim": SIZE,
    "itemsize": 2,
}
runner = allocated(Memory(total))
each = runner.kv_cache[:, :, 0].numel() * 2
print("bytes of a block:", each, "| blocks:", runner.config.num_kvcache_blocks)
assert equation("block_bytes", each, **sizes), (
    "A block is twice layers by tokens by heads by size by bytes of the type."
)
measured = Memory(total, free=90 * BYTES, peak=25 * BYTES, current=8 * BYTES)
assert [blocks(Memory(total)), blocks(measured), blocks(measured, 0.5)] == [90, 63, 23] and (
    blocks(Memory(total), head_dim=2 * SIZE) == 45
), "The number is the share of the whole, less what is in use, less peak, plus current, by blocks."
assert blocks(Memory(total, free=75 * BYTES)) == 65, (
    "Where another process holds a quarter, 0.9 leaves 0.65 of the memory."
)
assert blocks(Memory(total), ranks=2) == 180, (
    "On one of two ranks the same memory holds twice the blocks."
)


def error_of(memory):
    """Return the error with which allocating ends."""
    try:
        allocated(memory)
    except AssertionError as error:
        return error


error = error_of(Memory(total, free=10 * BYTES))
assert isinstance(error, AssertionError) and error.args == (), (
    "Where nothing is left an AssertionError without words is raised."
)
runner.kv_cache.zero_()
for number, layer in enumerate(runner.model):
    for cache, written in ((layer.k_cache, number + 1), (layer.v_cache, number + 11)):
        if cache.dim() == 4:
            cache[7, 5] = written
parts = [runner.kv_cache[which, :, 7, 5].flatten(1).unique(dim=1) for which in (0, 1)]
assert [part.flatten().tolist() for part in parts] == [[1, 2, 3], [11, 12, 13]] and (
    tuple(runner.kv_cache.shape) == (2, LAYERS, 90, BLOCK, HEADS, SIZE)
), "Writing to a layer's cache writes to that layer's part of the one tensor."
