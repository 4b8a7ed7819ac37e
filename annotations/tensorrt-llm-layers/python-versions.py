"""Parse every file of both releases with the grammars of several Pythons, and run one of the lines.

It reads the trees' Python only: what `setup.py` and the documentation say is not in them.
"""

import ast
import gc
import re
import sys

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))

gc.disable()  # hundreds of thousands of nodes are made, and none is garbage
BUILTIN = {"dict", "frozenset", "list", "set", "tuple", "type"}
NAMED = re.compile(r"\{[^{}]*[^{}=!<>]=(![rsa])?:?\}")


def parsed(path, minor):
    """Parse a file with the grammar of Python 3.minor; None where that refuses it."""
    try:
        return ast.parse(path.read_bytes(), feature_version=(3, minor))
    except SyntaxError:
        return None


def names_its_values(path, tree):
    """Tell whether an f-string of a file has `{x=}`, which came with Python 3.8.

    Newer parsers no longer refuse it for an older grammar, so it is looked for by its text.
    """
    text = path.read_text()
    if not NAMED.search(text):
        return False
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    return any(NAMED.search(ast.get_source_segment(text, string) or "") for string in strings)


def newer_annotations(path, tree):
    """Count annotations that Python 3.8 cannot evaluate: `list[int]`, `X | None`."""
    if not re.search(rf"\b({'|'.join(BUILTIN)})\[|\|", path.read_text()):
        return 0  # most files: no such bracket and no bar anywhere, and a walk takes time
    nodes = list(ast.walk(tree))
    given = [getattr(node, "annotation", None) for node in nodes]
    given += [getattr(node, "returns", None) for node in nodes]
    parts = [part for annotation in given if annotation for part in ast.walk(annotation)]
    unions = [part for part in parts if isinstance(part, ast.BinOp)]
    subscripts = [part for part in parts if isinstance(part, ast.Subscript)]
    builtin = [each for each in subscripts if getattr(each.value, "id", "") in BUILTIN]
    return len(unions) + len(builtin)


with standing_in():
    from tensorrt_llm.functional import DimRange

    try:
        DimRange([2], ["batch", "length"])
        refused = ""
    except AssertionError as error:
        refused = str(error)
    print(refused)
    assert refused.endswith("got {shape=}, {name=}"), (
        "The message of the assertion shows its braces."
    )
    shown = str(DimRange([2, (1, 4, 8)], ["batch", "length"]))
    print(shown)
    names = "self.dimension_names=['batch', 'length']"
    assert shown == f"{names} self.min=[2, 1], self.opt=[2, 4], self.max=[2, 8])", (
        "One of these f-strings shows a tensor's ranges with their attributes' names."
    )

minor = 8
if must_fail("All 160 files of 0.5.0 and all 183 of 0.7.1 parse with the grammar of Python 3.8."):
    minor = 5
if must_fail("No annotation needs more than Python 3.8."):
    BUILTIN.add("Optional")
files = {version: sorted(tree.rglob("*.py")) for version, tree in trees.items()}
by_38, not_37, newer = {}, {}, {}
for version, paths in files.items():
    read = {path: parsed(path, minor) for path in paths}
    read = {path: tree for path, tree in read.items() if tree}
    by_38[version] = len(read)
    named = [path for path, tree in read.items() if names_its_values(path, tree)]
    not_37[version] = [str(path.relative_to(trees[version])) for path in named]
    newer[version] = sum(newer_annotations(path, tree) for path, tree in read.items())

if must_fail("Three files of each, and no others, have f-strings such as 3.7 refuses."):
    not_37["0.5.0"].pop()
print("files that parse with the grammar of 3.8:", by_38)
print("files that 3.7 cannot parse:", not_37["0.7.1"])
print("annotations that 3.8 cannot evaluate:", newer)
assert by_38 == {"0.5.0": 160, "0.7.1": 183} == {v: len(paths) for v, paths in files.items()}, (
    "All 160 files of 0.5.0 and all 183 of 0.7.1 parse with the grammar of Python 3.8."
)
packages = ["functional.py", "quantization/mode.py", "runtime/session.py"]
assert not_37["0.5.0"] == not_37["0.7.1"] == [f"tensorrt_llm/{name}" for name in packages], (
    "Three files of each, and no others, have f-strings such as 3.7 refuses."
)
assert sum(newer.values()) == 0, "No annotation needs more than Python 3.8."
