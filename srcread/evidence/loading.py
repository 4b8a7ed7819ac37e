"""A recorded file as JSON, read with suspicion: whatever is wrong with it has a code and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from srcread.support.files import read_plain


class Unusable(Exception):
    """What cannot be used as a record: a code and what is wrong, and the line if it is known."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        self.code, self.message, self.line = code, message, line
        super().__init__(message)


class Codes(NamedTuple):
    """The codes of what is wrong with one kind of file, each written out where it can be found."""

    unreadable: str
    no_json: str
    other_format: str
    something_else: str


EVIDENCE = Codes("EVID001", "EVID002", "EVID003", "EVID004")
"""The codes of what is wrong with evidence."""


def load_json(path: Path, what: str, forms: tuple[int, ...], codes: Codes) -> dict[str, Any]:
    """Return a file's object, if its format is one of `forms`; `what` names what it should be.

    Raises:
        FileNotFoundError: there is no such file.
        Unusable: it is there and cannot be used.
    """
    try:
        content = loads_once(read_plain(path), codes)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unusable(codes.unreadable, f"cannot be read: {error.strerror}") from None
    if not isinstance(content, dict) or "format" not in content:
        raise Unusable(codes.something_else, f"is no {what}: it has no key 'format'")
    if content["format"] not in forms or isinstance(content["format"], bool):
        known = " and ".join(map(str, forms))
        raise Unusable(
            codes.other_format, f"has format {content['format']!r}, and this reads {known}"
        )
    return content


def loads_once(data: bytes, codes: Codes = EVIDENCE) -> Any:
    """Return a value of JSON: numbers are finite, and the keys of an object stand there once.

    Raises:
        Unusable: it is no such JSON, or not UTF-8.
    """
    try:
        text = data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Unusable(codes.unreadable, "cannot be read: it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unusable(codes.no_json, f"is not JSON: {error.msg}", error.lineno) from None
    except (RecursionError, ValueError) as error:  # nested, digits beyond what Python takes, below
        raise Unusable(codes.no_json, f"is not JSON that can be read: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys; of one that stands twice, another reader may take the other."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:100]!r} stands twice in one object")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
