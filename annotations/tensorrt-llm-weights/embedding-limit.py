"""Convert an embedding of BLOOM-176B's size, in tensors that have a shape and no memory."""

import importlib
import sys
from types import SimpleNamespace

import torch
from torch._subclasses import FakeTensorMode

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree / "examples"))
utils = importlib.import_module("common.utils")  # which reads the files for the converter

quiet = SimpleNamespace(info=lambda text: None, debug=lambda text: None)
config = SimpleNamespace(n_head=112, hidden_size=14336, vocab_size=250880)
convert = extract(
    tree,
    "examples/bloom/convert_checkpoint.py:convert_from_hf_checkpoint",
    given={
        "BloomConfig": SimpleNamespace(from_pretrained=lambda folder: config),
        "tensorrt_llm": SimpleNamespace(logger=quiet),
        "logger": quiet,
    },
)["convert_from_hf_checkpoint"]
LIMIT = 2**31 - 1


def checkpoint(file, dtype):
    """Return what a file of the checkpoint holds: the embedding."""
    return {"word_embeddings.weight": torch.empty(config.vocab_size, config.hidden_size)}


replace(utils, iterate_shard_files=lambda folder, rank: ["model"], load_state_dict=checkpoint)


def shapes(ranks, rank=0, hidden=14336, **options):
    """Return the shapes of what a rank gets, by name."""
    config.hidden_size = hidden
    with FakeTensorMode():
        weights = convert("folder", rank, ranks, **options)
        return {name: tuple(weight.shape) for name, weight in weights.items()}


def count(shape):
    """Return the number of elements."""
    return torch.Size(shape).numel()


def embedding(*ranks, **options):
    """Return the shape of a rank's embedding."""
    return shapes(*ranks, **options).get("transformer.embedding.weight", ())


whole = [embedding(ranks, rank) for ranks, rank in ((1, 0), (8, 0), (8, 7))]
print("by default:", *whole)
assert (whole, count(whole[0]) - LIMIT) == ([(250880, 14336)] * 3, 1_449_132_033), (
    "By default each rank gets the whole embedding: 3,596,615,680 elements, above 2^31 - 1."
)

asked = {"use_parallel_embedding": True}
parts = [embedding(8, 7, sharding_dim=dim, **asked) for dim in (0, 1)]
half = embedding(2, 1, **asked)
print("of 8 ranks:", *parts, "of 2:", half)
assert (parts, [count(part) for part in parts], count(half) <= LIMIT) == (
    [(31360, 14336), (250880, 1792)],
    [449_576_960, 449_576_960],
    True,
), "If asked for, a rank of 8 gets 31,360 rows or 1,792 columns, and a rank of 2 is below 2^31."

heads = {ranks: shapes(ranks, ranks - 1).get("lm_head.weight", ()) for ranks in (1, 2, 8)}
print("lm_head:", heads)
above = [ranks for ranks, shape in heads.items() if count(shape) > LIMIT]
assert (heads[8], above) == ((31360, 14336), [1]), (
    "The rows of lm_head are split in any case: only a single rank's are above 2^31 - 1."
)

small = embedding(1, hidden=4096)
assert count(small) == 1_027_604_480 <= LIMIT, (
    "BLOOM-7B1's embedding is below 2^31 whole: 1,027,604,480 elements."
)

refusals = []
for ranks in (3, 8):
    try:
        refusals.append(embedding(ranks, **asked)[0])
    except AssertionError as error:
        refusals.append(f"AssertionError: {error}")
print("three ranks, and eight:", *refusals)
assert refusals == ["AssertionError: ", 31360], (
    "A number of ranks that does not divide the vocabulary is an AssertionError without a message."
)
