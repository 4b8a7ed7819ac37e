"""Which bindings of a name may have run last, where it is read; the meaning is told by cases/."""

from __future__ import annotations

import ast

from srcread.index.block.flow import START
from srcread.index.block.scope import scope_of


def test_a_read_has_the_binding_before_it_and_the_begin_of_the_block() -> None:
    body = ast.parse("a(x)\nx = 1\nb(x)\nif c:\n    x = 2\nd(x)\n").body
    reaching = scope_of(body).reaching
    reads = {
        node.func.id: reaching[id(node.args[0])]
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert reads["a"] == (START,)
    assert [ast.unparse(item.node) for item in reads["b"]] == ["1"]
    assert sorted(ast.unparse(item.node) for item in reads["d"]) == ["1", "2"]


def test_a_block_that_binds_very_many_names_is_not_followed() -> None:
    few, many = (f"if a{i}:\n    x{i} = 1\nf(x{i})\n" for i in range(300)), range(5_000)
    assert len(scope_of(ast.parse("".join(few)).body).reaching) == 300
    text = "".join(f"if a{i}:\n    x{i} = 1\nf(x{i})\n" for i in many)
    assert scope_of(ast.parse(text).body).reaching == {}


def test_a_name_that_is_bound_in_very_many_branches_may_be_any_of_them() -> None:
    text = "".join(f"if a{i}:\n    x = {i}\nf(x)\n" for i in range(100))
    lengths = [len(found) for found in scope_of(ast.parse(text).body).reaching.values()]
    assert max(lengths) <= 32
    assert len(lengths) == 31
