"""Parse every file of both releases with the grammars of several Pythons, and run one of the lines.

It reads the trees' Python only: what `setup.py` and the documentation say is not in them.
"""

import ast
import re
import sys
from pathlib import Path

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))

BUILTIN = {"dict", "frozenset", "list", "set", "tuple", "type"}


def parsed(path: Path, minor: int) -> bool:
    """Tell whether a file parses with the grammar of Python 3.minor."""
    try:
        ast.parse(path.read_bytes(), feature_version=(3, minor))
    except SyntaxError:
        return False
    return True


def names_its_values(path: Path) -> bool:
    """Tell whether an f-string of a file has `{x=}`, which came with Python 3.8.

    Newer parsers no longer refuse it for an older grammar, so it is looked for by its text.
    """
    text = path.read_text()
    strings = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.JoinedStr))
    sources = (ast.get_source_segment(text, string) or "" for string in strings)
    return any(re.search(r"\{[^{}]*[^{}=!<>]=(![rsa])?:?\}", source) for source in sources)


def newer_annotations(path: Path) -> int:
    """Count annotations that Python 3.8 cannot evaluate: `list[int]`, `X | None`."""
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    given = [getattr(node, "annotation", None) for node in nodes]
    given += [getattr(node, "returns", None) for node in nodes]
    parts = [part for annotation in given if annotation for part in ast.walk(annotation)]
    unions = [part for part in parts if isinstance(part, ast.BinOp)]
    subscripts = [part for part in parts if isinstance(part, ast.Subscript)]
    builtin = [each for each in subscripts if getattr(each.value, "id", "") in BUILTIN]
    return len(unions) + len(builtin)


files = {version: sorted(tree.rglob("*.py")) for version, tree in trees.items()}
minor = 8
if must_fail("All 160 files of 0.5.0 and all 183 of 0.7.1 parse with the grammar of Python 3.8."):
    minor = 5
if must_fail("No annotation needs more than Python 3.8."):
    BUILTIN.add("Optional")
parse_38 = {version: sum(parsed(path, minor) for path in paths) for version, paths in files.items()}
not_37 = {
    version: [str(path.relative_to(trees[version])) for path in paths if names_its_values(path)]
    for version, paths in files.items()
}
if must_fail(
    "Three files of each, and no others, have f-strings that name their values, which 3.7 refuses."
):
    not_37["0.5.0"].pop()
newer = {version: sum(map(newer_annotations, paths)) for version, paths in files.items()}
with standing_in():
    from tensorrt_llm.functional import DimRange

    if must_fail("One of these f-strings tells a tensor's ranges by their attributes' names."):
        DimRange.__str__ = object.__repr__
    shown = str(DimRange([2, (1, 4, 8)], ["batch", "length"]))
    shape = [2]
    if must_fail(
        "The message of an assertion next to it has no f before it, and shows the braces."
    ):
        shape = [2, 3]
    try:
        DimRange(shape, ["batch", "length"])
        refused = ""
    except AssertionError as error:
        refused = str(error)

print("files that parse with the grammar of 3.8:", parse_38)
print("files that 3.7 cannot parse:", not_37["0.7.1"])
print("annotations that 3.8 cannot evaluate:", newer)
print(shown)
print(refused)
assert parse_38 == {"0.5.0": 160, "0.7.1": 183} == {v: len(paths) for v, paths in files.items()}, (
    "All 160 files of 0.5.0 and all 183 of 0.7.1 parse with the grammar of Python 3.8."
)
packages = ["functional.py", "quantization/mode.py", "runtime/session.py"]
assert not_37["0.5.0"] == not_37["0.7.1"] == [f"tensorrt_llm/{name}" for name in packages], (
    "Three files of each, and no others, have f-strings that name their values, which 3.7 refuses."
)
assert sum(newer.values()) == 0, "No annotation needs more than Python 3.8."
assert shown.startswith("self.dimension_names=['batch', 'length'] self.min=[2, 1]"), (
    "One of these f-strings tells a tensor's ranges by their attributes' names."
)
assert refused.endswith("got {shape=}, {name=}"), (
    "The message of an assertion next to it has no f before it, and shows the braces."
)
