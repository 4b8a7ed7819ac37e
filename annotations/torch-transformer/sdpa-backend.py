"""Choose the backend of scaled_dot_product_attention, and see which attentions ask for it."""

import threading
import warnings

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

torch.manual_seed(0)
if torch.cuda.is_available():
    print("This is about the backends of a CPU.")
    raise SystemExit(77)
warnings.filterwarnings("ignore", message="Flash attention kernel|Both fused kernels")
attention = nn.MultiheadAttention(16, 4, batch_first=True)
nn.init.uniform_(attention.in_proj_bias)
x = torch.randn(2, 5, 16)
mask = torch.ones(5, 5, dtype=torch.bool).triu(2)


def attend(dropout=0.0, need_weights=False):
    attention.dropout = dropout
    return attention(x, x, x, attn_mask=mask, need_weights=need_weights)[0]


def backend(**options):
    """Name the backend that one attention runs, by what its gradient would go through."""
    names, nodes = set(), [attend(**options).grad_fn]
    while nodes:
        node = nodes.pop()
        names.add(node.name())
        nodes += [before for before, _ in node.next_functions if before is not None]
    flash = "ScaledDotProductFlashAttentionForCpuBackward0" in names
    return "flash" if flash else "math" if "SafeSoftmaxBackward0" in names else "none"


def refused(allowed, **options):
    """Return the error of an attention to which only some backends are allowed."""
    with sdpa_kernel(allowed):
        try:
            attend(**options)
        except RuntimeError as error:
            return str(error).partition(".")[0]
    return "runs"


chosen = {f"training, {rate}": backend(dropout=rate) for rate in (0.0, 0.1)}
attention.eval()  # gradients are on, so that the native operator is not taken
chosen["eval, 0.1"] = backend(dropout=0.1)
attention.train()
print("backend by mode and rate of dropout:", chosen)
assert chosen == {"training, 0.0": "flash", "training, 0.1": "math", "eval, 0.1": "flash"}, (
    "A CPU runs math in training with a rate of 0.1, and flash without dropout and in eval mode."
)

expected = attend(need_weights=True)
gaps = []
for allowed in (SDPBackend.FLASH_ATTENTION, SDPBackend.MATH):
    with sdpa_kernel(allowed):
        gaps.append((attend() - expected).abs().max().item())
        print(allowed.name, "runs", backend(), "and differs by", gaps[-1])
assert max(gaps) < 1e-5, (
    "With flash alone, and with math alone, the output is that of the attention that returns "
    "weights."
)

errors = {
    "flash, with dropout": refused(SDPBackend.FLASH_ATTENTION, dropout=0.1),
    "flash": refused(SDPBackend.FLASH_ATTENTION),
    "efficient": refused(SDPBackend.EFFICIENT_ATTENTION),
    "cudnn": refused(SDPBackend.CUDNN_ATTENTION),
}
print(errors)
assert (errors["flash"], errors["flash, with dropout"]) == ("runs", "No available kernel"), (
    "With flash alone, dropout raises 'No available kernel'."
)
nowhere = "No viable backend for scaled_dot_product_attention was found"
assert (errors["efficient"], errors["cudnn"]) == (nowhere, nowhere), (
    "With the efficient or the cuDNN backend alone, a CPU raises 'No viable backend'."
)

elsewhere = []
with sdpa_kernel(SDPBackend.MATH):
    thread = threading.Thread(target=lambda: elsewhere.append(backend()))
    thread.start()
    thread.join()
elsewhere.append(backend())
print("in another thread, during the choice, and after it:", elsewhere)
assert elsewhere == ["math", "flash"], (
    "While one thread allows math alone, another thread runs math, too; afterwards flash is back."
)

layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)


def layer_runs():
    with sdpa_kernel(SDPBackend.EFFICIENT_ATTENTION):
        try:
            return layer(x).shape == x.shape
        except RuntimeError:
            return False


runs = {"in training": layer_runs()}
layer.eval()
with torch.no_grad():
    runs["in inference"] = layer_runs()
runs["with weights"] = refused(SDPBackend.EFFICIENT_ATTENTION, need_weights=True) == "runs"
print("with no backend that there is:", runs)
assert runs == {"in training": False, "in inference": True, "with weights": True}, (
    "With no backend left, a layer fails in training, while its fused operator and an attention "
    "that returns weights run."
)
