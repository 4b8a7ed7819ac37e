"""Capture an encoder layer in eval mode with two tools, and see which path each has kept."""

import contextlib
import io
import warnings

import torch
from torch import nn
from torch.fx.experimental.proxy_tensor import make_fx

torch.manual_seed(0)
warnings.simplefilter("ignore")  # tracing and the older exporter are deprecated
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True).eval()
for parameter in layer.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source = torch.randn(2, 5, 16)


def kept(names):
    """Say whether a graph holds the fused operator, the native one, or attention in Python."""
    text = " ".join(names)
    parts = {
        "_transformer_encoder_layer_fwd": "fused",
        "_native_multi_head_attention": "native",
        "scaled_dot_product": "Python",
    }
    return next(path for part, path in parts.items() if part in text)


def called(graph):
    return kept(str(node.target) for node in graph.nodes if node.op == "call_function")


def capture(call):
    """Capture a call with each tool; return what its graph holds, and its outputs."""
    traced = torch.jit.trace(call, source, check_trace=False)
    functional = make_fx(call)(source)
    outputs = [traced(source), functional(source)]
    paths = {
        "torch.jit.trace": kept(node.kind() for node in traced.inlined_graph.nodes()),
        "make_fx": called(functional.graph),
    }
    plain = call(source)
    return paths, max((output - plain).abs().max().item() for output in outputs)


class Attending(nn.Module):
    """Self-attention with one input, as a tracer wants it."""

    def __init__(self, attention):
        super().__init__()
        self.attention = attention

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


with torch.no_grad():
    of_layer, layer_gap = capture(layer)
    of_attention, attention_gap = capture(Attending(layer.self_attn).eval())
print("of a layer:", of_layer, "; of an attention:", of_attention)
assert list(of_layer.values()) == ["fused", "Python"] and layer_gap < 1e-4, (
    "Of a layer torch.jit.trace keeps the fused operator, and make_fx the Python path; both give "
    "the output of the layer."
)
assert list(of_attention.values()) == ["native", "Python"] and attention_gap < 1e-4, (
    "Of an attention torch.jit.trace keeps the native operator, and make_fx the Python path; both "
    "give the output of the attention."
)


traced = [
    torch.jit.trace(call, source, check_trace=False)
    for call in (layer, Attending(layer.self_attn).eval())
]
with_gradients = [kept(node.kind() for node in each.inlined_graph.nodes()) for each in traced]
print("by torch.jit.trace with gradients on:", with_gradients)
assert with_gradients == ["Python", "Python"], (
    "With gradients on torch.jit.trace keeps the Python path of both."
)


def refusal(enabled):
    """Export an encoder to ONNX by way of torch.jit.trace, and return the error's first line."""
    encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False).eval()
    torch.backends.mha.set_fastpath_enabled(enabled)
    try:
        with torch.no_grad():
            torch.onnx.export(encoder, (source,), io.BytesIO(), dynamo=False)
        return "none"
    except torch.onnx.errors.OnnxExporterError as error:
        return str(error)
    finally:
        torch.backends.mha.set_fastpath_enabled(True)


with contextlib.redirect_stdout(io.StringIO()):  # the exporter prints the graph
    refusals = [refusal(enabled=True), refusal(enabled=False)]
print("to ONNX:", refusals[0])
named = ["'aten::_transformer_encoder_layer_fwd' to ONNX" in text for text in refusals]
assert named == [True, False], (
    "The older exporter to ONNX refuses the fused operator by name, and not after "
    "torch.backends.mha.set_fastpath_enabled(False)."
)
