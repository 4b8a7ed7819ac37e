"""The lab: what a snippet may import beside the framework that it is about.

Every part is imported where it is used, so that a snippet pays only for what it takes.
"""

from srcread.lab.controls import must_fail
from srcread.lab.equations import equation
from srcread.lab.grids import show_grid
from srcread.lab.replacing import replace
from srcread.lab.trees import source_tree

__all__ = ["equation", "must_fail", "replace", "show_grid", "source_tree"]
