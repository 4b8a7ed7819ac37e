"""Set and read a parameter, and watch what the network gets of it."""

import math
import os
import sys

import numpy as np
import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
torch.manual_seed(0)


def refusal(action, *arguments):
    """Return the message of the assertion that an action fails on, or nothing."""
    try:
        action(*arguments)
    except AssertionError as error:
        return str(error)
    return ""


def setting(value):
    """Set a value to a parameter in float16; tell if it is refused, else how many warnings come."""
    warnings = []
    tensorrt_llm.logger.warning = warnings.append
    try:
        Parameter(shape=(2, 3), dtype="float16").value = value
    except AssertionError:
        return "refused"
    return len(warnings)


both = torch.zeros(2, 3, dtype=torch.float16), np.zeros((2, 3), np.float32)
sys.path.insert(0, str(trees["0.5.0"]))
with standing_in():
    import tensorrt_llm
    from tensorrt_llm.parameter import Parameter

    unset_before = Parameter(shape=(400, 600), dtype="float32")._value  # there is no raw_value
    settings_before = [setting(value) for value in both]

sys.path[0] = str(trees["0.7.1"])
with standing_in() as stand_in:
    import tensorrt_llm
    from tensorrt_llm.network import net_guard
    from tensorrt_llm.parameter import Parameter

    def assign(parameter, value):
        parameter.value = value

    brain = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
    arrays = [Parameter(value, dtype="bfloat16").raw_value for value in (brain, brain.float())]
    kinds = [array.dtype.str for array in arrays]
    print("bfloat16 is kept as", kinds[0], "and float32 as", kinds[1])
    assert (kinds, arrays[0].tobytes()) == (
        ["|V2", "<f4"],
        brain.view(torch.int16).numpy().tobytes(),
    ), "bfloat16 is kept as two nameless bytes, float32 as float32."

    bound = (6 / (400 + 600)) ** 0.5
    unset = Parameter(shape=(400, 600), dtype="float32").raw_value
    print(f"unset: mean {unset.mean():.4f}, deviation {unset.std():.4f}, bound {bound:.4f}")
    normal = unset.mean() / bound, unset.std() / bound
    assert abs(normal[0] + 1) < 0.02 and abs(normal[1] - 2) < 0.02, (
        "A floating-point parameter that is never set is normal, with mean -bound and deviation "
        "2 * bound."
    )
    outside = (abs(unset) > bound).mean()
    tenths = np.histogram(unset_before, 10, (-bound, bound))[0] / unset_before.size
    print(f"outside of the bound: {outside:.0%}; in 0.5.0, each tenth inside:", *tenths.round(3))
    assert (tenths.round(2).tolist(), round(float(outside), 2)) == ([0.1] * 10, 0.66), (
        "0.5.0 draws floating-point numbers evenly between -bound and bound; of 0.7.1's, two in "
        "three lie outside."
    )
    bound = (6 / (391 + 600)) ** 0.5
    whole = Parameter(shape=(391, 600), dtype="int8").raw_value
    numbers, counts = np.unique(whole, return_counts=True)
    print("int8, unset:", numbers[0], "to", numbers[-1], "each", counts.min(), "to", counts.max())
    upper = math.ceil(128 * bound)
    assert (whole.dtype.name, numbers.tolist()) == ("int8", list(range(-upper, upper))) and (
        counts.max() < 1.1 * counts.min()
    ), (
        "An int8 parameter that is never set is uniform from -upper to upper - 1, where upper is "
        "128 * bound, rounded up."
    )

    parameter = Parameter(shape=(2, 3), dtype="float16")
    wrong_shape = refusal(assign, parameter, torch.zeros(3, 2))
    print(wrong_shape)
    assert "Updated: (3, 2), original: (2, 3)" in wrong_shape, (
        "A value of another shape is refused; the message does not name the parameter."
    )

    warnings = []
    tensorrt_llm.logger.warning = warnings.append
    values = torch.arange(6.0).reshape(2, 3)
    parameter.value = values
    print(*warnings)
    array = parameter.raw_value
    assert (array.dtype.name, (array == values.numpy()).all(), len(warnings)) == (
        "float32",
        True,
        1,
    ), "A value of another type is only warned about, and the parameter takes that type."

    settings = [setting(value) for value in both]
    print("a tensor, an array of another type:", *settings, "- in 0.5.0:", *settings_before)
    assert (settings_before, settings) == (["refused", 0], [0, 1]), (
        "0.5.0's setter refuses a tensor and is silent about another type; 0.7.1's takes the "
        "tensor and warns of the type."
    )

    network = tensorrt_llm.Builder().create_network()
    calls = stand_in.network.calls
    with net_guard(network):
        added = [len(calls)]
        first = parameter.value
        added.append(len(calls))
        second = parameter.value
        added.append(len(calls))
        print("calls before, after the first and the second read:", added)
        assert (added, second is first) == ([0, 1, 1], True), (
            "The first read adds one constant to the network; later reads give the same tensor."
        )
        constant = stand_in.network.layers[0].values
        assert torch.equal(constant, values), "The constant holds what was set."

        parameter.value = torch.zeros(2, 3)
        third = parameter.value
        constants = [layer.values.abs().sum().item() for layer in stand_in.network.layers]
        print("sums of the constants after another value was set:", constants)
        assert (constants, third is first) == ([15.0, 0.0], False), (
            "A value that is set after a read changes no constant: the next read adds another."
        )
