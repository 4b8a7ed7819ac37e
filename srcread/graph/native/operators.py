"""Operators out of native_functions.yaml, read block by block, without a YAML parser.

The rules are those of torchgen (torchgen/model.py): an operator without a dispatch table that
delegates to no structured one is composite and its kernel has the operator's own name; one that
delegates has the kernels of the operator that it names, beside its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from srcread.model import Operator

COMPOSITE = "CompositeImplicitAutograd"
"""The key of a kernel that only calls other operators, which are differentiated in its place."""

_HEAD = re.compile(r"\n- func: (\w+)")


class OperatorList:
    """The text of native_functions.yaml, and the name of the distribution that brings it."""

    def __init__(self, text: str, distribution: str = "") -> None:
        self.distribution = distribution
        self._text = "\n" + text.replace("\r\n", "\n")
        self._starts: dict[str, list[tuple[int, int]]] | None = None
        self._overloads: dict[str, tuple[Operator, ...]] = {}

    def overloads(self, name: str) -> tuple[Operator, ...]:
        """Return the operators with this base name, in the order of the list."""
        if name not in self._overloads:
            starts = self._heads().get(name, ())
            self._overloads[name] = tuple(self._operator(*start) for start in starts)
        return self._overloads[name]

    def names(self) -> tuple[str, ...]:
        """Return the base names of all operators."""
        return tuple(self._heads())

    def operator(self, name: str) -> Operator | None:
        """Return the operator with this full name: `bmm.out`, or `bmm` for the plain one."""
        base = name.partition(".")[0]
        return next((item for item in self.overloads(base) if item.name == name), None)

    def with_kernels(self, operator: Operator) -> Operator:
        """Return an operator with every kernel that it runs, its delegate's included."""
        if operator.delegate:
            target = self.operator(operator.delegate)
            inherited = target.dispatch if target is not None else {}
            return replace(operator, dispatch={**inherited, **operator.dispatch})
        return operator

    def _heads(self) -> dict[str, list[tuple[int, int]]]:
        if self._starts is None:
            self._starts = {}
            line, before = 0, 0
            for match in _HEAD.finditer(self._text):
                start = match.start() + 1
                line += self._text.count("\n", before, start)
                before = start
                self._starts.setdefault(match[1], []).append((start, line))
        return self._starts

    def _operator(self, start: int, line: int) -> Operator:
        """Read one block, from `- func:` to the next."""
        end = self._text.find("\n- func:", start)
        block = self._text[start : end if end >= 0 else len(self._text)].split("\n")
        schema = block[0].removeprefix("- func:").strip()
        fields = _fields(block[1:])
        dispatch = dict(_dispatch(block[1:]))
        name = schema.partition(".")[0].partition("(")[0]
        if "ufunc_inner_loop" in fields:  # torchgen writes the loops' kernels itself
            dispatch |= {key: f"ufunc_{name}_{key}" for key in ("CPU", "CUDA")}
        elif "dispatch" not in fields and "structured_delegate" not in fields:
            dispatch = {COMPOSITE: f"{name}_out" if is_out(schema) else name}
        return Operator(
            name=schema.partition("(")[0],
            schema=schema,
            dispatch=dispatch,
            line=line,
            distribution=self.distribution,
            delegate=fields.get("structured_delegate", ""),
            variants=_words(fields.get("variants", "function")),
            python_module=fields.get("python_module", ""),
        )


def is_out(schema: str) -> bool:
    """Tell whether the operator of a schema writes into a tensor that it is given as `out`."""
    arguments = schema.partition("(")[2].rpartition("->")[0]
    return "!)" in arguments.partition("*, ")[2]


def _fields(lines: list[str]) -> dict[str, str]:
    """Return the plain fields of a block: those with their value on the same line."""
    fields = {}
    for line in lines:
        if line.startswith("  ") and line[2:3].isalpha():
            key, _, value = line.strip().partition(":")
            fields[key] = value.partition(" #")[0].strip()
    return fields


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def _dispatch(lines: list[str]) -> Mapping[str, str]:
    dispatch: dict[str, str] = {}
    inside = False
    for line in lines:
        said = line.partition("#")[0].rstrip()
        if said == "  dispatch:":
            inside = True
        elif inside and said.startswith("    ") and ":" in said:
            keys, _, function = said.partition(":")
            for key in keys.split(","):
                dispatch[key.strip()] = function.rpartition("::")[2].strip()
        elif said:
            inside = False
    return dispatch
