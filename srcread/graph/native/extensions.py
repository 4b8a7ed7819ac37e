"""Compiled modules without a stub: which there are, and from which sources they are built.

A package says so in its setup.py (`CppExtension("pkg._ext", ["ext.cpp"])`), by a file beside its
modules (`_ext.cpython-311-x86_64-linux-gnu.so`), or only by the name that it imports: `_C`, `_ext`.
The setup.py is parsed and never run; names that are made in it are not known.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator

from srcread.sources import Sources

_SETUP = "setup.py"
_BY_NAME = re.compile(r"_C(_\w+)?|_?(ext|cext|cuda|cpp)|\w+_(ext|cuda|cpp|hip)")
"""What compiled modules are called."""


class Extensions:
    """Answers of a module that is not read whether it is compiled, and from what."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._built: dict[str, str] | None = None
        self.files: dict[str, str] = {}

    def built_from(self, name: str) -> str:
        """Say what a module without Python source is made of; "" for what is not compiled."""
        if (said := self._declared().get(name)) is not None:
            return said
        if not self._sources.is_package(name.rpartition(".")[0]):
            return ""
        if (file := self._sources.find_compiled(name)) is not None:
            return f"a compiled module: {file}"
        is_named_so = _BY_NAME.fullmatch(name.rpartition(".")[2]) is not None
        return "a module of this package without Python source: compiled" if is_named_so else ""

    def _declared(self) -> dict[str, str]:
        """Return what each setup.py says of the extensions that it builds, by module."""
        if self._built is None:
            self._built = {}
            for distribution in self._sources.distributions:
                data = self._sources.data_file(distribution.name, _SETUP)
                if data is not None:
                    place = f"{distribution.name}:{_SETUP}"
                    self.files[place] = hashlib.sha256(data).hexdigest()
                    self._built.update(_extensions(data.decode("utf-8", "replace")))
        return self._built


def said_of(files: list[str]) -> str:
    """Say of an extension from which files it is built, as far as they are known."""
    first = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if files[3:] else "")
    return f"an extension built from {first or 'sources that are named when it is built'}"


def _extensions(text: str) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it is no source that is read: nobody is to be told
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Extension"):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            named = dict(zip(("name", "sources"), node.args, strict=False)) | given
            match named.get("name"):
                case ast.Constant(value=str(name)):
                    yield name, said_of(_texts(named.get("sources")))


def _texts(node: ast.expr | None) -> list[str]:
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return [
        element.value
        for element in elements
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    ]
