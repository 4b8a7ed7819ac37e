"""What the page's script says and names, which the search index brings along.

Every page of a tour loads that index anyway: so the words stand once for a language, not in each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from srcread.model import Tour

_KEYS = {
    "j": "key_down",
    "k": "key_above",
    "n": "key_next",
    "p": "key_previous",
    "u": "key_up",
    "Enter": "key_unfold",
    "e": "key_evidence",
    "s": "key_scenario",
    "/": "key_search",
    "?": "key_list",
}
_SAID = (
    "close",
    "keys_on",
    "keys_title",
    "progress",
    "progress_forget",
    "progress_read",
    "suggest",
    "suggest_body",
    "suggest_copied",
    "suggest_copy",
    "suggest_issue",
    "suggest_lead",
)
_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def script_words(words: Mapping[str, str]) -> dict[str, object]:
    """Return the words that the page's script says; `keys` in the order in which it lists them."""
    said = {name: words[name] for name in _SAID}
    return {**said, "keys": {key: words[name] for key, name in _KEYS.items()}}


def issues(tour: Tour) -> str | None:
    """Return the address below which a new issue begins: known of github.com alone."""
    found = _GITHUB.fullmatch(tour.repository or "")
    return f"https://github.com/{found[1]}" if found else None
