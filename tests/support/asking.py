"""Types into the search box of a page, as a reader does, and reads what is listed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parents[1] / "data" / "search"


class Ask(NamedTuple):
    """What is typed, of which kind it is, and the stems or keys that are right; none for a miss."""

    text: str
    kind: str
    find: tuple[str, ...]


class Reply(NamedTuple):
    """What a page lists: addresses from its site's language, in order, and what it says of them."""

    rows: tuple[str, ...]
    told: str

    def place(self, *wanted: str) -> int:
        """Return the first place at which one of these stands, 0 if none does."""
        stems = [_stem(row) for row in self.rows]
        return next((place for place, stem in enumerate(stems, 1) if stem in wanted), 0)


def asks(*files: str) -> list[Ask]:
    """Read the questions of these files."""
    tables = [tomllib.loads((DATA / file).read_text("utf-8"))["ask"] for file in files]
    return [
        Ask(row["text"].strip(), row.get("kind", "question"), tuple(row["find"]))
        for table in tables
        for row in table
    ]


def reply_all(page: Any, texts: Sequence[str]) -> list[Reply]:
    """Type each text into the box of an open page, once it knows the words of all notes."""
    page.focus("#search")
    page.wait_for_function(_READY)
    return [Reply(tuple(rows), told) for rows, told in page.evaluate(_TYPE, list(texts))]


def count(places: Iterable[int], most: int) -> int:
    """Return how many of these places are among the first so many."""
    return sum(0 < place <= most for place in places)


def _stem(address: str) -> str:
    """Return the stem of a note or the key of a scenario that an address leads to, or itself."""
    for sign in ("#n-", "?run="):
        if sign in address:
            return address.partition(sign)[2]
    return address


_READY = """() => {
  const [box, list] = ["search", "found"].map((id) => document.getElementById(id));
  box.value = "mask in the encoder layer";
  box.dispatchEvent(new Event("input"));
  return list.querySelector("a[href*='#n-']");
}"""

_TYPE = """async (texts) => {
  const [box, told] = ["search", "told"].map((id) => document.getElementById(id));
  const root = new URL(".", document.querySelector("script[src$='script.js']").src).href;
  const replies = [];
  for (const text of texts) {
    box.value = text.replace(/\\s*\\n\\s*/g, " ");
    box.dispatchEvent(new Event("input"));
    await new Promise((done) => setTimeout(done, 5)); // rows below the fold come a little later
    const rows = [...document.querySelectorAll("#found a")];
    const found = rows.map((row) => row.href.slice(root.length).replace(/^[a-z]+\\//, ""));
    replies.push([found, told.textContent]);
  }
  return replies;
}"""
