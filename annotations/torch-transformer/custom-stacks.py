"""Pass encoders and decoders of one's own to nn.Transformer."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")
source, target = torch.randn(5, 2, 16, device=device), torch.randn(3, 2, 16, device=device)


class Own(nn.Module):
    """A stack that keeps what it is called with, and hands its first input on."""

    def __init__(self):
        super().__init__()
        self.called = []

    def forward(self, *inputs, **options):
        self.called.append((len(inputs), sorted(options)))
        return inputs[0]


encoder, decoder = Own(), Own()
model = nn.Transformer(16, 4, custom_encoder=encoder, custom_decoder=decoder)
output = model(source, target)
parts = [part is own for part, own in ((model.encoder, encoder), (model.decoder, decoder))]
print("the encoder is called with", encoder.called, "and the decoder with", decoder.called)
assert parts == [True, True] and output is target, (
    "A custom_encoder and a custom_decoder become the two stacks as they are, not copied."
)
assert encoder.called == [(1, ["is_causal", "mask", "src_key_padding_mask"])], (
    "The encoder is called with the source and with mask, src_key_padding_mask and is_causal "
    "by name."
)
assert decoder.called == [
    (
        2,
        [
            "memory_is_causal",
            "memory_key_padding_mask",
            "memory_mask",
            "tgt_is_causal",
            "tgt_key_padding_mask",
            "tgt_mask",
        ],
    )
], "The decoder is called with the target, memory, and four masks and two hints by name."


class Older(nn.Module):
    """An encoder with the arguments of releases before the hints."""

    def forward(self, src, mask=None, src_key_padding_mask=None):
        return src


def refusal(**custom):
    try:
        nn.Transformer(16, 4, 1, 1, 32, **custom)(source, target)
    except TypeError as error:
        return str(error)
    return "none"


refused = refusal(custom_encoder=Older())
print("without is_causal:", refused)
assert "unexpected keyword argument 'is_causal'" in refused, (
    "A custom encoder that does not take is_causal fails in the first call."
)


def build(layer, **options):
    """Build a stack of one layer that differs in everything from what the model is told."""
    stack = nn.TransformerEncoder if layer is nn.TransformerEncoderLayer else nn.TransformerDecoder
    return stack(layer(16, 2, 64, 0.5, norm_first=True, **options), 1)


stacks = build(nn.TransformerEncoderLayer), build(nn.TransformerDecoderLayer)
told = nn.Transformer(
    16, 4, 6, 6, 32, dropout=0.0, custom_encoder=stacks[0], custom_decoder=stacks[1]
)
settings = [
    (len(stack.layers), layer.self_attn.num_heads, layer.linear1.out_features, layer.norm_first)
    for stack in (told.encoder, told.decoder)
    for layer in stack.layers
]
print("layers, heads, feed-forward width, pre-norm:", settings)
assert settings == [(1, 2, 64, True)] * 2, (
    "The sizes and options of the constructor do not reach custom stacks."
)


def built(model, name):
    """Return the sizes and the norm of a stack that the model built by itself."""
    stack = getattr(model, name, None)
    sizes = [
        (layer.self_attn.num_heads, layer.linear1.out_features)
        for layer in getattr(stack, "layers", ())
    ]
    return sizes, type(getattr(stack, "norm", None))


others = [
    built(nn.Transformer(16, 4, 3, 2, 32, custom_decoder=Own()), "encoder"),
    built(nn.Transformer(16, 4, 3, 2, 32, custom_encoder=Own()), "decoder"),
]
print("beside a custom stack:", others)
assert others == [([(4, 32)] * 3, nn.LayerNorm), ([(4, 32)] * 2, nn.LayerNorm)], (
    "The stack that is not passed is built from the constructor's arguments, with its norm."
)


def mixes(custom_layout):
    """Tell whether, in a batch-first model, one sample changes the output of another."""
    encoder = build(nn.TransformerEncoderLayer, batch_first=custom_layout)
    model = nn.Transformer(16, 2, 1, 1, 32, batch_first=True, custom_encoder=encoder)
    model = model.to(device).eval()
    batch = torch.randn(2, 5, 16, device=device)
    other = torch.stack([-batch[0], batch[1]])
    answer = torch.randn(2, 3, 16, device=device)
    return (model(other, answer) - model(batch, answer))[1].abs().max().item() > 1e-3


mixed = {layout: mixes(layout) for layout in (True, False)}
print("samples are mixed, by batch_first of the custom encoder:", mixed)
assert mixed == {True: False, False: True}, (
    "In a batch-first model a custom encoder in the default layout raises nothing and mixes "
    "samples."
)

trained = build(nn.TransformerEncoderLayer)
weights = {name: value.clone() for name, value in trained.state_dict().items()}
late = nn.Transformer(16, 4, 1, 1, 32)
late.encoder = trained
kept = all(torch.equal(value, weights[name]) for name, value in late.encoder.state_dict().items())
passed = nn.Transformer(16, 4, 1, 1, 32, custom_encoder=trained)
same = passed.encoder is trained
changed = [name for name, value in trained.state_dict().items() if not value.equal(weights[name])]
print("weights are kept if assigned later:", kept, "; passed, lost are", len(changed))
assert kept and same and "layers.0.linear1.weight" in changed, (
    "A trained encoder that is assigned to model.encoder later keeps the weights that it loses "
    "as custom_encoder."
)
