"""Tensors of two runs: one changed element is told, and another order of summation is not."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from support.described import alike, is_whole  # noqa: E402  behind the skip


def with_element(value: float, other: float, count: int = 64) -> Any:
    """Return a tensor of common numbers, one of them chosen, with another one beside."""
    tensor = torch.linspace(-1, 1, count)
    tensor[count // 3], tensor[count // 2] = value, other
    return tensor


HUGE = [0.0, 3.0, -1e4, -1e9, 1e20, torch.finfo(torch.float32).min, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("huge", HUGE)
def test_one_element_is_told_beside_a_huge_one(huge: float) -> None:
    assert not alike(with_element(12, huge), with_element(15, huge))
    assert not alike(with_element(0.3, huge), with_element(0.31, huge))
    assert not alike(torch.tensor([12.0, huge]), torch.tensor([15.0, huge]))
    assert not alike(torch.tensor([0.0, huge]), torch.tensor([3.0, huge]))
    assert alike(with_element(12, huge), with_element(12 * (1 + 1e-7), huge))


def test_the_place_and_the_size_of_a_huge_element_are_told() -> None:
    one = torch.tensor([1.0, 2.0, 3.0, 1.0]).masked_fill(torch.tensor([0, 1, 0, 0]) != 0, -1e9)
    assert not alike(one, one.flip(0))
    assert not alike(one, torch.where(one < -1e8, -1.1e9, one))
    assert not alike(one, torch.where(one < -1e8, 1e9, one))
    assert not alike(one, torch.where(one < -1e8, -math.inf, one))
    assert alike(one, torch.where(one < -1e8, -1e9 * (1 + 1e-7), one))


@pytest.mark.parametrize("place", [0, 1, 777, 50_000, 99_999])
def test_one_element_of_many_is_told(place: int) -> None:
    one = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
    other = one.clone()
    other[place] += 0.05
    assert not alike(one, other)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_another_order_of_summation_is_no_change(dtype: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(64, 512, generator=generator).to(dtype)
    y = torch.randn(512, 96, generator=generator).to(dtype)
    order = torch.randperm(512, generator=generator)
    one, other = (x @ y), (x[:, order] @ y[order])
    assert alike(one, other)
    assert alike(one.sum(), other.sum())
    assert alike(torch.softmax(one / 8, 1), torch.softmax(other / 8, 1))
    masked = torch.rand(64, 96, generator=generator) < 0.7
    least = torch.finfo(dtype).min
    assert alike(one.masked_fill(masked, least), other.masked_fill(masked, least))
    assert alike(torch.relu(one * 100), torch.relu(other * 100))
    if dtype is torch.float32:
        assert not torch.equal(one, other)


def test_rounding_where_a_part_should_be_nothing_is_no_change() -> None:
    one = torch.randn(64, 512, generator=torch.Generator().manual_seed(0))
    other = one.clone()
    one[5], other[5] = 1e-8, -1e-8
    assert alike(one, other)


def test_small_tensors_and_tiny_numbers_are_told() -> None:
    assert not alike(torch.full((3,), 1e-9), torch.full((3,), 2e-9))
    assert not alike(torch.tensor(2.0), torch.tensor(3.0))
    assert alike(torch.zeros(0), torch.zeros(0))
    assert not alike(torch.zeros(0), torch.zeros(0, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.tensor([1, 2]), torch.tensor([1, 3])),
        (torch.tensor([True]), torch.tensor([False])),
        (torch.tensor([1 + 2j]), torch.tensor([1 - 2j])),
        (torch.tensor([1 + 2j]), torch.tensor([1 + 2j]).conj()),
        (torch.tensor([1 + 2j]).imag, torch.tensor([1 + 2j]).conj().imag),
        (torch.ones(2), torch.ones(2).requires_grad_()),
        (torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]).t()),
        (torch.float32, torch.float64),
        (torch.device("cpu"), torch.device("meta")),
        (torch.Size([2]), torch.Size([3])),
        ({torch.tensor([1.0])}, {torch.tensor([2.0])}),
    ],
)
def test_what_else_differs_is_told(one: object, other: object) -> None:
    assert not alike(one, other)
    assert alike(one, one)
    assert is_whole(one)


def test_a_gradient_and_an_attribute_of_a_tensor_are_told() -> None:
    def leaf(gradient: float, mark: int) -> Any:
        found = torch.ones(2, requires_grad=True)
        (found * gradient).sum().backward()
        found.mark = mark
        return found

    assert alike(leaf(2, 1), leaf(2, 1))
    assert not alike(leaf(2, 1), leaf(3, 1))
    assert not alike(leaf(2, 1), leaf(2, 2))


def test_parts_of_networks_are_told() -> None:
    def network(slope: float) -> Any:
        torch.manual_seed(0)
        found = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.LeakyReLU(slope))
        found.also = lambda *given: slope
        return found

    assert alike(network(0.1), network(0.1))
    assert not alike(network(0.1), network(0.2))
    assert is_whole(torch.nn.TransformerDecoderLayer(8, 2, 8))


def test_arrays_of_numpy_are_told() -> None:
    numpy = pytest.importorskip("numpy", reason="needs numpy")
    assert not alike(numpy.array([1, 2]), numpy.array([1, 3]))
    assert not alike(numpy.array([12.0, 1e9]), numpy.array([15.0, 1e9]))
    assert alike(numpy.array([0.1 + 0.2]), numpy.array([0.3]))
    assert not alike(numpy.float32(2), numpy.float32(3))
    assert not alike(numpy.dtype("f4"), numpy.dtype("f8"))
    assert is_whole([numpy.arange(6).reshape(2, 3)[:, ::2], numpy.float32(2), numpy.dtype("f4")])


def test_tensors_without_bytes_are_not_wholly_seen() -> None:
    sparse = torch.eye(2).to_sparse()
    assert not is_whole(sparse)
    assert is_whole(torch.ones(2, device="meta"))
