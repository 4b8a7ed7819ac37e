"""Named dimensions: which numbers of recorded shapes have a name, and which must have none."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from support.map_runs import DATA, run_model
from support.pinned_torch import needs_pinned_torch
from support.trace_example import ABOUT, ENVIRONMENT

from srcread.evidence.traces.content import trace_of
from srcread.model import Case, Span, Trace, Value
from srcread.opening.entry import walk_entry
from srcread.opening.maps import source_of
from srcread.site.runs.condense import KnownLines, condense
from srcread.site.runs.dimensions.activation import (
    Names,
    named_dims,
    numbers_of,
)
from srcread.site.runs.dimensions.binding import Function, tells_dimensions
from srcread.site.runs.ends import MOST_NAMES, Source, ends_of, names_of
from srcread.site.scenarios import FunctionRuns, ShownScenario

TRACES = Path(__file__).parents[1] / "annotations" / "torch-transformer" / "traces"
_SAID = re.compile(r"# (?P<words>.+?)(?: -> (?P<names>.+))?$")


def read(text: str) -> tuple[Function, Case, dict[int, str], dict[str, str]]:
    """Read a function whose comments say what was recorded at a line, and which names it has.

    `# (2, 3) f32 -> a b` is a value and the names of its dimensions, `-` for none; `# no` a line
    that did not run. Behind `def` are the arguments: `# x (2, 3) f32 -> a b; n 4`.
    """
    lines = dedent(text).strip().split("\n")
    node = ast.parse("\n".join(lines)).body[0]
    assert isinstance(node, ast.FunctionDef)
    arguments: dict[str, Value] = {}
    parameters, expected = dict[str, str](), dict[int, str]()
    for part in lines[0].partition("# ")[2].split("; "):
        name, _, rest = part.partition(" ")
        word, _, names = rest.partition(" -> ")
        if name:
            arguments[name] = word
        if names:
            parameters[name] = names
    ran, values = list[Span](), dict[Span, tuple[Value, ...]]()
    for one in ast.walk(node):
        if not isinstance(one, ast.stmt) or one is node:
            continue
        said = _SAID.search(lines[one.lineno - 1])
        word = said["words"] if said else ""
        if word == "no":
            continue
        place = Span(
            one.lineno - 1, one.col_offset, (one.end_lineno or 1) - 1, one.end_col_offset or 0
        )
        ran.append(place)
        if said:
            values[place] = tuple(_value(text) for text in word.split(" | "))
            expected[one.lineno] = said["names"] or "-"
    return node, Case("f", arguments, tuple(sorted(ran)), values, {}, {}, {}), expected, parameters


def _value(text: str) -> Value:
    return tuple(text.split(" & ")) if " & " in text else text


def found(
    text: str, called: Mapping[Span, str] | None = None
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names found and those expected, by line; line 0 is the arguments'."""
    node, case, expected, parameters = read(text)
    dims = named_dims(node, case, 1, called or {})
    assert dims.contradicted == 0
    lines = {line: "-" for line in expected}
    lines |= {line: " & ".join(map(_written, names)) for (line, _), names in dims.values.items()}
    wanted = {**expected}
    if parameters:
        wanted[0] = str(dict(sorted(parameters.items())))
        own = {name: _written(names) for name, names in sorted(dims.parameters.items())}
        lines[0] = str({name: names for name, names in own.items() if name in parameters})
    return {line: names for line, names in lines.items() if line in wanted}, wanted


def _written(names: Names) -> str:
    return " ".join(name or "-" for name in names) if any(names) else "-"


CASES = {
    "a shape that is taken apart names the dimensions of its tensor, and of the parameter": """
        def f(x):  # x (2, 3, 4) f32 -> a b -
            a, b, _ = x.shape  # (2, 3, 4) -> a b -
            y = x + 1  # (2, 3, 4) f32 -> a b -
            """,
    "a size by its place": """
        def f(x):  # x (2, 3) f32 -> rows width
            rows = x.size(0)  # 2
            y = x.contiguous()  # (2, 3) f32 -> rows width
            width = y.shape[-1]  # 3
            z = y.T  # (3, 2) f32 -> width rows
            """,
    "a view takes the names of its arguments, products too": """
        def f(x, heads):  # x (2, 3, 8) f32; heads 4
            batch, steps, size = x.size()  # (2, 3, 8) -> batch steps size
            head = size // heads  # 2
            y = x.view(batch, steps, heads, head)  # (2, 3, 4, 2) f32 -> batch steps heads head
            y = y.transpose(1, 2)  # (2, 4, 3, 2) f32 -> batch heads steps head
            y = y.reshape(batch * heads, steps, head)  # (8, 3, 2) f32 -> batch·heads steps head
            """,
    "what is left over for -1 is known where the rest divides": """
        def f(x):  # x (2, 3, 8) f32
            b, t, e = x.shape  # (2, 3, 8) -> b t e
            y = x.view(b, -1)  # (2, 24) f32 -> b t·e
            z = x.view(-1, e)  # (6, 8) f32 -> b·t e
            n = 4  # 4
            w = x.view(b, t, n, -1)  # (2, 3, 4, 2) f32 -> b t - -
            """,
    "permute, unsqueeze, expand, flatten and None": """
        def f(x):  # x (2, 3, 4) f32
            a, b, c = x.shape  # (2, 3, 4) -> a b c
            p = x.permute(2, 0, 1)  # (4, 2, 3) f32 -> c a b
            u = p.unsqueeze(-1)  # (4, 2, 3, 1) f32 -> c a b -
            e = u.expand(-1, -1, -1, c)  # (4, 2, 3, 4) f32 -> c a b c
            g = e.flatten(1, 2)  # (4, 6, 4) f32 -> c a·b c
            n = x[:, None]  # (2, 1, 3, 4) f32 -> a - b c
            m = x[..., 0]  # (2, 3) f32 -> a b
            k = x[:, 1:]  # (2, 2, 4) f32 -> a - c
            """,
    "matmul and bmm": """
        def f(q, k):  # q (6, 3, 4) f32; k (6, 5, 4) f32
            n, rows, size = q.shape  # (6, 3, 4) -> n rows size
            columns = k.size(1)  # 5
            w = torch.bmm(q, k.transpose(1, 2))  # (6, 3, 5) f32 -> n rows columns
            w = q @ k.mT  # (6, 3, 5) f32 -> n rows columns
            w = w.softmax(dim=-1) * 0.5  # (6, 3, 5) f32 -> n rows columns
            """,
    "equal numbers are no equal names": """
        def f(q, k):  # q (7, 2) f32 -> target -; k (7, 2) f32 -> source -
            target = q.size(0)  # 7
            source = k.size(0)  # 7
            w = q @ k.t()  # (7, 7) f32 -> target source
            s = q + k  # (7, 2) f32
            """,
    "an unknown call loses all names, whatever the numbers": """
        def f(x):  # x (2, 3) f32
            a, b = x.shape  # (2, 3) -> a b
            y = mix(x)  # (2, 3) f32
            z = y.sort()  # (2, 3) f32
            y = x.view_of(a, b)  # (2, 3) f32
            """,
    "a variable that is set anew names what it is now": """
        def f(x, y):  # x (2, 3) f32 -> n -; y (5, 3) f32
            n = x.size(0)  # 2
            a = x * 2  # (2, 3) f32 -> n -
            n = y.size(0)  # 5
            b = a * 2  # (2, 3) f32
            c = y * 2  # (5, 3) f32 -> n -
            """,
    "what a loop sets is another value in each round": """
        def f(x, parts):  # x (2, 3) f32
            n = x.size(0)  # 2
            for part in parts:
                n = part.size(0)  # 4 | 5
                y = x * 2  # (2, 3) f32
            z = x * 3  # (2, 3) f32
            """,
    "a branch that did not run says nothing": """
        def f(x, flat):  # x (2, 3) f32
            a, b = x.shape  # (2, 3) -> a b
            if flat:
                x = x.view(a * b)  # no
            else:
                x = x.t()  # (3, 2) f32 -> b a
            return x  # (3, 2) f32 -> b a
            """,
    "a try that was left is of what was known before": """
        def f(x, y):  # x (2, 3) f32; y (4, 3) f32
            n = x.size(0)  # 2
            try:
                n = y.size(0)
                fail()
            except ValueError:
                z = x * 2  # (2, 3) f32
            """,
    "a tuple of results, each by itself": """
        def f(x):  # x (2, 3) f32
            a, b = x.shape  # (2, 3) -> a b
            y, z = x.t(), mix(x)  # (3, 2) f32 & (2, 3) f32 -> b a
            return y, x  # (3, 2) f32 & (2, 3) f32 -> b a & a b
            """,
    "an attribute of self, but not what another object holds": """
        def f(self, x, config):  # x (2, 12) f32
            n = x.size(0)  # 2
            y = x.view(n, self.heads, config.size)  # (2, 3, 4) f32 -> n self.heads -
            """,
    "a dtype is no size": """
        def f(x, kind):  # x (6,) f32; kind int32
            y = x.view(kind)  # (6,) i32
            z = x.view(torch.int32)  # (6,) i32
            """,
    "in place, a shape can change": """
        def f(x):  # x (2, 3) f32
            a, b = x.shape  # (2, 3) -> a b
            x.t_()
            y = x * 2  # (3, 2) f32
            """,
    "a variable of an inner function's own is not the outer one": """
        def f(x):  # x (2, 3) f32
            n = x.size(0)  # 2

            def more():  # no
                nonlocal n  # no
                n = 5  # no

            more()
            y = x.view(n, 3)  # (2, 3) f32
            """,
    "a walrus binds too": """
        def f(x, y):  # x (2, 3) f32; y (4, 3) f32
            n = x.size(0)  # 2
            z = mix(n := y.size(0))  # 4
            w = x * 2  # (2, 3) f32
            """,
    "joined tensors": """
        def f(x, y):  # x (2, 3) f32; y (2, 4) f32
            n, m = x.shape  # (2, 3) -> n m
            c = torch.cat([x, y], dim=1)  # (2, 7) f32 -> n -
            s = torch.stack([x, x])  # (2, 2, 3) f32 -> - n m
            e = torch.zeros(n, m, 1)  # (2, 3, 1) f32 -> n m -
            """,
    "a shape handed on": """
        def f(x, heads):  # x (2, 8) f32; heads 4
            sizes = x.shape[:-1] + (heads, 2)  # (2, 4, 2) -> n heads -
            n = x.size(0)  # 2
            y = x.view(sizes)  # (2, 4, 2) f32 -> n heads -
            z = x.view(*x.shape[:-1], heads, -1)  # (2, 4, 2) f32 -> n heads -
            w = x.view_as(y)  # (2, 4, 2) f32 -> n heads -
            """,
}


@pytest.mark.parametrize("case", CASES)
def test_a_name_is_there_where_syntax_proves_it_and_nowhere_else(case: str) -> None:
    names, expected = found(CASES[case])
    assert names == expected


def test_a_known_function_in_python_is_told_by_where_the_call_went() -> None:
    text = """
        def f(x):  # x (2, 3) f32
            a, b = x.shape  # (2, 3) -> a b
            y = softmax(x, dim=-1)  # (2, 3) f32 -> {names}
        """
    place = Span(2, 8, 2, 26)
    for callee, names in (("torch.nn.functional.softmax", "a b"), ("mine.softmax", "-")):
        got, expected = found(text.replace("{names}", names), {place: callee})
        assert got == expected


def test_recorded_numbers_that_speak_against_a_name_take_it_away() -> None:
    node, case, _, _ = read("""
        def f(x):  # x (2, 3) f32
            a, b = x.shape  # (2, 3)
            y = x * 2  # (2, 5) f32
        """)
    dims = named_dims(node, case, 1, {})
    assert dims.contradicted == 1
    assert dims.parameters == {"x": ("a", "")}
    assert dims.values == {(2, 4): (("a", ""),), (3, 4): (("a", ""),)}


def test_a_variable_whose_recorded_value_is_another_names_nothing() -> None:
    node, case, _, _ = read("""
        def f(x):  # x (2, 3) f32
            n = x.size(0)  # 7
            y = x * 2  # (2, 3) f32
        """)
    dims = named_dims(node, case, 1, {})
    assert (dims.contradicted, dims.values) == (1, {})


@pytest.mark.parametrize(
    "deep",
    [
        "x" + " + x" * 800,
        "torch.zeros(" * 60 + "a" + ")" * 60,
        "torch.reshape(x, " * 60 + "a" + ")" * 60,
        "x" + ".contiguous()" * 400,
    ],
)
def test_an_expression_without_end_costs_its_names_and_not_the_build(deep: str) -> None:
    tree = ast.parse("def f(x):\n    a, b = x.shape\n    y = 0\n")
    node = tree.body[0]
    assert isinstance(node, ast.FunctionDef)
    (last,) = ast.parse(f"y = {deep}").body
    last.lineno, last.col_offset, last.end_lineno, last.end_col_offset = 3, 4, 3, 9
    node.body[-1] = last
    ran = (Span(1, 4, 1, 18), Span(2, 4, 2, 9))
    values: dict[Span, tuple[Value, ...]] = {ran[0]: ("(2, 3)",), ran[1]: ("(2, 3) f32",)}
    case = Case("f", {"x": "(2, 3) f32"}, ran, values, {}, {}, {})
    assert named_dims(node, case, 1, {}).parameters in ({}, {"x": ("a", "b")})


def test_a_function_that_asks_for_no_shape_is_not_followed() -> None:
    tree = ast.parse("def f(x):\n    return g(x) @ x.weight\ndef g(x):\n    return x.shape\n")
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    assert [tells_dimensions(one) for one in functions] == [False, True]


def test_marks_stand_at_the_numbers_of_the_words_even_where_these_are_cut() -> None:
    long = "a" * 90
    text = f"""
        def f(x):  # x (2, 3) f32
            {long}, b = x.shape  # (2, 3)
            {long}xx = x.t()  # (3, 2, 2) f32
            return x, b  # (2, 3) f32 & 3
        """
    node, case, _, _ = read(text)
    source = Source(node, dedent(text).strip().split("\n"), 1)
    ends = ends_of(case, source, names_of(source))
    marked = {
        end.line: [(end.text[begin:after], name) for begin, after, name in end.marks]
        for end in ends
    }
    assert marked == {
        1: [("2", long), ("3", "b")],
        2: [("2", long), ("3", "b")],
        3: [],
        4: [("2", long), ("3", "b")],
    }
    assert next(end.text for end in ends if end.line == 4) == "((2, 3) f32, 3)"


def test_a_page_tells_eight_names_apart_and_leaves_further_ones_out() -> None:
    names = [f"n{number}" for number in range(10)]
    shape = f"({', '.join(str(number + 2) for number in range(10))})"
    node, case, _, _ = read(f"""
        def f(x):  # x {shape} f32
            {", ".join(names)} = x.shape  # {shape}
        """)
    empty: dict[str, object] = {"cases": [], "operations": [], "roots": [], "words": []}
    content = {**ABOUT, **empty, "symbols": [], "environment": ENVIRONMENT}
    trace = replace(trace_of(content), cases=(case,), roots=(0,))
    shown = ShownScenario("one", "One", "reading", False, "cpu", "")
    source = Source(node, ["def f(x):", f"    {', '.join(names)} = x.shape"], 1)
    texts = condense([(shown, trace)], ["f"], lambda _: source, lambda _: KnownLines([2], []))
    runs = FunctionRuns(texts["f"])
    assert runs.dims == names[:MOST_NAMES]
    (_, ends, _) = runs.values["cases"][0]
    assert [len(end[3]) for end in ends] == [3 * MOST_NAMES] * 2


@needs_pinned_torch
def test_in_the_recorded_runs_of_a_tour_a_name_has_its_variables_value() -> None:
    code = walk_entry("torch.nn.Transformer")
    traces = [trace_of(json.loads(path.read_text("utf-8"))) for path in sorted(TRACES.iterdir())]
    named, checked = held_to_the_record(traces, source_of(code))
    assert named > 1000 and checked > 500


@needs_pinned_torch
def test_in_a_run_of_another_model_a_name_has_its_variables_value(tmp_path: Path) -> None:
    setup = """
import torch, tiny_gpt
config = tiny_gpt.GPTConfig(n_layer=3, n_head=4, n_embd=32, vocab_size=50, block_size=16)
model = tiny_gpt.GPT(config)
inputs = (torch.randint(0, 50, (2, 8)),)
"""
    run = run_model(f"{DATA / 'gpt/tiny_gpt.py'}:GPT", setup, tmp_path)
    named, checked = held_to_the_record([run.trace], source_of(run.code))
    assert named > 10 and checked > 5


def held_to_the_record(traces: Iterable[Trace], source: Callable[[str], Source]) -> tuple[int, int]:
    """Hold each name to what its variable was recorded with; count names, and those held so."""
    named = checked = 0
    for trace in traces:
        for case in trace.cases:
            node, _, first = source(case.symbol)
            if node is None or not tells_dimensions(node):
                continue
            called = {at: trace.cases[calls[0][0]].symbol for at, calls in case.calls.items()}
            dims = named_dims(node, case, first, called)
            assert dims.contradicted == 0, (trace.scenario, case.symbol)
            own = _variables(node, case, first)
            for names, numbers in _numbers(case, dims.values, first):
                for name, number in zip(names, numbers, strict=True):
                    named += bool(name)
                    if name in own:
                        checked += 1
                        assert number in own[name], (trace.scenario, case.symbol, name, number)
    return named, checked


def _variables(node: Function, case: Case, first: int) -> dict[str, set[int]]:
    """Return the whole numbers that variables were recorded with."""
    found: dict[str, set[int]] = {}
    for name, value in case.arguments.items():
        if isinstance(value, str) and value.isdigit():
            found.setdefault(name, set()).add(int(value))
    places = {(at.line + first, at.column): values for at, values in case.values.items()}
    for one in ast.walk(node):
        if not isinstance(one, ast.Assign):
            continue
        values = places.get((one.lineno, one.col_offset), ())
        for value in values:
            match one.targets[0]:
                case ast.Name(name) if isinstance(value, str) and value.isdigit():
                    found.setdefault(name, set()).add(int(value))
                case ast.Tuple(elts=elements) if len(numbers_of(value)) == len(elements):
                    for element, number in zip(elements, numbers_of(value), strict=True):
                        if isinstance(element, ast.Name) and element.id != "_":
                            found.setdefault(element.id, set()).add(number)
    return found


def _numbers(
    case: Case, values: Mapping[tuple[int, int], tuple[Names, ...]], first: int
) -> list[tuple[Names, tuple[int, ...]]]:
    """Pair the names of a statement's values with their recorded numbers."""
    pairs: list[tuple[Names, tuple[int, ...]]] = []
    for at, recorded in case.values.items():
        known = values.get((at.line + first, at.column), ())
        word = recorded[0]
        parts = word if isinstance(word, tuple) else (word,)
        pairs += [(n, numbers_of(p)) for n, p in zip(known, parts, strict=False) if n]
    return pairs
