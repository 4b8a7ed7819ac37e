"""Questions to the index of a whole distribution: names by a part of them, the nearest, who calls.

Names are searched by reading all of them, which for torch's 56,000 takes 40 ms; an index over their
parts would cost each build more than all searches of a day.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from srcread.index.extract import CALL_CODE
from srcread.index.whole.build import IndexSummary
from srcread.index.whole.table import read_table
from srcread.model import SymbolKind

_ALL = """
SELECT symbols.name AS name, kind, path, symbols.line AS line, end_line
FROM symbols JOIN files ON file = id
UNION ALL SELECT module, 'module', path, 1, 0 FROM files WHERE problem IS NULL
"""
_HUMP = re.compile(r"[A-Z][a-z0-9]*")
_CUTOFF = 0.7


@dataclass(frozen=True, slots=True, order=True)
class IndexedSymbol:
    """A symbol as the index knows it; the lines of a module are (1, 0)."""

    name: str
    kind: SymbolKind
    path: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, order=True)
class IndexedCall:
    """A call site: `caller` is a full name, `callee` what is called as written in the file."""

    path: str
    line: int
    column: int
    caller: str
    callee: str


@dataclass(frozen=True, slots=True, order=True)
class IndexedImport:
    """An import statement's part: `names` is empty for `import module`."""

    path: str
    line: int
    module: str
    names: tuple[str, ...]


def find_symbols(summary: IndexSummary, query: str, *, limit: int = 50) -> list[IndexedSymbol]:
    """Return the symbols whose names have a part like `query`, the best first.

    That is, in this order: the last name itself, its start, its humps (`TEL` or `TrEncLay` is
    `TransformerEncoderLayer`, `sdpa` is `scaled_dot_product_attention`), the same in any case, and
    a part of the full name. What stands before a dot must stand before it in the full name, too.
    """
    if not query:
        return []
    rank = _ranking(query)
    pattern = "*" + "*".join(map(_literal, query.lower())) + "*"
    with read_table(summary.path) as table:
        rows = table.execute(f"SELECT * FROM ({_ALL}) WHERE lower(name) GLOB ?", [pattern])
        ranked = [(place, len(row[0]), row) for row in rows if (place := rank(row[0])) is not None]
    return [_symbol(row) for _, _, row in sorted(ranked)[:limit]]


def nearest(summary: IndexSummary, name: str) -> str | None:
    """Return the existing full name most like an unknown one, None if none is like it.

    The last names count first: what is public under one name is often defined under another,
    `torch.nn.Linear` as `torch.nn.modules.linear.Linear`.
    """
    with read_table(summary.path) as table:
        names = [row[0] for row in table.execute(f"SELECT name FROM ({_ALL})")]
    last = _last(name).lower()
    by_last: dict[str, list[str]] = {}
    for known in names:
        by_last.setdefault(_last(known).lower(), []).append(known)
    alike = [last] if last in by_last else _alike(last, by_last)
    for word in alike:
        return min(by_last[word], key=lambda known: _distance(name, known))
    return None


def find_calls(summary: IndexSummary, callee: str) -> list[IndexedCall]:
    """Return the call sites where what is called is written `callee` or ends in `.callee`."""
    found: list[IndexedCall] = []
    with read_table(summary.path) as table:
        rows = table.execute(
            "SELECT id, path, module, texts, sites.calls FROM sites JOIN files ON file = id "
            "WHERE instr(texts, ?) OR instr(texts, ?) ORDER BY path",
            (f"\n{callee}\n", f".{callee}\n"),
        )
        for number, path, module, texts, calls in rows.fetchall():
            found += _calls(table, number, path, module, texts.split("\n")[1:-1], calls, callee)
    return found


def imports(summary: IndexSummary) -> list[IndexedImport]:
    """Return what all files import, by path and line; relative imports by their full names."""
    found = []
    with read_table(summary.path) as table:
        for path, text in table.execute(
            "SELECT path, imports FROM sites JOIN files ON file = id ORDER BY path"
        ):
            for line in filter(None, text.split("\n")):
                module, names, number = line.split(" ")
                parts = tuple(names.split(",")) if names else ()
                found.append(IndexedImport(path, int(number), module, parts))
    return found


def _symbol(row: tuple[str, str, str, int, int]) -> IndexedSymbol:
    name, kind, path, line, end_line = row
    return IndexedSymbol(name, SymbolKind(kind), path, line, end_line)


def _ranking(query: str) -> Callable[[str], int | None]:
    """Return what tells how well a full name answers a query: 0 is best, None not at all."""
    head, _, end = query.rpartition(".")
    around = re.compile("".join(rf"(?:^|.*\.){re.escape(part)}(?=\.)" for part in head.split(".")))
    hump, start, lower = _hump_pattern(end), end.lower(), query.lower()

    def rank(name: str) -> int | None:
        last = _last(name)
        if not head or around.match(name.rpartition(".")[0] + "."):
            answers = (
                last == end,
                last.startswith(end),
                hump.match(last),
                last.lower().startswith(start),
            )
            for place, answer in enumerate(answers):
                if answer:
                    return place
        return 4 if lower in name.lower() else None

    return rank


def _hump_pattern(query: str) -> re.Pattern[str]:
    """Return what matches a last name by its humps: of CamelCase, or of words_with_underscores."""
    if len(humps := _HUMP.findall(query)) > 1 and "".join(humps) == query:
        return re.compile("_*" + "[a-z0-9]*".join(humps))
    if len(query) > 1 and query.isalnum() and query.islower():
        return re.compile("_*" + "[a-z0-9]*_".join(query))
    return re.compile(r"(?!)")


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _literal(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character


def _alike(word: str, known: Iterable[str]) -> list[str]:
    """Return the most similar words; only those that share enough pairs of letters are compared."""
    from difflib import get_close_matches

    pairs = set(_pairs(word))
    enough = len(pairs) // 3
    likely = [
        other
        for other in known
        if abs(len(other) - len(word)) <= 2 + len(word) // 3
        and len(pairs.intersection(_pairs(other))) > enough
    ]
    return get_close_matches(word, sorted(likely), n=3, cutoff=_CUTOFF)


def _pairs(word: str) -> Iterator[str]:
    return map("".join, zip(" " + word, word + " ", strict=True))


def _distance(name: str, known: str) -> tuple[float, int, int, str]:
    """Return how far two names with like last names are apart: by case, then by their heads."""
    from difflib import SequenceMatcher

    parts = zip(name.split("."), known.split("."), strict=False)
    shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], parts))
    alike = SequenceMatcher(None, _last(name), _last(known)).ratio()
    return -alike, -shared, len(known), known


def _calls(
    table: sqlite3.Connection,
    number: int,
    path: str,
    module: str,
    texts: list[str],
    calls: bytes,
    callee: str,
) -> Iterator[IndexedCall]:
    """Yield the calls of one file whose text is the callee's."""
    wanted = {
        place for place, text in enumerate(texts) if text == callee or text.endswith("." + callee)
    }
    symbols = "SELECT name FROM symbols WHERE file = ? ORDER BY place"
    callers = [module, *(row[0] for row in table.execute(symbols, [number]))]
    numbers = array(CALL_CODE, calls)
    for place in range(0, len(numbers), 4):
        owner, text, line, column = numbers[place : place + 4]
        if text in wanted:
            yield IndexedCall(path, line, column, callers[owner], texts[text])
