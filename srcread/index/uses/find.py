"""Which files may use a symbol, by the index of the whole distribution, and what all of them do.

A file is parsed if it holds the symbol's last name and, by the index, calls, imports or defines
what is called so, or has a star import, or by its text names an attribute so. For torch and
`linear` these are 113 of 2,371 files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from srcread.index.index import Index
from srcread.index.module import Module
from srcread.index.uses.classes import Classes
from srcread.index.uses.file import Use, Wanted, local_words, uses_in
from srcread.index.uses.names import Names
from srcread.index.whole.build import IndexSummary
from srcread.index.whole.table import read_table
from srcread.model import Diagnostic, Distribution


@dataclass(frozen=True, slots=True)
class Uses:
    """All uses of a symbol in one distribution, sorted; `names` are the symbol's own full names."""

    names: tuple[str, ...]
    uses: tuple[Use, ...]
    diagnostics: tuple[Diagnostic, ...]


def names_beside(index: Index, name: str) -> list[str]:
    """Return the full names near an unknown one: what its class or module binds."""
    return Classes(Names(index)).beside(name)


class Search:
    """Finds the uses of one symbol after the other in a distribution.

    `index` reads the distribution and those that the symbols and their classes come from. What was
    read is kept, 48 MB for torch: a search lives as long as one piece of work.
    """

    def __init__(self, index: Index, summary: IndexSummary, distribution: Distribution) -> None:
        self.index = index
        self.summary = summary
        self.distribution = distribution
        self.classes = Classes(Names(index))
        self._files: list[_Indexed] = []

    def find(self, name: str, progress: Callable[[str], None] | None = None) -> Uses | None:
        """Return the uses of a symbol; None where nothing has this name."""
        wanted = _wanted(name, self.classes)
        found: list[Use] = []
        looked: set[str] = set()
        asked: frozenset[str] = frozenset()
        while asked != wanted.words:  # a package may hand the symbol on under another word
            asked = wanted.words
            waiting = sorted(self._candidates(wanted) - looked)
            looked.update(waiting)
            for number, module_name in enumerate(waiting, 1):
                if progress is not None and number % 16 == 0:
                    progress(f"{self.distribution.name}: {number} of {len(waiting)} files read")
                if (module := self.index.module(module_name)) is not None:
                    found += uses_in(module, wanted, self.classes)
                    exported = _exported(module, wanted, self.classes)
                    wanted = replace(wanted, words=wanted.words | exported)
        if not found and not any(map(self.classes.exists, wanted.names)):
            return None
        return Uses(
            tuple(sorted(wanted.names)),
            tuple(sorted(set(found), key=Use.order)),
            tuple(sorted({*self.summary.diagnostics, *self.index.diagnostics})),
        )

    def _candidates(self, wanted: Wanted) -> set[str]:
        """Return the names of the modules that may use a symbol."""
        any_word = "|".join(map(re.escape, sorted(wanted.words)))
        words = [one.encode() for one in wanted.words]
        word = re.compile(
            rf"\b(?:{any_word})\b".encode()
        )  # five times as slow as looking for bytes
        called = re.compile(rf"(?:\n|\.)(?:{any_word})\n")
        listed = re.compile(rf"(?<![\w.])(?:{any_word})(?![\w.])|\*")
        attribute = re.compile(rf"\.\s*(?:{any_word})\b".encode())
        homes = {name.rpartition(".")[0] for name in wanted.names}
        self._files = self._files or _read_all(self.summary, self.distribution)
        found = set()
        for file in self._files:
            if not any(plain in file.data for plain in words) or not word.search(file.data):
                continue
            by_index = called.search(file.texts) or listed.search(file.imports)
            if by_index or file.module in homes or attribute.search(file.data):
                found.add(file.module)
        return found


class _Indexed(NamedTuple):
    """A file: its bytes, and what the index has of it."""

    module: str
    data: bytes
    texts: str
    imports: str


def _read_all(summary: IndexSummary, distribution: Distribution) -> list[_Indexed]:
    with read_table(summary.path) as table:
        rows = table.execute(
            "SELECT path, module, texts, imports FROM sites JOIN files ON file = id ORDER BY path"
        ).fetchall()
    found = []
    for path, module, texts, imports in rows:
        with suppress(OSError):  # gone since it was indexed
            data = (distribution.root / path).read_bytes()
            found.append(_Indexed(module, data, texts, imports))
    return found


def _wanted(name: str, classes: Classes) -> Wanted:
    names = classes.meanings(name)
    holders = sorted({each.rpartition(".")[0] for each in names})
    holder = next(filter(classes.is_class, holders), "")
    return Wanted(names, frozenset({each.rpartition(".")[2] for each in (*names, name)}), holder)


def _exported(module: Module, wanted: Wanted, classes: Classes) -> frozenset[str]:
    """Return further words by which a package hands the symbol on: `import linear as lin`."""
    if not module.is_package:
        return frozenset()
    words = local_words(module, wanted) - wanted.words
    names = {word: classes.meanings(f"{module.name}.{word}") for word in words}
    return frozenset({word for word, found in names.items() if found & wanted.names})
