"""A recorded file as JSON, read with suspicion: whatever is wrong with it has a code and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from srcread.plain import read_plain


class Unusable(Exception):
    """What cannot be used as a record: a code and what is wrong, and the line if it is known."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        self.code, self.message, self.line = code, message, line
        super().__init__(message)


def load_json(path: Path, family: str, what: str, form: int) -> dict[str, Any]:
    """Return a file's object, if it is one of the format `form`.

    `family` begins the codes (001 unreadable, 002 no JSON, 003 another format, 004 something
    else), and `what` names what the file should be.

    Raises:
        FileNotFoundError: there is no such file.
        Unusable: it is there and cannot be used.
    """
    try:
        content = json.loads(read_plain(path).decode("utf-8"))
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Unusable(f"{family}001", f"cannot be read: {reason}") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"{family}002", f"is not JSON: {error.msg}", error.lineno) from None
    except (RecursionError, ValueError) as error:  # nested, or digits, beyond what Python takes
        raise Unusable(f"{family}002", f"is not JSON that can be read: {error}") from None
    if not isinstance(content, dict) or "format" not in content:
        raise Unusable(f"{family}004", f"is no {what}: it has no key 'format'")
    if content["format"] != form or isinstance(content["format"], bool):
        raise Unusable(f"{family}003", f"has format {content['format']!r}, and this reads {form}")
    return content
