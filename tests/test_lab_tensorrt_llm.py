"""TensorRT-LLM itself, unmodified: its graph equals Hugging Face's, its calls are recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from support.real_trees import TREES, each_tree

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.skipif(find_spec(name) is None, reason=f"needs {name}")
    for name in ("torch", "numpy")
]
needs_transformers = pytest.mark.skipif(
    find_spec("transformers") is None, reason="needs transformers"
)


@cache
def told_by(program: str, tree: Path) -> Any:
    """Run a program on a tree and return what it prints last."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "TLLM_LOG_LEVEL": "error"}
    result = subprocess.run(
        [sys.executable, str(HERE / "support" / program), str(tree)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@each_tree
def test_the_package_is_imported_unmodified_and_finds_every_name_and_layer(version: str) -> None:
    told = told_by("lab_real_tree.py", TREES[version].root)
    assert told["unknown_names"] == told["unknown_methods"] == []
    assert told["methods"] > 20


@each_tree
def test_cast_adds_one_layer(version: str) -> None:
    cast = told_by("lab_real_tree.py", TREES[version].root)["cast"]
    assert (cast["layers"], cast["calls"]) == (["CAST"], ["add_input", "add_cast"])
    assert cast["lines"][0].startswith("tensorrt_llm.functional.cast+")


@each_tree
def test_functions_equal_torchs_but_for_aligned_corners_which_are_overridden(version: str) -> None:
    told = told_by("lab_functions.py", TREES[version].root)
    corners = told.pop("interpolate bilinear, corners aligned")
    assert len(told) > 30
    assert {name: error for name, error in told.items() if error > 1e-5} == {}
    assert corners > 0.1


@each_tree
def test_plugins_are_recorded_and_the_bias_is_fused_into_attention(version: str) -> None:
    told = told_by("lab_real_tree.py", TREES[version].root).get("plugins")
    if told is None:
        pytest.skip("0.5.0 builds by another way")
    assert told["plugins"] == {"Lookup": 1, "Gemm": 5, "GPTAttention": 2}
    assert told["fields"] == [27, 27]
    assert told["bias"] == [[0], [1]]
    assert told["shape"] == [[-1, -1, 32], [-1, 2, 4, -1, 8]]


@needs_transformers
@each_tree
def test_bloom_equals_hugging_faces_in_both_phases(version: str) -> None:
    own = told_by("lab_bloom.py", TREES[version].root)["own"]
    assert own["layers"] == 1131
    assert own["scale"] > 1
    assert own["context"] < 1e-6
    assert own["generation"] < 1e-6


@needs_transformers
@each_tree
def test_bloom_differs_when_its_weights_are_not_reordered(version: str) -> None:
    control = told_by("lab_bloom.py", TREES[version].root)["control"]
    assert control["context"] > 0.1
    assert control["generation"] > 0.1
