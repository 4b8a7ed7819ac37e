"""The observer of what a snippet took from the lab: source trees, extracted functions, stand-ins.

It has seen what `srcread.lab.told.account` gives, or null for a snippet that took nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def observe(about: Any, load: Callable[[str], Any]) -> Callable[[], dict[str, Any] | None]:
    """Return what tells after the run; the lab itself keeps the account."""

    def seen() -> dict[str, Any] | None:
        told: Any = sys.modules.get("srcread.lab.told")
        account: dict[str, Any] | None = told.account() if told is not None else None
        return account

    return seen
