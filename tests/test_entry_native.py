"""An entry that is native: its operator is told, instead of an error."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from support.story_example import srcread, write

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("entry", "first"),
    [
        ("torch.matmul", "torch._C._VariableFunctions.matmul = aten::matmul  native"),
        ("torch.Tensor.add_", "torch._C.TensorBase.add_ = aten::add_.Tensor  native"),
        ("aten::add", "aten::add = aten::add.Tensor  native"),
        ("aten::add.out", "aten::add.out = aten::add.out  native"),
        (
            "torch.nn.functional.scaled_dot_product_attention",
            "torch._C._nn.scaled_dot_product_attention = "
            "aten::scaled_dot_product_attention  native",
        ),
    ],
)
def test_an_operator_is_described(entry: str, first: str) -> None:
    result = srcread("graph", entry)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == first
    for fact in ("schema: ", "listed: torch, ", "kernel: ", "backward: "):
        assert any(line[3:].startswith(fact) for line in lines[1:]), fact


def test_kernels_are_told_with_their_keys_and_files() -> None:
    lines = srcread("graph", "torch.nn.functional.linear").stdout.splitlines()
    assert lines[1].startswith("├─ schema: linear(Tensor input, Tensor weight, ")
    kernels = [line for line in lines if "kernel: linear" in line]
    assert any("CompositeImplicitAutograd" in line for line in kernels)


def test_a_kernel_that_the_build_writes_is_told_with_the_file_that_it_is_made_of() -> None:
    lines = srcread("graph", "aten::add.Tensor").stdout.splitlines()
    file = "generated from aten/src/ATen/native/ufunc/add.h"
    assert f"├─ kernel: ufunc_add_CPU ({file}) for CPU" in lines
    assert "├─ kernel: add_sparse (aten/src/ATen/native/sparse/SparseTensorMath.cpp) for " in (
        "\n".join(lines)
    )
    data = json.loads(srcread("graph", "--json", "aten::add.Tensor").stdout)
    (operator,) = data["operators"].values()
    assert operator["generated"] == ["ufunc_add_CPU", "ufunc_add_CUDA"]


def test_a_native_function_without_an_operator_says_so() -> None:
    result = srcread("graph", "torch._C._get_tracing_state")
    assert result.exit_code == 0
    assert "no operator list that is read has it" in result.stdout


def test_the_json_of_a_native_entry_has_its_operator() -> None:
    data = json.loads(srcread("graph", "--json", "torch.matmul").stdout)
    assert data["entry"] == ["torch._C._VariableFunctions.matmul"]
    assert data["edges"] == []
    assert data["operators"]["torch._C._VariableFunctions.matmul"]["backward"] == [
        "matmul_backward"
    ]


def test_no_site_is_built_of_what_has_no_python() -> None:
    result = srcread("read", "torch.matmul")
    assert result.exit_code == 2
    assert result.stderr.strip().endswith("srcread graph torch.matmul")


def test_an_operator_that_is_not_listed_gets_the_nearest() -> None:
    assert "Did you mean 'aten::softmax'?" in srcread("graph", "aten::sofmax").stderr


def test_an_alias_of_apply_means_what_it_runs(here: Path) -> None:
    code = """\
from torch.autograd import Function


class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor):
        return times(x, factor)

    @staticmethod
    def backward(ctx, grad):
        return grad, None


def times(x, factor):
    return x


scale = Scale.apply
"""
    write(here, {"own.py": code})
    data = json.loads(srcread("graph", "--json", "own.py:scale").stdout)
    assert data["entry"] == ["own.Scale.forward", "own.Scale.backward"]
    assert "own.times" in {edge["callee"] for edge in data["edges"]}
