"""The lines of a script that makes a model and calls it, as a reader would write them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

_WIDTH = 88


class Writer:
    """Writes calls of classes and functions, and remembers what is to be imported for them."""

    def __init__(self) -> None:
        self._imports: dict[str, set[str]] = {}

    def name(self, value: Any) -> str:
        """Return a class or function as the script names it, by the shortest way to import it."""
        name = value.__qualname__
        first = name.partition(".")[0]
        top = value.__module__.partition(".")[0]
        short = "." not in name and getattr(sys.modules.get(top), name, None) is value
        self._imports.setdefault(top if short else value.__module__, set()).add(first)
        return str(name)

    def call(self, value: Any, given: Mapping[str, Any], indent: str = "") -> str:
        """Return a call with keywords, on one line if there is room."""
        inner = indent + "    "
        listed = {name: self._value(one, inner) for name, one in given.items()}
        return _call(self.name(value), listed, indent)

    def imports(self) -> list[str]:
        """Return the lines of imports, sorted."""
        lines = []
        for module, names in sorted(self._imports.items()):
            line = f"from {module} import {', '.join(sorted(names))}"
            if len(line) <= _WIDTH + 12:
                lines.append(line)
            else:
                lines += [f"from {module} import (", *(f"    {one}," for one in sorted(names)), ")"]
        return lines

    def _value(self, value: Any, indent: str) -> str:
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], type):
            return self.call(value[0], value[1], indent)  # a part, as `Shrinker.small` has it
        return repr(value)


def _call(name: str, given: Mapping[str, str], indent: str) -> str:
    short = f"{name}({', '.join(f'{key}={text}' for key, text in given.items())})"
    if len(indent) + len(short) <= _WIDTH and "\n" not in short:
        return short
    inside = "".join(f"{indent}    {key}={text},\n" for key, text in given.items())
    return f"{name}(\n{inside}{indent})"


def head(
    about: list[str], imports: list[str], settings: str, made: str, *, meta: bool, type_: str
) -> str:
    """Return the script until the model is there. A model on the meta device has no values."""
    lines = ['"""' + about[0], *(["", *about[1:]] if about[1:] else []), '"""', "", "import torch"]
    if not about[1:]:
        lines[:2] = [f'"""{about[0]}"""']
    lines += [*imports, ""]
    lines += [f"torch.set_default_dtype(torch.{type_})"] if type_ != "float32" else []
    lines += [f"config = {settings}"] if settings else []
    lines += ["torch.manual_seed(0)"]
    lines += (
        ['with torch.device("meta"):', f"    model = {made}.eval()"]
        if meta
        else [f"model = {made}.eval()"]
    )
    return "\n".join(lines) + "\n"


def called(inputs: Mapping[str, str]) -> str:
    """Return the lines that call the model."""
    return f"with torch.no_grad():\n    output = {_call('model', inputs, '    ')}\n"
