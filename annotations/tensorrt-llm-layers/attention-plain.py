"""Record and compute attention without plugins, and compare it with torch's."""

import sys

import torch
from torch.nn import functional as F

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

HEADS, SIZE, BATCH, LENGTH, PAST = 4, 6, 2, 5, 3
WIDTH = HEADS * SIZE
hidden = torch.randn(BATCH, LENGTH, WIDTH, device=device)
past = torch.randn(BATCH, 2, HEADS, PAST, SIZE, device=device)
output = torch.randn(WIDTH, WIDTH) / 4, torch.randn(WIDTH)
projections = {
    heads: (
        torch.randn((HEADS + 2 * heads) * SIZE, WIDTH) / 4,
        torch.randn((HEADS + 2 * heads) * SIZE),
    )
    for heads in (HEADS, 2)
}


def recorded(
    kind="learned_absolute",
    kv_heads=HEADS,
    dtype="float32",
    cached=False,
    early=False,
    **options,
):
    """Attend in a network of its own; return the network, and what to give it."""
    keep = torch.ones(BATCH, LENGTH + cached * PAST, dtype=torch.int32, device=device)
    keep[1, -2:] = 0
    given = {"x": hidden.to(getattr(torch, dtype)), "keep": keep} | (
        {"past": past} if cached else {}
    )
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        inputs = {name: add_input(name, tensor) for name, tensor in given.items()}
        attention = layers.Attention(
            hidden_size=WIDTH,
            num_attention_heads=HEADS,
            num_kv_heads=kv_heads,
            max_position_embeddings=16,
            attention_mask_type=layers.AttentionMaskType.causal,
            position_embedding_type=layers.PositionEmbeddingType[kind],
            dtype=dtype,
            **options,
        )
        for module, (weight, bias) in (
            (attention.qkv, projections[kv_heads]),
            (attention.dense, output),
        ):
            module.weight.value = weight.to(given["x"].dtype).numpy()
            module.bias.value = bias.to(given["x"].dtype).numpy()
        cache = layers.KeyValueCacheParams([inputs["past"]] if cached else None)
        results = attention(
            inputs["x"],
            inputs["keep"],
            use_cache=True,
            kv_cache_params=cache,
            norm_before_bmm1=early,
        )
    for name, tensor in zip(("context", "present"), results, strict=True):
        if isinstance(tensor, tensorrt_llm.Tensor):
            network.trt_network.mark_output(tensor.trt_tensor)
            tensor.trt_tensor.name = name
    return network.trt_network, given


def attended(*kind, **options):
    """Record attention, and return what it gives by name."""
    return stand_in.evaluate(recorded(*kind, **options)[1])


def add_input(name, tensor):
    """Add an input with the type and shape of a tensor."""
    data_type = tensorrt_llm.str_dtype_to_trt(str(tensor.dtype).removeprefix("torch."))
    return tensorrt_llm.Tensor(name=name, dtype=data_type, shape=list(tensor.shape))


def by_torch(kv_heads=HEADS, cached=False, slopes=None):
    """Attend with torch; the bias of ALiBi by the distance of query and key."""
    weight, bias = (each.to(device) for each in projections[kv_heads])
    projected = F.linear(hidden, weight, bias).split([WIDTH, *[kv_heads * SIZE] * 2], dim=-1)
    query, key, value = (each.unflatten(-1, (-1, SIZE)).transpose(1, 2) for each in projected)
    if cached:
        key, value = (torch.cat([past[:, i], new], dim=2) for i, new in enumerate((key, value)))
    keys = torch.arange(key.shape[2], device=device)
    distance = keys - keys[-LENGTH:, None]
    hides = (distance > 0).repeat(BATCH, 1, 1, 1)
    hides[1, ..., -2:] = True
    scores = torch.zeros(hides.shape, device=device).masked_fill(hides, -torch.inf)
    if slopes is not None:
        scores = scores + slopes[:, None, None] * distance
    mixed = F.scaled_dot_product_attention(query, key, value, scores, enable_gqa=True)
    context = F.linear(mixed.transpose(1, 2).flatten(2), *(each.to(device) for each in output))
    return context, torch.stack([key, value], dim=1)


def differences(ours, theirs):
    """Compare what attention gives, and the cache that it hands on: infinite in another shape."""
    apart = []
    for name, expected in zip(("context", "present"), theirs, strict=True):
        found = ours.get(name, torch.empty(0))
        same = found.shape == expected.shape
        apart.append((found - expected).abs().max().item() if same else torch.inf)
    return apart


with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import layers

    DIV = tensorrt_llm.functional.trt.ElementWiseOperation.DIV
    in_fp16, _ = recorded(dtype="float16")
    scores = [layer.inputs[0] for layer in in_fp16.layers if getattr(layer, "op", None) == DIV]
    for layer in in_fp16.layers:
        if layer.kind.name == "SOFTMAX":
            scores += [layer.inputs[0], layer.outputs[0]]
    types = [tensor.dtype.name for tensor in (*scores, in_fp16.outputs[0])]
    print("in fp16: the scores, into the softmax, out of it, and the result:", *types)
    assert types == ["FLOAT", "FLOAT", "FLOAT", "HALF"], (
        "In an fp16 model the scores and the softmax are fp32, and the result is fp16."
    )
    network, _ = recorded()
    stand_in.show("Attention without plugins")
    found = {
        "plain": differences(attended(), by_torch()),
        "divided before": differences(attended(early=True), by_torch()),
        "grouped": differences(attended(kv_heads=2), by_torch(kv_heads=2)),
        "cached": differences(attended(cached=True), by_torch(cached=True)),
        "scaled": differences(attended(q_scaling=3.0), by_torch()),
    }
    slopes = 0.25 ** torch.arange(1, HEADS + 1, device=device)
    found["alibi"] = differences(attended("alibi"), by_torch(slopes=slopes))

kinds = [layer.kind.name for layer in network.layers]
counts = {kind: kinds.count(kind) for kind in ("MATRIX_MULTIPLY", "SOFTMAX", "PLUGIN_V2")}
print(len(kinds), "layers, among them", counts)
print("differences of what comes out, and of the cache:", found)
assert (len(kinds), counts) == (300, {"MATRIX_MULTIPLY": 4, "SOFTMAX": 1, "PLUGIN_V2": 0}), (
    "In fp32, with both masks and no past, attention without plugins is 300 layers: "
    "four matmuls, one softmax, no plugin."
)
assert max(found["plain"] + found["divided before"]) < 1e-5, (
    "Under a causal and a padding mask it gives what scaled_dot_product_attention gives."
)
assert max(found["grouped"]) < 1e-5, (
    "With fewer heads for keys and values, each serves several heads of queries."
)
assert max(found["cached"]) < 1e-5, (
    "New keys and values are put behind those of the past, and handed on together."
)
assert max(found["alibi"]) < 1e-5, (
    "ALiBi's bias by the key's position gives what the bias by the distance gives."
)
assert max(found["scaled"]) < 1e-5, "q_scaling changes nothing without the plugin."
