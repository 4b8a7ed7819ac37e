"""What the runs of a tour may import and read of its own repository: its packages, and no more."""

from __future__ import annotations

from collections.abc import Iterable

from srcread.model import OWN_ORIGINS, Distribution
from srcread.running.plan import NO_FILES, OwnFiles
from srcread.sources import own_paths


def own_files_of(distributions: Iterable[Distribution]) -> OwnFiles:
    """Return what runs see of those distributions that are of one's own repository."""
    own = [item for item in distributions if item.origin in OWN_ORIGINS]
    return {
        **NO_FILES,
        "importable": list(dict.fromkeys(str(item.root) for item in own)),
        "readable": [str(path) for item in own for path in own_paths(item)],
    }
