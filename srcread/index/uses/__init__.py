"""Every place in a distribution that calls or names one symbol, by the names in the source.

The index of the whole distribution tells which files may have one; only those are parsed.

| module | does |
|---|---|
| `names` | a full name, followed to where it is defined |
| `classes` | a class's line of bases, and which of them defines a member |
| `frames` | what a name stands for inside functions and classes |
| `file` | the uses in one parsed file: where, of which kind, how certain |
| `find` | the files that may have one, and what all of them have |
"""

from srcread.index.uses.file import Use, UseKind
from srcread.index.uses.find import Search, Uses, names_beside
from srcread.index.uses.names import Names

__all__ = ["Names", "Search", "Use", "UseKind", "Uses", "names_beside"]
