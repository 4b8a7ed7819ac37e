"""A class's line of bases, and which of them defines a member, by the names of the bases.

The line is depth first, not the order of PEP 253 that Python takes where bases share a base: it
differs only where both of them define the member.
"""

from __future__ import annotations

import ast

from srcread.index.index import Index
from srcread.index.module import Defined
from srcread.index.uses.names import Names


class Classes:
    """Answers questions about the classes of an index."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._lines: dict[str, tuple[str, ...]] = {}

    def line(self, name: str) -> tuple[str, ...]:
        """Return the full names of a class and its bases, those that are not read among them."""
        if name not in self._lines:
            found: dict[str, None] = {}
            waiting = [name]
            while waiting:  # a loop, for the line may be longer than Python's stack
                if (each := waiting.pop()) not in found:
                    found[each] = None
                    waiting += reversed(self._bases(each))
            self._lines[name] = tuple(found)
        return self._lines[name]

    def is_known(self, name: str) -> bool:
        """Tell whether all bases of a class are read, so that its members are known."""
        return all(each == "builtins.object" or self._class(each) for each in self.line(name))

    def member(self, name: str, member: str, *, above: bool = False) -> str | None:
        """Return the full name of a class's member, `above` for what `super()` finds."""
        for each in self.line(name)[above:]:
            if (found := self._class(each)) is not None and _defines(found, member):
                return f"{each}.{member}"
        return None

    def meanings(self, name: str) -> frozenset[str]:
        """Return the origins of a name; an inherited member's is in the class that defines it."""
        found = set()
        for origin in self.names.origins(name):
            holder, _, last = origin.rpartition(".")
            found.add((self._class(holder) and self.member(holder, last)) or origin)
        return frozenset(found)

    def exists(self, name: str) -> bool:
        """Tell whether a full name is that of a module, or of what a module or class binds."""
        if self.names.is_module(name) or self.names.index.defined(name) is not None:
            return True
        holder, _, last = name.rpartition(".")
        found = self._class(holder)
        if found is not None:
            return _defines(found, last)
        return self.names.is_module(holder) and self.names.is_bound(name)

    def beside(self, name: str) -> list[str]:
        """Return the full names of what the same class, or else the same module, binds."""
        holder, _, _ = name.rpartition(".")
        found: list[str] = []
        for origin in sorted(self.names.origins(holder)) if holder else ():
            for each in self.line(origin):
                if (known := self._class(each)) is not None:
                    found += (f"{holder}.{member}" for member in known.scope.bindings)
            module = self.names.index.module(origin)
            found += (f"{holder}.{bound}" for bound in (module.scope.bindings if module else ()))
        return found

    def is_class(self, name: str) -> bool:
        """Tell whether a full name is that of a class that is read."""
        return self._class(name) is not None

    def _class(self, name: str) -> Defined | None:
        index: Index = self.names.index
        if not self.names.split(name)[0]:
            return None
        found = index.defined(name)
        return found if found is not None and isinstance(found.node, ast.ClassDef) else None

    def _bases(self, name: str) -> list[str]:
        found = self._class(name)
        if found is None:
            return []
        assert isinstance(found.node, ast.ClassDef)
        bases = []
        for node in found.node.bases:
            node = node.value if isinstance(node, ast.Subscript) else node  # Generic[T]
            match node:
                case ast.Name() | ast.Attribute():
                    text = ast.unparse(node)
                    bases += sorted(self.names.origins(f"{found.module.name}.{text}"))
                case _:
                    bases.append(f"{name}.<base>")  # a call makes it: nobody knows its members
        return bases


def _defines(found: Defined, member: str) -> bool:
    return member in found.scope.bindings
