"""`show_grid` of the lab: what it keeps of a table, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from srcread.errors import SrcreadError
from srcread.evidence.grids import read_grids
from srcread.lab import show_grid, told

AXES: dict[str, Any] = {"rows": "query", "columns": "key"}


@pytest.fixture(autouse=True)
def _nothing_shown() -> Iterator[None]:
    told.grids.clear()
    yield
    told.grids.clear()


def kept(values: Any, **more: Any) -> Any:
    show_grid("A title", values, **AXES, **more)
    return told.grids[-1]


class Tensor:
    """What has `tolist`, as a tensor or an array."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def tolist(self) -> Any:
        return self.values


def test_a_number_keeps_two_digits_and_what_is_not_0_does_not_look_like_it() -> None:
    cells = [[1 / 3, 0.0, -0.0, 1.0, 12.34], [1e-30, -1234.5, -3.4028235e38, 2.0, 0.96]]
    assert kept(cells)["cells"] == [
        [0.33, 0.0, 0.0, 1.0, 12.0],
        [1e-30, -1200.0, -3.4e38, 2.0, 0.96],
    ]
    assert math.copysign(1, told.grids[-1]["cells"][0][2]) == 1


def test_what_json_does_not_have_is_a_word() -> None:
    assert kept([[math.nan, -math.inf, math.inf]])["cells"] == [["nan", "-inf", "inf"]]
    assert "band" not in told.grids[-1]


def test_truth_values_and_whole_numbers_are_kept_as_they_are() -> None:
    assert kept([[True, False]])["cells"] == [[True, False]]
    show_grid("Whole", [[0, 99_999]], **AXES)
    assert [type(cell) for cell in told.grids[-1]["cells"][0]] == [int, int]
    show_grid("Too large to be read", [[0, 123_456]], **AXES)
    assert told.grids[-1]["cells"] == [[0.0, 120_000.0]]
    show_grid("Beyond floats", [[0, 10**400]], **AXES)
    assert told.grids[-1]["cells"] == [[0.0, "inf"]]


def test_a_tensor_a_list_of_tensors_and_a_table_of_them_are_read() -> None:
    for place, values in enumerate(
        (Tensor([[1.0, 2.0]]), [Tensor([1.0, 2.0])], [[Tensor(1.0), Tensor(2.0)]])
    ):
        show_grid(f"Table {place}", values, **AXES)
    assert [grid["cells"] for grid in told.grids] == [[[1.0, 2.0]]] * 3


def test_all_that_is_kept_can_be_read_as_evidence() -> None:
    kept([[0.1234, math.nan], [5.0, -1e-9]], band=("padding", Tensor([True, False])))
    show_grid("Truth", [[True]], **AXES)
    show_grid("Whole", [[-7]], **AXES)
    grids = read_grids(told.grids)
    assert [grid.title for grid in grids] == ["A title", "Truth", "Whole"]
    assert grids[0].band is not None and grids[0].band.marks == (True, False)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 2.0], "no table of rows and columns"),
        (3.0, "no table of rows and columns"),
        (Tensor([[[1.0]]]), "values of the kinds list"),
        ([[1.0] * 9], "1 rows and 9 columns; a grid has 1 to 8 of each"),
        ([[1.0]] * 9, "9 rows and 1 columns"),
        ([], "0 rows and 0 columns"),
        ([[]], "1 rows and 0 columns"),
        ([[1.0, 2.0], [3.0]], "rows of different lengths"),
        ([["a"]], "values of the kinds str"),
        ([[True, 1.0]], "values of the kinds bool, float"),
        ([[1j]], "values of the kinds complex"),
    ],
)
def test_what_is_no_small_table_is_an_error_that_says_what_to_do(values: Any, said: str) -> None:
    with pytest.raises(SrcreadError, match="A title") as refused:
        show_grid("A title", values, **AXES)
    assert said in str(refused.value)
    assert told.grids == []


@pytest.mark.parametrize(
    "band",
    [("padding", [True]), ("padding", [True, 1]), ("padding", None), ("", [True, False]), [1, 2]],
)
def test_a_band_is_a_name_and_one_truth_value_for_each_column(band: Any) -> None:
    with pytest.raises(SrcreadError):
        show_grid("A title", [[1.0, 2.0]], **AXES, band=band)
    assert told.grids == []


@pytest.mark.parametrize("title", ["", " ", "two\nlines", "x" * 81, 5])
def test_a_title_is_a_few_words_on_one_line(title: Any) -> None:
    with pytest.raises(SrcreadError):
        show_grid(title, [[1.0]], **AXES)


def test_a_title_stands_once_and_a_run_shows_eight_grids() -> None:
    kept([[1.0]])
    with pytest.raises(SrcreadError, match="shown already"):
        kept([[1.0]])
    for number in range(7):
        show_grid(str(number), [[1.0]], **AXES)
    with pytest.raises(SrcreadError, match="at most 8"):
        show_grid("One more", [[1.0]], **AXES)


def test_a_tensor_of_torch_is_read_wherever_it_requires_a_gradient() -> None:
    torch = pytest.importorskip("torch")
    weights = torch.tensor([[0.25, math.nan]], requires_grad=True)
    assert kept(weights)["cells"] == [[0.25, "nan"]]
    show_grid("Half", torch.tensor([[0.1]], dtype=torch.bfloat16), **AXES)
    assert told.grids[-1]["cells"] == [[0.1]]
    show_grid("Mask", torch.tensor([[True]]), **AXES, band=("padding", torch.tensor([False])))
    assert told.grids[-1]["band"] == {"name": "padding", "marks": [False]}
    with pytest.raises(SrcreadError, match="kinds list"):
        show_grid("Three dimensions", torch.zeros(2, 2, 2), **AXES)
