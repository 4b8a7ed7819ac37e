"""The source tree of a framework that is not installed, for snippets that run its functions.

    tree = source_tree("tensorrt-llm==0.7.1")

`srcread confirm` gives a run the trees of its tour's distributions, in every version that the store
has. A snippet that is run by hand finds them in the store itself. An installed distribution of that
very version is preferred, as everywhere.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.lab import told

VARIABLE = "SRCREAD_TREES"
"""Names the trees of a run, as JSON: `{"NAME==VERSION": [ROOT, REVISION], …}`."""

_CANNOT_RUN = 77


def source_tree(requirement: str) -> Path:
    """Return the root of a distribution's sources, `name==version`.

    Where they are not here, it prints the reason and ends the snippet with status 77, which says
    that it cannot run on this machine.

    Raises:
        SrcreadError: the requirement does not name one version.
    """
    if requirement.count("==") != 1:
        raise SrcreadError(f"{requirement!r} names no version. Write 'tensorrt-llm==0.7.1'.")
    told_trees = os.environ.get(VARIABLE)
    found = _stored(requirement) if told_trees is None else json.loads(told_trees).get(requirement)
    if found is None:
        print(
            f"the source of {requirement} is not here: "
            f"`srcread fetch {requirement}` brings it, without installing anything"
        )
        raise SystemExit(_CANNOT_RUN)
    root, revision = found
    told.trees[requirement] = revision
    return Path(root)


def _stored(requirement: str) -> tuple[str, str] | None:
    from srcread.sources import open_distribution

    name, _, version = requirement.partition("==")
    try:
        found = open_distribution(name, version, offline=True)
    except SrcreadError:
        return None
    return str(found.root), found.revision or ""
