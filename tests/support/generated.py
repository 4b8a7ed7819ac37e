"""Inputs that Hypothesis makes up: how tests draw them, and Python source of random shape.

Every run draws the same examples, so that a test cannot fail by chance, and nothing is kept on the
disk. What is drawn is small: limits are probed by cases of their own. A strategy is made once: most
of the time would go into making it anew for each draw.
"""

from __future__ import annotations

from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st


def tried(examples: int) -> settings:
    """Return the settings of a test that draws so many examples."""
    return settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


Lines = list[str]

_NAMES = st.sampled_from(("x", "y", "size", "heads", "self.w", "torch", "input", "é", "q.k.v"))
_WORDS = st.sampled_from(("x", "y", "size", "é"))
_EXPRESSIONS = st.sampled_from(
    (
        *("x", "self.w", "heads[0]", "3", "'text'", "None", "x + y", "not x", "(x, y)", "x < size"),
        *(
            "x(y)",
            "torch.f(x, heads)",
            "len(input)",
            "f(x)[y].z",
            "super().run(x)",
            "x and y or size",
        ),
        *(
            "[x for x in heads]",
            "(lambda q: q + x)",
            "(x if y else size)",
            "(yield x)",
            "f(x=y(é))",
        ),
    )
)
_SIMPLE = st.sampled_from(
    (
        *("{n} = {a}", "{n} = {w} = {a}", "{w}, {n} = {a}, {b}", "{n} += {a}", "{w}: {a} = {b}"),
        *("{n}({a})", "{n}({a}, {b})", "return {a}", "return", "raise", "raise {n}({a}) from {w}"),
        *("assert {a}, {b}", "del {n}", "import {w}", "from {w} import {w} as z", "pass", "{a}"),
        *("global {w}", "yield {a}", "{n}[{a}] = {b}"),
    )
)
_COMPOUND = st.sampled_from(
    (
        *(("if {a}:",), ("if {a}:", "elif {b}:"), ("if {a}:", "else:"), ("for {w} in {a}:",)),
        *(("for {w} in {a}:", "else:"), ("while {a}:",), ("with {n}({a}) as {w}:",)),
        *(("try:", "except {n} as {w}:"), ("try:", "finally:"), ("def {w}({w}, *z):",)),
        *(("try:", "except {n}:", "except ValueError:", "else:", "finally:"), ("class {w}({n}):",)),
        ("match {a}:", "    case 1:", "    case [{w}, *_]:"),
    )
)


@st.composite
def statements(draw: st.DrawFn, depth: int = 2) -> Lines:
    """Return the lines of one statement, with blocks in it up to `depth`."""
    words = {
        "n": draw(_NAMES),
        "w": draw(_WORDS),
        "a": draw(_EXPRESSIONS),
        "b": draw(_EXPRESSIONS),
    }
    if not depth or draw(st.booleans()):
        return [draw(_SIMPLE).format(**words)]
    lines = []
    for head in draw(_COMPOUND):
        lines.append(head.format(**words))
        if not head.startswith("match"):
            inner = draw(blocks(depth - 1, 2))
            lines += indented(inner, " " * (len(head) - len(head.lstrip()) + 4))
    return lines


@cache
def blocks(depth: int, most: int = 5) -> st.SearchStrategy[Lines]:
    """Return the lines of a block, without its indentation."""
    several = st.lists(statements(depth), min_size=1, max_size=most)
    return several.map(lambda found: [line for lines in found for line in lines])


def indented(lines: Lines, by: str = "    ") -> Lines:
    """Return lines further in."""
    return [by + line for line in lines]


@st.composite
def functions(draw: st.DrawFn, depth: int = 2) -> str:
    """Return the text of a function `f`, decorated or not, with a docstring or not."""
    head = draw(st.sampled_from(["def f(self, x, *y):", "async def f(x=len, /, size: int = 3):"]))
    doc = draw(st.sampled_from([[], ['"""Doc."""']]))
    decorated = draw(st.sampled_from([[], ["@wraps(x)"]]))
    return "\n".join([*decorated, head, *indented(doc + draw(blocks(depth)))]) + "\n"
