"""jinja2 with leaner code says what jinja2 says, and parts that are kept are what they would be."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError, meta, nodes
from markupsafe import Markup
from support.site_example import plans

from srcread.site.rendering import kept
from srcread.site.rendering.kept import Kept
from srcread.site.rendering.lean import LeanEnvironment
from srcread.site.rendering.prose import fill, filters, finalize
from srcread.site.rendering.theme import Words
from srcread.support.resources import resources


class Link(NamedTuple):
    name: str
    href: str | None

    def said(self, language: str) -> str:
        return f"{self.name} <{language}>"


VALUES: dict[str, Any] = {
    "text": "a<b & \"c\" 'd'",
    "hidden": "a\u202eb\x00",
    "safe": Markup("<b>a</b>"),
    "equal": "<b>a</b>",
    "number": 3,
    "no": None,
    "yes": True,
    "half": 0.5,
    "link": Link("n<", None),
    "links": [Link("a", "b"), Link("c", None)],
    "table": {"items": "shadowed", "own": "item", "none": None},
    "words": Words({"own": "word", "items": "shadowed"}),
}

TEXTS = [
    "{{ text }}{{ text }}",
    "{{ hidden }}",
    "{{ safe }}{{ equal }}{{ safe }}",
    "{{ equal }}{{ safe }}",
    "{{ number }} {{ no }} {{ yes }} {{ half }} {{ 1 == number }} {{ [text] }}",
    "{{ link.name }} {{ link.href }} {{ link.said('<') }}",
    "{{ table.own }} {{ table.none }} {{ table['items'] }} {{ words.own }} {{ words['items'] }}",
    "{% for key, value in table.items() %}{{ key }}{{ value }}{% endfor %}",
    "{% for key, value in words.items() %}{{ key }}{{ value }}{% endfor %}",
    "{% for one in links if one.href %}{{ one.name }}{{ loop.last }}{% endfor %}",
    "{{ 'a' if no }}{{ text if yes }}",
    "{{ text ~ safe }} {{ text|upper }} {{ links|map(attribute='name')|join('<') }}",
    "{% macro m(a, b='<') %}{{ a }}{{ b }}{% endmacro %}{{ m(text) }}{{ m(safe, text) }}",
    "{% macro m(a) %}{{ a }}{{ caller(1) }}{% endmacro %}{% call(n) m(text) %}{{ n }}{% endcall %}",
    "{% macro m() %}{{ varargs }}{{ kwargs.x }}{% endmacro %}{{ m(text, x=safe) }}",
    "{% macro m(a, b='<') %}{{ a }}{{ b }}{% endmacro %}{{ m(b=text, a=safe) }}{{ m(a=number) }}",
    "{% macro m(a=1) %}{{ a }}{% endmacro %}{% for one in links %}{{ m() }}{{ m(1) }}{% endfor %}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{% set n = m(text) %}{{ n }}{{ n ~ text }}{{ [n] }}",
    "{% autoescape false %}{% macro m(a) %}{{ a }}{% endmacro %}{{ m(text) }}{% endautoescape %}",
    "{% set both %}{{ text }}{{ link.name }}{% endset %}{{ both }}",
    "{% autoescape false %}{{ text }}{% endautoescape %}{{ text }}",
    "{% block a %}{{ text }}{% endblock %}{{ self.a() }}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_template_says_what_jinja2_makes_it_say(text: str) -> None:
    usual = Environment(autoescape=True, finalize=finalize, undefined=StrictUndefined)
    lean = LeanEnvironment(finalize, undefined=StrictUndefined)
    said = usual.from_string(text).render(VALUES)
    assert lean.from_string(text).render(VALUES) == said
    assert lean.from_string(text).render(VALUES) == said, "a second time"


@pytest.mark.parametrize("text", ["{{ nothing }}", "{{ link.nothing }}", "{{ words.nothing }}"])
def test_a_value_that_is_not_there_is_an_error(text: str) -> None:
    lean = LeanEnvironment(finalize, undefined=StrictUndefined)
    with pytest.raises(UndefinedError, match="nothing"):
        lean.from_string(text).render(VALUES)


@pytest.mark.parametrize("call", ["m()", "m(1, 2)", "m(1, x=2)"])
def test_a_macro_that_is_given_too_little_or_too_much_is_the_error_of_jinja2(call: str) -> None:
    text = "{% macro m(a) %}{{ a }}{% endmacro %}{{ " + call + " }}"
    said = []
    for kind in (Environment(undefined=StrictUndefined), LeanEnvironment(finalize)):
        kind.undefined = StrictUndefined
        with pytest.raises((TypeError, UndefinedError)) as error:
            kind.from_string(text).render()
        said.append(str(error.value))
    assert said[0] == said[1]


def test_a_phrase_tells_markup_from_an_equal_text_and_takes_lists() -> None:
    assert fill("{x}", x=Markup("<b>")) == "<b>"
    assert fill("{x}", x="<b>") == "&lt;b&gt;"
    assert fill("{x}", x=Markup("<b>")) == "<b>"
    assert fill("{x}", x=[1]) == "[1]"
    assert [fill("{x}", x=1), fill("{x}", x=True)] == ["1", "True"]


def test_a_part_is_rendered_once_for_its_values() -> None:
    asked = []

    class Asked:
        def __init__(self, name: str) -> None:
            self.name = name

        def text(self) -> str:
            asked.append(self.name)
            return f"<{self.name}>"

    lean = LeanEnvironment(finalize, extensions=[Kept])
    page = lean.from_string(
        "{% kept one %}{{ one.text() }}{% endkept %}"
        "{% kept one, two %}{{ one.text() }}{% endkept %}"
    )
    first, other, equal = Asked("a"), Asked("b"), Asked("a")
    assert page.render(one=first, two=1) == "&lt;a&gt;&lt;a&gt;"
    assert page.render(one=first, two=1) == "&lt;a&gt;&lt;a&gt;"
    assert asked == ["a", "a"]
    assert page.render(one=other, two=1) == "&lt;b&gt;&lt;b&gt;"
    assert page.render(one=equal, two=1) == "&lt;a&gt;&lt;a&gt;"
    assert asked == ["a", "a", "b", "b", "a", "a"], "an equal value is another one"
    page.render(one=first, two=2)
    assert asked[6:] == ["a"], "of two values one has changed"


def test_what_was_kept_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 3)
    lean = LeanEnvironment(finalize, extensions=[Kept])
    page = lean.from_string("{% kept one %}{{ one[0] }}{% endkept %}")
    rows = [[number] for number in range(10)]
    for _ in range(3):
        assert [page.render(one=row) for row in rows] == [str(row[0]) for row in rows]


def test_a_site_is_the_same_without_parts_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with_parts = {plan.address: plan.render() for plan in plans()}
    monkeypatch.setattr(kept.Kept, "_part", lambda self, place, *values, caller: caller())
    assert {plan.address: plan.render() for plan in plans()} == with_parts


def test_a_part_names_all_that_it_depends_on() -> None:
    """Macros that are imported with their surroundings bring what these say, too."""
    lean = LeanEnvironment(finalize, extensions=[Kept])
    lean.filters.update(filters())
    folder = resources("templates")
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.html")}
    lean.loader = DictLoader(texts)
    found = 0
    for template, text in texts.items():
        tree = lean.parse(text, template)
        own = {one.name: one for one in tree.find_all(nodes.Macro)}
        around = {
            (alias if isinstance(alias, str) else alias[-1]): (
                one.template.as_const(),
                one.with_context,
            )
            for one in tree.find_all(nodes.FromImport)
            for alias in one.names
        }
        for part in tree.find_all(nodes.CallBlock):
            if not _is_kept(part):
                continue
            found += 1
            given = {arg.name for arg in part.call.args if isinstance(arg, nodes.Name)}
            needed = _free(lean, part.body)
            for name in needed & {*around}:
                other, with_context = around[name]
                needed |= _free(lean, lean.parse(texts[other]).body) if with_context else set()
            for name in needed & {*own}:
                needed |= _free(lean, [own[name]])
            assert needed - {*around} - {*own} <= given, f"{template}:{part.lineno}"
    assert found >= 3


def _free(lean: Environment, body: list[nodes.Node]) -> set[str]:
    whole = nodes.Template(body)
    whole.set_environment(lean)
    return meta.find_undeclared_variables(whole)


def _is_kept(part: nodes.CallBlock) -> bool:
    called = part.call.node
    return isinstance(called, nodes.ExtensionAttribute) and called.identifier == Kept.identifier
