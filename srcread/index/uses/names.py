"""A full name followed to where it is defined, as Python would: by imports, stars, assignments.

`torch.nn.Linear` is `torch.nn.modules.linear.Linear`. For example, where `pkg/__init__.py` says
`from .layers import *` and `layers.py` defines `Linear`, the origin of `pkg.Linear` is
`pkg.layers.Linear`. An assignment is followed where its value is a plain name; what a call returns
is the affair of `graph`, which takes longer. What runs decides nothing here: a name that is bound
twice has both origins.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.errors import SourceError
from srcread.index.block.bindings import Binding, How, path_of
from srcread.index.imports import import_source
from srcread.index.index import Index
from srcread.index.module import Module


class Names:
    """Follows names in the modules of an index, which are parsed as they are needed."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._origins: dict[str, frozenset[str]] = {}
        self._modules: dict[str, bool] = {}

    def origins(self, name: str) -> frozenset[str]:
        """Return the full names under which what a name stands for is defined.

        The name itself where nothing is known of it, or where it leads back to itself.
        """
        if name not in self._origins:
            ends, seen, waiting = set(), {name}, [name]
            while waiting:  # a loop, for a chain of names may be longer than Python's stack
                targets = self._next(each := waiting.pop())
                ends |= {each} if targets <= {each} else set()
                waiting += sorted(targets - seen)
                seen |= targets
            self._origins[name] = frozenset(ends or {name})
        return self._origins[name]

    def is_module(self, name: str) -> bool:
        """Tell whether a full name is that of a module with source."""
        if name not in self._modules:
            try:
                self._modules[name] = self.index.sources.find_module(name) is not None
            except SourceError:
                self._modules[name] = True  # there is one, though nobody can decode it
        return self._modules[name]

    def split(self, name: str) -> tuple[str, list[str]]:
        """Return the longest head of a name that is a module, and what stands behind it."""
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            if self.is_module(head := ".".join(parts[:length])):
                return head, parts[length:]
        return "", parts

    def is_bound(self, name: str) -> bool:
        """Tell whether a module binds what stands behind it in a full name."""
        head, rest = self.split(name)
        module = self.index.module(head) if head else None
        return not rest if module is None or not rest else rest[0] in module.scope.bindings

    def targets(self, module: Module, binding: Binding, around: str) -> str:
        """Return the full name that a binding leads to; `around` is what it is called itself."""
        match binding:
            case Binding(how=How.IMPORTED, node=ast.Import(), alias=ast.alias() as alias):
                return alias.name if alias.asname else alias.name.partition(".")[0]
            case Binding(how=How.IMPORTED, node=ast.ImportFrom() as node, alias=ast.alias() as one):
                return f"{import_source(module, node)}.{one.name}"
        return around

    def _next(self, name: str) -> set[str]:
        """Return the full names that a name leads to in one step; none if nothing is known."""
        head, rest = self.split(name)
        module = self.index.module(head) if head and rest else None
        if module is None:
            return set()
        found = set(self._bound(module, rest[0]) or self._starred(module, rest[0]))
        return {".".join([target, *rest[1:]]) for target in found}

    def _bound(self, module: Module, first: str) -> list[str]:
        """Return the full names that the bindings of a name at a module's top lead to."""
        own, found = f"{module.name}.{first}", []
        for binding in module.scope.bindings.get(first, []):
            match binding:
                case Binding(how=How.VALUE, node=ast.Name() | ast.Attribute() as value, path=()):
                    found.append(f"{module.name}.{path_of(value) or first}")
                case _:
                    found.append(self.targets(module, binding, own))
        return found

    def _starred(self, module: Module, first: str) -> Iterator[str]:
        """Yield the full names of a name that star imports bring in, from however far."""
        seen, waiting = {module.name}, [module]
        while waiting:
            here = waiting.pop()
            for source in (import_source(here, node) for node in here.scope.starred):
                if not source or source in seen or not self.index.may_bind(source, first):
                    continue
                seen.add(source)
                if (found := self.index.module(source)) is None:
                    continue
                if first in found.scope.bindings:
                    yield f"{source}.{first}"
                else:
                    waiting.append(found)
