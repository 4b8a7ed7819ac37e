"""Train a stack of equal layers for one step, and see what else a copy brings along."""

import itertools

import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
source = torch.randn(5, 2, 16, device=device)
wanted = torch.randn(5, 2, 16, device=device)


def build(kind=nn.TransformerEncoderLayer, **options):
    return kind(16, 4, 32, dropout=0.0, batch_first=True, device=device, **options)


def equal_pairs(layers, matrices=False):
    """Name the parameters that are equal in two layers, and how many were compared."""
    compared, equal = 0, []
    for first, second in itertools.combinations(layers, 2):
        for name, value in first.named_parameters():
            if value.dim() > 1 or not matrices:
                compared += 1
                if torch.equal(value, second.get_parameter(name)):
                    equal.append(name)
    return compared, len(equal)


def train_once(stack, *inputs):
    """Take one step of SGD; return the equal parameters of before and after."""
    before = equal_pairs(stack.layers)
    optimizer = torch.optim.SGD(stack.parameters(), lr=0.1)
    (stack(*inputs) - wanted).square().sum().backward()
    optimizer.step()
    return before, equal_pairs(stack.layers)


encoder = nn.TransformerEncoder(build(), 3)
inputs = []
for layer in encoder.layers:
    layer.register_forward_pre_hook(lambda layer, given: inputs.append(given[0]))
encoder_steps = train_once(encoder, source)
gaps = [(first - second).abs().max().item() for first, second in itertools.pairwise(inputs)]
print("the inputs of the layers differ by", gaps)
assert min(gaps) > 0.1, "Layers with equal values get different inputs."

print("encoder, (compared, equal) before and after one step:", encoder_steps)
assert encoder_steps == ((36, 36), (36, 0)), (
    "After one step of SGD every parameter of an encoder layer differs "
    "from that of each other layer."
)

decoder = nn.TransformerDecoder(build(nn.TransformerDecoderLayer), 3)
decoder_steps = train_once(decoder, source, torch.randn(5, 4, 16, device=device))
print("decoder, (compared, equal) before and after one step:", decoder_steps)
assert decoder_steps == ((54, 54), (54, 0)), (
    "After one step of SGD every parameter of a decoder layer differs "
    "from that of each other layer."
)

drawn = nn.TransformerEncoder(build(), 3)
before = equal_pairs(drawn.layers, matrices=True)
for parameter in drawn.parameters():
    if parameter.dim() > 1:
        nn.init.xavier_uniform_(parameter)
after = equal_pairs(drawn.layers, matrices=True)
print("matrices, (compared, equal) before and after drawing:", before, after)
assert before == (12, 12) and after == (12, 0), (
    "After xavier_uniform_ on all matrices no matrix of a layer equals that of another."
)

frozen = nn.TransformerEncoder(build().requires_grad_(False), 3)
learning = [parameter.requires_grad for parameter in frozen.parameters()]
assert learning == [False] * 36, "Copies of a frozen layer are frozen."

pattern, called = build(), []
pattern.linear2.register_forward_hook(lambda module, inputs, output: called.append(module))
hooked = nn.TransformerEncoder(pattern, 3)
hooked(source)
expected = [layer.linear2 for layer in hooked.layers]
print(f"the hook of the pattern was called {len(called)} times")
assert len({id(module) for module in called}) == 3 and called == expected, (
    "A hook on the pattern is called once for each copy, with the module of the copy."
)

pruned = build()
prune.l1_unstructured(pruned.linear1, "weight", 0.5)
try:
    nn.TransformerEncoder(pruned, 3)
    refusal = "none"
except RuntimeError as error:
    refusal = str(error)
print("a pruned layer:", refusal)
assert "Only Tensors created explicitly by the user" in refusal, (
    "A stack of a pruned layer is refused, as its weight is no leaf of the graph."
)

late = nn.TransformerEncoder(build(), 3)
for layer in late.layers:
    prune.random_unstructured(layer.linear1, "weight", 0.5)
left = [int((layer.linear1.weight != 0).sum()) for layer in late.layers]
print("weights left of 512:", left)
assert left == [256] * 3, (
    "Layers that are pruned after the stack is built each have half of their weights left."
)
