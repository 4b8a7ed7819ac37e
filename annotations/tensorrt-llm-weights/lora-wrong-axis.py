"""Load the adapter of the MLP's last projection for two ranks, at sizes that divide unevenly."""

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

taken = extract(tree, "tensorrt_llm.runtime.lora_manager:LoraManager")
theirs = {"attn_dense": "self_attn.o_proj", "mlp_4h_to_h": "mlp.down_proj"}


def load(module, inputs, rank, own=0):
    """Return A as it was saved, and as it arrives on one of two ranks."""
    name = f"base_model.model.model.layers.0.{theirs[module]}.lora_{{}}.weight"
    down, up = torch.randn(rank, inputs), torch.randn(6, rank)
    model = SimpleNamespace(lora_target_modules=[module], dtype="float32", num_layers=1)
    manager = taken["LoraManager"]()
    with tempfile.TemporaryDirectory() as folder:
        torch.save(
            {name.format("A"): down, name.format("B"): up}, Path(folder, "adapter_model.bin")
        )
        Path(folder, "adapter_config.json").write_text(json.dumps({"r": rank}))
        manager.load_from_ckpt(folder, model, SimpleNamespace(tp_size=2, tp_rank=own), "hf")
    return down, manager.lora_weights[0].cpu()


def outcome(module, inputs, rank):
    """Return how many columns each of two ranks gets, or the error."""
    try:
        return [load(module, inputs, rank, own)[1].shape[1] for own in range(2)]
    except (AssertionError, IndexError, RuntimeError) as error:
        return type(error).__name__


for module in theirs:
    for inputs, rank in ((12, 4), (12, 3), (13, 4)):
        print(f"{module:12} {inputs} columns, r = {rank}: {outcome(module, inputs, rank)}")

whole, part = load("mlp_4h_to_h", 12, 4, own=1)
assert torch.equal(part, whole[:, 6:]), (
    "down_proj's A is split by columns: rank 1 has the last half."
)
assert outcome("mlp_4h_to_h", 12, 3) == "AssertionError", (
    "An odd r is refused for two ranks, although 12 columns can be split in two."
)
assert outcome("mlp_4h_to_h", 13, 4) == [6, 6], (
    "13 columns are not refused: each of two ranks gets 6, and the last column is lost."
)
checked = [outcome("attn_dense", 12, 3), outcome("attn_dense", 13, 4)]
assert checked == [[6, 6], "AssertionError"], (
    "For o_proj, split in the same way, the columns are checked."
)
