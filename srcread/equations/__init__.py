"""Equations: a note's `equation` fences, read as Python by `ast`, held to names, drawn as MathML.

    scores = q @ k.mT / sqrt(d)

is read by `syntax`, its names are found by `names`, it is drawn by `draw` and, where it is wider
than a note, laid in lines by `fit`. Nothing is run here: `srcread.lab.equations` evaluates, in the
process of a snippet. Left out is LaTeX: it breaks a name into letters.
"""

from srcread.equations.fences import Fence, fences_in
from srcread.equations.fit import Drawn, drawn
from srcread.equations.names import free_names
from srcread.equations.note import Stated, equations_in, fence_digest
from srcread.equations.syntax import Equation, EquationError, read_equations

__all__ = [
    "Drawn",
    "Equation",
    "EquationError",
    "Fence",
    "Stated",
    "drawn",
    "equations_in",
    "fence_digest",
    "fences_in",
    "free_names",
    "read_equations",
]
