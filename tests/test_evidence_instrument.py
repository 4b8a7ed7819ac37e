"""Claims rewritten so that they report themselves: the text that a snippet becomes."""

from __future__ import annotations

import itertools
import re
import warnings
from textwrap import dedent

import pytest
from support.claims_example import claims_of

from srcread.errors import SrcreadError
from srcread.model import Claim
from srcread.running.claims.instrument import Instrumented, instrument
from srcread.running.claims.site import CALLED, COMPARED, HELD, PASSED, SEEN, Site, lambda_of

FORMS = {"HELD": HELD, "COMPARED": COMPARED, "CALLED": CALLED, "SEEN": SEEN, "PASSED": PASSED}


def rewritten(text: str, *sentences: str) -> str:
    """Return a snippet's new text, with `HELD[0.0]` in the place of a lambda, and the like."""
    text = dedent(text)
    made = instrument("snippet.py", text, claims_of(text, *sentences))
    return shortened(made)


def shortened(made: Instrumented) -> str:
    short = re.sub(rf"(, srcread_=|, )'{made.mark} report'\('[^']* ready'\)", "", made.text)
    for planned in made.sites:
        site = Site(planned["claim"], planned["part"], tuple(planned["signs"]))
        for (name, form), operand in itertools.product(FORMS.items(), (None, 0, 1, 2)):
            number = "" if operand is None else f" {operand}"
            brief = f"{name}[{site.claim}.{site.part}{number}]"
            short = short.replace(lambda_of(form, made.mark, site, operand), brief)
    return short


def test_a_test_is_wrapped_and_the_assert_stays_an_assert() -> None:
    assert (
        rewritten('assert holds(x), "It holds."\n', "It holds.")
        == 'assert (HELD[0.0](True if (holds(x)) else False)), "It holds."\n'
    )


def test_both_operands_of_a_comparison_are_seen() -> None:
    assert rewritten('assert a == b, "S."', "S.") == ('assert (COMPARED[0.0](a, b)), "S."')


def test_every_operand_of_a_chain_is_seen() -> None:
    assert rewritten('assert 0 < a not in b, "S."', "S.") == (
        "assert (HELD[0.0](True if ((SEEN[0.0 0](0)) < (SEEN[0.0 1](a)) not in "
        '(SEEN[0.0 2](b))) else False)), "S."'
    )


def test_and_joins_parts_however_it_is_nested() -> None:
    text = 'assert a and (b and c) and (d or e), "S."'
    assert [claim.parts for claim in claims_of(text)] == [4]
    assert rewritten(text, "S.") == (
        "assert (HELD[0.0](True if (a) else False)) and ((HELD[0.1](True if (b) else False)) "
        "and (HELD[0.2](True if (c) else False))) and (HELD[0.3](True if ((d or e)) else False)), "
        '"S."'
    )


def test_a_call_of_assert_close_with_a_sentence_reports() -> None:
    assert rewritten('torch.testing.assert_close(a, b, rtol=0, msg="S.")', "S.") == (
        'PASSED[0.0](torch.testing.assert_close, a, b, rtol=0, msg="S.")'
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
        "assert torch.f(x for x in y), 'S.'",
        "assert torch.f(*x, y=1, **z), 'S.'",
        "torch.testing.assert_f(*x, y=1, **z, msg='S.')",
        "assert lambda: 0, 'S.'",
    ],
)
def test_whatever_can_be_tested_still_compiles(text: str) -> None:
    text = f"import torch\nasync def f():\n    {text}\n"
    made = instrument("snippet.py", text, claims_of(text, "S."))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # texts are called: objects are put in their place
        compile(made.text, "snippet.py", "exec")


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
    wrapped = re.compile(r"\(HELD\[(\d)\.0\]\(True if \((\w)\) else False\)\)")
    short = shortened(made)
    assert wrapped.findall(short) == [(str(n), name) for n, name in enumerate(tested)]
    assert wrapped.sub(r"\2", short) == text


def test_a_call_inside_a_claims_operand_is_no_claim_of_its_own() -> None:
    text = "assert check(x, msg='T.'), 'S.'\nassert y, 'T.'"
    assert rewritten(text).splitlines() == [
        "assert (HELD[0.0](True if (check(x, msg='T.')) else False)), 'S.'",
        "assert (HELD[1.0](True if (y) else False)), 'T.'",
    ]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("(testing.assert_is)(a, msg='S.')", "PASSED[0.0]((testing.assert_is), a, msg='S.')"),
        ("(testing.assert_is(a, msg='S.'))", "(PASSED[0.0](testing.assert_is, a, msg='S.'))"),
        ("testing.assert_is(*a, msg='S.')", "PASSED[0.0](testing.assert_is, *a, msg='S.')"),
    ],
)
def test_brackets_round_an_assertion_of_torch_stay(text: str, after: str) -> None:
    assert rewritten(text) == after


def test_an_import_of_more_than_the_standard_library_says_on_its_line_that_it_has_ended() -> None:
    text = """
    from __future__ import annotations
    import os, os.path; from json import dumps
    import tiny; import os, tiny.ops as ops; x = 1
    from tiny import (
        scale,
    )
    if x: import tiny;
    assert x, "S."
    """
    made = rewritten(text, "S.").replace("'srcread: report'('srcread: imported')", "ENDED")
    assert made.splitlines()[1:8] == [
        "from __future__ import annotations",
        "import os, os.path; from json import dumps",
        "import tiny;ENDED; import os, tiny.ops as ops;ENDED; x = 1",
        "from tiny import (",
        "    scale,",
        ");ENDED",
        "if x: import tiny;ENDED;",
    ]


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


def test_the_mark_is_a_text_that_the_snippet_does_not_hold() -> None:
    text = "x = 'srcread: report'\nassert x, 'S.'"
    made = instrument("snippet.py", text, claims_of(text))
    assert made.mark == "srcread::"


def test_a_function_of_a_framework_that_decides_is_called_with_what_it_is_given() -> None:
    text = """
        import math, torch
        import torch.nn.functional as F
        assert torch.equal(a, *b, c=1), "S."
        assert F.x.y(a), "T."
        assert math.isclose(a, b) and x.equal(y), "U."
        """
    lines = rewritten(text).splitlines()[3:]
    assert lines == [
        'assert (CALLED[0.0](torch.equal, a, *b, c=1)), "S."',
        'assert (CALLED[1.0](F.x.y, a)), "T."',
        "assert (HELD[2.0](True if (math.isclose(a, b)) else False)) and "
        '(HELD[2.1](True if (x.equal(y)) else False)), "U."',
    ]


def test_a_site_says_what_it_calls_and_where_its_events_come_from() -> None:
    text = "from math import sqrt as root\nassert len(root(x.y.z(2))) < 3, 'S.'\n"
    made = instrument("snippet.py", text, claims_of(text))
    (site,) = made.sites
    assert (site["claim"], site["part"], site["signs"]) == (0, 0, ["<"])
    assert site["called"] == ["len", "root", "x.y.z"]
    (event,) = site["events"]
    line = made.text.splitlines()[1]
    inner, outer = (line[slice(*event[end][1::2])] for end in ("inner", "outer"))
    assert inner.startswith(f"'{made.mark} report'('{made.mark} 0.0', a, b, ")
    assert inner in outer and outer.endswith(
        f"(len(root(x.y.z(2))), 3, '{made.mark} report'('{made.mark} 0.0 ready'))"
    )
    assert made.imported == {"root": ["math:sqrt"]} and made.methods == {"z"}


def test_an_alias_of_assert_close_reports_too() -> None:
    text = 'from torch.testing import assert_close as close\nclose(a, b, msg="S.")'
    assert rewritten(text, "S.").splitlines()[1] == 'PASSED[0.0](close, a, b, msg="S.")'


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
