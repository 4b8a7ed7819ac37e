"""Ask the attention inside a layer for its weights, without changing the layer."""

import sys

import torch
from torch import nn

torch.manual_seed(0)
torch.set_grad_enabled(False)
device = "cuda" if torch.cuda.is_available() else "cpu"

encoder_layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, device=device)
decoder_layer = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True, device=device)
for layer in (encoder_layer, decoder_layer):
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -0.5, 0.5)
x, memory = torch.randn(2, 5, 16, device=device), torch.randn(2, 7, 16, device=device)
mask = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
padding = torch.tensor([[False] * 5 + [True] * 2, [False] * 7], device=device)


def native_calls(call, *inputs, **options):
    """List the functions not written in Python that a call runs, as Python calls them."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        call(*inputs, **options)
    finally:
        sys.setprofile(before)
    return names


def is_fused():
    return "_transformer_encoder_layer_fwd" in native_calls(encoder_layer, x)


def watch(attention, kept, *, asks):
    """Keep what an attention returns, and ask for the weights before; return the hooks."""

    def ask(module, inputs, options):
        return inputs, {**options, "need_weights": True, "average_attn_weights": False}

    hooks = [attention.register_forward_pre_hook(ask, with_kwargs=True)] if asks else []
    return [
        *hooks,
        attention.register_forward_hook(lambda module, inputs, output: kept.append(output[1])),
    ]


kept = []
hooks = watch(encoder_layer.self_attn, kept, asks=False)
encoder_layer.train()(x)
encoder_layer.eval()(x)
for hook in hooks:
    hook.remove()
print("a hook finds", kept)
assert [type(each) for each in kept] == [type(None)] * 2, (
    "In training and in eval mode a hook on self_attn finds None in place of the weights."
)

decoder_layer.eval()
decoder_options = {"tgt_mask": mask, "memory_key_padding_mask": padding}
plain = [encoder_layer(x, src_mask=mask), decoder_layer(x, memory, **decoder_options)]
fused = [is_fused()]

kept, crossed = [], []
hooks = watch(encoder_layer.self_attn, kept, asks=True)
hooks += watch(decoder_layer.multihead_attn, crossed, asks=True)
asked = [encoder_layer(x, src_mask=mask), decoder_layer(x, memory, **decoder_options)]
fused.append(is_fused())
for hook in hooks:
    hook.remove()
fused.append(is_fused())


def difference(first, second):
    """Return how far two tensors are apart: infinitely, if their shapes differ."""
    same = first.shape == second.shape
    return (first - second).abs().max().item() if same else torch.inf


def by_hand(attention, query, key, hidden):
    """Compute the weights of each head; the mask can be spread over `(batch, heads, …)`."""
    parts = zip(attention.in_proj_weight.chunk(3), attention.in_proj_bias.chunk(3), strict=True)
    q, k = (
        nn.functional.linear(each, *part).unflatten(-1, (4, 4)).transpose(1, 2)
        for each, part in zip((query, key), list(parts)[:2], strict=True)
    )
    return torch.softmax((q @ k.mT / 2).masked_fill(hidden, -torch.inf), dim=-1)


nothing = torch.empty(0, device=device)
kept, crossed = [*kept, nothing], [*crossed, nothing]  # in case a hook was not called


expected = by_hand(encoder_layer.self_attn, x, x, mask)
print("kept from the encoder layer:", tuple(kept[0].shape))
assert difference(kept[0], expected) < 1e-5, (
    "With a pre-hook that asks for them the weights of each head come, "
    "and they are those of self_attn for the layer's input."
)
attended = decoder_layer.norm1(x + decoder_layer.self_attn(x, x, x, attn_mask=mask)[0])
expected = by_hand(decoder_layer.multihead_attn, attended, memory, padding[:, None, None])
print("kept from the decoder layer:", tuple(crossed[0].shape))
assert difference(crossed[0], expected) < 1e-5, (
    "In a decoder layer multihead_attn gives weights of (batch, heads, tgt_seq, src_seq) "
    "in the same way."
)

crossed_by_hand = decoder_layer.multihead_attn(
    attended, memory, memory, key_padding_mask=padding, need_weights=False
)[0]
summed = decoder_layer.norm2(attended + crossed_by_hand)
fed = decoder_layer.linear2(decoder_layer.linear1(summed).relu())
gaps = [difference(*pair) for pair in zip(asked, plain, strict=True)]
gaps.append(difference(asked[1], decoder_layer.norm3(summed + fed)))
print("the outputs differ by", gaps)
assert max(gaps) < 1e-5, "With the hooks the outputs of both layers are the same as without."

print("the encoder layer runs fused without, with and after the hooks:", fused)
assert fused == [True, False, True], (
    "In inference the encoder layer runs fused without the hooks and after they are removed, "
    "and not with them."
)
