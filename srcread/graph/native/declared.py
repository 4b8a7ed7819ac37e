"""What a name of native code is: a module, a class, a function or a value, and what declares it.

By stubs first, then by the list of operators. A class has what its stub or the list has and nothing
else; a module may have more, for stubs of modules are incomplete, and its own package's code names
what it takes from there.

For example, `torch._C.TensorBase.size` is a function of the class `torch._C.TensorBase`, and
`torch._C.TensorBase.startswith` is nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import Enum

from srcread.graph.native.stubs import Function, Stub


class Kind(Enum):
    """What a name of native code stands for."""

    MODULE = "module"
    """A compiled module."""
    CLASS = "class"
    """A class."""
    FUNCTION = "function"
    """A function, or a method of a class."""
    VALUE = "value"
    """Anything else: a constant of a module, an attribute or a property of a class's objects."""


class Declarations:
    """Answers what native names are.

    `stub` gives a module's stub, `is_operator` tells whether an owner has an operator of a name.
    """

    def __init__(
        self, stub: Callable[[str], Stub | None], is_operator: Callable[[str, str], bool]
    ) -> None:
        self._stub = stub
        self._is_operator = is_operator
        self._kinds: dict[str, Kind | None] = {}

    def kind(self, native: str) -> Kind | None:
        """Return what a name stands for; None where neither a stub nor the list has it."""
        if native not in self._kinds:
            self._kinds[native] = self._find(native)
        return self._kinds[native]

    def member(self, cls: str, name: str) -> str | None:
        """Return the full name of what a class has, itself or from a base in the same stub."""
        waiting, seen = [cls], set()
        while waiting:
            owner = waiting.pop(0)
            if owner not in seen:
                seen.add(owner)
                if self.kind(f"{owner}.{name}") is not None:
                    return f"{owner}.{name}"
                module = owner.rpartition(".")[0]
                waiting += [f"{module}.{base}" for base in self.bases(owner)]
        return None

    def bases(self, cls: str) -> tuple[str, ...]:
        """Return the bases of a class as its stub writes them; none where no stub has the class."""
        module, _, name = cls.rpartition(".")
        stub = self._stub(module) if module else None
        return stub.bases(name) if stub is not None and stub.is_class(name) else ()

    def annotation(self, native: str) -> ast.expr | None:
        """Return what a value is declared as, as its stub writes it."""
        stub, cls, name = self._place(native)
        return stub.annotation(name, cls) if stub is not None else None

    def signatures(self, native: str) -> tuple[Function, ...]:
        """Return the definitions of a function in its stub."""
        stub, cls, name = self._place(native)
        return stub.signatures(name, cls) if stub is not None else ()

    def _find(self, native: str) -> Kind | None:
        stub, cls, name = self._place(native)
        if stub is not None and name in (stub.members(cls) if cls else stub.names()):
            if not cls and stub.is_class(name):
                return Kind.CLASS
            return Kind.FUNCTION if stub.is_function(name, cls) else Kind.VALUE
        owner = native.rpartition(".")[0]
        if self._is_operator(owner, name):
            return Kind.FUNCTION
        return Kind.MODULE if not cls and self._stub(native) is not None else None

    def _place(self, native: str) -> tuple[Stub | None, str, str]:
        """Return the stub that may declare a name, the class in it, and the name's last part."""
        owner, _, name = native.rpartition(".")
        if not owner or (stub := self._stub(owner)) is not None:
            return stub if owner else None, "", name
        module, _, cls = owner.rpartition(".")
        stub = self._stub(module) if module else None
        return (stub, cls, name) if stub is not None and stub.is_class(cls) else (None, "", name)
