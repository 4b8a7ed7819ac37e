"""Claims rewritten so that they report themselves: the text that a snippet becomes."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from support.claims_example import claims_of

from srcread.errors import SrcreadError
from srcread.model import Claim
from srcread.running.claims.instrument import instrument


def rewritten(text: str, *sentences: str) -> str:
    text = dedent(text)
    made = instrument("snippet.py", text, claims_of(text, *sentences))
    return made.text.replace(made.reporter, "R")


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
    text = 'assert a and (b and c) and (d or e), "S."'
    assert [claim.parts for claim in claims_of(text)] == [4]
    assert rewritten(text, "S.") == (
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


@pytest.mark.parametrize(
    ("text", "tested"),
    [
        ("if x:\n\tassert a, 'S.'\n\tassert b, 'T.'\n", "ab"),
        ("if x:\n\t  assert a, 'S.'\n", "a"),
        ("x = 1\r\nassert a, 'S.'\r\nassert b, 'T.'\r\n", "ab"),
        ("x = '''\r\n'''\nassert a, 'S.'\n", "a"),
        ("x = 1\rassert a, 'S.'\nassert b, 'T.'", "ab"),
        ("if x:\n\f\n\tassert a, 'S.'\n \f\n\tassert b, 'T.'\n", "ab"),
        ("if x:\n \f   assert a, 'S.'\n", "a"),
        ("x = '\U0001f600'; assert a, 'S.'; y = 'é'; assert b, '\U0001f600.'", "ab"),
        ("assert a, 'S.'; assert b, 'T.' ; \nassert c, 'U.'", "abc"),
        ("assert a \\\n, \\\n 'S.'\nassert b, 'T.'", "ab"),
        (
            "def f():\n    def g():\n        assert a, 'S.'\n    assert b, 'T.'\nassert c, 'U.'",
            "abc",
        ),
        ("'doc'\nclass A:\n    'doc'\n    ...\n    assert a, 'S.'\nf()\nassert b, 'T.'", "ab"),
        ("lambda: (yield); assert a, 'S.'\nasync def f(): await g(); assert b, 'T.'", "ab"),
        ("if x: assert a, 'S.'\nelse: assert b, 'T.'\nwhile y: f(); assert c, 'U.'", "abc"),
        ("try: f()\nexcept* E: assert a, 'S.'\nelse: f()\nfinally: assert b, 'T.'", "ab"),
        ("match f():\n    case 1: assert a, 'S.'\n    case _: assert b, 'T.'", "ab"),
        ("@f(lambda: 0)\ndef g(x=[y for y in z]): assert a, 'S.'\nassert b, 'T.'", "ab"),
        ("f(msg='S.')\nassert False, 'S.'\nassert a, 'S.'", "a"),
        ("x = torch.testing.assert_close(y, z, msg='S.')\nassert a, 'S.'", "a"),
        ("assert f'{x}', f'{x}'\nassert a, 'S.'", "a"),
    ],
)
def test_exactly_the_claims_are_rewritten_where_they_stand(text: str, tested: str) -> None:
    claims = [claim for claim in claims_of(text) if claim.sentence]
    made = instrument("snippet.py", text, claims)
    wrapped = re.compile(rf"\({made.reporter}\.truth\((\d), 0, (\w)\)\)")
    assert wrapped.findall(made.text) == [(str(n), name) for n, name in enumerate(tested)]
    assert wrapped.sub(r"\2", made.text) == text


def test_a_call_inside_a_claims_operand_is_no_claim_of_its_own() -> None:
    text = "assert check(x, msg='T.'), 'S.'\nassert y, 'T.'"
    assert rewritten(text).splitlines() == [
        "assert (R.truth(0, 0, check(x, msg='T.'))), 'S.'",
        "assert (R.truth(1, 0, y)), 'T.'",
    ]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("(testing.assert_is)(a, msg='S.')", "R.passes(0, 0, (testing.assert_is), a, msg='S.')"),
        ("(testing.assert_is(a, msg='S.'))", "(R.passes(0, 0, testing.assert_is, a, msg='S.'))"),
        ("testing.assert_is(*a, msg='S.')", "R.passes(0, 0, testing.assert_is, *a, msg='S.')"),
    ],
)
def test_brackets_round_an_assertion_of_torch_stay(text: str, after: str) -> None:
    assert rewritten(text) == after


def test_a_snippet_without_claims_stays_as_it_is_to_the_byte() -> None:
    assert instrument("snippet.py", "\fx = 1\r", ()).text == "\fx = 1\r"


def test_a_claim_is_rewritten_at_its_place_and_nowhere_else() -> None:
    with pytest.raises(SrcreadError, match=r"snippet.py:1: 'S\.' is not said at column 0"):
        instrument("snippet.py", "x = 1\nassert x, 'S.'", [Claim("S.", 1, "x")])


def test_a_byte_order_mark_is_refused_as_python_does() -> None:
    with pytest.raises(SrcreadError, match=r"snippet\.py:1: invalid non-printable"):
        instrument("snippet.py", "\ufeffassert x, 'S.'", [Claim("S.", 1, "x")])


def test_an_invalid_escape_warns_nobody() -> None:
    assert rewritten("x = '\\d'\nassert x, 'S.'", "S.").startswith("x = '\\d'")


def test_the_reporter_has_a_name_that_the_snippet_does_not_use() -> None:
    text = "_srcread_claims = 0\nassert x, 'S.'"
    made = instrument("snippet.py", text, claims_of(text))
    assert made.reporter == "_srcread_claims_"


def test_an_alias_of_assert_close_reports_too() -> None:
    text = 'from torch.testing import assert_close as close\nclose(a, b, msg="S.")'
    assert rewritten(text, "S.").splitlines()[1] == 'R.passes(0, 0, close, a, b, msg="S.")'


def test_a_claim_without_a_sentence_is_refused() -> None:
    with pytest.raises(SrcreadError, match="0 asserts say ''"):
        instrument("snippet.py", "assert x\nprint(y)", claims_of("assert x\nprint(y)"))


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
        ("x = " + "(" * 250 + ")" * 250, "snippet.py:1: too many nested parentheses"),
    ],
)
def test_a_snippet_that_cannot_be_used_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(SrcreadError, match=message) as caught:
        instrument("snippet.py", text, [Claim("S.", 1, "")])
    assert "\n" not in str(caught.value)
