"""Train a decoder on noise, with a causal mask and without, and see which one learns it."""

import math
import warnings

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")
causal = nn.Transformer.generate_square_subsequent_mask(6, device=device)
kinds, length, batch, width = 4, 6, 32, 32  # four kinds of token, drawn at random


def last_loss(tgt_mask):
    """Train to predict each token from those before, and return the last step's loss."""
    torch.manual_seed(0)
    model = nn.Transformer(width, 2, 1, 1, 32, dropout=0.0, device=device)
    embedding = nn.Embedding(kinds + 1, width, device=device)  # one more, to start with
    head = nn.Linear(width, kinds, device=device)
    positions = torch.randn(length, 1, width, device=device)
    trained = [*model.parameters(), *embedding.parameters(), *head.parameters()]
    for _ in range(40):
        tokens = torch.randint(0, kinds, (length, batch), device=device)
        start = torch.full((1, batch), kinds, device=device)
        shifted = torch.cat([start, tokens[:-1]])
        source = positions.expand(length, batch, width)
        output = model(source, embedding(shifted) + positions, tgt_mask=tgt_mask)
        # the last token is left out: it stands nowhere in what the decoder reads
        loss = F.cross_entropy(head(output[:-1]).flatten(0, 1), tokens[:-1].flatten())
        gradients = torch.autograd.grad(loss, trained)
        with torch.no_grad():
            for parameter, gradient in zip(trained, gradients, strict=True):
                parameter -= 0.3 * gradient
    return loss.item()


losses = {"no mask": last_loss(None), "causal": last_loss(causal)}
print(f"the loss on noise: {losses}, and of a guess {math.log(kinds):.3f}")
assert losses["no mask"] < 0.1 and abs(losses["causal"] - math.log(kinds)) < 0.1, (
    "On tokens drawn at random the loss falls to nearly 0 without tgt_mask, "
    "and stays that of a guess with a causal one."
)

model = nn.Transformer(width, 4, 2, 2, 64, dropout=0.0, device=device).eval()
source = torch.randn(5, 2, width, device=device)
target = torch.randn(length, 2, width, device=device)


def prefix_agrees(call, sequence, mask):
    """Tell whether the first three positions alone give the first three rows of all."""
    alone = call(sequence[:3], None if mask is None else mask[:3, :3])
    gap = (alone - call(sequence, mask)[:3]).abs().max().item()
    return gap < 1e-4


def decode(sequence, mask):
    return model(source, sequence, tgt_mask=mask)


def encode(sequence, mask):
    """Return what the encoder makes of a source, read by a decoder whose target is fixed."""
    memories = []
    watcher = model.encoder.register_forward_hook(lambda *call: memories.append(call[2]))
    model(sequence, source, src_mask=mask)
    watcher.remove()
    return memories[0] if memories else sequence


booleans = nn.Transformer.generate_square_subsequent_mask(6, device=device, dtype=torch.bool)
masks = {"no mask": None, "causal, floats": causal, "causal, booleans": booleans}
decoded = {name: prefix_agrees(decode, target, mask) for name, mask in masks.items()}
print("a prefix of the target gives the same rows:", decoded)
assert decoded == {"no mask": False, "causal, floats": True, "causal, booleans": True}, (
    "A prefix of the target gives the rows that the whole target gives only under a causal mask."
)
encoded = {name: prefix_agrees(encode, target, mask) for name, mask in masks.items()}
print("and a prefix of the source:", encoded)
assert encoded == {"no mask": False, "causal, floats": True, "causal, booleans": True}, (
    "Of an encoder, too, a prefix gives the same rows only under a causal src_mask."
)
