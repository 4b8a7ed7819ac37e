"""Load a LoRA adapter by the framework's manager, module by module, for one rank and for two."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)
if not torch.cuda.is_available():  # the manager moves every weight to the GPU; here they stay
    replace(torch.Tensor, cuda=lambda tensor: tensor)
# It keeps addresses, and no two runs share one.
replace(torch.Tensor, data_ptr=torch.Tensor.numel)
rank, hidden, inner = 4, 8, 12
taken = extract(tree, "tensorrt_llm.runtime.lora_manager:LoraManager")
sizes = {  # inputs and outputs of the modules of a Llama, by PEFT's names
    "self_attn.q_proj": (hidden, hidden),
    "self_attn.k_proj": (hidden, hidden),
    "self_attn.v_proj": (hidden, hidden),
    "self_attn.o_proj": (hidden, hidden),
    "mlp.gate_proj": (hidden, inner),
    "mlp.up_proj": (hidden, inner),
    "mlp.down_proj": (inner, hidden),
}
adapter = {
    module: (torch.randn(rank, inputs), torch.randn(outputs, rank))
    for module, (inputs, outputs) in sizes.items()
}


def load(targets, ranks=1, own=0, prefix="base_model.model.model.layers.0"):
    """Return A and B of each target as they arrive on a rank."""
    manager = taken["LoraManager"]()
    model = SimpleNamespace(lora_target_modules=targets, dtype="float32", num_layers=1)
    saved = {
        f"{prefix}.{module}.lora_{letter}.weight": weight
        for module, pair in adapter.items()
        for letter, weight in zip("AB", pair, strict=True)
    }
    with tempfile.TemporaryDirectory() as folder:
        torch.save(saved, Path(folder, "adapter_model.bin"))
        Path(folder, "adapter_config.json").write_text(json.dumps({"r": rank}))
        manager.load_from_ckpt(folder, model, SimpleNamespace(tp_size=ranks, tp_rank=own), "hf")
    weights = [weight.cpu() for weight in manager.lora_weights]
    return dict(zip(targets, zip(weights[::2], weights[1::2], strict=True), strict=True))


def source(pair):
    """Return the module that both A and B come from, or None."""
    found = (module for module, saved in adapter.items() if all(map(torch.equal, pair, saved)))
    return next(found, None)


def outcome(targets, **where):
    """Return the module that the last target's weights come from, or the error's words."""
    try:
        return source(load(targets, **where)[targets[-1]])
    except (KeyError, UnboundLocalError) as error:
        return str(error).strip("'")


alone = outcome(["attn_qkv"])
print("attn_qkv as the first:", alone)
assert "t_in" in alone, "As the first module it raises an UnboundLocalError."

targets = ["attn_q", "attn_k", "attn_v", "attn_dense", "mlp_h_to_4h", "mlp_gate", "mlp_4h_to_h"]
theirs = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_dense": "self_attn.o_proj",
    "mlp_h_to_4h": "mlp.gate_proj",
    "mlp_gate": "mlp.up_proj",
    "mlp_4h_to_h": "mlp.down_proj",
}
sources = {target: source(pair) for target, pair in load(targets).items()}
print(sources)
assert sources == theirs, (
    "gate_proj is loaded as mlp_h_to_4h, and what is loaded as mlp_gate is up_proj."
)

parts = [load(targets, 2, own) for own in range(2)]
shapes = {target: [tuple(weight.shape) for weight in pair] for target, pair in parts[0].items()}
print("A and B of a rank:", shapes)


def gaps(targets, combined):
    """Return how far the two ranks' outputs, combined, are from those of the whole adapter."""
    for target in targets:
        down, up = adapter[theirs[target]]
        x = torch.randn(5, down.shape[1])
        cut = x.chunk(2, dim=1) if parts[0][target][0].shape != down.shape else (x, x)
        outputs = [
            x @ own[target][0].T @ own[target][1].T for x, own in zip(cut, parts, strict=True)
        ]
        whole, joined = x @ down.T @ up.T, combined(outputs)
        yield (joined - whole).abs().max().item() if joined.shape == whole.shape else float("inf")


columns = ["attn_q", "attn_k", "attn_v", "mlp_h_to_4h", "mlp_gate"]
assert max(gaps(columns, lambda outputs: torch.cat(outputs, dim=1))) < 1e-4, (
    "Where a rank has a part of the outputs, B is split: side by side they are the whole."
)
rows = ["attn_dense", "mlp_4h_to_h"]
assert max(gaps(rows, sum)) < 1e-4, (
    "Where a rank has a part of the inputs, A is split: the sum is the whole."
)

after = outcome(["attn_v", "attn_qkv"])
print("attn_qkv after attn_v gets the weights of", after)
assert after == "self_attn.v_proj", (
    "An unknown module, as attn_qkv, silently gets the weights of the one before."
)

missed = outcome(["attn_dense"], prefix="base_model.model.transformer.encoder.layers.0")
print("with the names of ChatGLM2's layers:", missed)
assert missed == "base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight", (
    "Only the names of Llama's layers are looked for: with those of ChatGLM2, a KeyError."
)
