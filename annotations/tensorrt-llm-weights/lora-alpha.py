"""Load a LoRA adapter by the framework's manager, and see what it takes of its configuration."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)
if not torch.cuda.is_available():  # the manager moves every weight to the GPU; here they stay
    torch.Tensor.cuda = lambda tensor: tensor
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
    """Save A and B as PEFT does, load them, and return them as they arrive."""
    name = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"
    model = SimpleNamespace(lora_target_modules=["attn_q"], dtype="float32", num_layers=1)
    manager = taken["LoraManager"]()
    with tempfile.TemporaryDirectory() as folder:
        adapter = {name.format("A"): down, name.format("B"): up}
        torch.save(adapter, Path(folder, "adapter_model.bin"))
        Path(folder, "adapter_config.json").write_text(json.dumps(config))
        manager.load_from_ckpt(folder, model, SimpleNamespace(tp_size=1, tp_rank=0), "hf")
    return [weight.cpu() for weight in manager.lora_weights]


down, up = torch.randn(rank, hidden), torch.randn(hidden, rank)
loaded = load(down, up, r=rank, lora_alpha=16, use_rslora=False, bias="none")
print("read of the configuration:", read)
assert read == ["r", "r", "r"], "Of the adapter's configuration only r is read."

same = [
    torch.equal(torch.cat([*map(torch.ravel, pair)]), torch.cat([down.ravel(), up.ravel()]))
    for pair in (load(down, up, r=rank, lora_alpha=alpha) for alpha in (2, 4, 16))
]
assert same == [True, True, True], "A and B arrive as they were saved, whatever lora_alpha says."

x = torch.randn(5, hidden)
runtime = x @ loaded[0].T @ loaded[1].T
factors = {}
for alpha in (2, 4, 16):
    merged = x @ (alpha / rank * up @ down).T  # what merging adds to the output
    factors[alpha] = (merged / runtime).median().item()
print("merged change / change at run time, by lora_alpha:", factors)
expected = {2: 0.5, 4: 1, 16: 4}
assert all(abs(factors[alpha] - expected[alpha]) < 1e-3 for alpha in factors), (
    "Merging adds alpha / r times as much as is added at run time: the same only if they are equal."
)

scaled = load(down, 16 / rank * up, r=rank, lora_alpha=16)
gap = (x @ scaled[0].T @ scaled[1].T - merged).abs().max().item()
assert gap < 1e-4, "With alpha / r multiplied into B before saving, the change is the merged one."


def refusal(r):
    """Return the error of loading with another r than A has rows, or None."""
    try:
        load(down, up, r=r)
    except AssertionError as error:
        return type(error).__name__
    return None


assert (refusal(4), refusal(8)) == (None, "AssertionError"), (
    "An r that is not the number of A's rows is refused."
)
