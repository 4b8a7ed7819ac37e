"""Maps as pictures: which blocks stand where, which lines there are, and that nothing escapes."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from srcread.site.blocks import Block, Input, ModelMap, Role, map_json, map_of
from srcread.site.data.maps import MapFigure
from srcread.site.maps.drawing.arrange import Fork, arrange, split
from srcread.site.maps.drawing.labels import TIMES, colour_of, fit, lines_of
from srcread.site.maps.drawing.layout import Box, Label, Layout, Wire, lay_out
from srcread.site.maps.drawing.plain import plain
from srcread.site.maps.figure import figure
from srcread.site.maps.folding import folded
from srcread.site.maps.whole import with_instead

WORDS = tomllib.loads((Path(__file__).parents[1] / "templates/words.en.toml").read_text("utf-8"))
SHAPE = "(2, 8)"


def module(number: int, name: str, *origins: int | str, steps: tuple[Block, ...] = ()) -> Block:
    inputs = tuple(Input("x", origin, SHAPE) for origin in origins)
    operators = () if steps else ("linear",)
    return Block(
        number, Role.MODULE, name, "Part", f"pkg.{name}", 1, SHAPE, SHAPE, inputs, steps, operators
    )


def add(number: int, *origins: int | str) -> Block:
    inputs = tuple(Input("", origin, "") for origin in origins)
    return Block(number, Role.SUM, kind="+", inputs=inputs)


def model(*steps: Block, takes: str = SHAPE) -> Block:
    inputs = (Input("x", "x", takes),)
    return Block(900, Role.MODULE, "", "Model", "pkg.Model.forward", 1, takes, takes, inputs, steps)


def laid(root: Block, width: float = 400) -> Layout:
    return lay_out(root, width, ("in place of", "{count} more"), "returns")


def boxes(layout: Layout) -> dict[str, Box]:
    found = [item for item in layout.items if isinstance(item, Box)]
    return {box.block.name or box.block.kind: box for box in found}


def drawn(root: Block, links: dict[str, str] | None = None, scenario: str = "plain") -> str:
    shown = MapFigure(map_json(ModelMap(root, scenario)), "As it comes", links or {})
    return str(figure(shown, WORDS))


RESIDUAL = (module(1, "norm", "x"), module(2, "attn", 1), add(3, "x", 2))
BRANCHES = (module(1, "left", "x"), module(2, "right", "x"), add(3, 1, 2))
STACKS = (
    module(3, "encoder", "src", steps=(module(1, "one", "src"), module(2, "two", 1))),
    Block(
        6, Role.MODULE, "decoder", "Part", "pkg.decoder", 1, SHAPE, SHAPE,
        (Input("tgt", "tgt", SHAPE), Input("memory", 3, SHAPE)),
        (module(4, "self", "tgt"), module(5, "cross", 4, 3)),
    ),
)  # fmt: skip


def test_a_residual_is_a_line_past_the_blocks_between() -> None:
    arranged = arrange(RESIDUAL, "x", 3)

    assert [(skip.source, skip.target) for skip in arranged.skips] == [(-1, 2)]
    assert arranged.fed == (True, True, True)


def test_two_residuals_that_cross_stand_in_two_lanes() -> None:
    steps = (module(1, "a", "x"), module(2, "b", 1), add(3, "x", 2), add(4, 1, 3))

    assert len({skip.lane for skip in arrange(steps, "x", 3).skips}) == 2


def test_branches_that_meet_stand_side_by_side() -> None:
    (row,) = arrange(BRANCHES, "x", 3).rows
    layout = boxes(laid(model(*BRANCHES)))

    assert isinstance(row, Fork)
    assert layout["left"].y == layout["right"].y
    assert layout["left"].x + layout["left"].width < layout["right"].x


def test_projections_of_one_value_stand_side_by_side_before_what_takes_them() -> None:
    parts = [module(number, f"{name}_proj", "x") for number, name in enumerate("qkv", 1)]
    steps = (*parts, module(4, "attend", 1, 2, 3))

    (row,) = arrange(steps, "x", 3).rows

    assert isinstance(row, Fork)
    assert [chain[0].name for chain in row.branches] == ["q_proj", "k_proj", "v_proj"]
    assert row.meeting.name == "attend"


def test_a_first_stack_that_gives_the_second_something_stands_beside_it() -> None:
    layout = laid(model(*STACKS), 768)
    found = boxes(layout)

    assert split(STACKS) == 1
    assert found["encoder"].x + found["encoder"].width < found["decoder"].x
    ends = {box.y + box.height for name, box in found.items() if name in ("encoder", "decoder")}
    assert len(ends) == 1  # both end at one height
    over = [item for item in layout.items if isinstance(item, Wire) and item.css == "over"]
    assert len(over) == 1 and over[0].head is not None
    assert over[0].head[0] == found["cross"].x


def test_blocks_of_a_row_follow_each_other_and_none_leaves_its_frame() -> None:
    root = model(module(9, "outer", "x", steps=RESIDUAL), module(10, "last", 9))
    found = boxes(laid(root))

    order = [found[name] for name in ("norm", "attn", "+")]
    assert all(one.y + one.height < two.y for one, two in pairwise(order))
    frame = found["outer"]
    for box in order:
        assert frame.x < box.x and box.x + box.width < frame.x + frame.width
        assert box.y + box.height < frame.y + frame.height


def test_a_shape_stands_at_a_line_only_where_it_changes() -> None:
    wider = module(2, "up", 1)._replace(takes="(2, 32)")
    labels = [item.text for item in laid(model(module(1, "a", "x"), wider)).items
              if isinstance(item, Label)]  # fmt: skip

    assert labels == ["x (2, 8)", "(2, 32)", "returns (2, 8)"]


def test_a_module_that_only_drops_is_not_drawn_but_counted_and_listed() -> None:
    drop = module(2, "drop", 1)._replace(kind="Dropout", operators=("dropout",))
    root = model(module(1, "a", "x"), drop, module(3, "b", 2))

    shown = plain(root, static=False)
    html = drawn(root)

    assert [step.name for step in shown.root.steps] == ["a", "b"]
    assert shown.root.steps[1].inputs[0].origin == 1
    assert shown.hidden == (("Dropout", 1),)
    assert f"Not drawn, as it only drops: Dropout {TIMES}1." in html
    assert "drop Dropout" in html.partition("<ol>")[2]


def test_the_name_of_a_mask_stands_in_the_block_that_it_goes_into() -> None:
    inputs = (Input("query", "x", SHAPE), Input("attn_mask", "tgt_mask", "(7, 7)"))
    block = module(1, "attn")._replace(inputs=inputs)

    texts = [line.text.replace("\xa0", " ") for line in lines_of(block, 260, ("", ""))]
    narrow = [line.text.replace("\xa0", " ") for line in lines_of(block, 120, ("", ""))]

    assert texts[-1] == "attn_mask = tgt_mask (7, 7)"
    assert narrow[-2:] == ["attn_mask =", "tgt_mask (7, 7)"]


def test_colours_are_of_operators_and_not_of_names() -> None:
    block = module(1, "attention")

    def colour(*operators: str) -> str:
        return colour_of(block._replace(operators=operators))

    assert colour("linear", "scaled_dot_product_attention") == "attention"
    assert colour("_native_multi_head_attention") == "native"
    assert colour("layer_norm") == "norm"
    assert colour("conv2d") == "weights"
    assert colour("relu") == ""


def test_a_fused_block_names_what_it_takes_the_place_of() -> None:
    parts = (module(1, "attn", "x"), module(2, "norm", 1))
    plainly = model(module(3, "layer", "x", steps=parts), module(4, "end", 3))
    fused = model(
        module(1, "layer", "x")._replace(operators=("_transformer_fwd",)), module(2, "end", 1)
    )

    first, second = with_instead([ModelMap(plainly, "train"), ModelMap(fused, "eval")])

    assert first.root == plainly
    assert second.root.steps[0].instead == ("attn", "norm")
    assert "in place of attn, norm" in drawn(second.root)


def test_what_runs_more_than_once_says_how_often() -> None:
    root = model(module(1, "a", "x")._replace(times=2), module(2, "b", 1)._replace(times=0))

    html = drawn(root)

    assert re.findall(r'<text class="times middle"[^>]*>([^<]*)', html.partition("</svg>")[0]) == [
        f"{TIMES}2",
        f"{TIMES}N",
    ]


def test_a_series_of_three_thousand_modules_folds_and_is_counted() -> None:
    root = model(*(module(number, f"m{number}", number - 1 or "x") for number in range(1, 3_001)))

    shown = folded(root)
    html = drawn(shown)

    assert len(shown.steps) == 22
    assert shown.steps[18].kind == str(3_000 - 21)
    assert shown.steps[-1].name == "m3000"
    assert "2979 more" in html
    assert len(html) < 40_000


def test_depths_fold_where_there_are_too_many_blocks() -> None:
    def layer(number: int, depth: int) -> Block:
        below = () if depth == 0 else tuple(layer(number * 10 + i, depth - 1) for i in range(9))
        return module(number, f"n{number}", "x", steps=below)

    shown = folded(model(layer(1, 4)), most=100)

    counted = [one for one in shown.steps[0].steps[0].steps if one.role is Role.FOLD]
    assert counted or shown.steps[0].steps[0].steps[0].steps[0].role is Role.FOLD
    assert "more" in drawn(shown)


def test_every_block_leads_to_its_page_and_both_sizes_and_the_list_have_the_links() -> None:
    html = drawn(model(*BRANCHES), {"pkg.left": "left.html"})

    assert html.count('<a href="left.html">') == 3
    assert 'class="wide"' in html and 'class="narrow"' in html
    assert "right.html" not in html


def test_on_a_phone_two_stacks_fold_and_the_first_is_open() -> None:
    html = drawn(model(*STACKS))

    assert re.findall(r'<details class="narrow"( open)?><summary><span>([^<]*)', html) == [
        (" open", "encoder Part"),
        ("", "decoder Part"),
    ]
    narrow = html.partition("<summary><span>decoder")[2]
    assert "x = memory" in narrow  # what the second is given of the first has a name there


def test_hostile_names_are_escaped() -> None:
    bad = module(1, '"><script>alert(1)</script>', "x")._replace(kind="<b>&\u202e")
    html = drawn(model(bad, module(2, "b", 1)), {"pkg.b": 'javascript:"x'})

    assert "<script" not in html and "<b>" not in html and "\u202e" not in html
    assert "&quot;x" in html or "&#34;x" in html


def test_a_map_is_the_same_after_it_was_kept() -> None:
    known = ModelMap(model(*STACKS), "plain", (("Linear", 2),))

    assert map_of(map_json(known)) == known


def test_what_the_recorder_did_not_see_is_counted_on_the_map() -> None:
    known = ModelMap(model(module(1, "a", "x")), "plain", (("Linear", 12),))
    html = str(figure(MapFigure(map_json(known), "As it comes", {}), WORDS))

    assert f"did not see: Linear {TIMES}12." in html


def test_a_map_that_no_run_made_says_so() -> None:
    assert "Static: read off the source" in drawn(model(module(1, "a", "x")), scenario="")


@pytest.mark.parametrize(("width", "expected"), [(200, "multihead_attn"), (70, "mult…attn")])
def test_a_long_text_is_cut_in_its_middle(width: float, expected: str) -> None:
    assert fit("multihead_attn", width, 7.3) == expected
