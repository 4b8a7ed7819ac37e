"""Let the example scripts of each release import what they need from the package of each."""

import ast
import os
import sys

os.environ["TLLM_LOG_LEVEL"] = "error"

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
FRAMEWORK = "tensorrt_llm"


def is_of_framework(statement):
    """Tell whether a statement imports the package, or something of it."""
    match statement:
        case ast.ImportFrom(module=str() as module, level=0):
            return module.partition(".")[0] == FRAMEWORK
        case ast.Import(names=names):
            return any(name.name.partition(".")[0] == FRAMEWORK for name in names)
    return False


def first_refusal(path):
    """Return the words of the first import of a script that fails, if one does."""
    for statement in filter(is_of_framework, ast.parse(path.read_text("utf-8")).body):
        try:
            exec(compile(ast.Module([statement], []), str(path), "exec"), {})
        except ImportError as error:
            return str(error).partition(" (")[0]
    return ""


def refusals(examples, package):
    """Return, by script, why a release's examples cannot be imported beside a package."""
    scripts = sorted((trees[examples] / "examples").rglob("*.py"))
    scripts = [path for path in scripts if path.name != "quantize.py"]  # which need AMMO
    sys.path.insert(0, str(trees[package]))
    with standing_in():
        told = {path: first_refusal(path) for path in scripts}
    sys.path.pop(0)
    return {str(path.relative_to(trees[examples])): why for path, why in told.items() if why}


newer, older = refusals("0.7.1", "0.5.0"), refusals("0.5.0", "0.7.1")
own = [refusals(version, version) for version in trees]
if must_fail("Beside its own package, no script of either release fails to import."):
    own = [newer, older]
if must_fail("run.py and summarize.py of 0.7.1 miss PYTHON_BINDINGS in 0.5.0's package."):
    newer = own[1]  # what they miss beside their own package
print("0.7.1's scripts on 0.5.0's package:", len(newer))
for script, why in newer.items():
    print(f"  {script}: {why}")
print("0.5.0's scripts on 0.7.1's package:", len(older))
for script, why in older.items():
    print(f"  {script}: {why}")
assert own == [{}, {}], "Beside its own package, no script of either release fails to import."
builds = {script for script in newer if script.endswith("/build.py")}
assert (len(newer), len(builds)) == (21, 11), (
    "21 of 0.7.1's scripts fail to import from 0.5.0's package, 11 of them a build.py."
)
lacking = "cannot import name 'PYTHON_BINDINGS' from 'tensorrt_llm.runtime'"
assert [newer.get(f"examples/{name}.py") for name in ("run", "summarize")] == [lacking, lacking], (
    "run.py and summarize.py of 0.7.1 miss PYTHON_BINDINGS in 0.5.0's package."
)
gone = [why for why in older.values() if "from 'tensorrt_llm.models'" in why]
assert (len(older), len(gone)) == (14, 14), (
    "14 of 0.5.0's scripts fail to import from 0.7.1's package, each for a name in its models."
)

sys.path.insert(0, str(trees["0.7.1"]))
moved = []
for version in trees:
    sys.path[0] = str(trees[version])
    with standing_in():
        try:
            exec("import tensorrt_llm.models.llama.weight", {})
        except ImportError as error:
            moved.append(str(error))
print("the module of later examples:", *moved, sep="\n  ")
assert moved == ["No module named 'tensorrt_llm.models.llama.weight'"] * 2, (
    "Neither package has the module tensorrt_llm.models.llama.weight."
)
