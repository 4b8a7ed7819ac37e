"""Set and read a parameter, and watch what the network gets of it."""

import os
import sys

import numpy as np
import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
torch.manual_seed(0)


def refusal(action, *arguments):
    """Return the message of the assertion that an action fails on, or nothing."""
    try:
        action(*arguments)
    except AssertionError as error:
        return str(error)
    return ""


with standing_in() as stand_in:
    import tensorrt_llm
    from tensorrt_llm.network import net_guard
    from tensorrt_llm.parameter import Parameter

    def assign(parameter, value):
        parameter.value = value

    unset = Parameter(shape=(400, 600), dtype="float32").raw_value
    bound = (6 / (400 + 600)) ** 0.5
    print(f"unset: mean {unset.mean():.4f}, bound {bound:.4f}")
    assert abs(unset.mean() / bound + 1) < 0.02, (
        "A parameter that is never set holds random numbers about -bound, not about zero."
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
    kept = parameter.raw_value
    assert (kept.dtype.name, (kept == values.numpy()).all(), len(warnings)) == (
        "float32",
        True,
        1,
    ), "A value of another type is only warned about, and the parameter takes that type."

    brain = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
    if must_fail("bfloat16 is kept as two nameless bytes."):
        brain = brain.half()
    kept = Parameter(brain).raw_value
    assert (kept.dtype, kept.tobytes()) == (
        np.dtype("V2"),
        brain.view(torch.int16).numpy().tobytes(),
    ), "bfloat16 is kept as two nameless bytes."

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
