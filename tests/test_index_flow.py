"""What reaches a read of a local name, where that is not all there is; cases/ tell the meaning."""

from __future__ import annotations

import ast

from srcread.index.block.bindings import Reach
from srcread.index.block.scope import scope_of


def reaching(text: str, *given: str) -> dict[str, Reach]:
    """Return what reaches the argument of each call in a function's body, by the call."""
    body = ast.parse(text).body
    found = scope_of(body, given=frozenset(given)).reaching
    return {
        ast.unparse(node.func): found[id(node.args[0])]
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and id(node.args[0]) in found
    }


def bound(reach: Reach) -> list[str]:
    """Return what the bindings of a reach give."""
    return [ast.unparse(item.node) for item in reach.bindings]


def test_a_read_has_the_binding_before_it_and_the_begin_of_the_block() -> None:
    found = reaching("a(x)\nx = 1\nb(x)\nif c:\n    x = 2\nd(x)\nx = 3\n", "x")
    assert (bound(found["a"]), found["a"].begins) == ([], True)
    assert (bound(found["b"]), found["b"].begins) == (["1"], False)
    assert (bound(found["d"]), found["d"].begins) == (["2", "1"], False)


def test_a_read_that_all_bindings_reach_is_like_every_other() -> None:
    assert reaching("x = 1\na(x)\ny = 1\nfor i in n:\n    a(y)\n    y = 2\n") == {}


def test_reads_that_the_same_bindings_reach_share_one_answer() -> None:
    found = reaching("x = 1\na(x)\nb(x)\nx = 2\nc(x)\n")
    assert found["a"] is found["b"] is not found["c"]


def test_a_block_that_binds_very_many_names_tells_each_apart() -> None:
    text = "".join(f"x{i} = 1\nif a:\n    x{i} = 2\n    f{i}(x{i})\n" for i in range(5_000))
    assert len(reaching(text)) == 5_000


def test_a_name_that_is_bound_in_very_many_branches_may_be_any_of_them() -> None:
    found = reaching("".join(f"if a{i}:\n    x = {i}\nf{i}(x)\n" for i in range(100)))
    assert [len(bound(reach)) for reach in found.values()] == list(range(1, 40))
