"""The payload of a plan: the texts of the modules of `srcread.child` that its runs need.

The child is one file, and what it is told is one line of JSON. So the modules travel as texts,
under their own names without folders, and both ends of the records are of one version.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from srcread.about import PACKAGE

_ROOM = Path(PACKAGE).resolve() / "child"

MAIN = _ROOM / "main.py"
"""The file that another interpreter runs. Resolved: a child that starts further ones sees its own
file, and no link on the way to it."""


def payload(names: Iterable[str]) -> dict[str, str]:
    """Return the texts of these modules of the child by name, as the child's `load` names them.

    For example, `payload(["reporter", "sandbox/limits"])` has the keys `reporter` and `limits`.
    """
    return {name.rpartition("/")[2]: (_ROOM / f"{name}.py").read_text("utf-8") for name in names}
