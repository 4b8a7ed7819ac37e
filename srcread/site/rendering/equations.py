"""An equation fence as HTML: MathML, and below it what a run says of each equation.

The result passes the allow-list of notes unchanged; the tags and attributes that it needs stand
here. A fence that cannot be read or does not fit a note is none: it is shown as code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape

from srcread.equations import EquationError, drawn, read_equations

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


def equations_html(text: str, said: Mapping[str, str], counts: Counter[str]) -> str:
    """Return a fence as HTML, nothing where it is none.

    `said` is HTML by an equation's name; `counts` are the names that stood on the left before.
    """
    try:
        equations = read_equations(text)
        math = drawn(equations, text)
    except EquationError:
        return ""
    names = [name for one in equations if (name := one.name)]
    lines = []
    for name in names:
        counts[name] += 1
        full = name if counts[name] == 1 else f"{name} #{counts[name]}"
        if full in said:
            lead = f"<code>{escape(full, quote=False)}</code> " if len(equations) > 1 else ""
            lines.append(f'<p class="share">{lead}{said[full]}</p>\n')
    return f"{math.markup}\n{''.join(lines)}" if math.fits else ""
