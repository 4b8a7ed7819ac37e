"""Keys of pages: digests of the very data that a page is made of."""

from __future__ import annotations

import hashlib
import json

from srcread.evidence.reasons import reason_json
from srcread.model import Confinement, Reason


def digest(values: object) -> str:
    """Return what tells values of a page from any others."""
    text = json.dumps(values, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Return what tells a value of a page that is no JSON from any other."""
    match value:
        case Reason():
            return reason_json(value)
        case Confinement():
            return value.value
    raise TypeError(f"a page's key cannot tell {type(value).__name__} values apart")
