"""What is known of frameworks beyond Python itself: data, in idioms.toml and in users' own files.

| module | does |
|---|---|
| `tables` | the tables as rules ask for them |
| `files` | from files to tables: checked, one added to the other |
"""

from srcread.graph.idioms.files import extended_idioms, read_idioms, shipped_idioms
from srcread.graph.idioms.tables import Idioms

__all__ = ["Idioms", "extended_idioms", "read_idioms", "shipped_idioms"]
