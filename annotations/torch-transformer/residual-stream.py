"""Follow the residual stream through pre-norm and post-norm stacks."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")
source, memory, upstream = torch.randn(3, 10, 4, 32, device=device)
target = source  # of the decoder


def build(kind, depth, norm_first):
    """Build a stack with matrices as nn.Transformer draws them, and without dropout."""
    layer = kind(32, 4, 64, 0.0, norm_first=norm_first, device=device)
    decodes = kind is nn.TransformerDecoderLayer
    stack = (nn.TransformerDecoder if decodes else nn.TransformerEncoder)(layer, depth)
    for parameter in stack.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
    return stack


def run(stack, start):
    decodes = isinstance(stack, nn.TransformerDecoder | nn.TransformerDecoderLayer)
    return stack(start, memory) if decodes else stack(start)


kinds = nn.TransformerEncoderLayer, nn.TransformerDecoderLayer


def by_hand(kind, pre_norm):
    """Return how far a layer is from the same by hand, of its blocks and norms."""
    layer = build(kind, 1, pre_norm).layers[0]
    for name, parameter in layer.named_parameters():
        if "norm" in name:
            nn.init.uniform_(parameter, 0.5, 1.5)
    blocks = [lambda x: layer._sa_block(x, None, None), layer._ff_block]
    norms = [layer.norm1, layer.norm2]
    if isinstance(layer, nn.TransformerDecoderLayer):
        blocks.insert(1, lambda x: layer._mha_block(x, memory, None, None))
        norms.append(layer.norm3)
    stream = source
    for block, norm in zip(blocks, norms, strict=True):
        stream = stream + block(norm(stream)) if pre_norm else norm(stream + block(stream))
    return (run(layer, source) - stream).abs().max().item()


gaps = [by_hand(kind, pre_norm) for kind in kinds for pre_norm in (True, False)]
print("layers differ from their blocks and norms by", gaps)
assert max(gaps) < 1e-4, (
    "The last block of pre-norm layers reads a normalised copy and is added to the stream; "
    "in post-norm layers it reads the stream, and the sum is normalised."
)


def added(stack):
    """Return what the stack gives, and its input plus the outputs of all blocks."""
    outputs = []
    for layer in stack.layers:
        for name in ("dropout1", "dropout2", "dropout3"):  # each block ends in one of these
            if hasattr(layer, name):
                block = layer.get_submodule(name)
                block.register_forward_hook(lambda block, given, made: outputs.append(made))
    return run(stack, source), source + sum(outputs)


pre = [added(build(kind, 3, norm_first=True)) for kind in kinds]
gaps = [(output - total).abs().max().item() for output, total in pre]
print("pre-norm, encoder and decoder differ from input plus blocks by", gaps)
assert max(gaps) < 1e-4, (
    "The output of pre-norm stacks is their input plus the outputs of all blocks."
)


def silent(kind, norm_first):
    """Build a stack of one layer whose blocks all give 0."""
    stack = build(kind, 1, norm_first)
    for name, parameter in stack.named_parameters():
        if "out_proj" in name or "linear2" in name:
            nn.init.zeros_(parameter)
    return stack


def passed(stack, scale=1.0):
    """Return whether the output is the input, whether the gradient is passed on, and its size."""
    start = (source * scale).requires_grad_()
    output = run(stack, start)
    output.backward(upstream)
    same = torch.equal(output, start), torch.equal(start.grad, upstream)
    return *same, start.grad.norm().item()


through = {
    norm_first: [passed(silent(kind, norm_first))[:2] for kind in kinds]
    for norm_first in (True, False)
}
print("through blocks of 0, (same output, same gradient):", through)
ratios = []
for kind in kinds:
    stack = silent(kind, norm_first=False)
    ratios.append(passed(stack, scale=10.0)[2] / passed(stack)[2])
print("ten times the input, the gradient times", ratios)
assert through == {True: [(True, True)] * 2, False: [(False, False)] * 2} and all(
    0.095 < ratio < 0.105 for ratio in ratios
), (
    "If all blocks give 0, a pre-norm layer returns its input and passes its gradient on; "
    "a post-norm layer does neither, and gives ten times the input a tenth of the gradient."
)


def variances(norm_first):
    """Return the average variance over the features, after each layer."""
    found = []
    stack = build(nn.TransformerEncoderLayer, 24, norm_first)
    for layer in stack.layers:
        layer.register_forward_hook(
            lambda layer, given, made: found.append(made.var(-1, correction=0).mean().item())
        )
    run(stack, source)
    return found


growth, level = variances(norm_first=True), variances(norm_first=False)
print(f"variance after the first and last of 24 layers: pre-norm {growth[0]:.1f}, {growth[-1]:.1f}")
assert 0.5 < growth[0] < 2 and growth[-1] > 10 and all(0.999 < found < 1.001 for found in level), (
    "From 1, the variance of the stream grows to more than 10 over 24 fresh pre-norm layers, "
    "and stays at 1 over post-norm ones."
)
