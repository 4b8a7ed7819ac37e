"""Collect the plugins that the package asks the registry for, in both releases.

Only the Python is here: what the library registers was read in its C++.
"""

import ast
import sys

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
CONSTANT = "TRT_LLM_PLUGIN_NAMESPACE"


def asked_for(tree):
    """List what each call of `get_plugin_creator` in the package's text is given."""
    asked = []
    for text in (path.read_bytes() for path in (tree / "tensorrt_llm").rglob("*.py")):
        nodes = ast.walk(ast.parse(text)) if b"get_plugin_creator" in text else ()
        for node in nodes:
            if getattr(getattr(node, "func", None), "attr", "") == "get_plugin_creator":
                asked.append(tuple(ast.unparse(each).strip("'") for each in node.args))
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


older = [name for name, *_ in asked_for(trees["0.5.0"])]

sys.path.insert(0, str(trees["0.7.1"]))
registered = []
with standing_in():
    import tensorrt_llm
    from tensorrt_llm import functional
    from tensorrt_llm.plugin import plugin

    asked = asked_for(trees["0.7.1"])
    names = [name for name, *_ in asked]
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
    look_up()
    creators = [
        (each.name, each.plugin_version, each.plugin_namespace.encode())
        for each in registry.plugin_creator_list
    ]
    print("the library was given:", *registered, "| asked for:", *creators)
    assert creators == [("Lookup", "1", registered[0])], (
        "A plugin is asked for by its name and version 1, "
        "in the namespace that the library was given."
    )
