"""Collect the plugins that Python asks the registry for, in both releases.

Only the Python is here. That `initTrtLlmPlugins` registers these very names was read in the C++ of
both releases, and is not shown by this run.
"""

import ast
import sys
from pathlib import Path

from srcread.lab import must_fail, source_tree
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
if must_fail("The package asks for 20 plugins, 18 in 0.5.0, each in one place."):
    package["0.5.0"].append(package["0.5.0"][0])
if must_fail("Lora and MixtureOfExperts came with 0.7.1, and none went."):
    package["0.5.0"].append(("Lora", "1", "TRT_LLM_PLUGIN_NAMESPACE"))
if must_fail("Every one is asked for in version 1 and in the namespace of one constant."):
    package["0.7.1"].append(("Gemm", "2", "TRT_LLM_PLUGIN_NAMESPACE"))
names = {version: sorted(name for name, _, _ in asked) for version, asked in package.items()}
examples = trees["0.7.1"] / "examples"
if must_fail("The examples ask for one more, which no library of the package brings."):
    examples = trees["0.7.1"] / "tensorrt_llm" / "layers"
others = [name for name, _, _ in asked_for(examples)]

registered = []


class Register:
    """Takes the call that registers the plugins."""

    def __call__(self, *given):
        """Note what is given, and say that all is well."""
        registered.extend(given)
        return True


class Library:
    """Has that one function."""

    def __init__(self, path, **options):
        self.initTrtLlmPlugins = Register()
        registered.append(Path(path).stem.removeprefix("lib"))


with standing_in():
    from tensorrt_llm.plugin import plugin

    if must_fail("One library registers them all."):
        plugin.plugin_lib_path = lambda: "another.so"
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
new, gone = (
    set(names[one]) - set(names[other]) for one, other in (("0.7.1", "0.5.0"), ("0.5.0", "0.7.1"))
)
assert (new, gone) == ({"Lora", "MixtureOfExperts"}, set()), (
    "Lora and MixtureOfExperts came with 0.7.1, and none went."
)
assert {asked[1:] for asked in package["0.7.1"]} == {("1", "TRT_LLM_PLUGIN_NAMESPACE")}, (
    "Every one is asked for in version 1 and in the namespace of one constant."
)
namespace = plugin.TRT_LLM_PLUGIN_NAMESPACE
if must_fail("The same constant is what the library is given to register its plugins in."):
    namespace = "another"
assert registered[1:] == [None, namespace.encode()], (
    "The same constant is what the library is given to register its plugins in."
)
assert registered[0] == "nvinfer_plugin_tensorrt_llm", "One library registers them all."
assert others == ["TritonFlashAttention"], (
    "The examples ask for one more, which no library of the package brings."
)
