"""Collect the plugins that Python asks the registry for, in both releases.

Only the Python is here. That `initTrtLlmPlugins` registers these very names was read in the C++ of
both releases, and is not shown by this run.
"""

import ast
import sys
from pathlib import Path

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))


def asked_for(folder: Path) -> list[tuple[str, str, str]]:
    """List the arguments of every `get_plugin_creator` below a folder: name, version, namespace."""
    calls = [
        node
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_plugin_creator"
    ]
    return [tuple(ast.unparse(each).strip("'") for each in call.args) for call in calls]


package = {version: asked_for(tree / "tensorrt_llm") for version, tree in trees.items()}
names = {version: sorted(name for name, _, _ in asked) for version, asked in package.items()}
examples = [name for name, _, _ in asked_for(trees["0.7.1"] / "examples")]

with standing_in():
    from tensorrt_llm.plugin import plugin

    registered = []

    class Library:
        """Takes the call that registers the plugins."""

        def __init__(self, path, **options):
            self.initTrtLlmPlugins = self.register
            registered.append(Path(path).stem.removeprefix("lib"))

        register = type(
            "Register", (), {"__call__": lambda self, *given: not registered.extend(given)}
        )()

    real, plugin.ctypes.CDLL = plugin.ctypes.CDLL, Library
    plugin._load_plugin_lib()
    plugin.ctypes.CDLL = real

print("0.7.1 asks for:", *names["0.7.1"])
print("new since 0.5.0:", *sorted(set(names["0.7.1"]) - set(names["0.5.0"])))
print("the call that registers them:", *registered)
counts = {version: (len(each), len(set(each))) for version, each in names.items()}
assert counts == {"0.5.0": (18, 18), "0.7.1": (20, 20)}, (
    "The package asks for 20 plugins, 18 in 0.5.0, each in one place."
)
assert set(names["0.7.1"]) - set(names["0.5.0"]) == {"Lora", "MixtureOfExperts"}, (
    "Lora and MixtureOfExperts came with 0.7.1, and none went."
)
assert {asked[1:] for asked in package["0.7.1"]} == {("1", "TRT_LLM_PLUGIN_NAMESPACE")}, (
    "Every one is asked for in version 1 and in the namespace of one constant."
)
assert registered[1:] == [None, plugin.TRT_LLM_PLUGIN_NAMESPACE.encode()], (
    "The same constant is what the library is given to register its plugins in."
)
assert registered[0] == "nvinfer_plugin_tensorrt_llm", "One library registers them all."
assert examples == ["TritonFlashAttention"], (
    "The examples ask for one more, which no library of the package brings."
)
