"""Generate step by step with nn.Transformer, and count what each step computes again."""

import warnings

import torch
from torch import nn

from srcread.lab import must_fail

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
torch.set_grad_enabled(False)
device = "cuda" if torch.cuda.is_available() else "cpu"


def build(layers):
    model = nn.Transformer(16, 4, layers, layers, 32, batch_first=True).to(device).eval()
    for parameter in model.parameters():
        if parameter.dim() == 1:  # biases and norms, which start as 0 and 1
            nn.init.uniform_(parameter, 0.5, 1.5)
    return model


model = build(layers=2)
steps, source_length = 6, 5
source = torch.randn(2, source_length, 16, device=device)
tokens = torch.randn(2, steps, 16, device=device)  # stands for embedded tokens
source_padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2], device=device)
padding = torch.tensor([[False] * 6, [False, True] + [False] * 4], device=device)
causal = torch.ones(steps, steps, dtype=torch.bool, device=device).triu(1)


def masks(step):
    """Return the masks of a prefix."""
    return {
        "tgt_mask": causal[:step, :step],
        "tgt_key_padding_mask": padding[:, :step],
        "memory_key_padding_mask": source_padding,
    }


def whole(prefix, model=model):
    """Run one step as a call of the model, and return the last position."""
    options = masks(prefix.shape[1])
    return model(source, prefix, src_key_padding_mask=source_padding, **options)[:, -1]


def apart(prefix, memory):
    """Run one step of the decoder alone, and return the last position."""
    return model.decoder(prefix, memory, **masks(prefix.shape[1]))[:, -1]


sizes = {"encoded": [], "queries": [], "keys": [], "memory": []}


def note(name, position):
    """Keep the length of one input of each call."""
    return lambda module, inputs: sizes[name].append(inputs[position].shape[1])


layer = model.decoder.layers[1]
watchers = [
    model.encoder.register_forward_pre_hook(note("encoded", 0)),
    layer.self_attn.register_forward_pre_hook(note("queries", 0)),
    layer.self_attn.register_forward_pre_hook(note("keys", 1)),
    layer.multihead_attn.register_forward_pre_hook(note("memory", 1)),
]
prefixes = [tokens[:, :step] for step in range(1, steps + 1)]
by_model = torch.stack([whole(prefix) for prefix in prefixes], dim=1)
counted = {name: list(found) for name, found in sizes.items()}
memory = model.encoder(source, src_key_padding_mask=source_padding)
by_decoder = torch.stack([apart(prefix, memory) for prefix in prefixes], dim=1)
for watcher in watchers:
    watcher.remove()


def gap(first, second):
    return (first - second).abs().max().item()


print("lengths in six calls of the model:", counted)
print("positions that a decoder layer computes:", sum(counted["queries"]))
growing = [1, 2, 3, 4, 5, 6]
assert (counted["queries"], counted["keys"], sum(growing)) == (growing, growing, 21), (
    "Six tokens take 1 + 2 + 3 + 4 + 5 + 6 = 21 positions through each decoder layer, "
    "as queries and as keys."
)
assert counted["memory"] == [source_length] * steps, (
    "At each step, cross-attention gets all of memory as keys again."
)
runs = {"by the model": len(counted["encoded"]), "apart": len(sizes["encoded"]) - steps}
print("runs of the encoder:", runs, "gap:", gap(by_model, by_decoder))
assert runs == {"by the model": 6, "apart": 1} and gap(by_model, by_decoder) < 1e-5, (
    "Six calls of the model run the encoder six times; with one run of the encoder and six of the "
    "decoder the outputs are the same."
)


def cached_step(new, kept, memory):
    """Run one new position through the decoder, and keep what each layer got for it."""
    step = kept[0].shape[1] + 1
    for index, layer in enumerate(model.decoder.layers):
        kept[index] = seen = torch.cat([kept[index], new], dim=1)
        hidden = padding[:, :step]
        attended, _ = layer.self_attn(new, seen, seen, key_padding_mask=hidden)
        new = layer.norm1(new + attended)
        attended, _ = layer.multihead_attn(new, memory, memory, key_padding_mask=source_padding)
        new = layer.norm2(new + attended)
        new = layer.norm3(new + layer.linear2(layer.linear1(new).relu()))
    return model.decoder.norm(new)


kept, outputs = [tokens[:, :0] for _ in model.decoder.layers], []
for index in range(steps):
    if must_fail(
        "With what each layer got for the earlier positions kept, one position a step gives the "
        "same output as the whole prefix."
    ):
        kept = [torch.zeros_like(seen) for seen in kept]
    outputs.append(cached_step(tokens[:, [index]], kept, memory))
by_cache = torch.cat(outputs, dim=1)
print(f"one position a step differs by {gap(by_cache, by_model):.1e}")
assert gap(by_cache, by_model) < 1e-5, (
    "With what each layer got for the earlier positions kept, one position a step gives the same "
    "output as the whole prefix."
)
alone = model.decoder(tokens[:, -1:], memory, memory_key_padding_mask=source_padding)[:, -1]
print(f"the last token alone differs by {gap(alone, by_model[:, -1]):.2f}")
assert gap(alone, by_model[:, -1]) > 1e-2, (
    "The decoder given the last token alone gives another output."
)


def unmasked_gap(layers):
    """Leave out tgt_mask, and say by how much the last position's output changes."""
    model = build(layers)
    memory = model.encoder(source, src_key_padding_mask=source_padding)
    options = masks(steps) | {"tgt_mask": None}
    return gap(model.decoder(tokens, memory, **options)[:, -1], whole(tokens, model))


gaps = {layers: unmasked_gap(layers) for layers in (1, 2)}
print("without tgt_mask the last position changes by", gaps)
assert gaps[1] < 1e-5 and gaps[2] > 1e-2, (
    "Without tgt_mask the last position's output is the same with one decoder layer, "
    "and another with two."
)
