"""Record activations from several modules and networks, and read the names of the layers.

The same is done with 0.5.0.
"""

import gc
import sys
import weakref

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)

CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}


def module(name, forward, **parts):
    """Return a module of a class of this name, with this forward and these parts."""
    from tensorrt_llm import Module

    made = type(name, (Module,), {"forward": forward})()
    for part in parts:
        setattr(made, part, parts[part])
    return made


def activate(x):
    from tensorrt_llm.functional import relu

    return relu(x)


def leaf():
    return module("Leaf", lambda self, x: activate(x))


def middle():
    return module("Middle", lambda self, x: self.leaf(activate(x)), leaf=leaf())


def top():
    """Return a module that calls one part, and of another one its forward, as BLOOM's does."""
    run = lambda self, x: self.direct.forward(self.called(x))  # noqa: E731
    return module("Top", run, called=middle(), direct=middle())


def record(*modules):
    """Call modules in turn in a new network; return the names of its layers."""
    from tensorrt_llm import Builder, Tensor, net_guard, str_dtype_to_trt

    network = Builder().create_network()
    with net_guard(network):
        x = Tensor(name="x", dtype=str_dtype_to_trt("float32"), shape=[2, 3])
        for each in modules:
            each(x)
    return [layer.name for layer in network.trt_network.layers]


def paths_of_bloom():
    """Return the paths in the layers' names of a BLOOM of one layer."""
    from tensorrt_llm import Builder, models, net_guard

    config = models.PretrainedConfig.from_dict(dict(CONFIG))
    model = models.BloomForCausalLM.from_config(config)
    network = Builder().create_network()
    network.plugin_config.set_gpt_attention_plugin(dtype="float16")
    with net_guard(network):
        model(**model.prepare_inputs(4, 8, 8, True))
    names = [layer.name.rpartition("/") for layer in network.trt_network.layers]
    return sorted({path for path, slash, _ in names if slash})


def stack_after_error():
    """Return the call stack after an error in forward."""
    from tensorrt_llm.network import _TrtLlmModuleCallStack

    try:
        record(module("Broken", lambda self, x: activate(None)))
    except AttributeError as error:
        print("after an error in forward:", error)
    return list(_TrtLlmModuleCallStack.call_stack)


def observe(version):
    """Return the names that a version gives, and what becomes of a module that was named."""
    sys.path.insert(0, str(trees[version]))
    with standing_in():
        from tensorrt_llm.network import _TrtLlmModuleCallStack

        others = []
        whole = top()
        seen = {"stack after an error": stack_after_error(), "names": record(whole)}
        seen["stray"] = record(top(), leaf(), leaf())[4:]
        seen["part alone"] = record(whole.called.leaf)
        record(module("Busy", lambda self, x: others.extend(record(activate))))
        seen["built meanwhile"] = others
        bloom = paths_of_bloom() if version == "0.7.1" else []
        held, table = weakref.ref(whole.direct), _TrtLlmModuleCallStack.module_name_map
        life = [table.get(held())]
        del whole
        gc.collect()
        life.append("alive" if held() else "gone")
    sys.path.remove(str(trees[version]))
    return seen, life, bloom


seen, life, bloom = observe("0.7.1")
print(*(f"{name}: {what}" for name, what in seen.items()), sep="\n")
assert seen["stack after an error"] == [], "After an error in forward the call stack is empty."
assert seen["names"][:2] == ["Top/called/RELU_0", "Top/called/leaf/RELU_0"], (
    "A layer's name begins with the path of the module whose forward made it."
)
assert seen["names"][2:] == ["Top/RELU_0", "Top/direct/leaf/RELU_0"], (
    "Where forward is called directly, its layers go by the caller's name; those below keep theirs."
)
assert seen["stray"] == ["RELU_0", "RELU_1"], (
    "Only the first module called in a network gives names; any beside it gets a bare number."
)
assert seen["part alone"] == ["Top/called/leaf/RELU_0"], (
    "The table of names outlives the network: a part keeps the path of its first whole."
)
assert seen["built meanwhile"] == ["Busy/RELU_0"], (
    "All networks share one call stack: a layer is named after another's module."
)
print("paths in BLOOM:", *bloom, sep="\n  ")
assert ("BloomForCausalLM/transformer" in bloom, "BloomForCausalLM/transformer/ln_f" in bloom) == (
    False,
    True,
), "In BLOOM the parts of transformer have its path, and transformer itself adds no layer."
older, older_life, _ = observe("0.5.0")
assert older == seen, "0.5.0 gives the same names."
print("a module that was named, after its last use: 0.5.0", older_life, "0.7.1", life)
assert (older_life, life) == (["Top.direct", "alive"], ["Top.direct", "gone"]), (
    "0.5.0 keeps a module alive that has been named, 0.7.1 does not."
)
