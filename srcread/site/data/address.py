"""Where pages stand: file names that are kept for ever, links between them, links to upstream.

File names are ASCII and safe on every file system. What a name loses thereby, or the case that a
file system ignores, comes back as a digest suffix; all other names stay readable.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from srcread.graph.names import plain_name
from srcread.model import Distribution

_UNSAFE = re.compile(r"[^A-Za-z0-9_.@~+-]")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")  # device names on Windows
_OWN = frozenset({"glossary", "index", "licences", "symbols"})
_LONGEST = 160


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return for every symbol's name the file name of its page, without regard to their order."""
    plain = {name: segment(name.replace(".<locals>.", ".locals.")) for name in sorted(set(names))}
    seen: dict[str, int] = {}
    for part in plain.values():
        seen[part.lower()] = seen.get(part.lower(), 0) + 1
    return {
        name: (part if _unique(part, seen) else f"{part}-{_short_digest(name)}") + ".html"
        for name, part in plain.items()
    }


def segment(text: str) -> str:
    """Return a text as one safe part of an address."""
    safe = _UNSAFE.sub("-", text)
    if _RESERVED.match(safe) or safe.startswith((".", "-", "~")):
        safe = "_" + safe
    if not text.replace(":", "-").replace("/", "-").isascii() or len(safe) > _LONGEST:
        return f"{safe[:_LONGEST]}-{_short_digest(text)}"
    return safe or "_"


def fragment(text: str) -> str:
    """Return a text as the value of an `id`: without spaces and whatever needs escaping."""
    return re.sub(r"[^\w.-]", "-", text)


@lru_cache(maxsize=4096)
def short_name(name: str) -> str:
    """Return a name without its module and its `~2`: from its class on, or the function alone."""
    parts = plain_name(name.rpartition(":")[2]).split(".")
    start = len(parts) - 1
    while start and parts[start - 1] == "<locals>":
        start -= 2
    if start > 0 and parts[start].startswith("__"):
        start -= 1  # `no_grad.__init__`: not every class begins with a capital
    for number, part in enumerate(parts[: max(start, 0)]):
        if part[:1].isupper() or part.lstrip("_")[:1].isupper():
            return ".".join(parts[number:])
    return ".".join(parts[max(start, 0) :])


def permalink(distribution: Distribution | None, path: str, first: int, last: int) -> str | None:
    """Return the address of these lines upstream, where the distribution says it.

    `path` is that in the repository.
    """
    if distribution is None or not distribution.revision or not distribution.repository:
        return None
    repository = distribution.repository.rstrip("/").removesuffix(".git")
    if web(repository) is None:
        return None
    blob = "/-/blob/" if "gitlab" in repository else "/blob/"
    return f"{repository}{blob}{distribution.revision}/{path}#L{first}-L{last}"


def web(address: str | None) -> str | None:
    """Return an address that a page may link to: one of the web."""
    return address if address and address.startswith(("https://", "http://")) else None


def _unique(part: str, seen: dict[str, int]) -> bool:
    return seen[part.lower()] == 1 and part.lower() not in _OWN


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def appendix_anchor(stem: str) -> str:
    """Return by what a text links to a page beside the steps."""
    return "p-" + fragment(stem)


def appendix_file(stem: str) -> str:
    """Return the file of a page beside the steps: no function's, which has no hyphen."""
    return f"{appendix_anchor(stem)}.html"


def note_anchor(stem: str) -> str:
    """Return the `id` of a note's card."""
    return "n-" + fragment(stem)
