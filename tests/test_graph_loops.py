"""Functions wrapped again and again in a loop: each nests in the one before, without end.

Whatever wraps, the walk ends, and still knows the function that stood there first.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from srcread.graph.limits import Limits
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.sources import Sources, open_path

WRAPPERS = """
    import functools

    def one(x): return x
    def use(f, *a): return f(*a)
    def closure(f):
        def inner(*a): return f(*a)
        return inner
    def keeps(f):
        def inner(w): return w
        return inner
    def decorated(f):
        @keeps(f)
        def wrapped(*a): return f(*a)
        return wrapped
    def wraps(f):
        @functools.wraps(f)
        def wrapped(*a): return f(*a)
        return wrapped
    class Around:
        def __init__(self, fn): self.fn = fn
        def __call__(self, *a): return self.fn(*a)
    def by_class(f):
        @Around
        def wrapped(*a): return f(*a)
        return wrapped
    def part(f): return functools.partial(f)
    def part_of_use(f): return functools.partial(use, f)
    def lambdas(f): return lambda *a: f(*a)
    class Holds:
        def __init__(self, f): self.f = f
        def __call__(self, *a): return self.f(*a)
        def bound(self, *a): return self.f(*a)
        def closes(self):
            def inner(*a): return self.f(*a)
            return inner
        def again(self): return Holds(self)
    def objects(f): return Holds(f)
    def methods(f): return Holds(f).bound
    def closed_methods(f): return Holds(f).closes()
    def objects_of_objects(f): return Holds(f).again()
    def set_later(f):
        held = Holds(one)
        held.f = f
        return held
    def lists(f): return [f][0]
    def tables(f): return {"f": f}["f"]
    def twice(f):
        def inner(*a): return closure(f)(*a)
        return inner
    def either(f):
        def inner(*a): return f(*a)
        return inner if f else Holds(f)
    def defaults(f):
        def inner(*a, g=f): return g(*a)
        return inner
    def two(f, g):
        def inner(*a): return f(g(*a))
        return inner
    def both(f): return two(f, f)
    def generates(f):
        yield f
    def generated(f): return next(generates(f))
"""
NAMES = [
    "closure",
    "decorated",
    "wraps",
    "by_class",
    "part",
    "part_of_use",
    "lambdas",
    "objects",
    "methods",
    "closed_methods",
    "objects_of_objects",
    "set_later",
    "lists",
    "tables",
    "twice",
    "either",
    "defaults",
    "both",
    "generated",
]
SECOND = ("closure", "decorated", "objects")
LOOPS = {
    "a name": """
    f = one
    for _ in range(n):
        f = {x}({y}(f))
    return f(1)""",
    "two names": """
    f, g = one, len
    for _ in range(n):
        f, g = {x}(g), {y}(f)
    return f(1)""",
    "branches": """
    f = one
    while n:
        f = {x}(f) if n > 1 else {y}(f)
    return f(1)""",
    "an attribute": """
    held = Holds(one)
    for _ in range(n):
        held.f = {x}({y}(held.f))
    return held(1)""",
    "a list": """
    fs = [one]
    for _ in range(n):
        fs.append({x}(fs[-1]))
        fs.append({y}(fs[0]))
    return fs[-1](1)""",
    "itself": """
    if n:
        return run_{y}(n - 1, {x}({y}(f)))
    return f(1)""",
}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("name", NAMES)
def test_a_loop_that_wraps_ends_and_reaches_what_was_wrapped(
    tmp_path: Path, name: str, loop: str
) -> None:
    text = textwrap.dedent(WRAPPERS)
    for second in SECOND:
        body = LOOPS[loop].format(x=name, y=second)
        text += f"def run_{second}(n, f=one):{body}\n"
    (tmp_path / "m.py").write_text(text)
    index = Index(Sources([open_path(tmp_path / "m.py")]))
    entries = [f"m.run_{second}" for second in SECOND]
    graph = build_graph(index, entries, limits=Limits(seconds=120))
    assert not graph.stopped
    assert "m.one" in graph.order
    lost = [edge for edge in graph.edges if edge.reason and "rests on nothing" in edge.reason]
    assert not lost
