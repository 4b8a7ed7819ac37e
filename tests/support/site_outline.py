"""Reads pages as text outlines, which survive what HTML goldens do not: a new Pygments."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = {"h1", "h2", "h3", "li", "p", "dt", "dd", "summary", "figcaption", "pre", "td", "th"}
_VOID = {"meta", "link", "input", "br", "hr", "wbr"}


class Page(HTMLParser):
    """A parsed page: its outline, every link, every id, and whether its tags nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outline: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.problems: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._fresh = True
        self.feed(html)
        self.close()
        if self._open:
            self.problems.append(f"left open: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if "id" in values:
            self.ids.append(values["id"])
        for name in ("href", "src"):
            if name in values:
                self.links.append(values[name])
        if tag not in _VOID:
            self._open.append(tag)
        if tag in _BLOCKS:
            self._fresh = True

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")
        if tag in _BLOCKS:
            self._fresh = True

    def handle_data(self, data: str) -> None:
        block = next((tag for tag in reversed(self._open) if tag in _BLOCKS), None)
        if block is None or "main" not in self._open or (self._fresh and not data.strip()):
            return
        if self._fresh:
            self.outline.append(f"{block}: " + data.lstrip("\n"))
        else:
            self.outline[-1] += data
        self._fresh = False


def outline(html: str) -> str:
    """Return the text of a page's `<main>`, one line a block; code stands as it is."""
    lines = Page(html).outline
    return "\n".join(
        line.rstrip("\n") if line.startswith("pre:") else " ".join(line.split()) for line in lines
    )
