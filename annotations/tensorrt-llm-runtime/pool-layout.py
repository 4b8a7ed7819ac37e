"""Compare the shape that a paged pool is allocated with to where its pointers point."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
KEY_HEADS, HEAD, TOKENS = 2, 4, 8
ADDRESS = 1 << 40


class Pool:
    """A pool of memory at an address of ours, so that every run gives the same pointers."""

    def __init__(self, tensor):
        self.tensor = tensor

    def data_ptr(self):
        return ADDRESS

    def __getattr__(self, name):
        return getattr(self.__dict__["tensor"], name)


with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.runtime import KVCacheManager, generation

    session = object.__new__(generation.GenerationSession)
    session._model_config = generation.ModelConfig(
        vocab_size=100,
        num_layers=1,
        num_heads=KEY_HEADS,
        num_kv_heads=KEY_HEADS,
        hidden_size=KEY_HEADS * HEAD,
        gpt_attention_plugin=True,
        paged_kv_cache=True,
        tokens_per_block=TOKENS,
        dtype="float32",
    )
    session.mapping, session.device, session.vocab_size_padded = Mapping(1, 0, 1), device, 100
    engine = SimpleNamespace(get_tensor_dtype=lambda name: generation.trt.float32)
    session.runtime = SimpleNamespace(engine=engine)
    session.setup(batch_size=3, max_context_length=20, max_new_tokens=12)  # four blocks each

pool = session.buffer["present_key_value_0"]
blocks = len(pool)
manager = KVCacheManager([Pool(pool)], blocks, TOKENS, blocks // 3, 32).blocks_manager
size = KEY_HEADS * TOKENS * HEAD
flat = pool.view(-1).zero_()


def start(pointer):
    """Return where in the pool a pointer points, in blocks from its beginning."""
    return (pointer - ADDRESS) // pool.element_size() / size


def places(blocks):
    """Return where the keys and the values of blocks start; nothing if these are no blocks."""
    try:
        return [(start(block.get_k_ptr(0)), start(block.get_v_ptr(0))) for block in blocks]
    except AttributeError as error:
        print("no blocks:", error)
        return [(-1, -1)] * 12


keys, values = ([place[i] for place in places(manager.free_blocks)] for i in (0, 1))
print("pool:", tuple(pool.shape), "keys at", keys, "values at", values)
assert tuple(pool.shape) == (12, 2, KEY_HEADS, TOKENS, HEAD), (
    "The pool is allocated as (blocks, 2, key heads, tokens, head size): "
    "each block's keys beside its values."
)
assert keys == list(range(12)), "The keys of block i are at place i of 24."
assert values == list(range(12, 24)), (
    "The values of block i are at place 12 + i: all keys come first, as in (2, blocks, …)."
)
older = extract(
    source_tree("tensorrt-llm==0.5.0"), "tensorrt_llm.runtime.kv_cache_manager:BlocksManager"
)["BlocksManager"]([Pool(pool)], blocks)
assert places(older.free_blocks) == list(zip(keys, values, strict=True)), (
    "The pointers of 0.5.0 are the same."
)

for place in range(2 * blocks):
    flat[place * size : (place + 1) * size] = place
declared = {"keys": pool[1, 0].unique().item(), "values": pool[1, 1].unique().item()}
print("by the pool's shape, block 1 has", declared)
assert declared == {"keys": 2, "values": 3}, (
    "Indexed by its shape, the pool gives for block 1 the keys of blocks 2 and 3."
)
viewed = pool.view(2, blocks, KEY_HEADS, TOKENS, HEAD)
assert (viewed[0, 1].unique().item(), viewed[1, 1].unique().item()) == (keys[1], values[1]), (
    "Viewed as (2, blocks, …) it gives the right ones."
)
assert sorted(keys + values) == list(range(2 * blocks)), (
    "No two pointers meet and no place is left over, so through pointers alone all is well."
)
