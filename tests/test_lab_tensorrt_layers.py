"""Every layer that the stand-in knows gives what torch gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")
from support.lab_network import computed  # noqa: E402  behind the skip
from torch.nn import functional  # noqa: E402  behind the skip

X = torch.tensor([[-2.0, -0.5, 0.0], [0.25, 1.0, 3.0]])
Y = torch.tensor([[1.0, 0.5, -2.0], [4.0, 1.0, 3.0]])
"""Two matrices that are equal in two places, with negatives and a zero."""


def random(*shape: int, seed: int = 0, dtype: Any = torch.float32) -> Any:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator).to(dtype)


def integers(*values: Any) -> Any:
    return torch.tensor(values, dtype=torch.int32)


@pytest.mark.parametrize(
    ("name", "expected", "alpha", "beta"),
    [
        ("RELU", torch.relu, 0, 0),
        ("SIGMOID", torch.sigmoid, 0, 0),
        ("TANH", torch.tanh, 0, 0),
        ("LEAKY_RELU", lambda x: functional.leaky_relu(x, 0.1), 0.1, 0),
        ("ELU", lambda x: functional.elu(x, 0.7), 0.7, 0),
        ("SELU", functional.selu, 1.6732632423543772, 1.0507009873554805),
        ("SOFTSIGN", functional.softsign, 0, 0),
        ("SOFTPLUS", lambda x: functional.softplus(x, 2.0), 0.5, 2.0),
        ("CLIP", lambda x: x.clamp(-0.4, 0.9), -0.4, 0.9),
        ("HARD_SIGMOID", functional.hardsigmoid, 1 / 6, 0.5),
        ("SCALED_TANH", lambda x: 1.7 * torch.tanh(0.6 * x), 1.7, 0.6),
        ("THRESHOLDED_RELU", lambda x: functional.threshold(x, 0.3, 0.0), 0.3, 0),
    ],
)
def test_an_activation_is_torchs(
    name: str, expected: Callable[[Any], Any], alpha: float, beta: float
) -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_activation(x, trt.ActivationType[name])
        layer.alpha, layer.beta = alpha, beta
        return layer

    torch.testing.assert_close(computed(make, X), [expected(X)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SUM", X + Y),
        ("PROD", X * Y),
        ("MAX", torch.maximum(X, Y)),
        ("MIN", torch.minimum(X, Y)),
        ("SUB", X - Y),
        ("DIV", X / Y),
        ("FLOOR_DIV", torch.floor(X / Y)),
        ("EQUAL", X == Y),
        ("GREATER", X > Y),
        ("LESS", X < Y),
    ],
)
def test_an_elementwise_operation_is_torchs(name: str, expected: Any) -> None:
    results = computed(
        lambda network, trt, a, b: network.add_elementwise(a, b, trt.ElementWiseOperation[name]),
        X,
        Y,
    )
    torch.testing.assert_close(results, [expected])


def test_a_power_is_torchs() -> None:
    base = X.abs() + 0.1
    results = computed(
        lambda network, trt, a, b: network.add_elementwise(a, b, trt.ElementWiseOperation.POW),
        base,
        Y,
    )
    torch.testing.assert_close(results, [base**Y])


@pytest.mark.parametrize("name", ["AND", "OR", "XOR"])
def test_a_logical_operation_is_torchs(name: str) -> None:
    left, right = X > 0, Y > 0.7
    results = computed(
        lambda network, trt, a, b: network.add_elementwise(a, b, trt.ElementWiseOperation[name]),
        left,
        right,
    )
    assert results[0].equal(getattr(torch, f"logical_{name.lower()}")(left, right))


def test_integers_divide_towards_zero_and_floor_div_downwards() -> None:
    left, right = integers(-7, 7, -8), integers(2, -2, 3)

    def divide(name: str) -> list[int]:
        return list(
            computed(
                lambda network, trt, a, b: network.add_elementwise(
                    a, b, trt.ElementWiseOperation[name]
                ),
                left,
                right,
            )[0].tolist()
        )

    assert divide("DIV") == [-3, -3, -2]
    assert divide("FLOOR_DIV") == [-4, -4, -3]


def test_sizes_of_one_are_broadcast() -> None:
    left, right = random(2, 1, 4), random(1, 3, 1, seed=1)
    results = computed(
        lambda network, trt, a, b: network.add_elementwise(a, b, trt.ElementWiseOperation.SUM),
        left,
        right,
    )
    torch.testing.assert_close(results, [left + right])


@pytest.mark.parametrize(
    "name",
    [
        "EXP",
        "ABS",
        "NEG",
        "SIN",
        "COS",
        "TAN",
        "SINH",
        "COSH",
        "ATAN",
        "ASINH",
        "CEIL",
        "FLOOR",
        "ERF",
        "SIGN",
        "ROUND",
    ],
)
def test_a_unary_operation_is_torchs(name: str) -> None:
    x = torch.tensor([-2.5, -0.5, 0.0, 0.5, 1.5, 2.4])
    results = computed(lambda network, trt, a: network.add_unary(a, trt.UnaryOperation[name]), x)
    torch.testing.assert_close(results, [getattr(torch, name.lower())(x)])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("LOG", [0.5, 2.0]),
        ("SQRT", [0.25, 9.0]),
        ("RECIP", [0.5, -4.0]),
        ("ASIN", [-0.5, 0.7]),
        ("ACOS", [-0.5, 0.7]),
        ("ACOSH", [1.5, 2.0]),
        ("ATANH", [-0.5, 0.7]),
        ("ISINF", [float("inf"), 1.0]),
        ("ISNAN", [float("nan"), 1.0]),
    ],
)
def test_a_unary_operation_with_a_domain_is_torchs(name: str, values: list[float]) -> None:
    x = torch.tensor(values)
    function = torch.reciprocal if name == "RECIP" else getattr(torch, name.lower())
    results = computed(lambda network, trt, a: network.add_unary(a, trt.UnaryOperation[name]), x)
    torch.testing.assert_close(results, [function(x)])


def test_not_negates_booleans() -> None:
    results = computed(lambda network, trt, a: network.add_unary(a, trt.UnaryOperation.NOT), X > 0)
    assert results[0].equal(X <= 0)


def test_select_takes_from_either() -> None:
    results = computed(lambda network, trt, c, a, b: network.add_select(c, a, b), X > 0, X, Y)
    assert results[0].equal(torch.where(X > 0, X, Y))


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("HALF", torch.float16),
        ("BF16", torch.bfloat16),
        ("INT32", torch.int32),
        ("INT64", torch.int64),
        ("BOOL", torch.bool),
        ("FP8", torch.float8_e4m3fn),
    ],
)
def test_a_cast_converts(name: str, dtype: Any) -> None:
    results = computed(lambda network, trt, a: network.add_cast(a, trt.DataType[name]), X)
    assert results[0].dtype is dtype
    assert results[0].float().equal(X.to(dtype).float())


def test_a_cast_to_int8_saturates() -> None:
    x = torch.tensor([-300.0, -1.9, 1.9, 127.4, 300.0])
    results = computed(lambda network, trt, a: network.add_cast(a, trt.int8), x)
    assert results[0].tolist() == [-128, -1, 1, 127, 127]


def test_identity_gives_what_it_gets_in_the_type_that_is_set() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_identity(x)
        layer.set_output_type(0, trt.float16)
        return layer

    assert computed(make, X)[0].equal(X.half())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SUM", lambda x, axes, keep: x.sum(axes, keep)),
        ("AVG", lambda x, axes, keep: x.mean(axes, keep)),
        ("MAX", lambda x, axes, keep: x.amax(axes, keep)),
        ("MIN", lambda x, axes, keep: x.amin(axes, keep)),
        ("PROD", lambda x, axes, keep: x.prod(2, keep).prod(0, keep)),
    ],
)
@pytest.mark.parametrize("keep", [True, False])
def test_a_reduction_goes_over_the_axes_of_its_bit_mask(
    name: str, expected: Callable[..., Any], keep: bool
) -> None:
    x = random(2, 3, 4)
    results = computed(
        lambda network, trt, a: network.add_reduce(a, trt.ReduceOperation[name], 0b101, keep), x
    )
    torch.testing.assert_close(results, [expected(x, (0, 2), keep)])


def test_softmax_goes_along_the_axis_of_its_bit() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_softmax(x)
        layer.axes = 1 << 1
        return layer

    x = random(2, 3, 4, dtype=torch.float16)
    assert computed(make, x)[0].equal(torch.softmax(x, 1))


def test_softmax_goes_by_default_along_the_third_axis_from_behind() -> None:
    x = random(2, 3, 4, 5)
    results = computed(lambda network, trt, a: network.add_softmax(a), x)
    torch.testing.assert_close(results, [torch.softmax(x, 1)])


@pytest.mark.parametrize(("name", "largest"), [("MAX", True), ("MIN", False)])
def test_topk_gives_values_and_places(name: str, largest: bool) -> None:
    x = random(3, 5)
    results = computed(
        lambda network, trt, a: network.add_topk(a, trt.TopKOperation[name], 2, 1 << 1), x
    )
    values, places = torch.topk(x, 2, 1, largest)
    assert results[0].equal(values)
    assert results[1].equal(places.int())


def test_of_equal_elements_topk_gives_the_first() -> None:
    results = computed(
        lambda network, trt, a: network.add_topk(a, trt.TopKOperation.MAX, 2, 1),
        torch.tensor([1.0, 7.0, 7.0, 7.0]),
    )
    assert results[1].tolist() == [1, 2]


def test_normalization_is_torchs_layer_norm() -> None:
    def make(network: Any, trt: Any, x: Any, scale: Any, bias: Any) -> Any:
        layer = network.add_normalization(x, scale, bias, 1 << 2)
        layer.epsilon = 1e-3
        return layer

    x, scale, bias = random(2, 3, 8), random(1, 1, 8, seed=1), random(1, 1, 8, seed=2)
    expected = functional.layer_norm(x, (8,), scale.reshape(8), bias.reshape(8), 1e-3)
    torch.testing.assert_close(computed(make, x, scale, bias), [expected])


def test_normalization_in_groups_is_torchs_group_norm() -> None:
    def make(network: Any, trt: Any, x: Any, scale: Any, bias: Any) -> Any:
        layer = network.add_normalization(x, scale, bias, 0b1100)
        layer.num_groups = 2
        return layer

    x, scale, bias = random(2, 6, 3, 3), random(1, 6, 1, 1, seed=1), random(1, 6, 1, 1, seed=2)
    expected = functional.group_norm(x, 2, scale.reshape(6), bias.reshape(6))
    torch.testing.assert_close(computed(make, x, scale, bias), [expected])


def test_normalization_of_halves_is_computed_in_single_precision() -> None:
    x = (random(1, 256) * 100 + 1000).half()
    ones, zeros = torch.ones(1, 256).half(), torch.zeros(1, 256).half()
    results = computed(
        lambda network, trt, a, s, b: network.add_normalization(a, s, b, 0b10), x, ones, zeros
    )
    torch.testing.assert_close(results, [functional.layer_norm(x.float(), (256,)).half()])


def test_matrices_are_transposed_and_multiplied() -> None:
    left, right = random(2, 4, 3), random(1, 5, 4, seed=1)
    results = computed(
        lambda network, trt, a, b: network.add_matrix_multiply(
            a, trt.MatrixOperation.TRANSPOSE, b, trt.MatrixOperation.TRANSPOSE
        ),
        left,
        right,
    )
    torch.testing.assert_close(results, [left.mT @ right.mT])


@pytest.mark.parametrize(
    ("left", "left_op", "right", "right_op", "expected"),
    [
        ((4,), "VECTOR", (4, 3), "NONE", "k,kn->n"),
        ((3, 4), "NONE", (4,), "VECTOR", "mk,k->m"),
        ((2, 4), "VECTOR", (2, 4), "VECTOR", "bk,bk->b"),
    ],
)
def test_vectors_are_multiplied(
    left: tuple[int, ...], left_op: str, right: tuple[int, ...], right_op: str, expected: str
) -> None:
    a, b = random(*left), random(*right, seed=1)
    results = computed(
        lambda network, trt, x, y: network.add_matrix_multiply(
            x, trt.MatrixOperation[left_op], y, trt.MatrixOperation[right_op]
        ),
        a,
        b,
    )
    torch.testing.assert_close(results, [torch.einsum(expected, a, b)])


def test_einsum_is_torchs() -> None:
    left, right = random(2, 3, 4), random(2, 4, 5, seed=1)
    results = computed(
        lambda network, trt, a, b: network.add_einsum([a, b], "bik,bkj->bij"), left, right
    )
    torch.testing.assert_close(results, [left @ right])


@pytest.mark.parametrize(
    ("axis", "shape"), [(None, (1,)), (1, (3,))], ids=["one scale", "a scale for each column"]
)
def test_quantize_rounds_half_to_even_and_saturates_and_dequantize_multiplies(
    axis: int | None, shape: tuple[int, ...]
) -> None:
    x = torch.tensor([[0.25, 0.75, 1.0], [-200.0, 200.0, -0.26]])
    scale = torch.full(shape, 0.5)

    def make(network: Any, trt: Any, x: Any, scale: Any) -> Any:
        layer = network.add_quantize(x, scale, trt.int8)
        layer.axis = axis if axis is not None else -1
        return layer

    (quantized,) = computed(make, x, scale)
    assert quantized.dtype is torch.int8
    assert quantized.tolist() == [[0, 2, 2], [-128, 127, -1]]

    def unmake(network: Any, trt: Any, x: Any, scale: Any) -> Any:
        layer = network.add_dequantize(x, scale, trt.float16)
        layer.axis = axis if axis is not None else -1
        return layer

    (restored,) = computed(unmake, quantized, scale)
    assert restored.equal((quantized.float() * 0.5).half())
