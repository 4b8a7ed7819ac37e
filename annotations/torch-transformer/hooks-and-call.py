"""Register hooks of every kind on an encoder layer; see which run, and on which path."""

import copy
import sys
import warnings

import torch
from torch import nn
from torch.nn.modules import module as modules

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
device = "cuda" if torch.cuda.is_available() else "cpu"
source = torch.randn(2, 5, 16, device=device)
padded = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device).eval()
for parameter in layer.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
called = []


def note(module, *values):
    """Serve as a hook of any kind: note the class of the module, and change nothing."""
    called.append(type(module).__name__)


def run(call, gradients=False):
    """Return whether the fused operator ran, and for which modules a hook was called."""
    names, before = [], sys.getprofile()
    called.clear()

    def look(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(look)
    try:
        with torch.set_grad_enabled(gradients):
            call()
    finally:
        sys.setprofile(before)
    return "_transformer_encoder_layer_fwd" in names, list(called)


def own(register, name=""):
    """Return a copy of the layer with a hook on one of its modules."""
    other = copy.deepcopy(layer)
    getattr(other.get_submodule(name), register)(note)
    return other


hooked = own("register_forward_hook")
found = [run(lambda: hooked(source)), run(lambda: hooked.forward(source))]
print("called as layer(x), and as layer.forward(x):", found)
assert [names for _, names in found] == [["TransformerEncoderLayer"], []], (
    "A hook runs when the module is called, and not when its forward is."
)
assert [fused for fused, _ in found] == [False, False], (
    "Either way the hook keeps the fused operator away."
)

pre, inner = own("register_forward_pre_hook"), own("register_forward_hook", "linear1")
found = [run(lambda each=each: each(source))[0] for each in (layer, pre, inner)]
assert found == [True, False, False], (
    "A forward hook or pre-hook on the layer or on a module inside keeps the fused operator away."
)

everywhere = {}
for register in ("register_module_forward_hook", "register_module_forward_pre_hook"):
    handle = getattr(modules, register)(note)
    fused, quiet = run(lambda: layer(source))
    _, loud = run(lambda: layer(source), gradients=True)
    handle.remove()
    everywhere[register] = fused, quiet, len(loud), "Linear" in loud
print("global hooks:", everywhere)
assert list(everywhere.values()) == [(True, ["TransformerEncoderLayer"], 9, True)] * 2, (
    "A global hook leaves the fused operator in place, and is called for the layer alone; "
    "with gradients on it is called for nine modules."
)

backward = own("register_full_backward_hook", "linear1")
found = [run(lambda: backward(source))]
found.append(run(lambda: backward(source).sum().backward(), gradients=True))
print("a backward hook on linear1:", found)
assert found == [(True, []), (False, ["Linear"])], (
    "A backward hook leaves the fused operator in place, and is called in a backward pass."
)

seen = []
shaped = own("register_forward_hook", "linear1")
shaped.linear1.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].is_nested))
encoder = nn.TransformerEncoder(shaped, 1).eval()
found = [run(lambda: encoder(source, src_key_padding_mask=padded))[0]]
run(lambda: encoder(source, src_key_padding_mask=padded), gradients=True)
print("linear1 gets a nested tensor, without gradients and with them:", seen)
assert [found, seen] == [[False], [True, False]], (
    "Beside a padding mask a hook on linear1 gets a nested tensor in inference, "
    "and with gradients on a plain one."
)

doubled = copy.deepcopy(layer)
doubled.register_forward_hook(lambda module, inputs, output: 2 * output)
with torch.no_grad():
    gap = (doubled(source) - 2 * layer(source)).abs().max()
assert gap < 1e-4, "What a forward hook returns takes the place of the output."
