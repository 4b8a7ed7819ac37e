"""What templates may call: Markdown to safe HTML, code to lines, words and reasons in a language.

Notes are other people's: Markdown is read with HTML off, and its result still passes an allow-list
that knows no script, style, image or frame. This module is imported when the first page is
rendered, and with it markdown-it, nh3 and markupsafe.
"""

# ruff: noqa: RUF001 - full-width punctuation ends sentences, too

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from srcread.equations.fences import INFO
from srcread.evidence.sentences import Sentences
from srcread.graph.names import plain_name
from srcread.notes.sentences import labels_in, with_definitions, without_labels
from srcread.site.data.equations import EquationView
from srcread.site.data.grounds import Mark
from srcread.site.data.introducing import Introduced, TermLink
from srcread.site.escaping import visible
from srcread.site.maps.figure import figure
from srcread.site.rendering import sections
from srcread.site.rendering.code import highlight
from srcread.site.rendering.equations import ATTRIBUTES, TAGS, equations_html
from srcread.site.rendering.grids import draw
from srcread.site.rendering.marks import share_of, shares, shown
from srcread.site.rendering.saying import SIGNS, changed, confined, reason, said_of
from srcread.site.rendering.spacing import soft_break
from srcread.site.rendering.tables import framed
from srcread.site.rendering.terms import Terms, address_of, lead_on, link_terms
from srcread.site.runs.pages import edge_words

_DEEPEST = 100
"""Blocks within blocks. What is deeper the parser leaves out, so `check` refuses it long before."""

_LINK = re.compile(r"https?://[^\s/]|#")

_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *TAGS,
    "span",
}

MOST_OF_SUMMARY = 200
"""Characters of a note's summary: what is shown of a page where it is linked to elsewhere."""

_NAME = r"[A-Za-z_]\w+"
_CODED = re.compile(
    rf"`([^`]+)`|(?<![\w./-])(?:{_NAME}(?:(?:\.|::){_NAME})+|[A-Za-z]\w*_\w+|_\w+|{_NAME}(?==\w))"
    r"(?:\(\)|=\w+)?(?![\w/-])",
    re.ASCII,
)

_END = "</p>"

_SENTENCE = re.compile(r".+?(?:[.!?][\"')\]]*(?=\s+[^a-z\s])|[。！？])")


class Parts(NamedTuple):
    """A note's text in two: what is seen, and what unfolds."""

    lead: Markup
    rest: Markup


def filters() -> dict[str, Callable[..., Any]]:
    """Return the templates' filters by name."""
    return {
        "markdown": markdown,
        "marked": marked,
        "parted": parted,
        "introduced": introduced,
        "appendix": appendix,
        "sections": sections_of,
        "coded": coded,
        "share": share_of,
        "shares": shares,
        "python": python,
        "fill": fill,
        "counted": counted,
        "breakable": breakable,
        "breakable_path": breakable_path,
        "plain_name": plain_name,
        "reason": reason,
        "confined": confined,
        "changed": changed,
        "edges": edge_words,
        "summary": summary,
        "model_map": figure,
        "grid": draw,
    }


def finalize(value: Any) -> Any:
    """Show hidden control characters in whatever a template prints."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def markdown(text: str) -> Markup:
    """Turn a note's Markdown into HTML of a fixed set of tags, its footnotes left out."""
    return _html(text, ())[0]


def introduced(text: Introduced, terms: Terms) -> Markup:
    """Turn an introduction or a lead into HTML; its links to notes lead to their pages."""
    html, used = _html(text.body, (), (), () if text.fallback else terms.left, text.links)
    terms.strike(used)
    return html


def appendix(text: Introduced, source: str, terms: Terms) -> Markup:
    """Turn a page beside the steps into HTML; its headings have addresses, as `sections_of` says.

    `source` is its text in the language in which it was written.
    """
    names = tuple(name for name, _ in sections_of(text, source))
    html, used = _html(text.body, (), (), () if text.fallback else terms.left, text.links, names)
    terms.strike(used)
    return html


def sections_of(text: Introduced, source: str) -> tuple[tuple[str, str], ...]:
    """Return the headings of a page: the `id` of each, by those of its source, and its words."""
    said, written = (
        sections.headings(_parser().parse(visible(one))) for one in (text.body, source)
    )
    return tuple(zip(sections.names(written, len(said)), said, strict=True))


def marked(
    text: str,
    marks: Iterable[Mark],
    words: Mapping[str, str],
    equations: Iterable[EquationView] = (),
    sentences: Sentences | None = None,
    terms: Terms | None = None,
    addresses: tuple[tuple[str, str], ...] = (),
) -> Markup:
    """Turn a note's Markdown into HTML in which each footnote is a mark that leads to its basis.

    `addresses` are those of notes on other pages, by their anchors. Below an equation stands what a
    run says of it. The first use of each of the `terms` is a link.
    """
    links = [
        (mark.label, mark.kind, f"#{mark.target}", words[f"mark_{mark.kind}"])
        for mark in shown(marks)
    ]
    said = [said_of(one, words, sentences) for one in equations if sentences]
    left = terms.left if terms else ()
    html, used = _html(text, tuple(links), tuple(said), left, addresses)
    if terms:
        terms.strike(used)
    return html


@lru_cache(maxsize=512)
def _html(
    text: str,
    links: tuple[tuple[str, str, str, str], ...],
    said: tuple[tuple[str, str, str], ...] = (),
    terms: tuple[TermLink, ...] = (),
    addresses: tuple[tuple[str, str], ...] = (),
    names: tuple[str, ...] | None = None,
) -> tuple[Markup, frozenset[str]]:
    """Return the HTML of a text, and which terms it links; `addresses` are those of anchors.

    With `names` for its headings it is a page of its own, and none that stands below a title.
    """
    import nh3

    labels = dict.fromkeys(labels_in(text))
    parser, known = _parser(), {label: rest for label, *rest in links}
    tokens = parser.parse(with_definitions(visible(text), labels))
    used = link_terms(tokens, terms)
    inside = {**dict(addresses), **{name: address_of(name) for name in used}}
    lead_on(tokens, inside)
    if names is not None:
        sections.lay_out(tokens, names)
    own = frozenset(inside.values())
    end = next((n for n, one in enumerate(tokens) if one.type == "footnote_block_open"), None)
    html = nh3.clean(
        parser.renderer.render(
            tokens[:end],
            parser.options,
            {"links": known, "said": {n: rest for n, *rest in said}, "counts": Counter()},
        ),
        tags=_TAGS,
        attributes={
            **ATTRIBUTES,
            "a": {"href", "title", "class", "aria-label"},
            "ol": {"start"},
            "table": {"class"},
            "th": {"class"},
            "td": {"class", "data-of"},
            **{tag: {"id"} for tag in ("h2", "h3", "h4", "h5", "h6")},
            "pre": {"tabindex"},
        },
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
        attribute_filter=lambda tag, name, value: (
            value if value in own else _kept(tag, name, value)
        ),
    )
    html = framed(html.replace("<th></th>", "<td></td>"))  # a corner is no heading
    # the allow-list's own output; entities are characters by now
    return Markup(visible(html)), used


def parted(html: Markup, folded: str | None) -> Parts:
    """Cut a note's HTML where it folds: behind its first paragraph, or before all, or nowhere."""
    if folded is None:
        return Parts(html, Markup(""))
    end = html.find(_END) + len(_END) if folded == "lead" and html.startswith("<p>") else 0
    return Parts(html[:end], html[end:].lstrip("\n"))


def paragraphs(text: str) -> Iterator[str]:
    """Yield the prose of a note's Markdown as plain text; blocks of code are no prose."""
    for token in _parser().parse(visible(without_labels(text))):
        if token.type == "inline":
            words = "".join(map(_plain, repeat(token.children), range(len(token.children))))
            yield " ".join(words.split())


@lru_cache(maxsize=512)
def summary(text: str) -> str:
    """Return the first sentence of a note, cut short where it is long."""
    first = next((words for words in paragraphs(text) if words), "")
    sentence = _SENTENCE.match(first)
    words = sentence[0] if sentence else first
    if len(words) <= MOST_OF_SUMMARY:
        return words
    head = words[: MOST_OF_SUMMARY - 1]
    spaced = head.rpartition(" ")[0]
    return (spaced if len(spaced) > MOST_OF_SUMMARY // 2 else head).rstrip(" ,;:，；：、") + "…"


def _kept(tag: str, name: str, value: str) -> str | None:
    """Keep links that `check` lets pass; nh3 knows schemes, and takes `//host/` for a path."""
    return value if name != "href" or _LINK.match(value) else None


@lru_cache(maxsize=512)  # a note stands on a page for every way through its function
def python(text: str) -> Markup:
    """Highlight Python source that stands in no file of the page."""
    return Markup("\n".join(highlight(text, 1).lines))


def fill(words: str, **values: object) -> Markup:
    """Fill the `{name}` gaps of a phrase, its values escaped."""
    try:
        return _filled(words, **values)
    except TypeError:  # a list, of which nothing can be remembered
        return _filled.__wrapped__(words, **values)


@lru_cache(maxsize=4096, typed=True)  # Markup equals a text that is to be escaped
def _filled(words: str, **values: object) -> Markup:
    return Markup(escape(words)).format(**{name: _shown(value) for name, value in values.items()})


@lru_cache(maxsize=8192, typed=True)
def breakable(name: str) -> Markup:
    """Let a dotted name break behind its dots, where a line is too short for it."""
    return Markup(".<wbr>").join(visible(plain_name(name)).split("."))


def breakable_path(path: str) -> Markup:
    """Let a path break behind its slashes, where a line is too short for it."""
    return Markup("/<wbr>").join(visible(path).split("/"))


@lru_cache(maxsize=4096)
def coded(text: str) -> Markup:
    """Set the code in a title or a claim as code: what is between backticks, and plain names.

    A name is one with an underscore, a dotted one, or a keyword with its value: of
    "is_causal=True of torch.nn changes nothing" these are the first and the third word.
    """
    pieces, start = [], 0
    for found in _CODED.finditer(text):
        pieces += [escape(visible(text[start : found.start()]))]
        pieces += [Markup("<code>{}</code>").format(visible(found[1] or found[0]))]
        start = found.end()
    return Markup("").join([*pieces, escape(visible(text[start:]))])


def counted(words: Mapping[str, str], key: str, count: int) -> Markup:
    """Return the phrase for so many: `KEY_one` for one, else `KEY`."""
    return fill(words[f"{key}_one" if count == 1 else key], count=count)


def _shown(value: object) -> object:
    return visible(value) if type(value) is str else value


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    options = {"html": False, "maxNesting": _DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False)
    parser.disable("image")
    parser.normalizeLinkText = _link_text  # type: ignore[method-assign, assignment]  # no other way
    parser.add_render_rule("softbreak", soft_break)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("footnote_ref", _mark)
    return parser


def _plain(tokens: Any, place: int) -> str:
    match tokens[place].type:
        case "softbreak":
            return soft_break(None, tokens, place, None, None)
        case "hardbreak":
            return "\n"
    return str(tokens[place].content)


def _link_text(address: str) -> str:
    """Show an address as it will be asked for where its host is of look-alike letters."""
    from markdown_it.common.normalize_url import normalizeLink, normalizeLinkText

    asked = normalizeLink(address)
    host = asked.partition("//")[2].partition("/")[0]
    return asked if "xn--" in host else normalizeLinkText(address)


def _heading(renderer: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    """Keep a note's headings below its title, which is a second-level one; a page's are its own."""
    level = tokens[place].meta.get("level") or min(int(tokens[place].tag[1]) + 2, 6)
    name = tokens[place].attrs.get("id")
    if tokens[place].nesting < 0:
        return f"</h{level}>"
    return f'<h{level} id="{name}">' if name else f"<h{level}>"


def _mark(renderer: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    """Write a footnote as a small sign that leads to what the sentence stands on, or nothing."""
    found = environment["links"].get(tokens[place].meta["label"])
    if found is None:
        return ""
    kind, href, words = map(escape, found)
    return f'<a class="mark by-{kind}" href="{href}" aria-label="{words}">{SIGNS[str(kind)]}</a>'


def _fence(renderer: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    """Write a block of code that a keyboard can scroll, or equations."""
    if tokens[place].info.strip() == INFO and tokens[place].level == 0:
        shown = equations_html(tokens[place].content, environment["said"], environment["counts"])
        if shown:
            return shown
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'
