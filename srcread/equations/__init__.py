"""Equations: a note's `equation` fences, read as Python by `ast`, held to names, drawn as MathML.

    scores = q @ k.mT / sqrt(d)

is read by `syntax`, its names are found by `names`, it is drawn by `draw` and, where it is wider
than a note, laid in lines by `fit`. Nothing is run here: `srcread.lab.equations` evaluates, in the
process of a snippet, which pays for no drawing: that is `drawn` of `fit`, and not exported here.
Left out is LaTeX: it breaks a name into letters.
"""

from srcread.equations.fences import INFO, Fence, fences_in
from srcread.equations.names import declared_names, free_names, needed_names
from srcread.equations.note import Stated, equations_in
from srcread.equations.syntax import Equation, EquationError, column_of, read_equations

__all__ = [
    "INFO",
    "Equation",
    "EquationError",
    "Fence",
    "Stated",
    "column_of",
    "declared_names",
    "equations_in",
    "fences_in",
    "free_names",
    "needed_names",
    "read_equations",
]
