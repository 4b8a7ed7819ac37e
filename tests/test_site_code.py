"""Source as HTML: text kept to the character, calls linked at the name that is called."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from support.site_example import edge, graph, page, plans, view

from srcread.model import EdgeKind
from srcread.site.data.address import file_names, permalink, segment, short_name
from srcread.site.data.function import Mark
from srcread.site.data.layout import lay_out, line_address
from srcread.site.rendering.code import highlight


def link(text: str, call: str) -> str:
    """Return the text that is linked when `call`, somewhere in the one-line `text`, is marked."""
    start = text.index(call)
    mark = Mark((1, start, 1, start + len(call)), "t.html", "call", "t")
    (line,) = highlight(text, 1, [mark]).lines
    found = re.search(r'<a class="call"[^>]*>(.*?)</a>', line)
    assert found is not None
    return html.unescape(re.sub(r"<[^>]+>", "", found[1]))


@pytest.mark.parametrize(
    ("text", "call", "linked"),
    [
        ("y = f(x)", "f(x)", "f"),
        ("y = torch.nn.f(x, (1, 2))", "torch.nn.f(x, (1, 2))", "torch.nn.f"),
        ("y = x.a(1).b(2)", "x.a(1).b(2)", "b"),
        ("y = self.layers[0](x)", "self.layers[0](x)", "self.layers[0]"),
        ("super().__init__()", "super().__init__()", "__init__"),
        ('f(")")', 'f(")")', "f"),
        ("y = self.weight + 1", "self.weight", "self.weight"),
        ("größe = län(x)", "län(x)", "län"),
        ("f (x)", "f (x)", "f"),
    ],
)
def test_a_link_covers_the_name_that_is_called(text: str, call: str, linked: str) -> None:
    assert link(text, call) == linked


def test_no_character_of_the_source_is_lost() -> None:
    text = (
        'def f(a):\n\tx = f"{a!r:>{4}} <b>"  # é & 你好\n\n    return """\n<i>\n""" + x\\\n  + 1\n'
    )
    lines = [html.unescape(re.sub(r"<[^>]+>", "", line)) for line in highlight(text, 1).lines]
    assert "\n".join(lines) == text


def test_text_that_is_not_python_is_shown_as_it_is() -> None:
    text = 'print "hello\n$$$ `x` \x27\x27\x27 open'
    lines = [html.unescape(re.sub(r"<[^>]+>", "", line)) for line in highlight(text, 1).lines]
    assert "\n".join(lines) == text


def test_a_call_over_several_lines_is_linked_on_one() -> None:
    text = "y = (\n    a\n    .b(\n        1,\n    )\n)"
    code = highlight(text, 10, [Mark((11, 4, 14, 5), "t.html", "call", "")])
    assert '.<a class="call" href="t.html">b</a>(' in code.lines[2]


def test_a_mark_outside_the_text_is_left_out() -> None:
    assert highlight("f(x)", 5, [Mark((4, 0, 4, 4), "t", "call", "")]).lines == ("f(x)",)


def test_only_strings_that_are_statements_are_docstrings() -> None:
    text = 'def f():\n    """One\n    two."""\n    g(\n        """three\n        four"""\n    )'
    assert highlight(text, 1).docstrings == ((1, 2),)


def test_characters_that_reorder_text_are_shown() -> None:
    (line,) = highlight("# safe \u202e evil \u2066", 1).lines
    assert "⟨U+202E⟩" in line
    assert "⟨U+2066⟩" in line
    assert "\u202e" not in line


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("torch.nn.Linear.forward", "torch.nn.Linear.forward.html"),
        ("a.f.<locals>.g", "a.f.locals.g.html"),
        ("a.C.x@setter", "a.C.x@setter.html"),
        ("a.f~2", "a.f~2.html"),
        ("examples/bloom/build.py:main", "examples-bloom-build.py-main.html"),
        ("aux.f", "_aux.f.html"),
        ("../../etc/passwd", "_..-..-etc-passwd.html"),
    ],
)
def test_file_names_are_safe_and_readable(name: str, file: str) -> None:
    assert file_names([name]) == {name: file}


def test_what_a_file_name_cannot_hold_comes_back_as_a_digest() -> None:
    names = file_names(["a.größe", "a.grüße", "x" * 400, "a.f.<locals>.g", "a.f.locals.g"])
    assert len(set(names.values())) == 5
    assert all(file.isascii() and len(file) < 200 for file in names.values())
    assert all(re.search(r"-[0-9a-f]{8}\.html$", file) for file in names.values())


def test_a_segment_is_never_empty_or_hidden() -> None:
    assert [segment(text)[0] for text in ("", ".", "..", ".git", "~x")] == ["_"] * 5


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("torch.nn.modules.linear.Linear.forward", "Linear.forward"),
        ("torch.nn.functional.linear", "linear"),
        ("pkg.mod.f.<locals>.g", "f.<locals>.g"),
        ("build.py:main", "main"),
        ("pkg._Private.run", "_Private.run"),
        ("torch.autograd.grad_mode.no_grad.__init__", "no_grad.__init__"),
    ],
)
def test_a_short_name_begins_at_the_class(name: str, short: str) -> None:
    assert short_name(name) == short


def test_without_a_distribution_there_is_no_permalink() -> None:
    assert permalink(None, "a.py", 1, 2) is None


def test_without_code_a_line_names_what_its_call_implies() -> None:
    implied = edge("pkg.model.Layer.forward", "len(x)", "pkg.model.scale", EdgeKind.METHOD)
    calls = [one for one in graph().edges if one.kind is not EdgeKind.NATIVE]
    absent = replace(
        view(), graph=replace(graph(), edges=(*calls, implied)), absent=frozenset({"pkg"})
    )
    shown = page(plans(absent), "en/example/1.5/pkg.model.Layer.forward.html")
    assert 'line <a href="#L22">22</a>' in shown
    assert re.search(r'id="L22">.*title="pkg.model.scale".*>scale</a>', shown)


def test_without_code_every_line_that_a_list_names_is_there() -> None:
    """A call of something outside may have other ends that are lists of their own."""
    layer = "pkg.model.Layer.forward"
    beside = [
        edge(layer, "len(x)", None, EdgeKind.UNRESOLVED, reason="a caller may give anything"),
        edge(layer, "len(x)", "pkg._C.linear", EdgeKind.NATIVE),
        edge(layer, "len(x)", "pkg.model.Layer", EdgeKind.CONSTRUCTOR),
    ]
    calls = [one for one in graph().edges if one.callee != "pkg._C.linear"]
    for other in beside:
        absent = replace(
            view(), graph=replace(graph(), edges=(*calls, other)), absent=frozenset({"pkg"})
        )
        shown = page(plans(absent), f"en/example/1.5/{layer}.html")
        assert 'line <a href="#L22">22</a>' in shown, other
        assert 'id="L22"' in shown, other


def test_a_line_of_a_page_without_code_or_outside_a_function_has_no_address() -> None:
    layout, scale = lay_out(view()), "pkg.model.scale"
    assert line_address(layout, scale, 26) == f"{scale}.html#L26"
    assert line_address(layout, scale, 99) == f"{scale}.html"
    assert line_address(lay_out(replace(view(), absent=frozenset({"pkg"}))), scale, 26) == (
        f"{scale}.html"
    )
    assert line_address(layout, "pkg.elsewhere", 1) is None
