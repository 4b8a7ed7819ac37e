"""What templates may call: Markdown to safe HTML, code to lines, words with their gaps filled.

Notes are other people's: Markdown is read with HTML off, and its result still passes an allow-list
that knows no script, style, image or frame. This module is imported when the first page is
rendered, and with it markdown-it, nh3 and markupsafe.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from srcread.site.code import highlight, visible

_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


def filters() -> dict[str, Callable[..., Any]]:
    """Return the templates' filters by name."""
    return {"markdown": markdown, "python": python, "fill": fill}


def finalize(value: Any) -> Any:
    """Show hidden control characters in whatever a template prints."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def markdown(text: str) -> Markup:
    """Turn a note's Markdown into HTML of a fixed set of tags."""
    import nh3

    html = nh3.clean(
        _parser().render(visible(text)),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}, "pre": {"tabindex"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    return Markup(html)  # the allow-list's own output


def python(text: str) -> Markup:
    """Highlight Python source that stands in no file of the page."""
    return Markup("\n".join(highlight(text, 1).lines))


def fill(words: str, **values: object) -> Markup:
    """Fill the `{name}` gaps of a phrase, its values escaped."""
    return Markup(escape(words)).format(**{name: _shown(value) for name, value in values.items()})


def _shown(value: object) -> object:
    return visible(value) if type(value) is str else value


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable("image")
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    return parser


def _heading(renderer: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    """Keep a note's headings below its title, which is a second-level one."""
    level = min(int(tokens[place].tag[1]) + 2, 6)
    return f"<{'/' if tokens[place].nesting < 0 else ''}h{level}>"


def _fence(renderer: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    """Write a block of code that a keyboard can scroll."""
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'
