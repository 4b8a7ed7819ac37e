"""Collect the plugins that the loaded package asks the registry for, in both releases.

Only the Python is here: what the library registers was read in its C++.
"""

import dis
import gc
import sys
from types import FunctionType

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
CONSTANT = "TRT_LLM_PLUGIN_NAMESPACE"


def functions():
    """Return the functions of the package's modules, as they are loaded."""
    modules = [vars(module) for name, module in sys.modules.items() if name.startswith("tensorrt_")]
    found = [each for each in gc.get_objects() if type(each) is FunctionType]
    return [each for each in found if any(each.__globals__ is names for names in modules)]


def asked_for():
    """List what each call of `get_plugin_creator` is given, read from the functions' code."""
    asked = []
    for code in {function.__code__ for function in functions()}:
        steps = [step for step in dis.get_instructions(code) if step.opname.startswith("LOAD")]
        for number, step in enumerate(steps):
            if step.argval == "get_plugin_creator":
                asked.append(tuple(each.argval for each in steps[number + 1 : number + 4]))
    return sorted(asked)


class Register:
    """Takes the call that registers the plugins."""

    def __call__(self, logger, namespace):
        """Keep the namespace, and say that all is well."""
        registered.append(namespace)
        return True


class Library:
    """Has that one function."""

    def __init__(self, path, **options):
        self.initTrtLlmPlugins = Register()


def look_up():
    """Record one use of the plugin Lookup."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.lookup_plugin = "float32"
    with tensorrt_llm.net_guard(network):
        tokens = tensorrt_llm.constant(functional.int32_array([1]))
        table = tensorrt_llm.constant(functional.fp32_array([[0.5], [0.25]]))
        functional._lookup_plugin(tokens, table, rank=0)


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(version="9.1.0"):
    import tensorrt_llm

    older = [name for name, _, _ in asked_for()]

sys.path[0] = str(trees["0.7.1"])
registered = []
with standing_in():
    import tensorrt_llm
    from tensorrt_llm import functional
    from tensorrt_llm.plugin import plugin

    asked = asked_for()
    names = [name for name, _, _ in asked]
    print("0.7.1 asks for:", *names)
    print("and 0.5.0 does not:", *sorted(set(names) - set(older)))
    assert (len(names), len(set(names))) == (20, 20), (
        "The package asks for 20 plugins, each in one place."
    )
    assert (len(asked), {each[1:] for each in asked}) == (20, {("1", CONSTANT)}), (
        "Every one is asked for in version 1 and in the namespace of one constant."
    )
    assert (len(older), set(names) ^ set(older)) == (18, {"Lora", "MixtureOfExperts"}), (
        "0.5.0 asks for 18 of them: Lora and MixtureOfExperts are not among these."
    )
    real, plugin.ctypes.CDLL = plugin.ctypes.CDLL, Library
    plugin._load_plugin_lib()
    plugin.ctypes.CDLL = real
    registry = functional.trt.get_plugin_registry()
    try:
        look_up()
    finally:
        creators = [
            (each.name, each.plugin_version, each.plugin_namespace.encode())
            for each in registry.plugin_creator_list
        ]
        print("the library was given:", *registered, "| asked for:", *creators)
        assert creators == [("Lookup", "1", registered[0])], (
            "A plugin is asked for by its name and version 1, "
            "in the namespace that the library was given."
        )
