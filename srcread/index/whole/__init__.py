"""The index of a whole distribution, kept in SQLite: every symbol, call site and import by name.

For search, for the nearest names across a distribution, and for drift between versions. What a
reader walks on, `srcread.index.Index`, needs none of it: that parses only what it is asked for.

| module | does |
|---|---|
| `build` | list, compare, read what changed, write, sum up |
| `files` | the files of a distribution and their states |
| `table` | the SQLite file |
| `search` | names by a part of them, the nearest name, who calls what, who imports what |
"""

from srcread.index.whole.build import IndexSummary, index_distribution
from srcread.index.whole.search import (
    IndexedCall,
    IndexedImport,
    IndexedSymbol,
    find_calls,
    find_symbols,
    imports,
    nearest,
)

__all__ = [
    "IndexSummary",
    "IndexedCall",
    "IndexedImport",
    "IndexedSymbol",
    "find_calls",
    "find_symbols",
    "imports",
    "index_distribution",
    "nearest",
]
