"""Rebuild the feed-forward block of a layer, and put another one in its place."""

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.randn(2, 5, 16, device=device)


def build(kind, **options):
    """Build a layer whose biases and norms are not those of a fresh one."""
    layer = kind(16, 4, 32, dropout=0.0, batch_first=True, **options).to(device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, -0.5, 1.5)
    return layer.eval()


encoder_layer, decoder_layer = build(nn.TransformerEncoderLayer), build(nn.TransformerDecoderLayer)
assert equation("output", encoder_layer._ff_block(x), x=x, self=encoder_layer) and equation(
    "output", decoder_layer._ff_block(x), x=x, self=decoder_layer
), "The block of an encoder layer, and of a decoder layer, is the equation."

shapes = []
encoder_layer.dropout.register_forward_hook(lambda *call: shapes.append(tuple(call[-1].shape)))
decoder_layer.dropout.register_forward_hook(lambda *call: shapes.append(tuple(call[-1].shape)))
shapes += [tuple(layer._ff_block(x).shape) for layer in (encoder_layer, decoder_layer)]
print("inside the blocks, and after them:", shapes)
assert shapes == [(2, 5, 32)] * 2 + [(2, 5, 16)] * 2, (
    "Inside the block the width is dim_feedforward, after it d_model."
)

changed = x.clone()
changed[:, 2] *= -1
rows = [
    (layer._ff_block(changed) - layer._ff_block(x)).abs().amax(dim=(0, 2)) > 1e-3
    for layer in (encoder_layer, decoder_layer)
]
print("rows that change with position 2:", [row.tolist() for row in rows])
assert (
    [row.tolist() for row in rows] == [[False, False, True, False, False]] * 2
    and equation("output", encoder_layer._ff_block(x)[:, 2], x=x[:, 2], self=encoder_layer)
    and equation("output", decoder_layer._ff_block(x)[:, 2], x=x[:, 2], self=decoder_layer)
), (
    "A change of one position changes the block's output there and nowhere else, "
    "and the equation holds for one position by itself."
)


class Encoder(nn.TransformerEncoderLayer):
    """An encoder layer with a block of its own, which counts its calls."""

    calls = 0

    def _ff_block(self, x):
        self.calls += 1
        return super()._ff_block(x) * 2


class Decoder(nn.TransformerDecoderLayer):
    """The same for a decoder layer."""

    calls = 0

    def _ff_block(self, x):
        self.calls += 1
        return super()._ff_block(x) * 2


def calls(layer, *inputs):
    """Count the calls of the block with gradients on, and in inference."""
    layer.calls = 0
    layer(*inputs)
    counts = [layer.calls]
    with torch.no_grad():
        layer(*inputs)
    return [*counts, layer.calls - counts[0]]


own = build(Encoder)
default = calls(own, x)
own.activation_relu_or_gelu = 0
by_kind = {"encoder": default, "decoder": calls(build(Decoder), x, x), "flag": calls(own, x)}
print("calls with gradients on, and in inference:", by_kind)
assert by_kind["encoder"] == [1, 0] and by_kind["decoder"] == [1, 1], (
    "With gradients on an overridden _ff_block is called by either layer; "
    "in inference with batch_first by the decoder layer only."
)
assert by_kind["flag"] == [1, 1], (
    "With activation_relu_or_gelu set to 0 the overridden block is called in inference, too."
)
