"""Names as a reader writes them: `Sequential.__init__`, which is `Sequential.__init__~3` inside.

Of several definitions of one name each has a number of its own, from the second on: what stands
behind two overloads is the third. That tells them apart in files, addresses and notes. To a reader
it is the name all the same, as long as no other definition of it is in sight.

For example, of `A.go~3`, `f` and `f~2` the names are `A.go`, `f` and `f~2`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_NUMBER = re.compile(r"~\d+\b")


def plain_name(name: str) -> str:
    """Return a name, or a text with names in it, without the numbers of definitions."""
    return _NUMBER.sub("", name) if "~" in name else name


def shown_names(names: Iterable[str]) -> dict[str, str]:
    """Return the names that are shown, for those that are others inside: the unambiguous ones."""
    every = set(names)
    several = Counter(map(plain_name, every))
    return {
        name: plain_name(name) for name in every if "~" in name and several[plain_name(name)] == 1
    }
