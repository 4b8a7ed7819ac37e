"""The style as it is published: as small as it can be without a change of what it says."""

from __future__ import annotations

import pytest

from srcread.site.rendering.style import squeezed


@pytest.mark.parametrize(
    ("style", "small"),
    [
        ("a { b: c; }\n", "a{b:c}"),
        (
            "/* says\nwhat */\na > b,\n  .c { d: calc(1px + 2px); }",
            "a>b,.c{d:calc(1px + 2px)}",
        ),
        (
            'a::after { content: " /* no comment; */ { "; }',
            'a::after{content:" /* no comment; */ { "}',
        ),
        (r"""a::after { content: "\"  ;  " '  '; }""", r"""a::after{content:"\"  ;  " '  '}"""),
        ("a :hover { b: c } /* unclosed", "a :hover{b:c}/* unclosed"),
        ("a { b: c; }\n\n/* of d */\nd { e: f; /* g */ }\n", "a{b:c}d{e:f}"),
        ("a/* no space */b c /* space */ d { }", "ab c d{}"),
        ("", ""),
    ],
)
def test_what_a_browser_passes_over_is_left_out(style: str, small: str) -> None:
    assert squeezed(style.encode()) == small.encode()
    assert squeezed(small.encode()) == small.encode()
