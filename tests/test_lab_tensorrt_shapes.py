"""Every layer that moves elements, or makes them, gives what torch gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")
from support.lab_network import add_constant, computed  # noqa: E402  behind the skip
from torch.nn import functional  # noqa: E402  behind the skip


def numbered(*shape: int) -> Any:
    """Numbers from 0, so that every element tells where it came from."""
    return torch.arange(torch.Size(shape).numel(), dtype=torch.float32).reshape(shape)


def random(*shape: int, seed: int = 0) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def integers(*values: Any) -> Any:
    return torch.tensor(values, dtype=torch.int32)


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float16, torch.bfloat16, torch.int32, torch.int8, torch.bool]
)
def test_a_constant_gives_its_numbers_though_their_memory_is_gone(dtype: Any) -> None:
    numbers = torch.tensor([[1, 0, 2], [3, 1, 0]]).to(dtype)
    copy = numbers.clone()

    def make(network: Any, trt: Any) -> Any:
        names = {"float32": "FLOAT", "float16": "HALF", "bfloat16": "BF16"}
        name = str(dtype).removeprefix("torch.")
        data_type = trt.DataType[names.get(name, name.upper())]
        layer = network.add_constant((2, 3), trt.Weights(data_type, copy.data_ptr(), 6))
        copy.zero_()
        return layer

    assert computed(make)[0].equal(numbers)


def test_a_constant_may_have_no_dimensions() -> None:
    number = integers(7)

    def make(network: Any, trt: Any) -> Any:
        return network.add_constant((), trt.Weights(trt.int32, number.data_ptr(), 1))

    (result,) = computed(make)
    assert result.shape == ()
    assert result.item() == 7


def test_shape_gives_the_sizes() -> None:
    (result,) = computed(lambda network, trt, x: network.add_shape(x), numbered(2, 3))
    assert result.dtype is torch.int32
    assert result.tolist() == [2, 3]


def test_shuffle_transposes_reshapes_and_transposes() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_shuffle(x)
        layer.first_transpose = (2, 0, 1)
        layer.reshape_dims = (0, -1)
        layer.second_transpose = (1, 0)
        return layer

    x = numbered(2, 3, 4)
    assert computed(make, x)[0].equal(x.permute(2, 0, 1).reshape(4, 6).T)


def test_shuffle_reads_its_shape_from_another_layer() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_shuffle(x)
        layer.set_input(1, add_constant(network, trt, integers(4, 0, -1)))
        return layer

    x = numbered(4, 2, 3)
    assert computed(make, x)[0].equal(x)


def test_zeros_in_a_shape_are_sizes_when_they_are_no_placeholders() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_shuffle(x)
        layer.zero_is_placeholder = False
        layer.reshape_dims = (0, 3)
        return layer

    assert computed(make, numbered(0, 4))[0].shape == (0, 3)


@pytest.mark.parametrize(
    ("start", "shape", "stride", "expected"),
    [
        ((0, 1), (2, 2), (1, 1), lambda x: x[:, 1:3]),
        ((0, 0), (1, 2), (1, 2), lambda x: x[:1, ::2]),
        ((1, 3), (2, 4), (-1, -1), lambda x: x.flip(0, 1)),
        ((1, 0), (3, 4), (0, 1), lambda x: x[1:2].expand(3, 4)),
        ((0, 0), (0, 4), (1, 1), lambda x: x[:0]),
    ],
    ids=["a part", "every second", "backwards", "one repeated", "none"],
)
def test_a_slice_is_torchs(
    start: tuple[int, ...],
    shape: tuple[int, ...],
    stride: tuple[int, ...],
    expected: Callable[[Any], Any],
) -> None:
    x = numbered(2, 4)
    results = computed(lambda network, trt, a: network.add_slice(a, start, shape, stride), x)
    assert results[0].equal(expected(x))


def test_a_slice_reads_start_shape_and_stride_from_other_layers() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_slice(x, (0, 0), (1, 1), (1, 1))
        for index, numbers in enumerate((integers(0, 1), integers(2, 2), integers(1, 2)), 1):
            layer.set_input(index, add_constant(network, trt, numbers))
        return layer

    x = numbered(2, 4)
    assert computed(make, x)[0].equal(x[0:2, 1:4:2])


@pytest.mark.parametrize("axis", [None, 1])
def test_tensors_are_joined(axis: int | None) -> None:
    def make(network: Any, trt: Any, *tensors: Any) -> Any:
        layer = network.add_concatenation(tensors)
        if axis is not None:
            layer.axis = axis
        return layer

    tensors = (numbered(2, 3), numbered(2, 3) + 10)
    assert computed(make, *tensors)[0].equal(torch.cat(tensors, axis or 0))


def test_gather_takes_along_an_axis_by_indices_of_any_shape() -> None:
    x, indices = numbered(2, 4, 3), integers([1, 0], [3, 3])
    results = computed(lambda network, trt, a, i: network.add_gather(a, i, 1), x, indices)
    assert results[0].equal(x[:, indices.long()])


def test_gather_of_elements_is_torchs_gather() -> None:
    def make(network: Any, trt: Any, x: Any, indices: Any) -> Any:
        layer = network.add_gather_v2(x, indices, trt.GatherMode.ELEMENT)
        layer.axis = 1
        return layer

    x, indices = numbered(2, 4), integers([3, 0], [1, 1])
    assert computed(make, x, indices)[0].equal(torch.gather(x, 1, indices.long()))


def test_gather_nd_reads_places_from_the_last_axis() -> None:
    x, places = numbered(2, 3, 4), integers([0, 2], [1, 1])
    results = computed(
        lambda network, trt, a, i: network.add_gather_v2(a, i, trt.GatherMode.ND), x, places
    )
    assert results[0].equal(torch.stack([x[0, 2], x[1, 1]]))


def test_fill_counts_from_a_start_by_a_step_in_their_type() -> None:
    def make(network: Any, trt: Any) -> Any:
        layer = network.add_fill((1,), trt.FillOperation.LINSPACE)
        for index, numbers in enumerate((integers(4), torch.tensor(3).int(), integers(2))):
            layer.set_input(index, add_constant(network, trt, numbers))
        return layer

    (result,) = computed(make)
    assert result.dtype is torch.int32
    assert result.tolist() == [3, 5, 7, 9]


def test_fill_counts_along_each_axis_by_its_attributes() -> None:
    def make(network: Any, trt: Any) -> Any:
        layer = network.add_fill((2, 3), trt.FillOperation.LINSPACE)
        layer.alpha, layer.beta = 1.0, 0.5
        return layer

    expected = torch.tensor([[1.0, 1.5, 2.0], [1.5, 2.0, 2.5]])
    torch.testing.assert_close(computed(make), [expected])


@pytest.mark.parametrize("groups", [1, 2])
def test_a_convolution_with_weights_is_torchs(groups: int) -> None:
    x, kernel, bias = random(2, 4, 6, 7), random(6, 4 // groups, 3, 2, seed=1), random(6, seed=2)

    def make(network: Any, trt: Any, x: Any) -> Any:
        weights = trt.Weights(trt.float32, kernel.data_ptr(), kernel.numel())
        biases = trt.Weights(trt.float32, bias.data_ptr(), bias.numel())
        layer = network.add_convolution_nd(x, 6, (3, 2), weights, biases)
        layer.stride_nd, layer.padding_nd, layer.dilation_nd = (2, 1), (1, 0), (1, 2)
        layer.num_groups = groups
        return layer

    expected = functional.conv2d(x, kernel, bias, (2, 1), (1, 0), (1, 2), groups)
    torch.testing.assert_close(computed(make, x), [expected])


def test_a_convolution_takes_its_kernel_from_an_input_and_older_names_of_attributes() -> None:
    x, kernel = random(1, 2, 5, 5), random(3, 2, 3, 3, seed=1)

    def make(network: Any, trt: Any, x: Any, kernel: Any) -> Any:
        layer = network.add_convolution_nd(x, 3, (3, 3), trt.Weights())
        layer.set_input(1, kernel)
        layer.stride, layer.padding, layer.dilation = (2, 2), (1, 1), (1, 1)
        return layer

    torch.testing.assert_close(
        computed(make, x, kernel), [functional.conv2d(x, kernel, None, 2, 1)]
    )


def test_a_deconvolution_is_torchs() -> None:
    x, kernel = random(1, 4, 5, 5), random(4, 3, 3, 3, seed=1)

    def make(network: Any, trt: Any, x: Any) -> Any:
        weights = trt.Weights(trt.float32, kernel.data_ptr(), kernel.numel())
        layer = network.add_deconvolution_nd(x, 3, (3, 3), weights)
        layer.stride_nd, layer.padding_nd = (2, 2), (1, 1)
        return layer

    expected = functional.conv_transpose2d(x, kernel, None, 2, 1)
    torch.testing.assert_close(computed(make, x), [expected])


@pytest.mark.parametrize("excludes", [True, False])
def test_an_average_over_windows_is_torchs(excludes: bool) -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_pooling_nd(x, trt.PoolingType.AVERAGE, (3, 2))
        layer.stride_nd, layer.padding_nd = (2, 1), (1, 1)
        layer.average_count_excludes_padding = excludes
        return layer

    x = random(1, 2, 6, 5)
    expected = functional.avg_pool2d(x, (3, 2), (2, 1), (1, 1), count_include_pad=not excludes)
    torch.testing.assert_close(computed(make, x), [expected])


def test_the_largest_of_windows_is_torchs_and_the_stride_is_one_by_default() -> None:
    x = random(1, 2, 6, 5)
    results = computed(
        lambda network, trt, a: network.add_pooling(a, trt.PoolingType.MAX, (2, 2)), x
    )
    assert results[0].equal(functional.max_pool2d(x, 2, 1))


@pytest.mark.parametrize(
    ("mode", "transformation", "torch_mode", "corners"),
    [
        ("NEAREST", "ASYMMETRIC", "nearest", None),
        ("LINEAR", "ALIGN_CORNERS", "bilinear", True),
        ("LINEAR", "HALF_PIXEL", "bilinear", False),
        ("CUBIC", "HALF_PIXEL", "bicubic", False),
    ],
)
@pytest.mark.parametrize("size", [(7, 10), (2, 3)], ids=["larger", "smaller"])
def test_resampling_is_torchs(
    mode: str, transformation: str, torch_mode: str, corners: bool | None, size: tuple[int, int]
) -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_resize(x)
        layer.shape = (2, 3, *size)
        layer.resize_mode = trt.InterpolationMode[mode]
        layer.coordinate_transformation = trt.ResizeCoordinateTransformation[transformation]
        layer.cubic_coeff = -0.75
        return layer

    x = random(2, 3, 4, 5)
    expected = functional.interpolate(x, size, mode=torch_mode, align_corners=corners)
    torch.testing.assert_close(computed(make, x), [expected])


def test_resampling_by_scales_rounds_sizes_down() -> None:
    def make(network: Any, trt: Any, x: Any) -> Any:
        layer = network.add_resize(x)
        layer.scales = (1.0, 1.0, 1.5, 2.0)
        return layer

    x = random(1, 1, 3, 2)
    expected = functional.interpolate(x, (4, 4), mode="nearest")
    torch.testing.assert_close(computed(make, x), [expected])
