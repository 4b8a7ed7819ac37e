"""TensorRT-LLM's own source trees, where the user's store has them.

Looked up when this is imported: tests are then given a cache of their own.
"""

from __future__ import annotations

import pytest

from srcread.sources import stored_trees

NAME = "tensorrt-llm"

TREES = {key.partition("==")[2]: tree for key, tree in stored_trees(NAME).items()}
"""What the store has, by version."""


def needs(version: str) -> pytest.MarkDecorator:
    """Skip a test where the store lacks a version."""
    fetch = f"srcread fetch {NAME}=={version}"
    return pytest.mark.skipif(version not in TREES, reason=f"the store lacks it: `{fetch}`")


each_tree = pytest.mark.parametrize(
    "version", [pytest.param(version, marks=needs(version)) for version in ("0.7.1", "0.5.0")]
)
