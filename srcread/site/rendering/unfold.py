"""A function's code as a classic script that other pages load to unfold it at a call.

It is the code as on the function's own page, without anchors, marks of runs and notes: a page has
each line's number once. Links count from the folder of a tour's pages, where it is unfolded.
"""

from __future__ import annotations

from srcread.site.data.function import FunctionPage
from srcread.site.escaping import script_json
from srcread.site.rendering.code import highlight


def code_script(file: str, page: FunctionPage) -> bytes:
    """Return the script that adds the function whose page is `file` to one global."""
    lines = highlight(page.text, page.first, page.marks).lines
    code = {"first": page.first, "lines": lines, "place": page.place, "short": page.short}
    # The lines are HTML: `script_json` shows hidden characters again, of which none are left.
    return f"(window.srcreadCode ||= {{}})[{script_json(file)}] = {script_json(code)};\n".encode()
