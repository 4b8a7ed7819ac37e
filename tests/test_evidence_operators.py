"""The operators: what one statement is changed to, and what is never changed."""

from __future__ import annotations

import ast
import warnings
from textwrap import dedent
from types import FunctionType

import pytest

from srcread.child.constants import replaced
from srcread.child.watching import marks
from srcread.evidence.grading import mutation_of
from srcread.evidence.sentences import english
from srcread.running.controls.operators import RANKS, Operators


def changes(text: str, *, as_text: bool = False) -> dict[str, set[str]]:
    """Return, by operator, the statement of one line as each change leaves it."""
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    def text_of(node: ast.AST) -> str:
        found = ast.get_source_segment(text, node)
        assert found is not None
        return found

    found: dict[str, set[str]] = {}
    operators = Operators(text_of, frozenset(names), as_text=as_text)
    for edit in operators.statement(tree.body[0]):
        changed = text[: edit.start[1]] + edit.text + text[edit.end[1] :]
        ast.parse(changed)
        plain = ast.unparse(ast.parse(changed))
        found.setdefault(edit.operator, set()).add(plain)
    return found


STATEMENTS = {
    "y = a < b": {"swap-comparison": {"y = a >= b"}, "drop-statement": {"pass"}},
    "return a and b": {"swap-boolean": {"return a or b"}},
    "return a - b": {"swap-operator": {"return a + b"}},
    "return (a + b) * c": {
        "swap-operator": {"return (a + b) / c", "return (a - b) * c"},
    },
    "return not a": {"negate": {"return a"}},
    "return -a": {"swap-operator": {"return a"}},
    "return 1": {"constant": {"return 2"}},
    "return True": {"constant": {"return False"}},
    "return self.norm1": {"sibling": {"return self.norm2"}},
    "return a.f(b)": {"first-argument": {"return b"}},
    "x = f(q, k)": {
        "drop-statement": {"pass"},
        "first-argument": {"x = q"},
        "sibling": {"x = f(k, k)", "x = f(q, q)"},
    },
    "self.f(a=b)": {"drop-statement": {"pass"}, "drop-keyword": {"self.f()"}},
    "x += 1": {"drop-statement": {"pass"}, "constant": {"x += 2"}},
    "return a if b else c": {"negate": {"return a if not b else c"}},
    "return [a for a in b if c]": {"negate": {"return [a for a in b if not c]"}},
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_changed_in_these_ways(text: str) -> None:
    found = {name: texts for name, texts in changes(text).items() if not name.startswith("reply")}
    assert found == STATEMENTS[text]


def test_a_condition_is_negated_or_taken_as_false() -> None:
    assert changes("if a > b: c()") == {
        "drop-if": {"if False:\n    c()"},
        "negate": {"if not a > b:\n    c()"},
    }


def test_a_loop_is_left_out() -> None:
    assert changes("for x in y: f(x)") == {"drop-statement": {"pass"}}


def test_a_call_by_a_dotted_name_may_be_native() -> None:
    found = changes("return math.sqrt(a)")
    names = {name for name in found if name.startswith("reply")}
    assert names == {name for name in RANKS if name.startswith("reply")}
    assert found["reply-zeros"] == {"return 'srcread: the reply is zeros'(math.sqrt)(a)"}


@pytest.mark.parametrize(
    "text",
    [
        "raise ValueError(a + 1)",
        "del a",
        "import a",
        "pass",
        'why = f"{a + 1}"',
        'why = "because " + f"{a}"',
        "if torch.jit.is_scripting(): f(1)",
        "if has_torch_function((a, b)): f(1)",
        "return lambda: 1",
        "def f(a=1): return 2",
    ],
)
def test_what_tells_or_does_nothing_is_never_changed(text: str) -> None:
    assert changes(text) == {}


AS_TEXT = {
    "return 'a'": {"drop-statement": {"pass"}, "other-text": {"return 'a_'"}},
    "name = 'a'": {"drop-statement": {"pass"}, "other-text": {"name = 'a_'"}},
    "return f'{a=}'": {"drop-statement": {"pass"}, "other-text": {"return ''"}},
    "raise ValueError('a')": {"drop-statement": {"pass"}},
    "assert a, 'b'": {"drop-statement": {"pass"}},
    "import a": {"drop-statement": {"pass"}},
    "return a + 1": {
        "drop-statement": {"pass"},
        "swap-operator": {"return a - 1"},
        "constant": {"return a + 2"},
    },
}


@pytest.mark.parametrize("text", AS_TEXT)
def test_what_is_read_as_text_can_lose_any_statement_and_have_other_strings(text: str) -> None:
    assert changes(text, as_text=True) == AS_TEXT[text]


def test_a_warning_can_be_left_out_and_its_words_are_not_changed() -> None:
    assert changes("warnings.warn(a + b, stacklevel=2)") == {"drop-statement": {"pass"}}


def test_an_annotation_and_a_device_are_not_changed() -> None:
    assert changes("x: dict[1, 2] = f(device=d)") == {
        "drop-statement": {"pass"},
        **{name: texts for name, texts in changes("x: dict[1, 2] = f(device=d)").items()
           if name.startswith("reply")},
    }  # fmt: skip


def test_every_operator_has_words() -> None:
    assert {mutation_of(f"{name}@0+0:0-0:1", ()).operator for name in RANKS} <= set(
        english().operators
    )


def test_an_id_that_is_none_of_ours_is_its_own_words() -> None:
    assert mutation_of("no id", ()).operator == "no id"


def test_probes_leave_results_names_and_lines_as_they_were() -> None:
    text = dedent("""\
        def f(n):
            "What it does."
            if n:
                return n
            raise KeyError(n)
        """)
    plain: dict[str, object] = {}
    exec(text, plain)
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    marks.mark_statements(node, [(3, 4), (4, 8), (5, 4)])
    assert marks.mark_activations(node)
    probed: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a text that is called: it is replaced before it runs
        exec(compile(ast.fix_missing_locations(ast.Module([node], [])), "f.py", "exec"), probed)
    seen: list[object] = []
    ran = bytearray(3)

    def returned(value: object) -> object:
        seen.append(("returned", value))
        return value

    function, old = probed["f"], plain["f"]
    assert isinstance(function, FunctionType) and isinstance(old, FunctionType)
    probes = (seen.append, returned, lambda _: seen.append("raised"), returned)
    function.__code__ = replaced(function.__code__, marks.probes(ran, probes))
    assert function.__code__.co_names == old.__code__.co_names
    assert function.__code__.co_varnames == old.__code__.co_varnames
    assert function.__doc__ == old.__doc__
    assert function(2) == 2
    with pytest.raises(KeyError) as caught:
        function(0)
    assert caught.value.__traceback__ is not None
    assert seen == [(2,), ("returned", 2), (0,), "raised"]
    assert list(ran) == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("def f():\n    yield 1\n", True),
        ("def f():\n    yield from [1]\n", False),
        ("async def f():\n    await g()\n", True),
        ("async def f():\n    yield 1\n", False),
    ],
)
def test_probes_say_whether_they_see_all_that_a_function_gives(text: str, whole: bool) -> None:
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    assert marks.mark_activations(node) is whole
