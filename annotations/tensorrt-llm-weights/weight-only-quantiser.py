"""Convert a BLOOM block with weight-only quantisation, and look at each call of the operator."""

from pathlib import Path
from types import SimpleNamespace

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
old_tree = source_tree("tensorrt-llm==0.5.0")
torch.manual_seed(0)

script = "examples/bloom/convert_checkpoint.py"
taken = extract(tree, f"{script}:convert_hf_bloom", f"{script}:do_convert_from_ckpt")
old = extract(old_tree, "examples/bloom/weight.py:set_layer_weight")

calls, answers = [], []


def spy(weight, quant_type):
    """Note the call, and answer with any codes and scales of a quantiser's shapes."""
    codes = torch.randint(-128, 128, weight.shape, dtype=torch.int8)
    scales = torch.rand(weight.shape[1], dtype=weight.dtype)
    calls.append((weight, quant_type))
    answers.append((codes, scales))
    return [codes, scales]


# The C++ library registers an operator of this name. What follows shows how it is called, and
# nothing of how it quantises.
operator = "symmetric_quantize_last_axis_of_batched_matrix"
operators = torch.library.Library("fastertransformer", "DEF")
operators.define(f"{operator}(Tensor weight, ScalarType quant_type) -> Tensor[]")
operators.impl(operator, spy, "CPU")

hidden, heads = 8, 2
block = {
    "self_attention.query_key_value": (3 * hidden, hidden),
    "self_attention.dense": (hidden, hidden),
    "mlp.dense_h_to_4h": (4 * hidden, hidden),
    "mlp.dense_4h_to_h": (hidden, 4 * hidden),
    "input_layernorm": (hidden,),
    "post_attention_layernorm": (hidden,),
}
whole = {"word_embeddings": (16, hidden), "word_embeddings_layernorm": (hidden,), "ln_f": (hidden,)}
shapes = {f"transformer.h.0.{name}": shape for name, shape in block.items()}
shapes |= {f"transformer.{name}": shape for name, shape in whole.items()}
parameters = {f"{name}.weight": torch.randn(shape) for name, shape in shapes.items()}
parameters |= {f"{name}.bias": torch.randn(shape[0]) for name, shape in shapes.items()}
config = SimpleNamespace(n_head=heads, hidden_size=hidden, num_hidden_layers=1)
bloom = SimpleNamespace(config=config, named_parameters=parameters.items)


def convert(**options):
    """Convert in float16, and return what is to be stored."""
    calls.clear()
    answers.clear()
    return taken["convert_hf_bloom"](bloom, dtype="float16", **options)


def same(kept, answered):
    return kept is not None and torch.equal(kept, answered)


plain = convert()
assert calls == [], "Without weight-only quantisation the operator is not called."

stored = convert(use_weight_only=True)
for weight, quant_type in calls:
    print("the operator is given", tuple(weight.shape), weight.dtype, "and", quant_type)
names = ("attention.qkv", "attention.dense", "mlp.fc", "mlp.proj")
linears = [f"transformer.layers.0.{name}" for name in names]
given = [weight for weight, _ in calls]
contiguous = [weight.is_contiguous() for weight in given]
nothing = torch.empty(0, dtype=torch.float16)
expected = [plain.get(f"{name}.weight", nothing).t() for name in linears]
assert contiguous == [True] * 4 and all(map(torch.equal, given, expected)), (
    "The operator is called for the four linear layers of a block, each time with the contiguous "
    "transpose of the floating-point weight that would be stored without it."
)

kept = [
    stored.get(f"{name}.{kind}") for name in linears for kind in ("weight", "per_channel_scale")
]
answered = [tensor for answer in answers for tensor in answer]
assert len(answered) == 8 and all(map(same, kept, answered)), (
    "Both results are stored unchanged: weight and per_channel_scale."
)
changed = [
    name for name in plain if stored.get(name) is None or stored[name].dtype != torch.float16
]
print(f"{len(plain)} tensors without quantisation, {len(stored)} with; changed:", *changed)
assert changed == [f"{name}.weight" for name in linears], (
    "Biases, norms, the embedding and lm_head stay in float16."
)

convert(use_weight_only=True, plugin_weight_only_quant_type=torch.quint4x2)
assert [kind for _, kind in calls] == [torch.quint4x2] * 4, (
    "For int4 the same operator gets torch.quint4x2."
)

quant_mode = SimpleNamespace(
    is_int8_weight_only=lambda: True, is_int4_weight_only=lambda: False, is_weight_only=lambda: True
)
layer = SimpleNamespace(weight=SimpleNamespace(), per_channel_scale=SimpleNamespace())
fused = "transformer.h.0.self_attention.query_key_value.weight"
answers.clear()
old["set_layer_weight"](layer, parameters[fused].numpy(), quant_mode)
same_bytes = layer.weight.value.tobytes() == answers[0][0].numpy().tobytes()
types = str(stored[f"{linears[0]}.weight"].dtype), str(layer.weight.value.dtype)
print("stored in 0.7.1 as", types[0], "and in 0.5.0 as", types[1])
assert (*types, same_bytes) == ("torch.int8", "float32", True), (
    "0.7.1 stores int8; 0.5.0 stored the same bytes under the type float32."
)

arguments = [
    SimpleNamespace(model_dir=Path(folder), smoothquant=smoothquant, use_weight_only=weight_only)
    for folder, smoothquant, weight_only in [
        (".", None, False),
        (".", None, True),
        (".", 0.5, False),
        ("no/such/folder", None, False),
    ]
]
by_file = [taken["do_convert_from_ckpt"](each) for each in arguments]
print("plain, weight-only, SmoothQuant, no local folder: file by file", by_file)
assert by_file == [True, False, False, False], (
    "The script reads file by file only without quantisation and from a local folder."
)
