"""Build stacks with a final norm and without, pre-norm and post-norm."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")
x, memory = torch.randn(2, 5, 3, 16, device=device)


def encoder(norm_first=False, **options):
    layer = nn.TransformerEncoderLayer(16, 4, 32, 0.0, norm_first=norm_first, device=device)
    return nn.TransformerEncoder(layer, 3, **options)


def decoder(norm_first=False, **options):
    layer = nn.TransformerDecoderLayer(16, 4, 32, 0.0, norm_first=norm_first, device=device)
    return nn.TransformerDecoder(layer, 3, **options)


def run(stack):
    return stack(x) if isinstance(stack, nn.TransformerEncoder) else stack(x, memory)


def of_last_layer(stack):
    """Return the stack's output, and that of its last layer."""
    kept = []
    handle = stack.layers[-1].register_forward_hook(lambda layer, given, made: kept.append(made))
    output = run(stack)
    handle.remove()
    return output, kept[0]


bare = [of_last_layer(build()) for build in (encoder, decoder)]
norm = nn.LayerNorm(16, device=device)
nn.init.uniform_(norm.bias)
normed = [of_last_layer(build(norm=norm)) for build in (encoder, decoder)]
assert all(torch.equal(output, last) for output, last in bare) and all(
    torch.equal(output, norm(last)) for output, last in normed
), "By default a stack gives what its last layer gives; with norm=, the norm of that."


def variances(stack):
    """Return the smallest and largest variance of an output row, over the features."""
    found = run(stack).var(dim=-1, correction=0)
    return found.min().item(), found.max().item()


raw = [variances(build(norm_first=True)) for build in (encoder, decoder)]
normed = [
    variances(build(norm_first=True, norm=nn.LayerNorm(16, device=device)))
    for build in (encoder, decoder)
]
print("pre-norm, the variances of rows:", raw, "and with a norm:", normed)
assert all(most > 2 for _, most in raw) and all(
    least > 0.999 and most < 1.001 for least, most in normed
), "Without a norm the rows of pre-norm stacks have variances of more than 2; with one, of 1."


def effect_of_norm(build, train):
    """Return how much a final norm changes what a post-norm stack gives."""
    norm = nn.LayerNorm(16, device=device)
    stack = build(norm=norm)
    if train:
        for parameter in (*norm.parameters(), *stack.layers[-1].parameters()):
            if parameter.dim() == 1:
                nn.init.uniform_(parameter, 0.5, 1.5)
    output, last = of_last_layer(stack)
    return (output - last).abs().max().item()


fresh = [effect_of_norm(build, train=False) for build in (encoder, decoder)]
trained = [effect_of_norm(build, train=True) for build in (encoder, decoder)]
print("post-norm, the final norm changes the output by", fresh, "and once trained", trained)
assert max(fresh) < 1e-3 and min(trained) > 0.1, (
    "The final norm changes the output of fresh post-norm stacks by less than 0.001, "
    "and with other weights in the norms by more than 0.1."
)

shared = nn.LayerNorm(16, device=device)
stacks = [encoder(norm=shared), decoder(norm=shared)]
before = [run(stack) for stack in stacks]
with torch.no_grad():
    shared.weight.mul_(2)
followed = [
    torch.allclose(run(stack), output * 2) for stack, output in zip(stacks, before, strict=True)
]
print("both stacks follow a change of the norm:", followed)
assert followed == [True, True] and not torch.allclose(before[0], run(stacks[0])), (
    "A norm that is passed to two stacks is not copied: a change of it changes what both give."
)
