"""A source tree in which one place of one file is changed, for a run that reads the text itself.

What a snippet parses cannot be changed where it stands in memory. So such a run is given a copy of
the tree, in its own folder, with the change in it: an import, an extraction and a reading of the
file all see the same. A copy and no links, for a tree's files may not lead out of it.
"""

from __future__ import annotations

import os
import shutil
from typing import Any


def laid(run: dict[str, Any], trees: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return the trees of a run, the one that its overlay changes being a copy in `folder`.

    The files of the units that the run watches are moved with it.
    """
    about = run["overlay"]
    root, revision = trees[about["tree"]]
    copy = os.path.join(folder, "tree")
    shutil.copytree(root, copy)
    file = os.path.join(copy, about["file"])
    with open(file, "rb") as opened:
        text = opened.read().decode("utf-8")
    start, end, new = about["edit"]
    os.chmod(file, 0o600)  # a tree may be read-only, and its copy is, too
    with open(file, "wb") as opened:
        opened.write((text[:start] + new + text[end:]).encode("utf-8"))
    for _, told in run["observers"]:
        for one in told["units"] if isinstance(told, dict) and "change" in told else ():
            one["unit"]["file"] = one["unit"]["file"].replace(root, copy)
    return {**trees, about["tree"]: [copy, revision]}
