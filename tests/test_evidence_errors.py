"""Errors that an unchanged run has, too, and those that a change makes: only these are crashes."""

from __future__ import annotations

import os
from collections.abc import Collection

import pytest
from support.watched_example import Bench

from srcread.evidence.grading import grade
from srcread.model import Grade, Outcome, Run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

FIRST = "def first(items):\n    return items[0]\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("errors"))


def constant(run: Run) -> tuple[Outcome, Collection[int]]:
    """Return what came of the one constant that was changed, and the claims that turned false."""
    assert run.controls is not None
    [found] = [one for one in run.controls.mutants if one.id.startswith("constant@")]
    return found.outcome, found.claims


HIDING = {
    "errors that come after the claim": """
        def ask(items):
            try:
                return m.first(items)
            except Exception:
                return None
        found = ask([5])
        assert found == 5, "Five."
        for _ in range(9):
            ask([])
        """,
    "errors out of the function that come after the claim": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            done = pool.submit(m.first, [5])
            done.exception()
            found = None if done.exception() else done.result()
            assert found == 5, "Five."
            for _ in range(9):
                pool.submit(m.first, []).exception()
        """,
    "a lambda in an executor": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            done = pool.submit(lambda: m.first([[5], 7])[0])
        found = 0 if done.exception() else done.result()
        assert found == 5, "Five."
        """,
    "a lambda in a lambda": """
        from concurrent.futures import ThreadPoolExecutor
        ask = lambda given: (lambda: m.first(given)[0])
        with ThreadPoolExecutor() as pool:
            done = pool.submit(ask([[5], 7]))
        found = 0 if done.exception() else done.result()
        assert found == 5, "Five."
        """,
    "a lambda that a library asks": """
        import weakref, sys
        sys.unraisablehook = lambda about: None
        class Box: pass
        found, box = [], Box()
        weakref.finalize(box, lambda: found.append(m.first([[5], 7])[0]))
        ref = weakref.ref(box, lambda gone: found.append(m.first([[5], 7])[0]))
        del box
        assert 5 in found, "Five."
        """,
}


@pytest.mark.parametrize("how", HIDING)
def test_what_follows_a_new_error_is_no_notice_whatever_comes_later(how: str, bench: Bench) -> None:
    run = bench.control(FIRST, HIDING[how], ("m.first", None))
    assert run.confirmed
    assert constant(run) == (Outcome.CRASH, ())
    assert grade(run) is Grade.CONFIRMED


def test_an_error_that_an_unchanged_run_has_between_the_same_claims_hides_nothing(
    bench: Bench,
) -> None:
    snippet = """
    def ask(items):
        try:
            return m.first(items)
        except IndexError:
            return None
    assert ask([]) is None, "Of nothing there is none."
    for items in ([], [5, 6], []):
        found = ask(items)
        assert found in (None, 5), "The first is five."
    assert ask([]) is None and ask([5, 6]) == 5, "So it stays."
    """
    run = bench.control(FIRST, snippet, ("m.first", None))
    assert constant(run) == (Outcome.CLAIM, (1, 2))


def test_lambdas_of_a_snippet_do_what_they_did(bench: Bench) -> None:
    snippet = """
    import inspect
    def wait():
        return (yield 3)
    class Base:
        def size(self): return 1
    class Sized(Base):
        size = lambda self: super(Sized, self).size() + 1
    double = lambda x, *more, by=2, **named: (y := x * by) + len(more) + len(named)
    lazy = lambda: (yield 4)
    own = lambda a: sorted(locals())
    assert m.first([double(3, 1, z=1)]) == 8, "Defaults and what is given."
    assert str(inspect.signature(double)) == "(x, *more, by=2, **named)", "The signature stays."
    assert next(lazy()) == 4, "It is a generator."
    assert own(1) == ["a"], "It has its own variables."
    assert Sized().size() == 2, "It is a method."
    assert double.__name__ == "<lambda>" and double.__globals__ is globals(), "It is of here."
    """
    run = bench.control(FIRST, snippet, ("m.first", None))
    assert run.confirmed
    assert run.reach is not None and run.reach[0].reason is None
    assert run.controls is not None and run.controls.refused == {}
