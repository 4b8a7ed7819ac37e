"""Choose a default device, and see every fast path of nn.TransformerEncoder given up."""

import sys
import warnings

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
encoder = nn.TransformerEncoder(layer, 2).eval()
for parameter in encoder.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source = torch.randn(2, 5, 16, device=device)
attention = nn.MultiheadAttention(16, 4, batch_first=True, device=device).eval()
padded = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
OPERATORS = {
    "_nested_tensor_from_mask": "stack",
    "_transformer_encoder_layer_fwd": "layer",
    "_native_multi_head_attention": "attention",
}


def fast_paths(source=source, padded=padded, gradients=False):
    """Name the fast paths that an encoder, its layers and an attention alone take."""
    names, before = set(), sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.add(what.__name__)

    for call in (
        lambda: encoder(source, src_key_padding_mask=padded),
        lambda: attention(source, source, source),
    ):
        sys.setprofile(note)
        try:
            with torch.set_grad_enabled(gradients):
                call()
        except RuntimeError:
            names.add("an error")
        finally:
            sys.setprofile(before)
    return [path for operator, path in OPERATORS.items() if operator in names]


@torch.no_grad()
def encode():
    return encoder(source, src_key_padding_mask=padded)


class Listening(TorchFunctionMode):
    """A mode that changes nothing: it hands every torch function on."""

    def __torch_function__(self, function, kinds, inputs=(), options=None):
        return function(*inputs, **(options or {}))


class Dispatching(TorchDispatchMode):
    """The same, one level below: it hands every operator on."""

    def __torch_dispatch__(self, function, kinds, inputs=(), options=None):
        return function(*inputs, **(options or {}))


found = {"plain": fast_paths()}
plain = encode()
with torch.device(device):
    found["in with torch.device"], output = fast_paths(), encode()
    asked = [torch.overrides.has_torch_function((source,))]
torch.set_default_device(device)
found["after set_default_device"] = fast_paths()
torch.set_default_device(None)
found["after set_default_device(None)"] = fast_paths()
with Listening():
    found["in a mode that does nothing"] = fast_paths()
    asked.append(torch.overrides.has_torch_function((source,)))
with Dispatching():
    found["in a dispatch mode"] = fast_paths()
    asked.append(torch.overrides.has_torch_function((source,)))
print("fast paths:", found)
print("has_torch_function of a plain tensor, in each of the three modes:", asked)
every, none = ["stack", "layer", "attention"], []
assert [found.pop("plain"), found.pop("in with torch.device")] == [every, none], (
    "All three fast paths are taken, and inside `with torch.device(...)` none, "
    "whatever device is named."
)
assert list(found.values()) == [none, every, none, every], (
    "None is taken after torch.set_default_device, or in any TorchFunctionMode; "
    "all are after torch.set_default_device(None), and in a TorchDispatchMode."
)
real, filled = (plain - output)[~padded].abs().max().item(), output[padded].all().item()
assert [plain[padded].any().item(), filled, real < 1e-4] == [False, True, True], (
    "Rows of padding are zeros without a default device and other values with it; "
    "real rows are the same."
)

encoder.mask_check = False  # it looks at values, and a tensor on the meta device has none
found = [fast_paths(source.to("meta"), padded.to("meta")), fast_paths(gradients=True)]
assert [asked, found] == [[True, True, False], [none, none]], (
    "has_torch_function is True for a plain tensor in the first two modes, and not in a "
    "TorchDispatchMode; the tests after it refuse the meta device, and gradients."
)
