"""Allow one kernel of scaled_dot_product_attention at a time, and see which calls it runs."""

import threading
import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

torch.manual_seed(0)
device = "cpu"  # the two kernels are those of a CPU
warnings.filterwarnings("ignore")  # flash gives its reasons as warnings

FLASH, MATH = SDPBackend.FLASH_ATTENTION, SDPBackend.MATH
q, k, v = torch.randn(3, 2, 4, 5, 8, device=device)
mask = torch.randn(5, 5, device=device)
learned = mask.clone().requires_grad_()


def attend(query=q, key=k, value=v, attn_mask=None, **options):
    return F.scaled_dot_product_attention(query, key, value, attn_mask, **options)


def allowed():
    return [torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.math_sdp_enabled()]


within = [allowed()]
for backends in (FLASH, MATH, [FLASH, MATH], SDPBackend.EFFICIENT_ATTENTION):
    with sdpa_kernel(backends):
        within.append(allowed())
print("flash and math are allowed:", within)
assert within == [[True, True], [True, False], [False, True], [True, True], [False, False]], (
    "Within the block the named backends are allowed and no other."
)

calls = {
    "four dimensions": ((q, k, v), {}),
    "float16": ((q.half(), k.half(), v.half()), {}),
    "bfloat16": ((q.bfloat16(), k.bfloat16(), v.bfloat16()), {}),
    "float64": ((q.double(), k.double(), v.double()), {}),
    "a mask of two dimensions": ((q, k, v, mask), {}),
    "a mask of four dimensions": ((q, k, v, mask.expand(2, 1, 5, 5)), {}),
    "enable_gqa": ((q, k[:, :2], v[:, :2]), {"enable_gqa": True}),
    "three dimensions": ((q[0], k[0], v[0]), {}),
    "five dimensions": ((q[None], k[None], v[None]), {}),
    "a mask of three dimensions": ((q, k, v, mask.expand(4, 5, 5)), {}),
    "values of another size": ((q, k, v[..., :4]), {}),
    "one key head": ((q, k[:, :1], v[:, :1]), {}),
    "dropout": ((q, k, v), {"dropout_p": 0.5}),
    "a learned mask": ((q, k, v, learned), {}),
    "not contiguous": ((q.mT.contiguous().mT, k, v), {}),
}
can_flash = list(calls)[:7]


def runs(backend, inputs, options):
    """Tell whether a call runs if this backend alone is allowed."""
    with sdpa_kernel(backend):
        try:
            attend(*inputs, **options)
        except RuntimeError:
            return False
    return True


by_flash = [name for name, call in calls.items() if runs(FLASH, *call)]
by_math = [name for name, call in calls.items() if runs(MATH, *call)]
print("flash runs:", by_flash)
assert (by_flash, by_math) == (can_flash, list(calls)), (
    "With flash alone allowed, a CPU runs what the table says and refuses the rest; "
    "with math alone it runs all."
)


def choice(inputs=(q, k, v), options=None):
    return torch._fused_sdp_choice(*inputs, **(options or {}))


chosen = {name: choice(*call) for name, call in calls.items()}
expected = {name: (FLASH if name in can_flash else MATH).value for name in calls}
with sdpa_kernel(MATH):
    alone = {choice(*call) for call in calls.values()}
print("by default:", chosen)
assert chosen == expected and alone == {MATH.value}, (
    "By default flash is chosen where it can run, and math elsewhere."
)

triangle = torch.ones(5, 5, dtype=torch.bool, device=device).tril()
merged = mask.masked_fill(~triangle, -torch.inf)
results = {}
for name, backend, dropout_p in (("flash", FLASH, 0), ("math", MATH, 0), ("dropout", None, 0.5)):
    with sdpa_kernel(backend or [FLASH, MATH]):
        try:
            output = attend(attn_mask=mask, is_causal=True, dropout_p=dropout_p)
            results[name] = (output - attend(attn_mask=merged)).abs().max().item() < 1e-5
        except RuntimeError as error:
            results[name] = str(error).partition(": ")[2][:35]
print("a mask and is_causal:", results)
refusal = "Explicit attn_mask should not be se"
assert results == {"flash": True, "math": refusal, "dropout": refusal}, (
    "A mask beside is_causal=True is applied together with it by flash, and an error in math, "
    "to which dropout leads."
)

with sdpa_kernel([MATH, FLASH], set_priority=True):
    first = choice()
print("with math first:", SDPBackend(first).name)
with sdpa_kernel(MATH, set_priority=True):
    only = choice()
assert (first, only) == (FLASH.value, MATH.value), (
    "With math before flash and set_priority=True a CPU chooses flash."
)


def in_a_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(choice()))
    thread.start()
    thread.join()
    return seen[0]


order = []
try:
    with sdpa_kernel(MATH):
        order.append(in_a_thread())
        raise ValueError("something happened")
except ValueError:
    order.append(in_a_thread())
print("another thread, within the block and after it:", order)
assert order == [MATH.value, FLASH.value], (
    "Another thread sees the choice while the block lasts, and after it all backends are allowed "
    "as before, whatever happened inside."
)

attention = nn.MultiheadAttention(16, 4, batch_first=True, device=device).eval()
x = torch.randn(2, 5, 16, device=device)
said = {}
with sdpa_kernel(SDPBackend.EFFICIENT_ATTENTION):
    for name, gradients in {"in Python": True, "native": False}.items():
        with torch.set_grad_enabled(gradients):
            try:
                attention(x, x, x, need_weights=False)
                said[name] = "runs"
            except RuntimeError as error:
                said[name] = str(error)[:30]
print("nn.MultiheadAttention with neither allowed:", said)
assert said == {"in Python": "No viable backend for scaled_d", "native": "runs"}, (
    "With neither of the two allowed scaled_dot_product_attention raises, and the native operator "
    "of nn.MultiheadAttention runs."
)
