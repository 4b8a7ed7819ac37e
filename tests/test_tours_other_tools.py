"""The torch tour's table of other tools: rows are kept by steps, scripts or the tests here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "annotations" / "torch-transformer" / "pages"
TESTED = {"`torch.profiler`, `with_flops=True`", "`torch.fx.symbolic_trace`"}
"""Rows of torch that no step runs: the tests below do."""

_PRODUCTS = 2 * 15 * 8 * 3 * 8, 2 * 3 * 2 * 5 * 5 * 4, 2 * 15 * 8 * 8, 2 * 15 * 8 * 16
"""FLOPs of projections, of scores (as many as of values), of out_proj, of a linear layer."""


def rows(path: Path) -> list[list[str]]:
    """Return the cells of each row of a page's tables, without heads."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = [number for number, row in enumerate(cells) if set("".join(row)) <= {"-", ":"}]
    heads = {number - 1 for number in rules} | set(rules)
    return [row for number, row in enumerate(cells) if number not in heads]


def test_each_row_leads_to_a_step_or_is_kept_by_a_script_or_a_test_or_has_its_date() -> None:
    pins = re.compile(r"^# package==version: (.*)$", re.MULTILINE)
    scripts = [path.read_text("utf-8") for path in (ROOT / "findings").glob("*.sh")]
    seen = {one for text in scripts for found in pins.findall(text) for one in found.split(", ")}

    def is_kept(name: str) -> bool:
        if (package := re.search(r"; (\w+) (\d[\w.]*)$", name)) is not None:
            return any(one.startswith(f"{package[1]}=={package[2]}") for one in seen)
        return "](#n-" in name or name in TESTED or name.endswith("†")

    assert [name for name, *_ in rows(PAGES / "other-tools.md") if not is_kept(name)] == []


def test_both_languages_have_the_same_rows_links_and_versions() -> None:
    told = []
    for name in ("other-tools.md", "other-tools.zh.md"):
        page = rows(PAGES / name)
        links = [re.findall(r"#n-[\w-]+", " ".join(row)) for row in page]
        versions = [re.findall(r"\d+\.\d[\w.]*", row[0]) for row in page]
        told.append((links, versions))
    assert told[0] == told[1]
    assert len(told[0][0]) > 25


@pytest.mark.parametrize(
    ("path", "counted"),
    [("layer", False), ("attention", False), ("layer", True), ("attention", True)],
)
def test_the_profiler_counts_what_the_path_runs(path: str, counted: bool) -> None:
    torch = pytest.importorskip("torch")
    from torch.profiler import ProfilerActivity, profile

    projections, scores, out, linear = _PRODUCTS
    wanted = {
        ("attention", False): projections + 2 * scores + out,
        ("layer", False): projections + 2 * scores + out + linear,  # one of two linear layers
        ("attention", True): projections + out,
        ("layer", True): projections + out + 2 * linear,
    }
    torch.manual_seed(0)
    x = torch.randn(3, 5, 8)
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    attention = torch.nn.MultiheadAttention(8, 2, batch_first=True).eval()
    with (
        torch.set_grad_enabled(counted),
        profile(activities=[ProfilerActivity.CPU], with_flops=True) as seen,
    ):
        layer(x) if path == "layer" else attention(x, x, x, need_weights=False)
    products = [one.flops or 0 for one in seen.events() if one.name != "aten::add"]
    additions = [one.flops or 0 for one in seen.events() if one.name == "aten::add"]
    assert sum(products) == wanted[path, counted]
    assert (sum(additions) > 0) == (path == "layer" and counted)


@pytest.mark.parametrize("name", ["TransformerEncoderLayer", "MultiheadAttention"])
def test_fx_traces_neither_an_encoder_layer_nor_attention(name: str) -> None:
    torch = pytest.importorskip("torch")
    module = getattr(torch.nn, name)(8, 2)
    with pytest.raises((torch.fx.proxy.TraceError, RuntimeError)):
        torch.fx.symbolic_trace(module)


def test_fx_traces_a_decoder_layer() -> None:
    torch = pytest.importorskip("torch")
    traced = torch.fx.symbolic_trace(torch.nn.TransformerDecoderLayer(8, 2, 16))
    called = {str(node.target) for node in traced.graph.nodes if node.op == "call_module"}
    assert {"self_attn", "multihead_attn", "linear1", "linear2"} <= called


def test_a_hook_inside_leaves_attention_native_without_a_mask_and_in_python_with_one() -> None:
    torch = pytest.importorskip("torch")
    from torch.autograd.profiler import profile

    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    called: list[str] = []
    layer.linear1.register_forward_hook(lambda *_: called.append("linear1"))
    layer.self_attn.out_proj.register_forward_hook(lambda *_: called.append("out_proj"))
    with torch.no_grad(), profile() as seen:
        layer(torch.randn(3, 5, 8))
    names = {event.name for event in seen.function_events}
    assert "aten::_transformer_encoder_layer_fwd" not in names
    assert "aten::_native_multi_head_attention" in names
    assert called == ["linear1"]
    hidden = torch.eye(5, dtype=torch.bool)
    for masks in ({"src_mask": hidden}, {"src_key_padding_mask": hidden[:3]}):
        with torch.no_grad(), profile() as seen:
            layer(torch.randn(3, 5, 8), **masks)
        names = {event.name for event in seen.function_events}
        assert "aten::_native_multi_head_attention" not in names  # a layer makes floats of masks
        assert "aten::scaled_dot_product_attention" in names
