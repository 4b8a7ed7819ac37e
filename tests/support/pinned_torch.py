"""The torch that the tours are pinned to: tests of it are skipped where another is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest


def _installed() -> bool:
    try:
        return version("torch").partition("+")[0] == "2.13.0"
    except PackageNotFoundError:
        return False


needs_pinned_torch = pytest.mark.skipif(not _installed(), reason="torch 2.13.0 is not installed")
