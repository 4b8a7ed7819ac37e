"""The index: modules, definitions and symbols by name, each file parsed when it is first needed.

It remembers which files were consulted, with their hashes: whoever keeps a result knows by these
what the result depended on.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from srcread.errors import SourceError
from srcread.index.digest import digest
from srcread.index.glimpse import glimpse
from srcread.index.module import Defined, Module, symbol_of
from srcread.index.parse import parse
from srcread.index.trees import parse_symbol, split_lines, undecodable, unread_cells
from srcread.model import Diagnostic, Symbol, SymbolKind
from srcread.sources import Sources

_OPEN_ENDED = ("import *", "globals()", "sys.modules[", "\ndef __getattr__")
"""Marks of modules that may have names which their text does not spell."""


class Index:
    """Answers questions about the code in `sources`. Not thread-safe.

    What an `earlier` index has parsed, of the same distribution and bytes, is not parsed again.
    """

    def __init__(self, sources: Sources, earlier: Index | None = None) -> None:
        self.sources = sources
        self._parsed = earlier._modules if earlier is not None else {}
        self.files: dict[str, str] = {}
        self.diagnostics: list[Diagnostic] = []
        self._modules: dict[str, Module | None] = {}
        self._stubs: dict[str, Module | None] = {}
        self._glimpsed: dict[str, Symbol | None] = {}
        self._defined: dict[str, Defined] = {}

    def module(self, name: str) -> Module | None:
        """Return the parsed module, or None: no such file, or one that cannot be parsed.

        The latter has left a diagnostic.
        """
        if name not in self._modules:
            self._modules[name] = self._load(name)
        return self._modules[name]

    def module_with(self, name: str, word: re.Pattern[str]) -> Module | None:
        """Return a module if its text has a word; one that has not is consulted, not parsed."""
        if name not in self._modules:
            try:
                file = self.sources.find_module(name)
            except SourceError:
                return None
            if file is None:
                return None
            self.files[f"{file.distribution}:{file.path}"] = file.sha256
            if not word.search(file.text):
                return None
        module = self.module(name)
        return module if module is not None and word.search(module.file.text) else None

    def stub(self, name: str) -> Module | None:
        """Return the parsed `.pyi` beside a module's file; None where none can be parsed."""
        if name not in self._stubs:
            self._stubs[name] = self._load(name, stub=True)
        return self._stubs[name]

    def may_bind(self, module_name: str, name: str) -> bool:
        """Tell whether a module may have a name, by its text: a sure no, else perhaps.

        A package that brings a thousand modules in by stars would be parsed whole for one name.
        """
        if module_name in self._modules:
            return True
        try:
            file = self.sources.find_module(module_name)
        except SourceError:
            return True  # parsing it leaves the diagnostic
        if file is None or name in file.text or any(mark in file.text for mark in _OPEN_ENDED):
            return True
        self.files[f"{file.distribution}:{file.path}"] = file.sha256
        return False

    def defined(self, name: str) -> Defined | None:
        """Return the definition under its full name, `torch.nn.Linear` not being one."""
        if (known := self._defined.get(name)) is not None:
            return known
        for head in _heads(name):  # `torch.autograd.variable` is a module and a function
            module = self.module(head)
            if module is not None and (found := module.find(name)) is not None:
                self._defined[name] = found
                return found
        return None

    def module_of(self, name: str) -> Module | None:
        """Return the module in which a definition of this full name would stand."""
        return next((found for head in _heads(name) if (found := self.module(head))), None)

    def symbol(self, name: str) -> Symbol | None:
        """Return the symbol under its full name."""
        defined = self.defined(name)
        return defined.symbol if defined is not None else None

    def glimpse(self, name: str) -> Symbol | None:
        """Return a function or class at the top of its module without parsing that, if it can be.

        None says nothing: the name may be defined in a way that only parsing tells.
        """
        if name not in self._glimpsed:
            self._glimpsed[name] = self._find_in_text(name)
        return self._glimpsed[name]

    def text(self, symbol: Symbol) -> str:
        """Return the text of the whole file in which a symbol stands."""
        return self.sources.read(symbol.distribution, symbol.path).text

    def digest(self, symbol: Symbol) -> str:
        """Return the digest of a symbol's code, `d1:…`."""
        return digest(parse_symbol(self.text(symbol), symbol))

    def nearest(self, name: str) -> str | None:
        """Return the existing full name most like an unknown one."""
        from difflib import get_close_matches

        module = self.module_of(name)
        candidates = list(_names(module.definitions)) if module is not None else []
        near = get_close_matches(name, candidates, n=1, cutoff=0.6)
        return near[0] if near else None

    def _find_in_text(self, name: str) -> Symbol | None:
        module, _, last = name.rpartition(".")
        try:
            file = self.sources.find_module(module)
        except SourceError:
            return None
        node = glimpse(file, last) if file is not None else None
        if file is None or node is None:
            return None
        self.files[f"{file.distribution}:{file.path}"] = file.sha256
        kind = SymbolKind.CLASS if isinstance(node, ast.ClassDef) else SymbolKind.FUNCTION
        return symbol_of(name, node, kind, file, split_lines(file.text))

    def _load(self, name: str, *, stub: bool = False) -> Module | None:
        try:
            find = self.sources.find_stub if stub else self.sources.find_module
            file = find(name)
        except SourceError as error:
            self.diagnostics.append(undecodable(error))
            return None
        if file is None:
            return None
        self.files[f"{file.distribution}:{file.path}"] = file.sha256
        self.diagnostics += unread_cells(file)
        parsed = self._parsed.get(name)
        if parsed is not None and parsed.file == file:
            return parsed
        tree = parse(file, self.diagnostics.append)
        if isinstance(tree, Diagnostic):
            self.diagnostics.append(tree)
            return None
        assert isinstance(tree, ast.Module)
        return Module(name, file, tree, is_package="/__init__.py" in f"/{file.path}")


def _heads(name: str) -> Iterator[str]:
    """Yield a dotted name and all that it lies in, longest first."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _names(definitions: dict[str, Defined]) -> list[str]:
    names = []
    for name, defined in definitions.items():
        names.append(name)
        if isinstance(defined.node, ast.ClassDef):
            names.extend(_names(defined.inner()))
    return names
