"""Annotation files to text and back: bounded, UTF-8, LF, no links, replaced in one step.

What can be read past (a byte order mark, CR LF) is a finding and the text goes on without it; what
cannot be read is a finding and no text. Evidence and locks have their own readers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from srcread.model import Diagnostic
from srcread.notes.format.codes import finding
from srcread.support.files import read_plain

LARGEST = 100_000

# C0 and C1 controls but tab and line feed, the bidirectional ones, those without width, fillers and
# tags, which hide in plain sight: https://trojansource.codes. The zero-width joiners stay: some
# scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def read_text(path: Path) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the text of a file, or None, and what is wrong with its bytes."""
    try:
        data = read_plain(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, (finding("NOTE001", path, 0, f"The file cannot be read: {reason}."),)
    if len(data) > LARGEST:
        return None, (
            finding(
                "NOTE001",
                path,
                0,
                f"The file has {len(data):,} bytes; at most {LARGEST:,} are read.",
                "Split it into several steps.",
            ),
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = finding("NOTE001", path, line, "The file is not UTF-8.", "Save it as UTF-8.")
        return None, (found,)
    return _normalise(path, text)


def hidden(value: str, written: str = "") -> tuple[str, ...]:
    """Return the invisible control characters of a value, as U+202E, that are not in its text.

    An escape of TOML or Python, or an entity of Markdown, shows none in its file.
    """
    found = set(_INVISIBLE.findall(value))
    return tuple(_code(one) for one in sorted(found - set(written))) if found else ()


def check_hidden(path: Path, line: int, value: str, written: str) -> Iterator[Diagnostic]:
    """Report the invisible control characters that a value's text writes as escapes."""
    for code in hidden(value, written):
        message = f"An escape of the invisible control character {code}."
        yield finding("NOTE028", path, line, message, "Delete it.")


def write_text(path: Path, text: str) -> bool:
    """Replace a file in one step; leave it untouched, and return False, where it is equal.

    The temporary file stands in the same folder, so that a crash never leaves half a note.
    """
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _normalise(path: Path, text: str) -> tuple[str, tuple[Diagnostic, ...]]:
    findings = []
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.append(
            finding(
                "NOTE002",
                path,
                1,
                "The file begins with a byte order mark.",
                "Run `srcread check --fix`.",
            )
        )
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        findings.append(
            finding("NOTE003", path, line, "Lines end in CR LF.", "Run `srcread check --fix`.")
        )
    for match in _INVISIBLE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        message = f"Invisible control character {_code(match.group())}."
        findings.append(finding("NOTE028", path, line, message, "Delete it."))
    return text, tuple(findings)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
