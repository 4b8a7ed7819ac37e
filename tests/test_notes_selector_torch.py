"""The selectors of the format's description, on torch 2.13.0's own source."""

from __future__ import annotations

import pytest
from support.notes_lookup import Texts, first_line, torch_text

from srcread.notes.anchors.find import find
from srcread.notes.anchors.gather import places_of
from srcread.notes.anchors.places import text_of
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.anchors.shortest import avoidable_count

FILES = {
    "torch.nn.functional": "nn/functional.py",
    "torch.nn.modules.activation": "nn/modules/activation.py",
    "torch.nn.modules.transformer": "nn/modules/transformer.py",
}
ATTENTION = "torch.nn.functional.multi_head_attention_forward"
LAYER = "torch.nn.modules.transformer.TransformerEncoderLayer"


@pytest.fixture(scope="module")
def torch() -> Texts:
    return Texts({module: torch_text(path) for module, path in FILES.items()})


@pytest.mark.parametrize(
    ("symbol", "selector", "line"),
    [
        (ATTENTION, "assign q, k, v = _in_projection_packed", "q, k, v = _in_projection_packed("),
        (ATTENTION, "call scaled_dot_product_attention", "attn_output = scaled_dot_product_"),
        (ATTENTION, "if is_causal, need_weights", "if is_causal and key_padding_mask is None and"),
        (ATTENTION, "if need_weights > call softmax", "attn_output_weights = softmax("),
        (ATTENTION, "else need_weights > call linear", "attn_output = linear(attn_output, out_"),
        (ATTENTION, "if need_weights #2", "if need_weights:"),
        (f"{LAYER}.forward", "elif training", "elif self.training:"),
        (f"{LAYER}.forward", "call norm2(_ff_block)", "x = self.norm2(x + self._ff_block(x))"),
        (
            "torch.nn.modules.activation.MultiheadAttention.__init__",
            "call register_parameter(q_proj_weight)",
            'self.register_parameter("q_proj_weight", None)',
        ),
    ],
)
def test_a_selector_of_the_description_finds_its_line(
    torch: Texts, symbol: str, selector: str, line: str
) -> None:
    places = places_of(torch.text(torch.symbols[symbol]), torch.symbols[symbol])
    (place,) = find(places, parse_selector(selector))
    assert first_line(places, place).startswith(line)
    assert avoidable_count(places, parse_selector(selector)) is None


def test_a_stretch_of_the_description_has_its_first_and_its_last_line(torch: Texts) -> None:
    symbol = torch.symbols[f"{LAYER}.__init__"]
    places = places_of(torch.text(symbol), symbol)
    (place,) = find(places, parse_selector("assign self.linear1 .. assign self.linear2"))
    lines = text_of(places.lines, place.range).split("\n")
    assert lines[0].startswith("self.linear1 = Linear(")
    assert lines[-1].strip().startswith("self.linear2 = Linear(")
