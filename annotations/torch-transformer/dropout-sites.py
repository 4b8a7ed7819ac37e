"""Drop at one place at a time, and see which places there are."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")
x, memory = torch.randn(2, 5, 2, 16, device=device)


def build(kind, rate, **options):
    layer = kind(16, 4, 32, dropout=rate, **options).to(device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return layer


def run(layer):
    return layer(x, memory) if isinstance(layer, nn.TransformerDecoderLayer) else layer(x)


def is_random(layer):
    """Tell whether two calls of a layer differ."""
    return not torch.equal(run(layer), run(layer))


def rates(layer):
    """Map the names of all rates below a module to where each stands."""
    return {
        name if attribute == "p" else f"{name}.{attribute}": (module, attribute)
        for name, module in layer.named_modules()
        for attribute in ("p", "dropout")
        if isinstance(getattr(module, attribute, None), float)
    }


def acting(kind, training):
    """List the rates of a layer that make its calls differ by themselves."""
    layer, found = build(kind, 0.0).train(training), []
    for name, (module, attribute) in rates(layer).items():
        setattr(module, attribute, 0.5)
        if is_random(layer):
            found.append(name)
        setattr(module, attribute, 0.0)
    return sorted(found)


kinds = nn.TransformerEncoderLayer, nn.TransformerDecoderLayer
found = {kind.__name__: acting(kind, training=True) for kind in kinds}
in_eval = {kind.__name__: acting(kind, training=False) for kind in kinds}
print("rates that act in training:", found, "; in eval mode:", in_eval)
model = nn.Transformer(16, 4, 2, 2, 32, dropout=0.3)
given = [getattr(module, attribute) for module, attribute in rates(model).values()]
print("the rates of a model of four layers:", len(given), set(given))
in_encoder = ["dropout", "dropout1", "dropout2", "self_attn.dropout"]
in_decoder = sorted([*in_encoder, "dropout3", "multihead_attn.dropout"])
assert (
    found == {"TransformerEncoderLayer": in_encoder, "TransformerDecoderLayer": in_decoder}
    and in_eval == {"TransformerEncoderLayer": [], "TransformerDecoderLayer": []}
    and given == [0.3] * 20
), (
    "Each rate by itself makes training random, and eval mode never: self_attn.dropout, dropout, "
    "dropout1 and dropout2 in an encoder layer, and multihead_attn.dropout and dropout3 as well "
    "in a decoder layer; all have the rate of the constructor."
)


def emptied(kind):
    """Set one rate at a time to 1, and name the blocks that give 0, or just their bias, then."""
    layer, found = build(kind, 0.0), {}
    blocks = {
        "self-attention": (lambda: layer._sa_block(x, None, None), layer.self_attn.out_proj.bias),
        "feed-forward": (lambda: layer._ff_block(x), layer.linear2.bias),
    }
    if kind is nn.TransformerDecoderLayer:
        blocks["cross-attention"] = (
            lambda: layer._mha_block(x, memory, None, None),
            layer.multihead_attn.out_proj.bias,
        )
    for name, (module, attribute) in rates(layer).items():
        setattr(module, attribute, 1.0)
        for block, (call, bias) in blocks.items():
            output = call()
            if not output.any():
                found[name] = f"{block} is 0"
            elif torch.equal(output, bias.expand_as(output)):
                found[name] = f"{block} is its bias"
        setattr(module, attribute, 0.0)
    return found


empty = {kind.__name__: emptied(kind) for kind in kinds}
print("with a rate of 1:", empty)
shared = {
    "self_attn.dropout": "self-attention is its bias",
    "dropout1": "self-attention is 0",
    "dropout": "feed-forward is its bias",
}
assert empty == {
    "TransformerEncoderLayer": {**shared, "dropout2": "feed-forward is 0"},
    "TransformerDecoderLayer": {
        **shared,
        "multihead_attn.dropout": "cross-attention is its bias",
        "dropout2": "cross-attention is 0",
        "dropout3": "feed-forward is 0",
    },
}, (
    "A rate of 1 empties the output of self-attention (dropout1), of cross-attention (dropout2 in "
    "a decoder layer) or of feed-forward (dropout2, dropout3 in a decoder layer); in attention or "
    "in dropout it leaves the last bias."
)

ones = torch.ones(100, 100, device=device)
dropped = nn.Dropout(0.25)(ones)
kept = dropped[dropped != 0]
share = kept.numel() / ones.numel()
print(f"kept: {share:.2f}, as {kept.unique().tolist()}, average {dropped.mean():.3f}")
assert torch.allclose(kept, torch.full_like(kept, 1 / 0.75)) and 0.73 < share < 0.77, (
    "With a rate of 0.25 a quarter of the values become 0, and the others are divided by 0.75."
)


def difference(first, second):
    return (first - second).abs().max().item()


gaps = []
for kind in kinds:
    layer, without = build(kind, 0.5), build(kind, 0.0)
    without.load_state_dict(layer.state_dict())
    gaps.append(difference(run(layer.eval()), run(without.train())))
    hidden = layer.linear1(x).relu()
    gaps.append(difference(layer._ff_block(x), layer.linear2(hidden)))
print("eval mode and training with a rate of 0 differ by", gaps)
assert max(gaps) < 1e-5, "Eval mode gives what training gives with a rate of 0."

forgotten = build(nn.TransformerEncoderLayer, 0.3)
for module in forgotten.modules():
    if isinstance(module, nn.Dropout):
        module.p = 0.0
still_random = [is_random(forgotten)]
forgotten.self_attn.dropout = 0.0
still_random.append(is_random(forgotten))
print("random with all nn.Dropout at 0, and with the attention's rate at 0:", still_random)
assert still_random == [True, False], (
    "Setting p of every nn.Dropout to 0 leaves the attention weights dropped; "
    "setting self_attn.dropout ends that."
)


def sampled(train_all, **options):
    """Tell of a layer in eval mode, with its dropout switched on again, whether it is random.

    Either the nn.Dropout modules are switched on or the whole layer. Where the layer is random,
    tell of the attention by itself as well.
    """
    layer = build(nn.TransformerEncoderLayer, 0.5, **options).eval()
    for module in layer.modules():
        if train_all or isinstance(module, nn.Dropout):
            module.training = True
    with torch.no_grad():
        weights = [layer.self_attn(x, x, x)[1] for _ in range(2)]
        return is_random(layer), not torch.equal(*weights)


monte_carlo = {
    "dropouts, batch first": sampled(False, batch_first=True),
    "dropouts, default layout": sampled(False),
    "all, batch first": sampled(True, batch_first=True),
}
print("(random, random attention):", monte_carlo)
assert monte_carlo == {
    "dropouts, batch first": (False, False),
    "dropouts, default layout": (True, False),
    "all, batch first": (True, True),
}, (
    "In eval mode with the nn.Dropout modules in training, batch-first inference is not random, "
    "and in the default layout the attention is not; with the whole layer in training both are."
)
