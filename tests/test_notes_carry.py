"""Lines are carried from one version of a function to another only where that is sure."""

from __future__ import annotations

import textwrap

import pytest

from srcread.model import Position, Range, Stretch, Symbol, SymbolKind
from srcread.notes.anchors.carry import carried_lines


def side(text: str) -> tuple[str, Symbol]:
    text = textwrap.dedent(text)
    end = Position(len(text.splitlines()), len(text.splitlines()[-1]))
    place = Range(Position(1, 0), end)
    return text, Symbol("m.f", SymbolKind.FUNCTION, "d", "m.py", place, 1)


@pytest.mark.parametrize(
    ("old", "new", "stretches"),
    [
        ("def f(x):\n    return x", "def f(x):\n    return x", [(1, 2, 1)]),
        # Other spaces and comments are no other statement.
        (
            "def f(x):\n    return x+1",
            "def f(x):\n    # one more\n    return x + 1",
            [(1, 1, 1), (2, 2, 3)],
        ),
        (
            "def f(x):\n    y = 1\n    return x",
            "def f(x):\n    y = 2\n    return x",
            [(1, 1, 1), (2, 2, None), (3, 3, 3)],
        ),
        # Under another test the same statement is another case.
        (
            "def f(x):\n    if x:\n        y = 1\n    return x",
            "def f(x):\n    if not x:\n        y = 1\n    return x",
            [(1, 1, 1), (2, 3, None), (4, 4, 4)],
        ),
        # One of two equal statements went: nobody can say which.
        (
            "def f(x):\n    a(x)\n    b = 1\n    a(x)",
            "def f(x):\n    b = 2\n    a(x)",
            [(1, 1, 1), (2, 4, None)],
        ),
        # Between neighbours that are sure it is sure, too.
        (
            "def f(x):\n    a(x)\n    b = 1\n    a(x)",
            "def f(x):\n    b = 1\n    a(x)",
            [(1, 1, 1), (2, 2, None), (3, 4, 2)],
        ),
        # A statement in fewer lines: all of them lead to its first.
        (
            "def f(x):\n    return g(\n        x)",
            "def f(x):\n    return g(x)",
            [(1, 2, 1), (3, 3, 2)],
        ),
        # A comment goes with what stands below it, if it is the same.
        (
            "def f(x):\n    # first\n    a(x)\n    # second\n    b(x)",
            "def f(x):\n    c(x)\n    # first\n    a(x)\n    # third\n    b(x)",
            [(1, 1, 1), (2, 3, 3), (4, 4, None), (5, 5, 6)],
        ),
    ],
)
def test_lines_lead_to_the_same_statement(
    old: str, new: str, stretches: list[tuple[int, int, int | None]]
) -> None:
    assert carried_lines(side(old), side(new)) == tuple(Stretch(*row) for row in stretches)


def test_every_line_is_told_once_and_in_order() -> None:
    old = "def f(x):\n" + "".join(f"    a{n} = x\n" for n in range(50))
    new = "def f(x):\n" + "".join(f"    a{n} = x\n" for n in range(0, 50, 3))
    found = carried_lines(side(old), side(new))
    told = [line for one in found for line in range(one.first, one.last + 1)]
    assert told == [*range(1, 52)]
