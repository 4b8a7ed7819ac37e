"""What a selector names: one construct of Python at a time."""

from __future__ import annotations

import pytest
from support.notes_lookup import found, places_in, shown

from srcread.notes.anchors.find import nearest
from srcread.notes.anchors.selector import parse_selector

CHAIN = """\
def f(a, b):
    if a:
        x = 1
    elif b:
        x = 2
    # else is no keyword here
    else:  # so say it
        x = 3
    return x
"""


def test_an_if_is_the_whole_chain() -> None:
    assert shown(CHAIN, "if a") == CHAIN[CHAIN.index("if a") : CHAIN.index("\n    return")]


def test_what_is_inside_an_if_is_its_first_body() -> None:
    assert found(CHAIN, "if a > assign x") == ["x = 1"]


def test_elif_and_else_are_places_beside_the_if() -> None:
    assert shown(CHAIN, "elif b") == "elif b:\n        x = 2"
    assert shown(CHAIN, "else a") == "else:  # so say it\n        x = 3"
    assert found(CHAIN, "if a > elif b") == []
    assert found(CHAIN, "elif b > assign") == ["x = 2"]


def test_an_else_is_named_by_any_test_of_its_chain() -> None:
    assert found(CHAIN, "else a > assign x") == found(CHAIN, "else b > assign x") == ["x = 3"]


def test_an_if_below_an_else_is_no_elif() -> None:
    text = "def f(a, b):\n    if a:\n        pass\n    else:\n        if b:\n            return\n"
    assert found(text, "elif") == []
    assert found(text, "else a > if b > return") == ["return"]


def test_one_line_compound_statements_have_their_columns() -> None:
    text = "def f(a):\n    if a: return 1\n    else: return 2\n"
    assert shown(text, "if a > return") == "return 1"
    assert shown(text, "else a") == "else: return 2"
    assert shown(text, "else a > return") == "return 2"


def test_loops_have_an_else_of_their_own() -> None:
    text = """\
def f(xs):
    for x in xs:
        break
    else:
        a = 1
    while xs:
        continue
    else:
        b = 1
"""
    assert found(text, "for xs > break") == ["break"]
    assert found(text, "else x > assign a") == ["a = 1"]
    assert found(text, "while xs > continue") == ["continue"]
    assert found(text, "else xs > assign b") == ["b = 1"]


TRY = '''\
def f(x):
    try:
        a = """
    else:
"""
    except (KeyError, OSError) as error:
        b = 1
    except ValueError:
        b = 2
    else:
        c = 1
    finally:
        d = 1
'''


def test_the_branches_of_a_try_are_places_beside_it() -> None:
    assert shown(TRY, "try").endswith("finally:\n        d = 1")
    assert found(TRY, "try > assign") == ['a = """']
    assert shown(TRY, "except OSError").endswith("b = 1")
    assert found(TRY, "except ValueError > assign") == ["b = 2"]
    assert shown(TRY, "else") == "else:\n        c = 1"
    assert shown(TRY, "finally") == "finally:\n        d = 1"


def test_exception_groups_are_read_like_exceptions() -> None:
    text = "def f():\n    try:\n        a = 1\n    except* OSError:\n        b = 2\n"
    assert found(text, "except OSError > assign b") == ["b = 2"]


def test_with_and_async_statements_are_named_by_their_headers() -> None:
    text = """\
async def f(pool, rows):
    async with pool.take() as link, other:
        async for row in rows:
            await link.send(row)
"""
    assert found(text, "with link > for row > call send") == ["await link.send(row)"]
    assert found(text, "call take") == ["async with pool.take() as link, other:"]


def test_a_match_holds_all_its_cases_and_the_calls_of_their_guards() -> None:
    text = """\
def f(x):
    match x.kind:
        case 1 if ready(x):
            return a
        case _:
            return b
"""
    assert found(text, "match kind > return b") == ["return b"]
    assert found(text, "call ready") == ["match x.kind:"]


def test_a_call_names_the_innermost_statement_or_header_that_holds_it() -> None:
    text = """\
def f(x):
    if check(x):
        y = outer(inner(x))
    while again(x):
        x.done()
    return last(x)
"""
    assert found(text, "call check") == ["if check(x):"]
    assert found(text, "call inner") == ["y = outer(inner(x))"]
    assert found(text, "call again") == ["while again(x):"]
    assert found(text, "call last") == ["return last(x)"]


def test_a_call_is_named_by_any_suffix_of_its_callee() -> None:
    text = "def f(self):\n    self.layers[0].norm.apply(1)\n    table[0](2)\n    super().reset()\n"
    for selector in ("call apply", "call norm.apply", "call self.layers[].norm.apply"):
        assert found(text, selector) == ["self.layers[0].norm.apply(1)"]
    assert found(text, "call norm") == []
    assert found(text, "call table[]") == ["table[0](2)"]
    assert found(text, "call super().reset") == found(text, "call super") == ["super().reset()"]


def test_an_argument_is_a_mention_a_keyword_or_an_identifier_like_string() -> None:
    text = """\
def f(self):
    register("weight", None)
    register(self.bias.data)
    register(x, dtype=1)
    register("--verbose")
    register("two words")
    register("ﬁne")
"""
    assert found(text, "call register(weight)") == ['register("weight", None)']
    assert found(text, "call register(bias)") == ["register(self.bias.data)"]
    assert found(text, "call register(bias.data)") == ["register(self.bias.data)"]
    assert found(text, "call register(dtype)") == ["register(x, dtype=1)"]
    assert found(text, "call register(verbose)") == ['register("--verbose")']
    assert found(text, "call register(two)") == []
    assert found(text, "call register(fine)") == []


def test_the_argument_belongs_to_the_call_that_is_named() -> None:
    text = "def f(x, y):\n    a(x) + b(y)\n"
    assert found(text, "call b(y)") == ["a(x) + b(y)"]
    assert found(text, "call b(x)") == []


def test_a_call_stands_inside_its_own_statement() -> None:
    text = "def f(x):\n    y = g(x)\n    y = h(x)\n"
    assert found(text, "assign y > call h") == ["y = h(x)"]


def test_a_name_is_any_contiguous_piece_of_a_dotted_chain() -> None:
    text = "def f(self):\n    return self.attention.weight.shape\n"
    for name in ("weight", "attention.weight", "self.attention", "weight.shape"):
        assert found(text, f"return {name}"), name
    assert found(text, "return attention.shape") == []


def test_several_names_must_all_be_there_in_any_order() -> None:
    text = "def f(a, b):\n    if a and b: pass\n    if a: pass\n"
    assert found(text, "if b, a") == ["if a and b: pass"]
    assert len(found(text, "if a")) == 2


def test_an_assignment_is_named_by_the_full_texts_of_its_targets() -> None:
    text = """\
def f(self):
    self.x = 1
    x = 2
    x[0] = 3
    (a, *b), [c] = y
    x += step
    z: Table = make()
    self.cache[0].k = d = 5
"""
    assert found(text, "assign self.x") == ["self.x = 1"]
    assert found(text, "assign x") == ["x = 2", "x += step"]
    assert found(text, "assign x[]") == ["x[0] = 3"]
    assert found(text, "assign c, b, a") == ["(a, *b), [c] = y"]
    assert found(text, "assign x = step") == ["x += step"]
    assert found(text, "assign z = make") == ["z: Table = make()"]
    assert found(text, "assign z = Table") == []
    assert found(text, "assign self.cache[].k, d") == ["self.cache[0].k = d = 5"]


@pytest.mark.parametrize(
    ("selector", "line"),
    [
        ("raise ValueError", "raise ValueError(a) from b"),
        ("assert a", "assert a, message"),
        ("assert message", None),
        ("del a.x", "del a.x"),
        ("import os.path", "import os.path as p"),
        ("import p", "import os.path as p"),
        ("import alias", "from .near import thing as alias"),
        ("import near", "from .near import thing as alias"),
        ("global counter", "global counter"),
        ("expr c", "a < c"),
        ("yield c", "yield c"),
        ("yield", "yield c"),
        ("pass", "pass"),
        ("expr a.pop", None),
    ],
)
def test_every_simple_statement_has_its_kind(selector: str, line: str | None) -> None:
    text = """\
def f(a, b, c):
    global counter
    import os.path as p
    from .near import thing as alias
    assert a, message
    del a.x
    a < c
    yield c
    a.pop()
    if a: pass
    raise ValueError(a) from b
"""
    assert found(text, selector) == ([line] if line else [])


def test_nonlocal_names_what_it_binds() -> None:
    text = "def f():\n    x = 1\n    def g():\n        nonlocal x\n"
    assert found(text, "nonlocal x") == ["nonlocal x"]


def test_a_count_takes_that_match_in_the_order_of_lines() -> None:
    text = "def f(x):\n    g(1)\n    if x:\n        g(2)\n        g(3)\n    g(4)\n"
    assert found(text, "call g #3") == ["g(3)"]
    assert found(text, "if x > call g #2") == ["g(3)"]
    assert found(text, "call g #5") == []


def test_only_the_last_step_must_be_unique() -> None:
    text = "def f(x):\n    if x:\n        a = 1\n    if x:\n        b = 1\n"
    assert found(text, "if x > assign b") == ["b = 1"]


def test_two_dots_stretch_from_the_first_to_the_end_of_the_second() -> None:
    text = "def f():\n    a = 1\n    b = 2\n    if b:\n        c = 3\n    d = 4\n"
    assert shown(text, "assign a .. if b") == ("a = 1\n    b = 2\n    if b:\n        c = 3")
    assert shown(text, "assign b .. if b > assign c").endswith("c = 3")
    assert found(text, "assign d .. assign a") == []


def test_an_ambiguous_end_gives_every_stretch() -> None:
    text = "def f():\n    a = 1\n    b = 2\n    b = 3\n"
    assert len(found(text, "assign a .. assign b")) == 2


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("while x", "There is no 'while'."),
        ("if quary", "No 'if' names 'quary'. Did you mean 'query'?"),
        ("if query > while", "There is no 'while' there."),
        ("if query > call softmx", "No 'call' there names 'softmx'. Did you mean 'softmax'?"),
        ("if query #3", "There are fewer than 3."),
        ("assign x, y", "No 'assign' has all of these names."),
        ("assign x = y", "No 'assign' has all of these names with 'y'."),
        ("def h", "No 'def' names 'h'. Did you mean 'hh'?"),
        ("assign y .. if query", "The end of 'assign y .. if query' stands before its start."),
    ],
)
def test_a_selector_that_names_nothing_says_which_step_fails(selector: str, why: str) -> None:
    text = """\
def f(query):
    if query:
        x = softmax(query)
    y = 1
    def hh(): pass
"""
    assert nearest(places_in(text), parse_selector(selector)) == why


def test_a_sum_of_two_thousand_terms_is_read() -> None:
    text = "def f(a):\n    return " + " + ".join(f"a{n}" for n in range(2000)) + "\n"
    assert len(found(text, "return a1999, a0")) == 1


def test_a_chain_of_a_thousand_names_is_read() -> None:
    text = "def f(a):\n    return a" + "".join(f".x{n}" for n in range(900)) + "\n"
    assert len(found(text, "return x0, x899, x5.x6")) == 1


# The shapes of TensorRT-LLM's own code, in our words.
TRTLLM_ATTENTION = """\
def attention(tensor, past, use_cache, heads):
    if not use_cache:
        plug_inputs = [tensor]
    else:
        plug_inputs = [tensor, past]
        default_net().mark(heads)
    return plug_inputs
"""
TRTLLM_SETATTR = """\
def __setattr__(self, name, value):
    try:
        super().__getattribute__(name)
    except AttributeError:
        if isinstance(value, Parameter):
            self.parameters[name] = value
        elif isinstance(value, Module):
            self.modules[name] = value
"""


def test_the_selectors_of_tensorrt_llms_shapes_find_their_places() -> None:
    assert found(TRTLLM_ATTENTION, "else use_cache > assign plug_inputs", "attention") == [
        "plug_inputs = [tensor, past]"
    ]
    assert found(TRTLLM_SETATTR, "except AttributeError > elif Module", "__setattr__") == [
        "elif isinstance(value, Module):"
    ]
    assert found(TRTLLM_SETATTR, "assign self.modules[]", "__setattr__") == [
        "self.modules[name] = value"
    ]
