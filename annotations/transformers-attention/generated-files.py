"""Count what modeling files share, and patch one model to see whether another changes."""

from pathlib import Path
from unittest.mock import patch

import torch
import transformers
from transformers import LlamaConfig, Qwen3Config
from transformers.models.gemma.modeling_gemma import GemmaMLP
from transformers.models.llama.modeling_llama import LlamaMLP
from transformers.models.qwen3.modeling_qwen3 import Qwen3MLP

torch.manual_seed(0)
device = "cpu"

SIZES = {"hidden_size": 32, "intermediate_size": 48}
mine = Qwen3MLP(Qwen3Config(**SIZES)).to(device).requires_grad_(False)
other = LlamaMLP(LlamaConfig(**SIZES)).to(device).requires_grad_(False)
for parameter in mine.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
other.load_state_dict(mine.state_dict())
x = torch.randn(2, 5, 32, device=device)
expected = mine.down_proj(torch.nn.functional.silu(mine.gate_proj(x)) * mine.up_proj(x))


def is_right(output):
    return output.shape == expected.shape and torch.allclose(output, expected, atol=1e-5)


assert is_right(mine(x)) and is_right(other(x)), (
    "With the same weights Qwen3MLP and LlamaMLP compute the same."
)

models = Path(transformers.__file__).parent / "models"
modular = (models / "qwen3" / "modular_qwen3.py").read_text("utf-8")
derived = "class Qwen3MLP(GemmaMLP):" in modular, issubclass(Qwen3MLP, GemmaMLP)
with patch.object(GemmaMLP, "forward", lambda self, x: 2 * x):
    patched = mine(x)
print("derived from GemmaMLP in the modular file, and in the file that runs:", derived)
assert derived == (True, False) and is_right(patched), (
    "The modular file says that Qwen3MLP inherits from GemmaMLP; in the file that runs it does "
    "not, and another forward in GemmaMLP changes nothing in it."
)

texts = [path.read_text("utf-8") for path in models.glob("*/modeling_*.py")]
generated = sum("automatically generated from" in text[:600] for text in texts)
asking = sum("ALL_ATTENTION_FUNCTIONS.get_interface(" in text for text in texts)
print(len(texts), "modeling files,", generated, "generated,", asking, "ask the registry")
assert (len(texts), generated) == (538, 322), "Of 538 modeling files 322 are generated."
assert asking == 357, "357 of them ask the registry of attention functions."

HEAD = "\ndef repeat_kv("
copies = [HEAD + text.split(HEAD)[1].split("\n\n\n")[0] for text in texts if HEAD in text]
print("repeat_kv:", len(copies), "copies,", len(set(copies)), "text")
assert len(copies) == 202 and len(set(copies)) == 1, (
    "repeat_kv stands in 202 of them, each time in the same words."
)
