"""`must_fail`: a control that a snippet declares itself, where no line can be changed for it.

    if must_fail("The padded rows are zero."):
        mask = torch.zeros_like(mask)

A plain run passes over it. `srcread confirm --controls` runs the snippet once more for each, with
that one taken, and the claim of that sentence must turn false. It is for what is absent, for
defaults of None, and for scripted code, which is compiled from its file.

The claim itself is evaluated again, not a copy of it: so a control cannot drift from its claim.
"""

from __future__ import annotations

import sys

taken: int | None = None
"""The line of the control that this run takes, set from outside; None in a plain run."""


def must_fail(sentence: str) -> bool:
    """Tell whether this run is the one that makes the claim of this sentence false.

    It stands as the test of an `if`, and the change in its body.
    """
    return sys._getframe(1).f_lineno == taken
