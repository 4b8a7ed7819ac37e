"""Generated modules: who looks into a late tree cannot tell it from one that was parsed whole."""

from __future__ import annotations

import ast
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from support.generated import Lines, blocks, indented, tried

from srcread.index.late import parse_late

LONG = "# a comment that makes the file large\n" * 430
FILL = "# of many words, so that it is worth the trouble to leave this body out" + " at all" * 10
# Each holds a multi-line text, a line that goes on below, or signs of them that mean nothing.
ODD = st.sampled_from(
    [
        *(
            ["x = = 1"],
            ["# '''"],
            ['# """'],
            ["# (("],
            ["# \\"],
            ['x = \'"""\''],
            ["y = \"'''\""],
            ["z = '('"],
        ),
        *(['"""One."""'], ['"""One', "", "!x = 1", '!"""'], ["r'''", "!def g(a):", "    b", "'''"]),
        *(["x = '''a", "!'''"], ['x = """', "!class A: pass", '    """ + y'], ["x = 1 + \\", "!y"]),
        *(["g(", "!1,", "!)"], ["g('''", "!    def h(self):", "!''')"], ["x = 'a\\", "!b'"]),
        *(["x = {", "!    1: (2),", "!}"], ["x = [", "    # )", "]"], ['x = "\\""'], ["'\\'''"]),
        *([r'x = """\""""'], [r'x = "\\"'], ["", "#", ""], ['x = f"""{y}', '!"""']),
    ]
)


def placed(lines: Lines, by: int) -> str:
    """Return lines as text, further in; those with a `!` stay at the edge without it."""
    kept = [line[1:] if line.startswith("!") else " " * by + line for line in lines]
    return "\n".join(line.rstrip() if not line.strip() else line for line in kept) + "\n"


PARTS = st.lists(ODD | blocks(1, 2) | st.just([FILL]), min_size=1, max_size=4)
BEFORE = st.sampled_from([[FILL, FILL], [FILL, FILL], []])


@cache
@st.composite
def bodies(draw: st.DrawFn, by: int) -> str:
    """Return the text of a body, most of them long enough to be left out."""
    parts, long = draw(PARTS), draw(BEFORE)
    return placed([*long, *(line for part in parts for line in part), "return x"], by)


HEADS = (
    *("def f(a):", "def g(a, b=(1, 2)) -> x:  # é", "async def h(a=')'):", "def k(a, b='('):"),
    "def m(\n    a,\n):",
)
HEAD = st.sampled_from(HEADS)
DECORATOR = st.sampled_from(["", "", "@d(1)"])
KIND = st.sampled_from(["def", "def", "class", "if", "try"])
END = st.sampled_from(["", "    y = 2\n", "    # end\n", "\n"])


@cache
@st.composite
def definitions(draw: st.DrawFn, by: int = 0) -> str:
    """Return a function, a class of functions, or functions in branches."""
    kind = draw(KIND) if by == 0 else "def"
    if kind == "def":
        decorator, head = draw(DECORATOR), draw(HEAD)
        lines = indented([decorator] if decorator else [], " " * by)
        return "\n".join([*lines, " " * by + head, draw(bodies(by + 4))])
    inner, end = draw(several(4)), draw(END)
    after = {"class": "", "if": "else:\n    z = 1\n", "try": "except E:\n    z = 1\n"}[kind]
    head = {"class": "class A:\n", "if": "if a:\n", "try": "try:\n"}[kind]
    return head + "\n".join(inner) + end + after


@cache
def several(by: int) -> st.SearchStrategy[list[str]]:
    """Return a few definitions."""
    return st.lists(definitions(by), min_size=1, max_size=3)


BETWEEN = ODD.map(lambda lines: placed(lines, 0)) | st.sampled_from(["x = 1\n", "\n", ""])
OF_A_MODULE = st.lists(st.tuples(definitions(), BETWEEN), min_size=1, max_size=4)


@st.composite
def modules(draw: st.DrawFn) -> str:
    """Return the text of a module that is large enough for late parsing."""
    parts = draw(OF_A_MODULE)
    return LONG + "".join(a + b for a, b in parts)


def parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


@tried(400)
@given(modules())
def test_a_late_tree_is_the_whole_tree_and_no_body_of_it_is_broken(text: str) -> None:
    whole, problems = parsed(text), list[Exception]()
    late = parse_late(text, ast.parse, problems.append)
    if whole is not None and late is not None:
        assert ast.dump(late, include_attributes=True) == ast.dump(whole, include_attributes=True)
        assert problems == []
    if whole is None and late is not None:  # an error inside a body costs that function only
        ast.dump(late)
        assert problems != []
