"""An anchor finds its place, or says why it has none."""

from __future__ import annotations

from support.notes_lookup import Texts

from srcread.index.digest import digest_text
from srcread.model import Anchor, AnchorStatus, Location, Position, Range
from srcread.notes.anchors.locate import AnchorProblem, Candidate, locate

TEXT = '''\
import torch


def attend(query, key: int = 1):
    """Mix values."""
    if query is None:
        return linear(key)
    weights = softmax(query)
    return linear(weights)


class Layer:
    def forward(self, x):
        return self.norm(x)
'''


def located(at: str | None, text: str = TEXT, symbol: str = "m.attend") -> Location:
    location = locate(Anchor(symbol, at), Texts({"m": text}))
    assert isinstance(location, Location), location
    return location


def problem(at: str | None, symbol: str = "m.attend", text: str = TEXT) -> AnchorProblem:
    found = locate(Anchor(symbol, at), Texts({"m": text}, natives=("torch.bmm",)))
    assert isinstance(found, AnchorProblem), found
    return found


def test_a_selector_finds_its_statement_in_its_file() -> None:
    location = located("assign weights")
    assert location.range == Range(Position(8, 4), Position(8, 28))
    assert (location.number, location.twins) == (1, 1)
    assert location.status is AnchorStatus.FOUND
    assert location.digest.startswith("d1:")


def test_without_a_selector_the_place_is_the_whole_symbol() -> None:
    location = located(None)
    assert (location.range.first_line, location.range.last_line) == (4, 9)
    assert located(None, symbol="m.Layer").range.first_line == 12


def test_a_selector_works_in_a_method_and_in_a_class() -> None:
    assert located("return norm", symbol="m.Layer.forward").range.first_line == 14
    assert located("def forward", symbol="m.Layer").range.first_line == 13


def test_a_digest_survives_reformatting_comments_and_moved_lines() -> None:
    changed = TEXT.replace("import torch", "# more\nimport torch\n").replace(
        "softmax(query)", "softmax(\n        query,  # why\n    )"
    )
    for at in ("assign weights", "if query", None):
        assert located(at, changed).digest == located(at).digest


def test_a_digest_changes_with_the_statement() -> None:
    changed = TEXT.replace("softmax(query)", "softmax(query, 1)")
    assert located("assign weights", changed).digest != located("assign weights").digest
    assert located("if query", changed).digest == located("if query").digest


def test_docstrings_and_parameters_count_as_they_are_written() -> None:
    assert located("doc").digest == digest_text('"""Mix values."""')
    assert located("param key").digest == digest_text("key: int = 1")
    annotated = TEXT.replace("key: int", "key: float")
    assert located("param key", annotated).digest != located("param key").digest
    assert located("def", annotated).digest == located("def").digest


def test_headers_are_those_around_the_place() -> None:
    inside, outside = "call linear(key)", "assign weights"
    changed = TEXT.replace("query is None", "query is key")
    assert located(inside, changed).headers != located(inside).headers
    assert located(outside, changed).headers == located(outside).headers


def test_the_header_of_an_else_holds_the_tests_before_it() -> None:
    text = """\
def f(a, b):
    if a:
        x = 1
    elif b:
        x = 2
    else:
        y = 3
"""
    changed = text.replace("if a:", "if not a:")
    for at in ("assign y", "elif b > assign x"):
        assert located(at, changed, "m.f").headers != located(at, text, "m.f").headers, at


def test_the_count_among_equal_statements_of_the_symbol_is_kept() -> None:
    text = "def f(x):\n    x = step(x)\n    if x:\n        x = step( x )\n    x = step(x, 1)\n"
    location = located("if x > assign x", text, "m.f")
    assert (location.number, location.twins) == (2, 2)


def test_an_annotated_assignment_is_a_twin_of_a_plain_one() -> None:
    text = "def f(a):\n    x: int = g(h(a))\n    if a:\n        x = g(h(a))\n"
    assert located("if a > assign x", text, "m.f").twins == 2


def test_a_stretch_is_digested_as_all_its_statements() -> None:
    location = located("if query .. assign weights")
    assert (location.range.first_line, location.range.last_line) == (6, 8)
    for changed in (TEXT.replace("linear(key)", "key"), TEXT.replace("softmax", "relu")):
        assert located("if query .. assign weights", changed).digest != location.digest
    other = TEXT.replace("linear(weights)", "weights")
    assert located("if query .. assign weights", other).digest == location.digest


def test_a_stretch_that_ends_inside_a_block_holds_the_blocks_header() -> None:
    text = "def f(a):\n    x = 1\n    if a:\n        y = 2\n        z = 3\n"
    digest = located("assign x .. assign y", text, "m.f").digest
    assert located("assign x .. assign y", text.replace("if a", "if not a"), "m.f").digest != digest
    assert located("assign x .. assign y", text.replace("z = 3", "z = 4"), "m.f").digest == digest


def test_windows_line_ends_change_nothing() -> None:
    windows = TEXT.replace("\n", "\r\n")
    for at in ("doc", "if query", None):
        assert located(at, windows).digest == located(at).digest
        assert located(at, windows).range == located(at).range


def test_a_missing_symbol_names_the_nearest() -> None:
    found = problem(None, symbol="m.atend")
    assert found.status is AnchorStatus.MISSING
    assert found.message == "there is no symbol 'm.atend'."
    assert found.hint == "Did you mean 'm.attend'?"


def test_a_missing_symbol_with_none_near_names_the_next_command() -> None:
    assert "srcread at" in problem(None, symbol="zzz").hint


def test_a_selector_that_names_nothing_is_lost_and_names_the_nearest_name() -> None:
    found = problem("assign weight")
    assert found.status is AnchorStatus.LOST
    assert found.message == "selector 'assign weight' names no place in 'm.attend'."
    assert found.hint.startswith("No 'assign' names 'weight'. Did you mean 'weights'?")


def test_an_ambiguous_selector_lists_every_candidate_with_a_selector_that_works() -> None:
    found = problem("call linear")
    assert found.status is AnchorStatus.AMBIGUOUS
    assert found.message == "selector 'call linear' names 2 places in 'm.attend'."
    assert found.candidates == (Candidate(7, "return key"), Candidate(9, "return weights"))
    assert found.hint == "Take one: line 7: 'return key'; line 9: 'return weights'."
    for candidate in found.candidates:
        assert located(candidate.selector).range.first_line == candidate.line


def test_of_a_stretch_only_the_ambiguous_end_is_listed() -> None:
    found = problem("if query .. call linear")
    assert [candidate.line for candidate in found.candidates] == [7, 9]


def test_many_candidates_are_counted_behind_the_first_eight() -> None:
    found = problem("call g", "m.f", "def f():\n" + "    g()\n" * 12)
    assert len(found.candidates) == 12
    assert found.hint.endswith("line 9: 'call g #8'; and 4 more.")


def test_a_selector_that_does_not_parse_says_where() -> None:
    found = problem("assgn x")
    assert found.status is AnchorStatus.LOST
    assert "column 1: unknown kind 'assgn'. Did you mean 'assign'?" in found.message


def test_a_native_symbol_is_anchored_at_the_call_that_reaches_it() -> None:
    found = problem(None, symbol="torch.bmm")
    assert found.status is AnchorStatus.MISSING
    assert "outside Python" in found.message and "'native'" in found.hint


def test_a_module_is_no_place_for_a_note() -> None:
    assert "is a module" in problem(None, symbol="m").message


def test_a_symbol_whose_file_has_changed_since_it_was_indexed_is_lost() -> None:
    lookup = Texts({"m": TEXT})
    lookup.files = {"m": "x = 1\n" * 20}
    for at in (None, "doc"):
        found = locate(Anchor("m.attend", at), lookup)
        assert isinstance(found, AnchorProblem)
        assert found.status is AnchorStatus.LOST


def test_code_nested_deeper_than_python_recurses_is_a_problem_not_a_crash() -> None:
    text = "def f(a):\n    return " + " + ".join(f"a{n}" for n in range(2000)) + "\n"
    found = problem("return a1", "m.f", text)
    assert found.status is AnchorStatus.LOST
