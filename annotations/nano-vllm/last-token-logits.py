"""Compute logits of packed prompts on one rank, and on each of two."""

from unittest.mock import patch

import torch
import torch.distributed as dist

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
VOCABULARY, WIDTH = 10, 4
matrix = torch.randn(VOCABULARY, WIDTH)
hidden = torch.randn(8, WIDTH)
tokens = torch.tensor([3, 9, 0, 4, 5])


def computed(rank, ranks, is_prefill, others=()):
    """Return a rank's logits and embeddings; `others` are logits that other ranks send."""

    def gather(mine, every, target):
        if every is not None:
            for place, part in zip(every, [mine, *others], strict=True):
                place.copy_(part)

    with (
        standing_in("nanovllm", rank=rank, world_size=ranks),
        patch.object(dist, "gather", gather),
        patch.object(dist, "all_reduce", lambda tensor: None),
        patch.object(torch, "empty_like", torch.zeros_like),
    ):
        taken = extract(
            tree,
            "nanovllm.layers.embed_head:ParallelLMHead",
            "nanovllm.layers.embed_head:VocabParallelEmbedding",
            "nanovllm.utils.context:set_context",
        )
        head = taken["ParallelLMHead"](VOCABULARY, WIDTH)
        embedding = taken["VocabParallelEmbedding"](VOCABULARY, WIDTH)
        for one in (head, embedding):
            one.weight.weight_loader(one.weight, matrix)
        taken["set_context"](is_prefill, torch.tensor([0, 3, 8], dtype=torch.int32))
        with torch.no_grad():
            return head(hidden), embedding(tokens)


whole = hidden @ matrix.mT
prefill, embedded = computed(0, 1, True)
decode, _ = computed(0, 1, False)
print("rows of logits:", len(prefill), "in prefill,", len(decode), "in decode")
assert torch.allclose(prefill, whole[[2, 7]], atol=1e-6), (
    "Prompts of 3 and 5 tokens give two rows: those of their last tokens."
)
assert torch.allclose(decode, whole, atol=1e-6), "In decode every row gives logits."
both, first = computed(0, 2, True, [whole[[2, 7], 5:]])
none, second = computed(1, 2, True)
assert torch.allclose(both, whole[[2, 7]], atol=1e-6), (
    "Rank 0 puts the columns of both ranks side by side."
)
assert none is None and second is not None, "The other rank gets None."
own = [one.ne(0).any(dim=1).tolist() for one in (first, second)]
print("looked up by rank 0:", own[0], "| by rank 1:", own[1])
assert (
    torch.equal(first + second, matrix[tokens])
    and torch.equal(embedded, matrix[tokens])
    and (own == [[True, False, True, True, False], [False, True, False, False, True]])
), "The ranks' embeddings add up to the whole one, each zero for the other's tokens."
