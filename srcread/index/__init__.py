"""Files to symbols, syntax trees and digests, on demand and by `ast`.

| module | does |
|---|---|
| `parse` | text to trees, whole files or one symbol's lines |
| `late` | large files, function by function |
| `block` | what one block binds, calls, runs implicitly, fills and tests, in one pass |
| `module` | one file's definitions and names |
| `glimpse` | one definition, without parsing its file |
| `digest` | equal code, equal digest |
| `index` | all of it by name |
| `imports` | what a module imports |
| `whole` | the index of a whole distribution, kept: search, nearest names, callers, imports |
| `uses` | every place in a distribution that calls or names one symbol |

`whole` and `uses` have doors of their own, for who asks about a distribution, not about an entry.
"""

from srcread.index.digest import digest, digest_text
from srcread.index.index import Index
from srcread.index.module import Defined, Module
from srcread.index.parse import parse, parse_symbol, range_of, split_lines

__all__ = [
    "Defined",
    "Index",
    "Module",
    "digest",
    "digest_text",
    "parse",
    "parse_symbol",
    "range_of",
    "split_lines",
]
