"""Load a LoRA adapter by the framework's manager, and see what it takes of its configuration."""

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
hidden, rank = 8, 4
read = []


class Watched(dict):
    """A configuration that keeps which of its keys were read."""

    def __getitem__(self, key):
        read.append(key)
        return super().__getitem__(key)


watched = SimpleNamespace(load=lambda file: Watched(json.load(file)))
taken = extract(tree, "tensorrt_llm.runtime.lora_manager:LoraManager", given={"json": watched})


def load(down, up, **config):
    """Save A and B as PEFT does, load them on two ranks, and return them: A, and B joined."""
    name = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"
    model = SimpleNamespace(lora_target_modules=["attn_q"], dtype="float16", num_layers=1)
    managers = taken["LoraManager"](), taken["LoraManager"]()
    with tempfile.TemporaryDirectory() as folder:
        adapter = {name.format("A"): down, name.format("B"): up}
        torch.save(adapter, Path(folder, "adapter_model.bin"))
        Path(folder, "adapter_config.json").write_text(json.dumps(config))
        for rank, manager in enumerate(managers):
            mapping = SimpleNamespace(tp_size=2, tp_rank=rank)
            manager.load_from_ckpt(folder, model, mapping, "hf")
    (first, up_first), (_, up_second) = (manager.lora_weights for manager in managers)
    return [first.cpu(), torch.cat([up_first, up_second]).cpu()]


def same(pair, other):
    return all(map(lambda one, two: one.dtype == two.dtype and torch.equal(one, two), pair, other))


def change(pair):
    """Return what the plugin is to add to the output, `x A^T B^T`, or zeros if B does not fit."""
    if pair[1].shape != up.shape:
        return torch.zeros(5, hidden)
    return x @ pair[0].float().T @ pair[1].float().T


def refusal(r):
    """Return the error of loading with another r than A has rows, or None."""
    try:
        load(down, up, r=r)
    except AssertionError as error:
        return type(error).__name__
    return None


down, up = torch.randn(rank, hidden).bfloat16(), torch.randn(hidden, rank).bfloat16()
assert (refusal(4), refusal(8)) == (None, "AssertionError"), (
    "An r that is not the number of A's rows is refused."
)

read.clear()
loaded = load(down, up, r=rank, lora_alpha=16, use_rslora=False, bias="none")
print("read of the configuration:", read)
assert read == ["r"] * 6, "Of the adapter's configuration only r is read."

arrived = [load(down, up, r=rank, lora_alpha=alpha) for alpha in (2, 4, 16)]
print("saved as", down.dtype, "and loaded as", loaded[0].dtype)
assert all(same(pair, (down.half(), up.half())) for pair in arrived), (
    "A and B arrive with the values that were saved, whatever lora_alpha says."
)

x = torch.randn(5, hidden)
runtime = change(loaded)
factors = {}
for alpha in (2, 4, 16):
    merged = x @ (alpha / rank * up.float() @ down.float()).T  # what merging adds to the output
    factors[alpha] = round((merged / runtime).median().item(), 3)
print("added by merging / added at run time, by lora_alpha:", factors)
assert factors == {2: 0.5, 4: 1, 16: 4}, (
    "Merging adds alpha / r times as much as the plugin: the same only if they are equal."
)

gap = (change(load(down, 16 / rank * up, r=rank, lora_alpha=16)) - merged).abs().max().item()
assert gap < 1e-3, "With alpha / r multiplied into B before saving, both add the same."
