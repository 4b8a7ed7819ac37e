#!/usr/bin/env bash
# what: torchao's quantize_ leaves both weights of attention as they are, and turns the fused encoder layer off
# package==version: torchao==0.18.0, torch==2.13.0
# date seen: 2026-11-30
# expected: the four weight matrices of an nn.TransformerEncoderLayer are quantised, and the layer runs as it did.
# seen: linear1 and linear2 are; in_proj_weight belongs to no nn.Linear, and out_proj is of a subclass that the
#     default filter does not take. In eval mode without gradients the layer no longer runs as one fused operator,
#     since its tensors override torch functions; attention still runs as one native operator.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'torch==2.13.0' 'torchao==0.18.0'
venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from torch import nn
from torch.autograd.profiler import profile
from torchao.quantization import Int8WeightOnlyConfig, quantize_


def operators(layer):
    with torch.no_grad(), profile() as recorded:
        layer(torch.randn(3, 5, 8))
    return {event.name for event in recorded.function_events}


layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True).eval()
fused, native = "aten::_transformer_encoder_layer_fwd", "aten::_native_multi_head_attention"
before = fused in operators(layer)
quantize_(layer, Int8WeightOnlyConfig())
weights = {name: one for name, one in layer.named_parameters() if one.dim() == 2}
changed = sorted(name for name, one in weights.items() if type(one) is not nn.Parameter)
ran = operators(layer)
print("quantised:", *changed, "of", *sorted(weights))
print("fused before:", before, "fused now:", fused in ran, "native attention now:", native in ran)
sys.exit(0 if changed == ["linear1.weight", "linear2.weight"] and before and fused not in ran and native in ran else 1)
PYTHON
