"""Claims rewritten so that they report themselves: the text that a snippet becomes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from srcread.errors import SrcreadError
from srcread.running.claims.instrument import instrument


def rewritten(text: str, *sentences: str) -> str:
    return instrument("snippet.py", dedent(text), sentences).text.replace("_srcread_claims", "R")


def test_a_test_is_wrapped_and_the_assert_stays_an_assert() -> None:
    assert (
        rewritten('assert holds(x), "It holds."\n', "It holds.")
        == 'assert (R.truth(0, 0, holds(x))), "It holds."\n'
    )


def test_both_operands_of_a_comparison_are_seen() -> None:
    assert rewritten('assert a == b, "S."', "S.") == (
        'assert (R.truth(0, 0, (R.see(0, 0, 0, a)) == (R.see(0, 0, 1, b)), "==")), "S."'
    )


def test_every_operand_of_a_chain_is_seen() -> None:
    assert rewritten('assert 0 < a not in b, "S."', "S.") == (
        "assert (R.truth(0, 0, (R.see(0, 0, 0, 0)) < (R.see(0, 0, 1, a)) not in "
        '(R.see(0, 0, 2, b)), "<", "not in")), "S."'
    )


def test_and_joins_parts_however_it_is_nested() -> None:
    made = instrument("snippet.py", 'assert a and (b and c) and (d or e), "S."', ["S."])
    assert made.parts == (4,)
    assert made.text.replace(made.reporter, "R") == (
        "assert (R.truth(0, 0, a)) and ((R.truth(0, 1, b)) and (R.truth(0, 2, c))) "
        'and (R.truth(0, 3, (d or e))), "S."'
    )


def test_a_call_of_assert_close_with_a_sentence_reports() -> None:
    assert rewritten('torch.testing.assert_close(a, b, rtol=0, msg="S.")', "S.") == (
        'R.passes(0, 0, torch.testing.assert_close, a, b, rtol=0, msg="S.")'
    )


@pytest.mark.parametrize(
    "text",
    [
        "assert False, 'no error came'",
        "assert x",
        "assert x, f'{x}'",
        "assert x, b'S.'",
        "check(a, b, msg=text)",
        "check(a, b, 'S.')",
    ],
)
def test_what_is_no_planned_claim_is_left_alone(text: str) -> None:
    assert rewritten(f"{text}\nassert y, 'S.'", "S.").splitlines()[0] == text


def test_lines_keep_their_numbers() -> None:
    text = """
        def check(x):  # é
            assert(x)in(1, 2)and(
                x == 1  # one
                and not x
            ), ("A "
                "sentence.")
            return x
        """
    before, after = dedent(text).splitlines(), rewritten(text, "A sentence.").splitlines()
    assert len(before) == len(after)
    assert [line for line in before if "#" in line or "return" in line] == [
        line if "one" not in line else before[3] for line in after if "#" in line or "ret" in line
    ]
    compile("\n".join(after), "snippet.py", "exec")


@pytest.mark.parametrize(
    "text",
    [
        "assert(x), 'S.'",
        "assert not(x), 'S.'",
        "assert(x)is not(y), 'S.'",
        "assert(x)not in(y), 'S.'",
        "assert (n := f()) == 3, 'S.'",
        "assert (yield) == 3, 'S.'",
        "assert (await f()) == 3, 'S.'",
        "assert a if b else c, 'S.'",
        "assert all(x for x in y), 'S.'",
        "assert [*a] == b, 'S.'; print()",
        "assert lambda: 0, 'S.'",
    ],
)
def test_whatever_can_be_tested_still_compiles(text: str) -> None:
    compile(rewritten(f"async def f():\n    {text}\n", "S."), "snippet.py", "exec")


def test_an_invalid_escape_warns_nobody() -> None:
    assert rewritten("x = '\\d'\nassert x, 'S.'", "S.").startswith("x = '\\d'")


def test_the_reporter_has_a_name_that_the_snippet_does_not_use() -> None:
    made = instrument("snippet.py", "_srcread_claims = 0\nassert x, 'S.'", ["S."])
    assert made.reporter == "_srcread_claims_"


def test_an_alias_of_assert_close_reports_too() -> None:
    assert rewritten('close(a, b, msg="S.")', "S.") == 'R.passes(0, 0, close, a, b, msg="S.")'


def test_a_claim_without_a_sentence_is_refused() -> None:
    with pytest.raises(SrcreadError, match="0 asserts say ''"):
        instrument("snippet.py", "assert x\nprint(y)", [""])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("assert x", "snippet.py: 0 asserts say 'S.', where one must. Run `srcread check`."),
        (
            "assert x, 'S.'\nassert y, 'S.'",
            "snippet.py: 2 asserts say 'S.', where one must. Run `srcread check`.",
        ),
        ("x = (", r"snippet.py:1: '\(' was never closed. Mend the snippet."),
        ("x = '\0'", "snippet.py:.*null"),
        ("x = [0]" + "[0]" * 300, "snippet.py: nested 304 deep, where 100 is the limit."),
        ("x = [0]" + "[0]" * 9000, "snippet.py: (nested 9004 deep|cannot be parsed)"),
        ("x = " + "(" * 5000 + ")" * 5000, "snippet.py:1: too many nested parentheses"),
    ],
)
def test_a_snippet_that_cannot_be_used_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(SrcreadError, match=message) as caught:
        instrument("snippet.py", text, ["S."])
    assert "\n" not in str(caught.value)
