"""Native callees: what compiled modules hold, and the ATen operators behind them.

Compiled modules are known by their stubs (.pyi) and ATen operators by native_functions.yaml. Both
are large (1.1 MB, 0.5 MB) and only a few names of them are asked for, so they are searched as text
and only the blocks that are reached are parsed: 6 ms instead of 220.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from srcread.errors import SourceError
from srcread.graph.idioms import Idioms
from srcread.model import Operator
from srcread.sources import Sources

_ALIAS = re.compile(r"\([a-z|]+!?( -> [a-z*|]+)?\)|\([a-z]!\)")
"""Marks of views and in-place results: `Tensor(a)`, `Tensor(a!)`, `Tensor(a -> *)`."""
_DECLARATIONS = (
    re.compile(r"\ndef (\w+)\("),
    re.compile(r"\nclass (\w+)"),
    re.compile(r"\n([A-Za-z_]\w*)(?:: | = )"),
)


class Natives:
    """Answers what a native name is. Reads stubs and the operator list when first asked."""

    def __init__(self, sources: Sources, idioms: Idioms) -> None:
        self._sources = sources
        self._idioms = idioms
        self._stubs: dict[str, str | None] = {}
        self._held: dict[str, frozenset[str]] = {}
        self._yaml: str | None = None
        self._operators: dict[str, tuple[Operator, ...]] = {}

    def is_module(self, name: str) -> bool:
        """Tell whether this is a compiled module: one with a stub and no source."""
        try:
            return self._sources.find_module(name) is None and self._stub(name) is not None
        except SourceError:
            return False

    def holds(self, module: str, name: str) -> bool:
        """Tell whether a compiled module's stub declares this name at its top level."""
        if module not in self._held:
            stub = self._stub(module) or ""
            self._held[module] = frozenset(
                name for pattern in _DECLARATIONS for name in pattern.findall(stub)
            )
        return name in self._held[module]

    def operators(self, native: str) -> tuple[Operator, ...]:
        """Return the overloads of the ATen operator behind a native callee; often none."""
        owner, _, name = native.rpartition(".")
        if owner in self._idioms.operator_modules or owner in self._idioms.operator_classes:
            return self._overloads(name)
        return ()

    def result_types(self, native: str) -> tuple[str, ...]:
        """Return the schema types that a native function may return: "Tensor", "(Tensor, int)"."""
        types = []
        for operator in self.operators(native):
            _, _, result = _ALIAS.sub("", operator.schema).rpartition("->")
            types.append(result.strip())
        return tuple(dict.fromkeys(types))

    def _overloads(self, name: str) -> tuple[Operator, ...]:
        if name not in self._operators:
            text = self._operator_list()
            found = []
            for head in (f"\n- func: {name}(", f"\n- func: {name}."):
                start = text.find(head)
                while start >= 0:
                    found.append(_operator(text, start + 1))
                    start = text.find(head, start + 1)
            self._operators[name] = tuple(found)
        return self._operators[name]

    def _operator_list(self) -> str:
        if self._yaml is None:
            self._yaml = ""
            for distribution in self._sources.distributions:
                data = self._sources.data_file(distribution.name, self._idioms.operator_yaml)
                if data is not None:
                    self._yaml = "\n" + data.decode("utf-8", "replace")
                    break
        return self._yaml

    def _stub(self, module: str) -> str | None:
        if module not in self._stubs:
            try:
                file = self._sources.find_stub(module)
            except SourceError:
                file = None  # a stub only adds names; the module's own file is reported
            self._stubs[module] = "\n" + file.text if file is not None else None
        return self._stubs[module]


def _operator(text: str, start: int) -> Operator:
    """Read one block, from `- func:` to the next, without a YAML parser."""
    end = text.find("\n- func:", start)
    block = text[start : end if end >= 0 else len(text)]
    schema = block.split("\n", 1)[0].removeprefix("- func:").strip()
    return Operator(
        name=schema.partition("(")[0],
        schema=schema,
        dispatch=_dispatch(block),
        line=text.count("\n", 0, start),
    )


def _dispatch(block: str) -> Mapping[str, str]:
    dispatch: dict[str, str] = {}
    inside = False
    for line in block.split("\n")[1:]:
        if line.rstrip() == "  dispatch:":
            inside = True
        elif inside and line.startswith("    ") and ":" in line:
            keys, _, function = line.partition(":")
            for key in keys.split(","):
                dispatch[key.strip()] = function.partition("#")[0].strip()
        elif inside and not line.lstrip().startswith("#"):
            inside = False
    return dispatch
