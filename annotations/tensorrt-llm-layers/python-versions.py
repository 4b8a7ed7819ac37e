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


def naming(path, tree):
    """Count a file's f-strings with `{x=}`, which came with Python 3.8.

    Newer parsers no longer refuse them for an older grammar, so they are looked for by their text.
    """
    text = path.read_text()
    if not NAMED.search(text):
        return 0
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    return sum(bool(NAMED.search(ast.get_source_segment(text, each) or "")) for each in strings)


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
    shown = DimRange([2, (1, 4, 8)], ["batch", "length"]).__str__()
    print(shown)
    names = "self.dimension_names=['batch', 'length']"
    assert shown == f"{names} self.min=[2, 1], self.opt=[2, 4], self.max=[2, 8])", (
        "One of these f-strings shows a tensor's ranges with their attributes' names."
    )

minor = 8
if must_fail(
    "Three files of each release need Python 3.8, for 22 and 17 such f-strings, "
    "and none of its 160 or 183 files needs a newer one."
):
    minor = 5
if must_fail(
    "Three files of each release need Python 3.8, for 22 and 17 such f-strings, "
    "and none of its 160 or 183 files needs a newer one."
):
    BUILTIN.add("Optional")
counts, of_38, newer = {}, {}, {}
for version, tree in trees.items():
    files = {path: parsed(path, minor) for path in tree.rglob("*.py")}
    counts[version] = len(files)
    newer[version] = [
        path for path, module in files.items() if not module or newer_annotations(path, module)
    ]
    named = {path: naming(path, module) for path, module in files.items() if module}
    of_38[version] = {path.relative_to(tree).as_posix(): n for path, n in named.items() if n}

print("files:", counts)
print("f-strings that 3.7 cannot parse:", of_38)
print("files that need more than 3.8:", newer)
names = [
    f"tensorrt_llm/{name}.py" for name in ("functional", "quantization/mode", "runtime/session")
]
expected = {
    "0.5.0": dict(zip(names, (3, 1, 18), strict=True)),
    "0.7.1": dict(zip(names, (4, 1, 12), strict=True)),
}
none = {version: [] for version in trees}
assert (counts, of_38, newer) == ({"0.5.0": 160, "0.7.1": 183}, expected, none), (
    "Three files of each release need Python 3.8, for 22 and 17 such f-strings, "
    "and none of its 160 or 183 files needs a newer one."
)
