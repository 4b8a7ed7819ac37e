"""Record one activation from several modules and networks, and read the names of the layers."""

import sys

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm import Builder, Module, Tensor, net_guard, str_dtype_to_trt
from tensorrt_llm.functional import relu
from tensorrt_llm.network import _TrtLlmModuleCallStack


def module(name, forward, **parts):
    """Return a module of a class of this name, with this forward and these parts."""
    made = type(name, (Module,), {"forward": forward})()
    for part in parts:
        setattr(made, part, parts[part])
    return made


def leaf():
    return module("Leaf", lambda self, x: relu(x))


def middle():
    return module("Middle", lambda self, x: self.leaf(relu(x)), leaf=leaf())


def top():
    """Return a module that calls one part, and of another one its forward, as BLOOM's does."""
    run = lambda self, x: self.direct.forward(self.called(x))  # noqa: E731
    return module("Top", run, called=middle(), direct=middle())


def names_in(network):
    return [layer.name for layer in network.trt_network.layers]


def record(*modules):
    """Call modules in turn in a new network, and return it."""
    network = Builder().create_network()
    with net_guard(network):
        x = Tensor(name="x", dtype=str_dtype_to_trt("float32"), shape=[2, 3])
        for each in modules:
            each(x)
    return network


try:
    record(module("Broken", lambda self, x: relu(None)))
except AttributeError as error:
    print("after an error in forward:", error)
assert _TrtLlmModuleCallStack.call_stack == [], "After an error in forward the call stack is empty."

whole = top()
found = names_in(record(whole))
print(*found, sep="\n")
assert found[:2] == ["Top/called/RELU_0", "Top/called/leaf/RELU_0"], (
    "A layer's name begins with the path of the module whose forward made it."
)
assert found[2:] == ["Top/RELU_0", "Top/direct/leaf/RELU_0"], (
    "Where forward is called directly, its layers go by the caller's name; those below keep theirs."
)

stray = names_in(record(top(), leaf(), leaf()))[4:]
print("a second and a third module in one network:", stray)
assert stray == ["RELU_0", "RELU_1"], (
    "Only the first module called in a network gives names; any beside it gets a bare number."
)

part = whole.called.leaf
if must_fail("The table of names outlives the network: a part keeps the path of its first whole."):
    part = leaf()
alone = names_in(record(part))
print("a part of the first network, in another one:", alone)
assert alone == ["Top/called/leaf/RELU_0"], (
    "The table of names outlives the network: a part keeps the path of its first whole."
)

others = []


def build_another(self, x):
    """Build a network of one layer that belongs to no module, while a module is running."""
    other = Builder().create_network()
    if must_fail("All networks share one call stack: a layer is named after another's module."):
        other._module_call_stack.call_stack = []
    with net_guard(other):
        relu(Tensor(name="x", dtype=str_dtype_to_trt("float32"), shape=[2, 3]))
    others.append(other)


record(module("Busy", build_another))
print("a layer of no module, in a network built meanwhile:", names_in(others[0]))
assert names_in(others[0]) == ["Busy/RELU_0"], (
    "All networks share one call stack: a layer is named after another's module."
)
