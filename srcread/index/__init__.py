"""Files to symbols, syntax trees and digests, on demand and by `ast`.

| module | does |
|---|---|
| `trees` | text to trees, whole files or one symbol's lines |
| `hostile` | what may not harm us, parsed in processes with limits |
| `parse` | a file to its tree, or to the diagnostic that says why there is none |
| `late` | large files, function by function |
| `block` | what one block binds, calls, runs implicitly, fills and tests, in one pass |
| `module` | one file's definitions and names |
| `glimpse` | one definition, without parsing its file |
| `digest` | equal code, equal digest |
| `index` | all of it by name |
| `imports` | what a module imports |
| `extract` | one tree to what is kept of it of a whole distribution |
| `whole` | the index of a whole distribution, kept: search, nearest names, callers, imports |
| `uses` | every place in a distribution that calls or names one symbol |

`whole` and `uses` have doors of their own, for who asks about a distribution, not about an entry.
"""

from srcread.index.digest import digest, digest_text
from srcread.index.index import Index
from srcread.index.module import Defined, Module
from srcread.index.parse import parse
from srcread.index.trees import parse_symbol, range_of, split_lines

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
