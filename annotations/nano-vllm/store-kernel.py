"""Run the kernel for three tokens, program by program, on a CPU."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import StandInError, standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
HEADS, SIZE = 2, 4
packed = torch.randn(3, 5 * HEADS, SIZE)  # tokens of queries, keys and values, side by side
key, value = packed[:, 2 * HEADS : 3 * HEADS], packed[:, 4 * HEADS :]
slots = torch.tensor([6, -1, 1], dtype=torch.int32)
with standing_in("nanovllm"):
    taken = extract(
        tree,
        "nanovllm.layers.attention:store_kvcache",
        "nanovllm.layers.attention:store_kvcache_kernel",
    )
store, kernel = taken["store_kvcache"], taken["store_kvcache_kernel"]


def cache_of(heads=HEADS, size=SIZE):
    """Return keys and values of two blocks of four tokens."""
    generator = torch.Generator().manual_seed(1)
    return torch.randn(2, 2, 4, heads, size, generator=generator).unbind()


def error_of(*given):
    """Return the error with which storing ends."""
    try:
        store(*given)
    except (AssertionError, StandInError) as error:
        return error


keys, values = cache_of()
store(key, value, keys, values, slots)
print("slot 6, first key:", [round(one, 2) for one in keys[1, 2, 0].tolist()])
assert torch.equal(keys[1, 2], key[0]) and torch.equal(values[1, 2], value[0]), (
    "Slot 6 of blocks of four is the third place of the second block."
)
others = [place for place in range(8) if place not in (6, 1)]
fresh_keys, fresh_values = cache_of()
same = [
    torch.equal(one.flatten(0, 1)[others], fresh.flatten(0, 1)[others])
    for one, fresh in ((keys, fresh_keys), (values, fresh_values))
]
assert (
    same == [True, True]
    and torch.equal(keys[0, 1], key[2])
    and (torch.equal(values[0, 1], value[2]))
), "Keys and values stand in their slots, and all other slots are as before."
changed = [
    place
    for place in range(8)
    if not torch.equal(keys.view(8, -1)[place], fresh_keys.view(8, -1)[place])
]
assert changed == [1, 6], "A token with slot -1 is written nowhere."

whole_keys, whole_values = cache_of()
store(key.contiguous(), value.contiguous(), whole_keys, whole_values, slots)
assert (
    torch.equal(whole_keys, keys)
    and torch.equal(whole_values, values)
    and ((key.stride(0), key.contiguous().stride(0)) == (40, 8))
), "Keys that are a part of a wider matrix are copied right."

ran_keys, ran_values = cache_of()
kernel[(2,)](key, key.stride(0), value, value.stride(0), ran_keys, ran_values, slots, HEADS * SIZE)
ran = [torch.equal(ran_keys[0, 1], fresh_keys[0, 1]), torch.equal(ran_keys[1, 2], key[0])]
kernel[(3,)](key, key.stride(0), value, value.stride(0), ran_keys, ran_values, slots, HEADS * SIZE)
assert [*ran, torch.equal(ran_keys, keys), torch.equal(ran_values, values)] == [True] * 4, (
    "Three tokens are three programs, each of which writes its own row."
)

apart = torch.randn(3, SIZE, HEADS).mT
errors = [
    error_of(apart, value, *cache_of(), slots),
    error_of(key, apart, *cache_of(), slots),
    error_of(packed[:, ::2][:, :2], value, *cache_of(), slots),
    error_of(key, packed[:, ::2][:, :2], *cache_of(), slots),
    error_of(key, value, *cache_of(), slots[:2]),
]
wide_keys, wide_values = cache_of(3)
errors += [
    error_of(key, value, wide_keys[:, :, :2], values, slots),
    error_of(key, value, keys, wide_values[:, :, :2], slots),
]
assert [type(error) for error in errors] == [AssertionError] * 7, (
    "Keys whose heads lie apart are refused by an AssertionError, and so is a list of slots too "
    "short."
)
three = torch.randn(2, 3, 2)
error = error_of(three, three, *cache_of(3, 2), slots[:2])
print(error)
assert isinstance(error, StandInError) and "a power of two, not 6" in str(error), (
    "With 3 heads of 2 the range of 6 is refused."
)
