"""An equation fence as HTML: MathML, and below it what a run says of each equation.

The result passes the allow-list of notes unchanged; the tags and attributes that it needs stand
here. A fence that cannot be read or does not fit a note is none: it is shown as code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape

from srcread.equations import EquationError, read_equations
from srcread.equations.fit import drawn

TAGS = (
    *("math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac"),
    *("msqrt", "msup", "msub", "munder", "munderover", "mtable", "mtr", "mtd"),
)
ATTRIBUTES = {
    "math": {"display", "alttext"},
    "annotation": {"encoding"},
    "mspace": {"width"},
    "p": {"class"},
    "span": {"class", "lang"},
}


Said = Mapping[str, tuple[str, str]]
"""By an equation's name as HTML: the sign that leads to its claim, and its standing in words."""


def equations_html(text: str, said: Said, counts: Counter[str]) -> str:
    """Return a fence as HTML, nothing where it is none.

    `counts` are the names that stood on the left before. Equations of one standing share a line.
    """
    try:
        equations = read_equations(text)
        math = drawn(equations, text)
    except EquationError:
        return ""
    lines: dict[str, list[str]] = {}
    for name in (one.name for one in equations if one.name):
        counts[name] += 1
        full = name if counts[name] == 1 else f"{name} #{counts[name]}"
        if full in said:
            sign, standing = said[full]
            lead = f"<code>{escape(full, quote=False)}</code> " if len(equations) > 1 else ""
            lines.setdefault(standing, []).append(f"{lead}{sign}")
    told = (f'<p class="share">{", ".join(them)} {it}</p>\n' for it, them in lines.items())
    return f"{math.markup}\n{''.join(told)}" if math.fits else ""
